"""Tables made anew beside those there are, which are read until the new ones take their place."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_SUFFIX = "_anew"


@dataclass(frozen=True, slots=True)
class New:
    """Where to write: each table's name with this suffix; no index stands yet, so writing is fast."""

    suffix: str = _SUFFIX


@contextmanager
def renewed(cursor: Any, tables: Sequence[str]) -> Iterator[New]:
    """Let tables be filled anew; at the end index them and put them in the place of the old ones.

    Inside a transaction: readers of the old ones wait only from the exchange to the commit. Nothing may refer to these
    tables by a foreign key.
    """
    for table in tables:
        cursor.execute(f"CREATE TABLE {table}{_SUFFIX} (LIKE {table} INCLUDING DEFAULTS)")
    yield New()
    indexes = {table: _index(cursor, table) for table in tables}
    for table in tables:
        cursor.execute(f"ANALYZE {table}{_SUFFIX}")
    for table in tables:
        cursor.execute(f"DROP TABLE {table}")
        cursor.execute(f"ALTER TABLE {table}{_SUFFIX} RENAME TO {table}")
        for name in indexes[table]:
            cursor.execute(f'ALTER INDEX "{name}{_SUFFIX}" RENAME TO "{name}"')


def _index(cursor: Any, table: str) -> list[str]:
    """Give the new table the indexes of the old one; returns their names."""
    cursor.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid), i.indisprimary FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %s::regclass",
        [table],
    )
    names = []
    for name, definition, is_primary in cursor.fetchall():
        made = re.sub(
            r"INDEX \S+ ON (ONLY )?\S+ ", f'INDEX "{name}{_SUFFIX}" ON {table}{_SUFFIX} ', definition, count=1
        )
        cursor.execute(made)
        if is_primary:
            cursor.execute(f'ALTER TABLE {table}{_SUFFIX} ADD PRIMARY KEY USING INDEX "{name}{_SUFFIX}"')
        names.append(name)
    return names
