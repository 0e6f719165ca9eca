"""Rows by the thousand: buffers of lines for PostgreSQL's text COPY, with ids taken ahead."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import psycopg

NULL = r"\N"


def instant(at: datetime | None) -> str:
    """Return an instant as COPY reads it."""
    return NULL if at is None else at.isoformat()


def hexed(data: bytes | None) -> str:
    """Return bytes as COPY reads them."""
    return NULL if data is None else r"\\x" + data.hex()


def plain(value: object) -> str:
    """Return a number or a word without tabs, newlines and backslashes."""
    return NULL if value is None else str(value)


class Buffers:
    """Lines for several tables, written in the order in which the tables were named."""

    def __init__(self, connection: psycopg.Connection, tables: Mapping[str, Sequence[str]]) -> None:
        self._connection, self._tables = connection, tables
        self.lines: dict[str, list[str]] = {table: [] for table in tables}
        self._ids = {table: self._next(table) for table in tables}
        self.written = dict.fromkeys(tables, 0)

    def _next(self, table: str) -> int:
        row = self._connection.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()
        return int(row[0]) if row else 1

    def new_id(self, table: str) -> int:
        """Take the next id of a table."""
        found = self._ids[table]
        self._ids[table] = found + 1
        return found

    def write(self) -> None:
        """Send what is held and forget it."""
        for table, columns in self._tables.items():
            lines = self.lines[table]
            if not lines:
                continue
            with (
                self._connection.cursor() as cursor,
                cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
            ):
                copy.write("".join(lines))
            self.written[table] += len(lines)
            lines.clear()

    def end(self) -> None:
        """Write the rest and move the sequences past it."""
        self.write()
        for table in self._tables:
            self._connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest((SELECT max(id) FROM {table}), 1))"
            )
