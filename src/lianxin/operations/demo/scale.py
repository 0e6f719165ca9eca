"""A county with years behind it: lives that actions have written, copied back through the years.

Lives that have ended are copied with everything that hangs on them (see `lives.py`); whole weeks lie
between the copies, so that a working day stays one. Public holidays are not moved: a copied clock keeps
the working time of the life it was copied from. A few open lives are copied some seconds apart, so that
as many cases are under way as in a county of that size.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from time import perf_counter

import numpy as np
import psycopg

from lianxin.kernel import crypto
from lianxin.kernel.journal import listening
from lianxin.kernel.journal.relay import relay_batch
from lianxin.kernel.numbers import case_number
from lianxin.kernel.worktime.calendars import ZONE

from .bare import analyze, bare_tables
from .lives import ENDED, OPEN, TABLES, Table, choose, layout_of
from .stamping import Bytes, Sheet, ids_of, write

WEEK = timedelta(weeks=1)
APART = timedelta(seconds=37)
# One of so many cases is under way: some five days' intake of four years.
OPEN_SHARE = 1 / 300
_EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_TOGETHER = 12_000  # cases written to one table before the next: bounds memory and the journal of changes
# Copies of years fall on the same days as lives whose id is the same but for millions: they count by the day, apart.
_COPIES_COUNT_FROM = 500_000
_BY_DAY = "SELECT (reported_at AT TIME ZONE %s)::date, count(*)::int FROM cases GROUP BY 1"
_NAMES = [table.name for table in TABLES]
_ONE_MORE = "SELECT coalesce(max({column}), 0) + 1 FROM {table}"


# From a number of copies to how far each is shifted.
Spread = Callable[[int], list[timedelta]]
Told = Callable[[str], object]


class NothingToCopyError(ValueError):
    """The county has no life that could be copied, or its feed has not been followed to its end."""


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

    def __init__(self, connection: psycopg.Connection, which: str) -> None:
        life = "ended_life" if which == ENDED else "open_life"
        self.size = choose(connection, life, which)
        self.sheets = {table.name: Sheet(connection, layout_of(connection, table, life)) for table in TABLES}
        self.ids = {
            table.name: ids_of(self.sheets[table.name], table.name, _next(connection, table))
            for table in TABLES
            if table.own
        }
        self._division = str(_one(connection, "SELECT split_part(max(number), '-', 1) FROM cases"))
        self._key = crypto.secret("case numbers")
        self._of_day: Counter[date] = Counter(dict(connection.execute(_BY_DAY, [ZONE.key]).fetchall()))
        self._random = np.random.default_rng()

    def copies(self, table: str, shifts: list[timedelta], first: int) -> Iterator[Bytes]:
        """Yield the rows of a table for copies `first` and following, one for each shift."""
        sheet = self.sheets[table]
        for place, shift in enumerate(shifts):
            block = sheet.stamped(self.ids, first + place, shift)
            if table == "cases":
                self._number(block, shift)
            elif table == "client_key":
                self._key_anew(block, sheet)
            yield block

    def _number(self, block: Bytes, shift: timedelta) -> None:
        sheet = self.sheets["cases"]
        reported = sheet.longs("reported_at") + shift // timedelta(microseconds=1)
        for start, micros in zip(sheet.places["number"], reported.tolist(), strict=True):
            day = (_EPOCH + timedelta(microseconds=micros)).astimezone(ZONE).date()
            self._of_day[day] += 1
            place = (_COPIES_COUNT_FROM + self._of_day[day]) % 1_000_000
            number = case_number(self._division, day, place, self._key).encode()
            block[start : start + len(number)] = np.frombuffer(number, dtype=np.uint8)

    def _key_anew(self, block: Bytes, sheet: Sheet) -> None:
        """Give each row a client's id of its own (UUID, version 4)."""
        at = np.array(sheet.places["key"], dtype=np.int64)
        keys = self._random.integers(0, 256, (len(at), 16), dtype=np.uint8)
        keys[:, 6] = keys[:, 6] & 0x0F | 0x40
        keys[:, 8] = keys[:, 8] & 0x3F | 0x80
        block[at[:, None] + np.arange(16)] = keys


def _one(connection: psycopg.Connection, query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return row[0] if row else None


def _count(connection: psycopg.Connection, query: str) -> int:
    found = _one(connection, query)
    return found if isinstance(found, int) else 0


def _next(connection: psycopg.Connection, table: Table) -> int:
    if table.name == "feed":
        return _count(connection, "SELECT number + 1 FROM feed_head")
    return _count(connection, _ONE_MORE.format(column=table.own, table=table.name))


def tell_everything(*, at: datetime) -> None:
    """Relay what waits and let every consumer follow to the end of the feed, as `grow` demands."""
    while relay_batch():
        pass
    while listening.follow_all(at=at):
        pass


def weeks_back(copies: int, years: float) -> list[timedelta]:
    """Return how far back each copy lies, the oldest first: whole weeks, those of one week some seconds apart."""
    weeks = years * 52
    back = [max(1, round((copies - place) * weeks / copies)) for place in range(copies)]
    seen: dict[int, int] = {}
    found = []
    for week in back:
        seen[week] = seen.get(week, -1) + 1
        found.append(APART * seen[week] - week * WEEK)
    return found


def grow(
    connection: psycopg.Connection, *, cases: int, years: float = 4, open_cases: int | None = None,
    told: Told = print,
) -> Grown:  # fmt: skip
    """Write copied lives until there are `cases`, of them `open_cases` under way (None: 1 of 300).

    One transaction: a county is whole or as it was. Numbers, sequences, the head of the feed and its
    consumers move along. Raises NothingToCopyError.
    """
    with connection.transaction():
        _demand_followed(connection)
        there, under_way = (
            _count(connection, f"SELECT count(*) FROM cases {which}") for which in ("", f"WHERE {OPEN}")
        )
        wanted = round(cases * OPEN_SHARE) if open_cases is None else open_cases
        started = perf_counter()
        with bare_tables(connection, _NAMES) as indexed:
            fresh = _copy(connection, _moments_apart, OPEN, max(0, min(wanted, cases) - under_way), told)
            ended = _copy(connection, partial(weeks_back, years=years), ENDED, max(0, cases - there - fresh), told)
            copied = perf_counter() - started
        analyze(connection, _NAMES)
        return Grown(fresh + ended, copied, indexed())


def _moments_apart(copies: int) -> list[timedelta]:
    return [-APART * place for place in range(1, copies + 1)]


def _copy(
    connection: psycopg.Connection, spread: Spread, which: str, wanted: int, told: Callable[[str], object]
) -> int:
    """Write at least `wanted` cases, whole copies of the book; returns how many."""
    book = Book(connection, which) if wanted else None
    if book is None or (not book.size and which == OPEN):
        return 0
    if not book.size:
        raise NothingToCopyError("No case has ended yet: there is nothing to copy.")
    back = spread(-(-wanted // book.size))
    step = max(1, _TOGETHER // book.size)
    for first in range(0, len(back), step):
        part = back[first : first + step]
        for table in TABLES:
            write(connection, book.sheets[table.name].layout, book.copies(table.name, part, first))
        told(f"{book.size * (first + len(part)):,} / {book.size * len(back):,}")
    _count_on(connection)
    return book.size * len(back)


def _demand_followed(connection: psycopg.Connection) -> None:
    """Refuse while entries wait to be told: moving the feed's consumers on would skip them."""
    waiting = _count(connection, "SELECT count(*) FROM outbox")
    behind = _count(connection, "SELECT count(*) FROM feed_cursor WHERE number < (SELECT number FROM feed_head)")
    if waiting or behind:
        raise NothingToCopyError(f"{waiting} entries wait for the relay and {behind} consumers are behind the feed.")


def _count_on(connection: psycopg.Connection) -> None:
    """Move sequences, the feed's head and its consumers past what was copied."""
    with connection.cursor() as cursor:
        for table in TABLES:
            if table.own == "id":
                cursor.execute(
                    f"SELECT setval(%s::regclass, greatest((SELECT max(id) FROM {table.name}), 1))",
                    [f"{table.name}_id_seq"],
                )
        cursor.execute("UPDATE feed_head SET number = (SELECT coalesce(max(number), 0) FROM feed)")
        cursor.execute("UPDATE feed_cursor SET number = (SELECT number FROM feed_head)")
