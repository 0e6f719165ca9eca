"""Days of readings come and go; hours and days equal a recount, whatever came late; charts stay small."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from casework import NOW
from factories import County
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.sensors import jobs, partitions, sampling
from lianxin.registry.sensors.intake import Message
from lianxin.registry.sensors.models import Stream
from lianxin.registry.sensors.series import series
from sensing import make_device, rows, say, store

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def stream(county: County) -> Stream:
    return Stream.objects.get(device=make_device("MH-1", at=NOW), measure="tilt")


def put(stream: Stream, told: dict[datetime, float]) -> None:
    """Write readings as an old delivery left them; those of days ago are too old for the intake."""
    partitions.keep(at=NOW, back=40)
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO reading VALUES (%s, %s, %s)", [(stream.pk, at, value) for at, value in told.items()]
        )


def counted(table: str, first: str) -> dict[object, tuple[object, ...]]:
    return {row[0]: row[1:] for row in rows(f"SELECT {first}, count, least, most, total, last FROM {table}")}


def recount(key) -> dict[object, tuple[object, ...]]:
    """Count in Python what the database should have counted."""
    groups: dict[object, list[tuple[datetime, float]]] = defaultdict(list)
    for at, value in rows("SELECT at, value FROM reading ORDER BY at"):
        groups[key(at)].append((at, value))
    return {
        group: (len(told), min(v for _, v in told), max(v for _, v in told), sum(v for _, v in told), told[-1][1])
        for group, told in groups.items()
    }


def hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def day_of(at: datetime) -> date:
    return at.astimezone(ZONE).date()


@pytest.mark.parametrize("seed", range(4))
def test_hours_and_days_equal_a_recount_whatever_came_late(stream: Stream, seed: int) -> None:
    rng = random.Random(seed)
    # Whole numbers, so that sums are exact in any order.
    put(stream, {NOW - DAY * 6 + timedelta(minutes=7 * step): float(rng.randint(0, 90)) for step in range(600)})

    for step in range(12):
        at = NOW - 2 * DAY + step * timedelta(hours=5)
        when = at - timedelta(minutes=rng.randint(0, 60 * 70))
        store(Message("MH-1", {"tilt": rng.randint(0, 90)}, when, at), Message("MH-1", {"tilt": 7}, at, at), at=at)
        if rng.random() < 0.6:
            sampling.count(at=at + timedelta(minutes=rng.choice([0, 6, 30])))
    sampling.count(at=NOW + DAY + HOUR)
    sampling.count(at=NOW + DAY + HOUR)

    assert counted("reading_hour", "at") == recount(hour_of)
    assert counted("reading_day", "day") == recount(day_of)
    assert rows("SELECT count(*) FROM reading_late") == [(0,)]


def test_an_hour_that_is_not_over_waits(stream: Stream) -> None:
    store(say("MH-1", NOW, tilt=1), at=NOW)

    sampling.count(at=NOW + HOUR)  # over, but a batch of it may still be under way
    assert rows("SELECT count(*) FROM reading_hour") == [(0,)]

    sampling.count(at=NOW + HOUR + sampling.GRACE)
    assert rows("SELECT count, last FROM reading_hour") == [(1, 1.0)]


def test_days_are_made_ahead_and_dropped_whole_once_counted(stream: Stream) -> None:
    put(stream, {NOW - 35 * DAY: 1.0, NOW - DAY: 2.0})

    jobs.tend(at=NOW)

    days = partitions.days.get()
    today = partitions.day_of(NOW)
    assert (min(days), max(days)) == (today - 30 * DAY, today + 7 * DAY)
    assert rows("SELECT value FROM reading") == [(2.0,)]
    assert counted("reading_day", "day")[today - 35 * DAY] == (1, 1.0, 1.0, 1.0, 1.0)


def test_a_day_that_was_not_counted_is_not_dropped(stream: Stream) -> None:
    put(stream, {NOW - 35 * DAY: 1.0})

    assert partitions.drop(at=NOW, keep_days=30, counted_until=NOW - 38 * DAY) != []
    assert rows("SELECT value FROM reading") == [(1.0,)]


def test_a_reading_without_a_day_is_refused_and_no_table_is_made_for_it(stream: Stream) -> None:
    far = NOW + 40 * DAY

    taken = store(Message("MH-1", {"tilt": 1}, far, far), at=far)

    assert [one.reason for one in taken.refused] == ["too_old"]
    partitions.ready(at=far)
    assert store(Message("MH-1", {"tilt": 1}, far, far), at=far).refused == []


@pytest.mark.django_db(transaction=True)
def test_a_day_somebody_reads_is_left_for_the_next_run(county: County) -> None:
    import psycopg
    from django.conf import settings

    partitions.keep(at=NOW, back=40)
    with psycopg.connect(settings.DATABASE_URL) as reader:
        reader.execute("SELECT * FROM reading")
        assert partitions.drop(at=NOW, keep_days=39, counted_until=NOW) == []
        reader.rollback()

    assert partitions.drop(at=NOW, keep_days=39, counted_until=NOW) == [partitions.day_of(NOW) - 40 * DAY]


@pytest.mark.parametrize(("days", "level"), [(1, "raw"), (7, "hour"), (31, "hour"), (366, "day")])
def test_a_chart_gets_a_few_hundred_points_and_the_newest_reading(stream: Stream, days: int, level: str) -> None:
    told = {NOW - timedelta(minutes=step): 10.0 for step in range(0, 30 * 1440, 2)}
    told[NOW - timedelta(minutes=1)] = 77.0
    told[NOW - 2 * HOUR + timedelta(minutes=1)] = 5.0
    put(stream, told)
    sampling.count(at=NOW - 3 * DAY)

    found = series(stream, NOW - days * DAY, NOW + HOUR)

    assert found.level == level
    assert 0 < len(found.points) <= 601
    assert [one.at for one in found.points] == sorted(one.at for one in found.points)
    assert sum(one.count for one in found.points) == sum(1 for at in told if at >= begins(level, NOW - days * DAY))
    assert (max(one.most for one in found.points), min(one.least for one in found.points)) == (77.0, 5.0)


def begins(level: str, since: datetime) -> datetime:
    """Days are whole: the first one begins in the morning."""
    return since if level != "day" else datetime.combine(since.astimezone(ZONE).date(), datetime.min.time(), ZONE)


def test_two_workers_count_once(stream: Stream) -> None:
    put(stream, {NOW - 3 * HOUR: 1.0})
    sampling.count(at=NOW)
    with transaction.atomic():
        assert sampling.count_hours(at=NOW) == 0
    assert datetime(2026, 1, 1, tzinfo=UTC) < sampling.counted_until("hour") <= NOW
