"""Count readings into hours, and hours into days, so that a year of a stream is a chart of a few hundred points.

Everything here may be run again: an hour is counted anew from its readings, a day from its hours. Readings that came
after their hour was counted have left a row in `reading_late`, written in their transaction: it is taken away before
the hour is counted, so that what is not yet visible keeps its own row for the next run.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from . import partitions
from .counting import hour_of
from .models import Counted
from .partitions import begin_of, day_of

GRACE = timedelta(minutes=5)  # an hour is counted when it has been over for so long: no batch takes longer to commit
_CHUNK = timedelta(days=7)  # of hours in one transaction; mostly there is one hour
_MONTH = timedelta(days=31)
_BATCH = 20_000  # late hours at a time
HOUR = timedelta(hours=1)

_COUNTED = "count(*), min(value), max(value), sum(value), (array_agg(value ORDER BY at DESC))[1]"
_PUT = """
ON CONFLICT (stream_id, at) DO UPDATE SET count = excluded.count, least = excluded.least, most = excluded.most,
    total = excluded.total, last = excluded.last
"""
_HOURS = f"""
INSERT INTO reading_hour (stream_id, at, count, least, most, total, last)
SELECT stream_id, date_trunc('hour', at, 'UTC'), {_COUNTED} FROM reading WHERE at >= %s AND at < %s GROUP BY 1, 2
{_PUT}
"""
_LATE_TAKEN = """
DELETE FROM reading_late WHERE ctid IN (SELECT ctid FROM reading_late LIMIT %s) RETURNING stream_id, hour
"""
_LATE_HOURS = f"""
INSERT INTO reading_hour (stream_id, at, count, least, most, total, last)
SELECT stream_id, hour, {_COUNTED} FROM unnest(%s::bigint[], %s::timestamptz[]) AS late (stream_id, hour)
JOIN reading USING (stream_id) WHERE at >= hour AND at < hour + interval '1 hour' GROUP BY 1, 2
{_PUT}
"""
_DAYS = """
INSERT INTO reading_day (stream_id, day, count, least, most, total, last)
SELECT stream_id, (at AT TIME ZONE 'Asia/Shanghai')::date, sum(count), min(least), max(most), sum(total),
    (array_agg(last ORDER BY at DESC))[1]
FROM reading_hour WHERE at >= %s AND at < %s {only} GROUP BY 1, 2
ON CONFLICT (stream_id, day) DO UPDATE SET count = excluded.count, least = excluded.least, most = excluded.most,
    total = excluded.total, last = excluded.last
"""


def counted_until(name: str) -> datetime:
    """Return up to when hours (`hour`) or days (`day`) have been counted; long ago when none were."""
    return Counted.objects.filter(name=name).values_list("until", flat=True).first() or datetime(2000, 1, 1, tzinfo=UTC)


def count_hours(*, at: datetime) -> int:
    """Count all hours that are over and were not counted yet, a week in a transaction; returns how many rows."""
    end, rows = hour_of(at - GRACE), 0
    while True:
        with transaction.atomic():
            mark = _mark("hour")
            begin = max(mark.until, _first())
            if begin >= end:
                return rows
            upto = min(begin + _CHUNK, end)
            rows += _run(_HOURS, [begin, upto])
            mark.until = upto
            mark.save(update_fields=["until"])


def recount_late() -> int:
    """Count hours and days anew for which readings came late; returns how many hours of streams."""
    done = 0
    while True:
        with transaction.atomic():
            mark = _mark("hour")
            with connection.cursor() as cursor:
                cursor.execute(_LATE_TAKEN, [_BATCH])
                taken = cursor.fetchall()
            if not taken:
                return done
            # The present hours will be counted when they are over.
            late = sorted({(stream_id, hour) for stream_id, hour in taken if hour < mark.until})
            if late:
                _run(_LATE_HOURS, [[one for one, _hour in late], [hour for _one, hour in late]])
                _recount_days(late)
            done += len(late)
        if len(taken) < _BATCH:
            return done


def _recount_days(late: list[tuple[int, datetime]]) -> None:
    over = day_of(counted_until("day"))
    by_day: dict[date, set[int]] = {}
    for stream_id, hour in late:
        if (day := day_of(hour)) < over:
            by_day.setdefault(day, set()).add(stream_id)
    for day, streams in by_day.items():
        _count_day(day, sorted(streams))


def count_days(*, at: datetime) -> int:
    """Count the days whose hours are all counted, a month in a transaction; returns how many days."""
    done = 0
    while True:
        with transaction.atomic():
            mark = _mark("day")
            begin = begin_of(day_of(max(mark.until, _first())))
            end = begin_of(day_of(min(at, counted_until("hour"), begin + _MONTH)))
            if begin >= end:
                return done
            _run(_DAYS.format(only=""), [begin, end])
            mark.until = end
            mark.save(update_fields=["until"])
            done += (end - begin).days


def _count_day(day: date, streams: list[int]) -> None:
    span = [begin_of(day), begin_of(day + timedelta(days=1))]
    _run(_DAYS.format(only="AND stream_id = ANY(%s)"), [*span, streams])


def count(*, at: datetime) -> None:
    """Do all that is due."""
    count_hours(at=at)
    recount_late()
    count_days(at=at)


def forget(*, at: datetime, hour_years: int) -> int:
    """Drop whole years of hours that are over for more than so many years; days are kept. Returns how many tables."""
    last = at.year - hour_years - 1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid"
            " WHERE inhparent = 'reading_hour'::regclass AND right(relname, 4)::int <= %s",
            [last],
        )
        names = [name for (name,) in cursor.fetchall()]
        for name in names:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute(f'DROP TABLE "{name}"')
    return len(names)


def _mark(name: str) -> Counted:
    Counted.objects.bulk_create([Counted(name=name, until=datetime(2000, 1, 1, tzinfo=UTC))], ignore_conflicts=True)
    return Counted.objects.select_for_update().get(name=name)


def _first() -> datetime:
    """Return where readings begin; a day that was dropped has been counted long ago."""
    days = partitions.days.get()
    return begin_of(min(days)) if days else datetime(2000, 1, 1, tzinfo=UTC)


def _run(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
