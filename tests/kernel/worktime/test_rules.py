"""Working time against an independent count that steps minute by minute through the calendar."""

import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianxin.kernel.worktime.rules import ZONE, Calendar, Clock, Limit, Pause, Season, Unit, due, worked

MINUTE = timedelta(minutes=1)
STANDARD = Calendar(
    "standard",
    holidays=frozenset(date(2026, 2, day) for day in range(15, 24)) | {date(2026, 1, 1), date(2026, 10, 1)},
    workdays=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
    confirmed_years=frozenset({2026}),
)
SEASONAL = Calendar(
    "seasonal",
    seasons=(
        Season(((time(8), time(12)), (time(14), time(18)))),
        Season(((time(7, 30), time(11, 30)), (time(15), time(19))), first=(6, 1), last=(9, 30)),
        Season(((time(9), time(12)), (time(13), time(17, 30))), first=(12, 1), last=(2, 28)),
        Season(((time(0), time(23, 59)),), valid_from=date(2026, 3, 10), valid_to=date(2026, 3, 12)),
    ),
    holidays=STANDARD.holidays,
    workdays=STANDARD.workdays,
)
CALENDARS = st.sampled_from([STANDARD, SEASONAL])


def at(text: str) -> datetime:
    """Read local time, return UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def counts(minute: datetime, calendar: Calendar) -> bool:
    """Say for one minute, from the calendar's rows alone, whether it counts."""
    local = minute.astimezone(ZONE)
    day = local.date()
    if day in calendar.workdays:
        working = True
    elif day in calendar.holidays:
        working = False
    else:
        working = local.isoweekday() <= 5
    hours: tuple[tuple[time, time], ...] = ()
    for season in calendar.seasons:
        here, first, last = (day.month, day.day), season.first, season.last
        in_year = first <= here <= last if first <= last else not last < here < first
        in_force = (season.valid_from or date.min) <= day <= (season.valid_to or date.max)
        if in_year and in_force:
            hours = season.periods
    return working and any(opens <= local.time() < closes for opens, closes in hours)


def stands(minute: datetime, pauses: tuple[Pause, ...]) -> bool:
    return any(pause.start <= minute and (pause.end is None or minute < pause.end) for pause in pauses)


def slow_due(start: datetime, minutes: int, unit: Unit, calendar: Calendar, pauses: tuple[Pause, ...]) -> datetime:
    here = start
    while minutes:
        if not stands(here, pauses) and (not unit.is_working or counts(here, calendar)):
            minutes -= 1
        here += MINUTE
    return here


instants = st.integers(0, 400 * 1440).map(lambda minutes: at("2025-12-20T00:00") + minutes * MINUTE)
limits = st.one_of(
    st.builds(Limit, st.integers(1, 700), st.sampled_from([Unit.WORK_MINUTE, Unit.MINUTE])),
    st.builds(Limit, st.integers(1, 20), st.sampled_from([Unit.WORK_HOUR, Unit.URGENT_HOUR])),
    st.builds(Limit, st.integers(1, 4), st.sampled_from([Unit.WORK_DAY, Unit.URGENT_DAY, Unit.NATURAL_DAY])),
)


@st.composite
def pauses_after(draw: st.DrawFn, start: datetime) -> tuple[Pause, ...]:
    found, reached = [], start
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 6000)), max_size=3)):
        begin = reached + gap * MINUTE
        reached = begin + length * MINUTE
        found.append(Pause(begin, reached))
    return tuple(found)


@settings(deadline=None, max_examples=150)
@given(instants, limits, CALENDARS, st.data())
def test_due_equals_the_count_minute_by_minute(
    start: datetime, limit: Limit, calendar: Calendar, data: st.DataObject
) -> None:
    pauses = data.draw(pauses_after(start))
    clock = Clock(start, limit, calendar, pauses)

    assert clock.due_at == slow_due(start, limit.counted // MINUTE, limit.unit, calendar, pauses)
    assert clock.due_at is not None
    assert clock.remaining(clock.due_at) == timedelta()
    assert clock.used(clock.due_at - MINUTE) == clock.total - MINUTE or stands(clock.due_at - MINUTE, pauses)


@settings(deadline=None, max_examples=100)
@given(instants, st.integers(-600, 9000), CALENDARS)
def test_worked_equals_the_count_minute_by_minute(start: datetime, minutes: int, calendar: Calendar) -> None:
    end = start + minutes * MINUTE

    assert worked(start, end, calendar) == sum(counts(start + n * MINUTE, calendar) for n in range(minutes))
    assert calendar.is_open(start) is counts(start, calendar)


@settings(deadline=None, max_examples=60)
@given(instants, limits, CALENDARS, st.integers(0, 8000), st.data())
def test_used_equals_the_count_amid_pauses(
    start: datetime, limit: Limit, calendar: Calendar, minutes: int, data: st.DataObject
) -> None:
    pauses = data.draw(pauses_after(start))
    if pauses and minutes % 2:
        pauses = (*pauses[:-1], Pause(pauses[-1].start))
    clock = Clock(start, limit, calendar, pauses)
    seen = start + minutes * MINUTE

    expected = sum(
        not stands(start + n * MINUTE, pauses) and (not limit.unit.is_working or counts(start + n * MINUTE, calendar))
        for n in range(minutes)
    )
    assert clock.used(seen) // MINUTE == expected


@given(instants, st.integers(0, 10_000_000), st.integers(0, 10_000_000), CALENDARS)
def test_worked_time_adds_up_to_the_microsecond(start: datetime, one: int, other: int, calendar: Calendar) -> None:
    middle = start + timedelta(seconds=one, microseconds=one % 977)
    end = middle + timedelta(seconds=other, microseconds=other % 991)

    assert calendar.worked(start, middle) + calendar.worked(middle, end) == calendar.worked(start, end)
    if spent := calendar.worked(start, end):
        assert calendar.worked(start, calendar.after(start, spent)) == spent
        assert calendar.after(start, spent) <= end


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-11-20T11:30", "1 工作时", "2026-11-20T14:30"),  # over noon
        ("2026-11-20T11:00", "1 工作时", "2026-11-20T12:00"),  # to the very end of the morning
        ("2026-11-20T17:30", "1 工作时", "2026-11-23T08:30"),  # Friday to Monday
        ("2026-11-21T02:00", "30 分钟工作时间", "2026-11-23T08:30"),  # Saturday night
        ("2026-11-21T02:00", "2 紧急工作时", "2026-11-21T04:00"),  # urgent at night
        ("2026-11-20T10:00", "1 工作日", "2026-11-23T10:00"),
        ("2026-11-20T23:30", "1 紧急工作日", "2026-11-21T23:30"),
        ("2026-11-20T23:30", "7 自然日", "2026-11-27T23:30"),
        ("2026-02-13T17:00", "1 工作日", "2026-02-14T17:00"),  # Saturday made up for the Spring Festival
        ("2026-02-14T17:00", "1 工作日", "2026-02-24T17:00"),  # across the Spring Festival
        ("2026-02-27T17:30", "1 工作时", "2026-02-28T08:30"),
        ("2027-01-01T09:00", "1 工作时", "2027-01-01T10:00"),  # a year without data knows weekends only
    ],
)
def test_limits_of_practice(start: str, limit: str, expected: str) -> None:
    assert due(at(start), Limit.parse(limit), STANDARD) == at(expected)


def test_years_without_data_are_told() -> None:
    assert STANDARD.unconfirmed_years(at("2026-12-30T10:00"), at("2027-01-04T10:00")) == [2027]
    assert STANDARD.unconfirmed_years(at("2026-12-30T10:00"), at("2026-12-31T23:59")) == []


def test_the_warning_comes_at_a_share_of_counted_time() -> None:
    clock = Clock(at("2026-11-20T14:00"), Limit(5, Unit.WORK_HOUR), STANDARD)

    assert clock.warn_at() == at("2026-11-20T18:00")
    assert clock.warn_at(0.9) == at("2026-11-23T08:30")
    assert clock.due_at == at("2026-11-23T09:00")


def test_a_clock_stands_while_paused_and_goes_on_after() -> None:
    clock = Clock(at("2026-11-20T08:00"), Limit(4, Unit.WORK_HOUR), STANDARD)

    standing = clock.pause(at("2026-11-20T09:00"))
    assert standing.is_paused
    assert standing.due_at is None
    assert standing.used(at("2026-11-25T09:00")) == timedelta(hours=1)

    running = standing.resume(at("2026-11-23T16:00"))
    assert running.due_at == at("2026-11-24T09:00")
    assert running.remaining(at("2026-11-24T10:00")) == timedelta(hours=-1)


def test_a_pause_after_the_deadline_does_not_mend_it() -> None:
    clock = Clock(at("2026-11-20T08:00"), Limit(1, Unit.WORK_HOUR), STANDARD)

    assert clock.pause(at("2026-11-20T10:00")).due_at == at("2026-11-20T09:00")


def test_an_extension_adds_the_same_kind_of_time() -> None:
    clock = Clock(at("2026-11-20T08:00"), Limit(1, Unit.WORK_DAY), STANDARD)

    assert clock.extend(Limit(4, Unit.WORK_HOUR)).due_at == at("2026-11-23T12:00")
    with pytest.raises(ValueError, match="same kind"):
        clock.extend(Limit(1, Unit.NATURAL_DAY))


@pytest.mark.parametrize(
    "pauses",
    [
        (Pause(at("2026-11-19T08:00"), at("2026-11-19T09:00")),),
        (Pause(at("2026-11-21T08:00"), at("2026-11-20T09:00")),),
        (Pause(at("2026-11-21T08:00")), Pause(at("2026-11-22T08:00"), at("2026-11-22T09:00"))),
    ],
)
def test_impossible_pauses_are_a_bug(pauses: tuple[Pause, ...]) -> None:
    with pytest.raises(ValueError, match="Pauses"):
        Clock(at("2026-11-20T08:00"), Limit(1, Unit.WORK_DAY), STANDARD, pauses)


def test_impossible_hours_are_a_bug() -> None:
    with pytest.raises(ValueError, match="overlap"):
        Season(((time(8), time(12)), (time(11), time(18))))
    idle = Calendar("idle", seasons=(Season(()),))
    with pytest.raises(ValueError, match="too little"):
        due(at("2026-11-20T08:00"), Limit(1, Unit.WORK_HOUR), idle)


def test_the_version_tells_calendars_apart() -> None:
    same = Calendar(
        "standard", holidays=STANDARD.holidays, workdays=STANDARD.workdays, confirmed_years=frozenset({2026})
    )

    assert same == STANDARD
    assert same.version == STANDARD.version
    assert len({STANDARD.version, SEASONAL.version, Calendar("standard").version}) == 3


def test_a_due_time_costs_microseconds() -> None:
    start, limit = at("2026-11-20T17:30"), Limit(5, Unit.WORK_DAY)
    due(start, limit, STANDARD)

    begun = stopwatch.perf_counter()
    for _ in range(2000):
        due(start, limit, STANDARD)

    assert (stopwatch.perf_counter() - begun) / 2000 < 30e-6 * 5  # some 3 µs on an idle core
