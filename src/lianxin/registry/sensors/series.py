"""What a stream said over a time, in no more points than a chart shows: raw for days, hours for months, then days.

Hours and days that have not been counted yet come from what is below them, so that the newest reading is always there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db import connection

from .models import Stream
from .partitions import begin_of, day_of
from .sampling import counted_until

RAW = timedelta(days=2, hours=1)  # as long as raw readings are drawn
HOURS = timedelta(days=100)
_LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Point:
    """Readings of one stretch of time, or a single one."""

    at: datetime
    count: int
    least: float
    most: float
    total: float
    last: float

    @property
    def mean(self) -> float:
        """The mean of the readings."""
        return self.total / self.count


@dataclass(frozen=True, slots=True)
class Series:
    """Points in time order, and what each stands for: `raw`, `hour` or `day`, `step` together (None: a reading)."""

    level: str
    step: timedelta | None
    points: list[Point]


_RAW = """
SELECT at, 1 AS count, value AS least, value AS most, value AS total, value AS last
FROM reading WHERE stream_id = %(stream)s AND at >= %(since)s AND at < %(until)s
"""
_HOURS = """
SELECT at, count, least, most, total, last FROM reading_hour
WHERE stream_id = %(stream)s AND at >= %(since)s AND at < least(%(until)s, %(hours)s)
UNION ALL
SELECT date_trunc('hour', at, 'UTC'), count(*), min(value), max(value), sum(value),
    (array_agg(value ORDER BY at DESC))[1]
FROM reading WHERE stream_id = %(stream)s AND at >= greatest(%(since)s, %(hours)s) AND at < %(until)s GROUP BY 1
"""
_DAYS = f"""
SELECT day::timestamp AT TIME ZONE 'Asia/Shanghai' AS at, count, least, most, total, last FROM reading_day
WHERE stream_id = %(stream)s AND day >= %(first)s AND day < least(%(end)s::date, %(days)s::date)
UNION ALL
SELECT date_trunc('day', at, 'Asia/Shanghai'), sum(count), min(least), max(most), sum(total),
    (array_agg(last ORDER BY at DESC))[1]
FROM ({_HOURS}) hours WHERE at >= %(today)s GROUP BY 1
"""
_BINNED = """
SELECT date_bin(%(step)s, at, %(origin)s) AS at, sum(count)::int, min(least), max(most), sum(total),
    (array_agg(last ORDER BY at DESC))[1]
FROM ({source}) points GROUP BY 1 ORDER BY 1
"""


def series(stream: Stream, since: datetime, until: datetime, *, points: int = 600) -> Series:
    """Return what a stream said from `since` to before `until`. Three statements, at most some `points` points."""
    span = until - since
    if span <= RAW:
        return _raw(stream, since, until, points)
    level, unit, source = ("hour", timedelta(hours=1), _HOURS) if span <= HOURS else ("day", timedelta(days=1), _DAYS)
    step = unit * max(1, ceil(span / unit / points))
    origin = begin_of(day_of(since))
    return Series(level, step, _points(_BINNED.format(source=source), stream, since, until, step=step, origin=origin))


def _raw(stream: Stream, since: datetime, until: datetime, points: int) -> Series:
    found = _points(f"{_RAW} ORDER BY at LIMIT {_LONGEST}", stream, since, until)
    if len(found) <= points:
        return Series("raw", None, found)
    step = timedelta(seconds=ceil((until - since).total_seconds() / points))
    return Series("raw", step, _points(_BINNED.format(source=_RAW), stream, since, until, step=step, origin=since))


def _points(
    statement: str, stream: Stream, since: datetime, until: datetime, *, step: timedelta | None = None,
    origin: datetime | None = None,
) -> list[Point]:  # fmt: skip
    values: dict[str, Any] = {
        "stream": stream.pk, "since": since, "until": until, "step": step, "origin": origin,
        "hours": counted_until("hour"), "days": day_of(counted_until("day")), "today": counted_until("day"),
        "first": day_of(since), "end": day_of(until) + timedelta(days=1),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Point(*row) for row in cursor.fetchall()]
