"""Yearly partitions made ahead: of the journal, the feed, the audit, and whatever else is cut by year.

A table takes part when its partitions are named `table_2026`, `table_2027` and so on. What its latest
partition has beside the table's own (the audit's trigger against emptying) the new one gets, too.
"""

from datetime import datetime

from django.db import connection, transaction
from psycopg import sql

LOCK = 0x4C58_0002  # one process at a time makes partitions
AHEAD = 5  # years

_LATEST = """
SELECT parent.relname, max(right(child.relname, 4)::int)
FROM pg_partitioned_table
JOIN pg_class parent ON parent.oid = partrelid
JOIN pg_inherits ON inhparent = partrelid
JOIN pg_class child ON child.oid = inhrelid
WHERE parent.relnamespace = current_schema()::regnamespace
    AND child.relname = parent.relname || '_' || right(child.relname, 4)
    AND right(child.relname, 4) ~ '^[0-9]{4}$'
GROUP BY parent.relname ORDER BY parent.relname
"""
# Triggers of rows follow from the table by themselves; those of statements do not.
_TRIGGERS = (
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgparentid = 0"
)


@transaction.atomic
def make_ahead(*, at: datetime, years: int = AHEAD) -> list[str]:
    """Make what is missing up to `years` after `at`; returns the names of the new partitions.

    Readers and writers go on meanwhile: a partition is made by itself and then attached.
    """
    made: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        cursor.execute(_LATEST)
        for table, latest in cursor.fetchall():
            made += [_make(table, year, latest) for year in range(latest + 1, at.year + years + 1)]
    return made


def _make(table: str, year: int, latest: int) -> str:
    name, begin, end = f"{table}_{year}", f"{year}-01-01Z", f"{year + 1}-01-01Z"
    like = "CREATE TABLE {new} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
    attach = "ALTER TABLE {table} ATTACH PARTITION {new} FOR VALUES FROM ({begin}) TO ({end})"
    parts = {
        "new": sql.Identifier(name),
        "table": sql.Identifier(table),
        "begin": sql.Literal(begin),
        "end": sql.Literal(end),
    }
    with connection.cursor() as cursor:
        for statement in (like, attach):
            cursor.execute(sql.SQL(statement).format(**parts))
        cursor.execute(_TRIGGERS, [f"{table}_{latest}"])
        for (definition,) in cursor.fetchall():
            cursor.execute(definition.replace(f"{table}_{latest}", name))
    return name
