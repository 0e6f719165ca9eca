"""A calendar of working time as a value: which moments count, and how much lies between two of them."""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# A limit is days or months; whoever counts decades ahead has a calendar without working time.
_FARTHEST_YEARS = 60


@dataclass(frozen=True, slots=True)
class Season:
    """Daily hours from one month and day to another (both inside, may pass New Year), while valid."""

    periods: tuple[tuple[time, time], ...]
    first: tuple[int, int] = (1, 1)
    last: tuple[int, int] = (12, 31)
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        """Refuse hours that overlap or run backwards."""
        edges = [edge for period in self.periods for edge in period]
        if any(later <= earlier for earlier, later in zip(edges[::2], edges[1::2], strict=True)) or edges != sorted(
            edges
        ):
            raise ValueError("Working periods of a day run forward and do not overlap.")

    def covers(self, day: date) -> bool:
        """Say whether the season holds on this day."""
        if (self.valid_from and day < self.valid_from) or (self.valid_to and day > self.valid_to):
            return False
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


STANDARD_HOURS = ((time(8), time(12)), (time(14), time(18)))


class _Memo:
    """The place where a frozen calendar keeps its timeline."""

    line: "_Line | None" = None


@dataclass(frozen=True)
class Calendar:
    """Hours by season (the last that covers a day holds), holidays, make-up days 调休, years with known holidays."""

    code: str
    name: str = ""
    seasons: tuple[Season, ...] = (Season(STANDARD_HOURS),)
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    confirmed_years: frozenset[int] = frozenset()
    _memo: _Memo = field(default_factory=_Memo, init=False, compare=False, repr=False)

    @cached_property
    def version(self) -> str:
        """Return a short hash of everything that decides a due time, to be stored beside it."""
        parts = (self.seasons, sorted(self.holidays), sorted(self.workdays), sorted(self.confirmed_years))
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def is_workday(self, day: date) -> bool:
        """Say whether people work on this day; a year without data knows weekends only."""
        if day in self.workdays:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def periods(self, day: date) -> tuple[tuple[time, time], ...]:
        """Return the working hours of this day in local time, none on a day off."""
        if not self.is_workday(day):
            return ()
        return next((season.periods for season in reversed(self.seasons) if season.covers(day)), ())

    def unconfirmed_years(self, start: datetime, end: datetime) -> list[int]:
        """Return the years between two instants whose holidays are not known yet."""
        years = range(start.astimezone(ZONE).year, end.astimezone(ZONE).year + 1)
        return [year for year in years if year not in self.confirmed_years]

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time between two aware instants; zero when they stand the other way round."""
        if end <= start:
            return timedelta()
        line = self._line(start.year - 1, end.year + 1)
        return timedelta(microseconds=line.before(_micros(end)) - line.before(_micros(start)))

    def after(self, start: datetime, worked: timedelta) -> datetime:
        """Return the first instant by which this much working time has passed since `start` (aware, in UTC)."""
        need = worked // _MICROSECOND
        if need <= 0:
            return start
        for ahead in (1, 4, 16, _FARTHEST_YEARS):
            line = self._line(start.year - 1, start.year + ahead)
            target = line.before(_micros(start)) + need
            if target <= line.total:
                return _EPOCH + timedelta(microseconds=line.at(target))
        raise ValueError(f"Calendar {self.code!r} has too little working time for this limit.")

    def is_open(self, at: datetime) -> bool:
        """Say whether this aware instant lies in working time."""
        return self._line(at.year - 1, at.year + 1).is_open(_micros(at))

    def _line(self, first_year: int, last_year: int) -> "_Line":
        line = self._memo.line
        if line is None or first_year < line.first_year or last_year > line.last_year:
            if line is not None:
                first_year, last_year = min(first_year, line.first_year), max(last_year, line.last_year)
            # Two threads may both build; the values are equal and the assignment is atomic.
            line = self._memo.line = _Line(self, first_year, last_year)
        return line


class _Line:
    """All working periods of some years in a row, in microseconds since 1970, with the time worked before each."""

    def __init__(self, calendar: Calendar, first_year: int, last_year: int) -> None:
        self.first_year = first_year
        self.last_year = last_year
        self.opens: list[int] = []
        self.closes: list[int] = []
        self.worked: list[int] = []
        self.total = 0
        for opened, closed in _spans(calendar, first_year, last_year):
            self.opens.append(opened)
            self.closes.append(closed)
            self.worked.append(self.total)
            self.total += closed - opened

    def before(self, at: int) -> int:
        index = bisect_right(self.opens, at) - 1
        if index < 0:
            return 0
        return self.worked[index] + min(at, self.closes[index]) - self.opens[index]

    def at(self, target: int) -> int:
        # bisect_left: what is done exactly at closing time is due then, not at the next opening.
        index = bisect_left(self.worked, target) - 1
        return self.opens[index] + target - self.worked[index]

    def is_open(self, at: int) -> bool:
        index = bisect_right(self.opens, at) - 1
        return index >= 0 and at < self.closes[index]


def _spans(calendar: Calendar, first_year: int, last_year: int) -> Iterator[tuple[int, int]]:
    day, last = date(first_year, 1, 1), date(last_year, 12, 31)
    while day <= last:
        for opened, closed in calendar.periods(day):
            yield _micros(datetime.combine(day, opened, ZONE)), _micros(datetime.combine(day, closed, ZONE))
        day += timedelta(days=1)


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND
