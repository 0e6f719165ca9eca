"""A county with years behind it: closed lives that actions have written, copied back through the years.

Only lives that have ended are copied, with everything that hangs on them; whole weeks lie between the
copies, so that a working day stays one. Public holidays are not moved: a copied clock keeps the working
time of the life it was copied from.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from uuid import uuid4

import numpy as np
import psycopg

from lianxin.kernel import crypto
from lianxin.kernel.numbers import case_number
from lianxin.kernel.worktime.calendars import ZONE

from .stamping import Bytes, Ids, Layout, Longs, Sheet, Space, write

WEEK = timedelta(weeks=1)
_EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
# Lives that have ended and hang together with none that goes on.
_ENDED = """
CREATE TEMPORARY TABLE life ON COMMIT DROP AS
SELECT id FROM cases WHERE ended_at IS NOT NULL AND parent_id IS NULL AND merged_into_id IS NULL
    AND id NOT IN (SELECT parent_id FROM cases WHERE parent_id IS NOT NULL)
    AND id NOT IN (SELECT merged_into_id FROM cases WHERE merged_into_id IS NOT NULL)
"""
_SUBJECTS = {b"assignment": "assignment", b"call": "whistle_call", b"field_task": "field_task", b"approval": "approval"}
_OF_CASE = "WHERE case_id IN (SELECT id FROM life)"
# What hangs on a case; rooms above the cases tell nothing about lives that never were.
_TABLES: Mapping[str, tuple[Mapping[str, str], str]] = {
    "cases": ({"id": "cases"}, "WHERE id IN (SELECT id FROM life)"),
    "case_reporter": ({"case_id": "cases"}, _OF_CASE),
    "client_key": ({"subject_id": "cases"}, "WHERE subject_kind = 'case' AND subject_id IN (SELECT id FROM life)"),
    "assignment": ({"id": "assignment", "case_id": "cases"}, _OF_CASE),
    "field_task": ({"id": "field_task", "case_id": "cases"}, _OF_CASE),
    "approval": ({"id": "approval", "case_id": "cases"}, _OF_CASE),
    "whistle": ({"id": "whistle", "case_id": "cases"}, _OF_CASE),
    "whistle_call": (
        {"id": "whistle_call", "whistle_id": "whistle"},
        "WHERE whistle_id IN (SELECT id FROM whistle WHERE case_id IN (SELECT id FROM life))",
    ),
    "case_feedback": ({"id": "case_feedback", "case_id": "cases"}, _OF_CASE),
    "supervision": ({"id": "supervision", "case_id": "cases"}, _OF_CASE),
    "clock": ({"id": "clock", "case_id": "cases", "subject_id": "?"}, _OF_CASE),
    "journal_entry": (
        {"id": "journal_entry", "subject_id": "cases"},
        "WHERE subject_kind = 'case' AND subject_id IN (SELECT id FROM life)",
    ),
    "feed": (
        {"number": "feed", "entry_id": "journal_entry", "subject_id": "cases"},
        "WHERE subject_kind = 'case' AND subject_id IN (SELECT id FROM life)",
    ),
}
_ORDER = {"case_reporter": "case_id", "client_key": "subject_id", "feed": "number"}


@dataclass(frozen=True)
class Grown:
    """How many cases were written, and how long copying and indexing took, in seconds."""

    cases: int
    copied_in: float
    indexed_in: float

    @property
    def cases_per_second(self) -> float:
        """Whole cases written a second, indexes included."""
        return self.cases / (self.copied_in + self.indexed_in)


class Book:
    """The sheets of all tables, with the spaces of their ids."""

    def __init__(self, connection: psycopg.Connection) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_ENDED)
        self.sheets = {table: Sheet(connection, _layout(connection, table)) for table in _TABLES}
        self.ids = {space: Ids(_old(self.sheets[space], space), _next(connection, space)) for space in _spaces()}
        self.size = self.sheets["cases"].count
        self.division = _division(connection)

    def copies(self, table: str, shifts: list[timedelta], first: int) -> Iterator[Bytes]:
        """Yield the rows of a table for copies `first` and following, one for each shift."""
        sheet = self.sheets[table]
        for place, shift in enumerate(shifts):
            block = sheet.stamped(self.ids, first + place, shift)
            if table == "cases":
                self._number(block, first + place, shift)
            elif table == "client_key":
                for start in sheet.places["key"]:
                    block[start : start + 16] = np.frombuffer(uuid4().bytes, dtype=np.uint8)
            yield block

    def _number(self, block: Bytes, copy: int, shift: timedelta) -> None:
        sheet, key = self.sheets["cases"], crypto.secret("case numbers")
        ids = self.ids["cases"].new(self.ids["cases"].old, copy)
        reported = sheet.longs("reported_at") + shift // timedelta(microseconds=1)
        for start, case_id, micros in zip(sheet.places["number"], ids.tolist(), reported.tolist(), strict=True):
            day = (_EPOCH + timedelta(microseconds=micros)).astimezone(ZONE).date()
            number = case_number(self.division, day, case_id, key).encode()
            block[start : start + len(number)] = np.frombuffer(number, dtype=np.uint8)


def _spaces() -> list[str]:
    return [table for table, (ids, _where) in _TABLES.items() if ids.get("id") == table or table == "feed"]


def _layout(connection: psycopg.Connection, table: str) -> Layout:
    spaces, where = _TABLES[table]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position",
            [table],
        )
        types: dict[str, str] = dict(cursor.fetchall())
    columns = tuple(types)
    ids: dict[str, Space] = dict(spaces)
    if "subject_id" in ids and ids["subject_id"] == "?":
        place = columns.index("subject")
        ids["subject_id"] = lambda fields: _SUBJECTS.get(fields[place] or b"")
    return Layout(
        table, columns, ids,
        times=frozenset(name for name, kind in types.items() if kind.startswith("timestamp")),
        documents=frozenset(name for name, kind in types.items() if kind == "jsonb"),
        marked={"cases": ("number", "reported_at"), "client_key": ("key",)}.get(table, ()),
        where=where, order=_ORDER.get(table, "id"),
    )  # fmt: skip


def _old(sheet: Sheet, space: str) -> Longs:
    patch = sheet.patches.get(space)
    return np.unique(np.array(patch.value if patch else [], dtype=np.int64))


def _next(connection: psycopg.Connection, table: str) -> int:
    column = "number" if table == "feed" else "id"
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT coalesce(max({column}), 0) + 1 FROM "{table}"')
        row = cursor.fetchone()
    return int(row[0]) if row else 1


def _division(connection: psycopg.Connection) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT split_part(number, '-', 1) FROM cases ORDER BY id LIMIT 1")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def shifts(copies: int, years: float) -> list[timedelta]:
    """Return how far back each copy lies, the oldest first: whole weeks, those of one week some seconds apart."""
    weeks = years * 52
    back = [max(1, round((copies - place) * weeks / copies)) for place in range(copies)]
    seen: dict[int, int] = {}
    found = []
    for week in back:
        seen[week] = seen.get(week, -1) + 1
        found.append(timedelta(seconds=37 * seen[week]) - week * WEEK)
    return found


CHUNK = 10


def grow(connection: psycopg.Connection, *, cases: int, years: float = 4, told: Callable[[str], None] = print) -> Grown:
    """Write copied lives until there are so many cases. The county must have closed lives of its own.

    One transaction: a county is whole or as it was.
    """
    with connection.transaction():
        book = Book(connection)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases")
            there = (cursor.fetchone() or (0,))[0]
        if not book.size:
            raise ValueError("No case has ended yet: there is nothing to copy.")
        back = shifts(max(0, -(-(cases - there) // book.size)), years)
        started = perf_counter()
        with _bare_tables(connection) as indexed:
            for first in range(0, len(back), CHUNK):
                for table in _TABLES:
                    write(connection, book.sheets[table].layout, book.copies(table, back[first : first + CHUNK], first))
                told(f"{there + book.size * min(first + CHUNK, len(back)):,} / {cases:,}")
            _count_on(connection)
            copied = perf_counter() - started
        return Grown(book.size * len(back), copied, indexed())


def _count_on(connection: psycopg.Connection) -> None:
    """Move sequences, the feed's head and its consumers past what was copied."""
    with connection.cursor() as cursor:
        for table in _TABLES:
            if _TABLES[table][0].get("id") == table:
                name = "journal_entry_id_seq" if table == "journal_entry" else f"{table}_id_seq"
                cursor.execute(f"SELECT setval(%s::regclass, (SELECT max(id) FROM {table}))", [name])
        cursor.execute("UPDATE feed_head SET number = (SELECT coalesce(max(number), 0) FROM feed)")
        cursor.execute("UPDATE feed_cursor SET number = (SELECT number FROM feed_head)")


@contextmanager
def _bare_tables(connection: psycopg.Connection) -> Iterator[Callable[[], float]]:
    """Take secondary indexes and foreign keys off while rows are copied; put them back, checked, at the end."""
    took = 0.0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) AND conparentid = 0",
            [list(_TABLES)],
        )
        keys = cursor.fetchall()
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY(%s::regclass[]) AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)",
            [list(_TABLES)],
        )
        indexes = cursor.fetchall()
        for table, name, _definition in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield lambda: took
        started = perf_counter()
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        took = perf_counter() - started
