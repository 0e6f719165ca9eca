"""Tables without their indexes and keys while rows are copied in: put back, checked, at the end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

import psycopg

_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conparentid = 0 AND conrelid = ANY(%(tables)s::regclass[])
    AND contype IN ('f', 'u')
ORDER BY contype
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%(tables)s::regclass[]) AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)
"""


@contextmanager
def bare_tables(connection: psycopg.Connection, names: Sequence[str]) -> Iterator[Callable[[], float]]:
    """Take indexes, unique and foreign keys off the tables, within the caller's transaction.

    Only primary keys stay. Gives a function that tells how many seconds putting back took.
    """
    took = 0.0
    tables = {"tables": list(names)}
    with connection.cursor() as cursor:
        # A table whose rows still wait to be checked cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        keys = cursor.execute(_KEYS, tables).fetchall()
        indexes = cursor.execute(_INDEXES, tables).fetchall()
        for table, name, _definition in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield lambda: took
        started = perf_counter()
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("SET LOCAL max_parallel_maintenance_workers = 2")
        for _name, definition in indexes:
            # PostgreSQL tells a partitioned table's index as ONLY its own, without those of the partitions.
            cursor.execute(definition.replace(" ON ONLY ", " ON ", 1))
        for table, name, definition in reversed(keys):
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        took = perf_counter() - started


def analyze(connection: psycopg.Connection, names: Sequence[str]) -> None:
    """Tell the planner at once how large the tables are now."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(names))
