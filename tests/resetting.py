"""Bring a database back to what it held, row by row, under processes that stay connected to it and keep running."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import psycopg
from psycopg import sql

# What running processes lean on, as patterns: the feed, how far it has come and who has read it, the job worker's own
# line, and the numbers of shared knowledge, which only rise.
KEPT = (r"feed\_2%", r"feed\_head", r"feed\_cursor", r"procrastinate\_workers%", "version")
_TABLES = """
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE ALL (%s)
"""
_COUNTERS = """
SELECT quote_ident(sequencename), last_value FROM pg_sequences
WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename NOT LIKE ALL (%s)
"""
# Changes with every table, index, column or constraint that comes or goes.
_SHAPE = "SELECT count(*), max(oid::bigint), sum(relnatts), sum(relchecks), sum(relhastriggers::int) FROM pg_class"
# Who keeps open cases in memory hears that each was touched, looks, and finds it gone.
_TELL = """
INSERT INTO feed (number, at, entry_id, subject_kind, subject_id, action)
SELECT number + place, now(), 0, 'case', subject_id, 'gone'
FROM feed_head, unnest(%s::bigint[]) WITH ORDINALITY AS gone (subject_id, place)
"""


@dataclass(frozen=True)
class Contents:
    """The rows of a database by table, as COPY gives them, where its sequences stood, and its tables' shape.

    Tables whose names are like one of `kept` are no part of it.
    """

    rows: Mapping[str, bytes]
    counters: Mapping[str, int]
    shape: tuple[Any, ...] | None
    kept: tuple[str, ...]

    @classmethod
    def of(cls, url: str, *, kept: tuple[str, ...] = ()) -> Self:
        """Read all there is; meant for a database that holds little more than its tables."""
        with psycopg.connect(url) as connection:
            rows = {name: _copied(connection, name) for name in _filled(connection, kept)}
            return cls(rows, _counters(connection, kept), connection.execute(_SHAPE).fetchone(), kept)

    def bring_back(self, url: str) -> bool:
        """Make it hold these rows again; False when its tables are others by now. Who is connected is cut off."""
        with psycopg.connect(url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if connection.execute(_SHAPE).fetchone() != self.shape:
                return False
            self._exchange(connection)
        return True

    def bring_back_under_processes(self, url: str) -> None:
        """Make it hold these rows again. Waits for running jobs; no connection is cut, no partition dropped."""
        with psycopg.connect(url) as connection:
            _wait_for_jobs(connection)
            connection.execute("SELECT FROM feed_cursor FOR UPDATE")
            connection.execute("SELECT FROM feed_head FOR UPDATE")
            gone = connection.execute("SELECT array_agg(id) FROM cases WHERE ended_at IS NULL").fetchone()
            self._exchange(connection)
            _tell(connection, (gone and gone[0]) or [])

    def _exchange(self, connection: psycopg.Connection) -> None:
        # Neither references nor the guards of what may only grow hold while rows are exchanged.
        connection.execute("SET LOCAL session_replication_role = replica")
        for name in _filled(connection, self.kept):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(name)))
        for name, rows in self.rows.items():
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.SQL(name))) as into:
                into.write(rows)
        for name in _counters(connection, self.kept):
            number = self.counters.get(name)
            connection.execute("SELECT setval(%s::regclass, %s, %s)", [name, number or 1, number is not None])


def _filled(connection: psycopg.Connection, kept: tuple[str, ...]) -> list[str]:
    """Return the tables that hold a row; of partitioned ones their parts."""
    each = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    names = [name for (name,) in connection.execute(_TABLES, [list(kept)])]
    parts = [each.format(sql.Literal(name), sql.SQL(name)) for name in names]
    return [name for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(parts))]


def _counters(connection: psycopg.Connection, kept: tuple[str, ...]) -> dict[str, int]:
    """Return the sequences that have been used, with their last number."""
    return dict(connection.execute(_COUNTERS, [list(kept)]).fetchall())


def _copied(connection: psycopg.Connection, name: str) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.SQL(name))) as told:
        return b"".join(bytes(part) for part in told)


def _wait_for_jobs(connection: psycopg.Connection, *, seconds: float = 20) -> None:
    """Wait until no job runs, and let none begin in this transaction."""
    end = time.monotonic() + seconds
    while True:
        connection.execute("LOCK TABLE procrastinate_jobs IN EXCLUSIVE MODE")
        running = connection.execute("SELECT FROM procrastinate_jobs WHERE status = 'doing'").fetchone()
        if running is None or time.monotonic() > end:
            return
        connection.rollback()
        time.sleep(0.1)


def _tell(connection: psycopg.Connection, gone: list[int]) -> None:
    """Let the running processes know: cases are gone, there is nothing to catch up with, knowledge has changed."""
    connection.execute(_TELL, [gone])
    connection.execute("UPDATE feed_head SET number = number + %s", [len(gone)])
    connection.execute("UPDATE feed_cursor SET number = (SELECT number FROM feed_head)")
    connection.execute("UPDATE version SET number = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
