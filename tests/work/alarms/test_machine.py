"""The laws of evaluation: how readings are cut changes nothing, damping damps, the past is not opened again."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lianxin.kernel.worktime.calendars import Calendar
from lianxin.work.alarms import machine
from lianxin.work.alarms.machine import Ladder, Move, Op, State
from lianxin.work.alarms.windows import Schedule, Window

BEGIN = datetime(2026, 11, 20, 6, tzinfo=UTC)
WEEK = Calendar("week")


def after(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


windows = st.builds(
    Window,
    st.sampled_from(["workday", "restday", frozenset({1, 3, 5}), frozenset(range(1, 8))]),
    st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])),
    st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])),
)
schedules = st.none() | st.builds(lambda made: Schedule(tuple(made), WEEK), st.lists(windows, min_size=1, max_size=3))


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    op = draw(st.sampled_from(list(Op)))
    count = draw(st.integers(1, 3)) if op in machine.UPWARD | machine.DOWNWARD else 1
    limits = sorted(draw(st.lists(st.integers(2, 18), min_size=count, max_size=count, unique=True)))
    if op in machine.DOWNWARD:
        limits.reverse()
    seconds = st.integers(0, 400)
    by_times = op is not Op.SILENT and draw(st.booleans())
    return Ladder(
        op=op,
        thresholds=() if op is Op.SILENT else tuple(map(float, limits)),
        slack=float(draw(st.integers(0, 3))) if op in machine.UPWARD | machine.DOWNWARD else 0.0,
        for_seconds=draw(st.integers(60, 900)) if op is Op.SILENT else 0 if by_times else draw(seconds),
        times=draw(st.integers(2, 4)) if by_times else 0,
        within_seconds=draw(st.integers(30, 900)) if by_times or op is Op.CHANGED else 0,
        clear_seconds=draw(seconds) if op is not Op.SILENT else 0,
        steps_down=draw(st.booleans()),
        schedule=draw(schedules),
    )


readings = st.lists(st.tuples(st.integers(1, 3000), st.integers(0, 20)), min_size=1, max_size=40).map(
    lambda steps: [
        (after(sum(gap for gap, _value in steps[: index + 1])), float(steps[index][1])) for index in range(len(steps))
    ]
)


def whole(ladder: Ladder, told: list[tuple[datetime, float]], until: datetime) -> list[Move]:
    state = State()
    moves = list(machine.run(ladder, told, state))
    return moves + machine.advance(ladder, state, until)


@given(ladders(), readings, st.data())
@settings(max_examples=400, deadline=None)
def test_cutting_the_readings_changes_nothing(
    ladder: Ladder, told: list[tuple[datetime, float]], data: st.DataObject
) -> None:
    """Stored and read back between any two readings, and looked at by a job at any instant: the same moves."""
    until = told[-1][0] + timedelta(hours=20)
    state, moves = State(), []
    for (at, value), following in zip(told, [at for at, _value in told[1:]] + [until], strict=True):
        moves += machine.take(ladder, state, at, value)
        if data.draw(st.booleans()):
            gap = (following - at).total_seconds()
            moves += machine.advance(ladder, state, at + timedelta(seconds=data.draw(st.floats(0, 1)) * gap))
        if data.draw(st.booleans()):
            if machine.is_calm(ladder, state) and ladder.op is not Op.SILENT:
                state = State()
            else:
                state = machine.restored(
                    machine.stored(state), at=state.at, seen_at=state.seen_at, value=state.value, level=state.level
                )
    moves += machine.advance(ladder, state, until)

    assert moves == whole(ladder, told, until)


@given(ladders(), readings)
@settings(max_examples=300, deadline=None)
def test_moves_follow_one_another_and_never_faster_than_the_damping(
    ladder: Ladder, told: list[tuple[datetime, float]]
) -> None:
    moves = whole(ladder, told, told[-1][0] + timedelta(hours=20))

    for earlier, later in pairwise(moves):
        assert later.before == earlier.after
        assert later.at >= earlier.at
        if later.after < later.before and earlier.after > earlier.before:
            assert later.at - earlier.at >= timedelta(seconds=ladder.clear_seconds)
        if earlier.after == 0 and ladder.op is not Op.SILENT:
            assert later.at - earlier.at >= timedelta(seconds=ladder.for_seconds)
    assert all(move.before != move.after and 0 <= move.after <= ladder.steps for move in moves)
    if ladder.schedule is not None:
        assert all(ladder.schedule.is_awake(move.at) for move in moves if move.after > move.before)


@given(ladders(), readings, st.data())
@settings(max_examples=200, deadline=None)
def test_what_comes_late_does_not_open_the_past(
    ladder: Ladder, told: list[tuple[datetime, float]], data: st.DataObject
) -> None:
    """A reading older than the last one seen is passed over, wherever it turns up."""
    assume(len(told) > 1)
    until = told[-1][0] + timedelta(hours=2)
    state, moves = State(), []
    for index, (at, value) in enumerate(told):
        moves += machine.take(ladder, state, at, value)
        if index and data.draw(st.booleans()):
            older, other = told[index - 1][0], float(data.draw(st.integers(0, 20)))
            assert machine.take(ladder, state, older, other) == []
    moves += machine.advance(ladder, state, until)

    assert moves == whole(ladder, told, until)


def test_a_duration_runs_out_at_its_own_instant_whoever_looks() -> None:
    tilted = Ladder(Op.ABOVE, (15.0,), slack=3.0, for_seconds=30, clear_seconds=60)
    state = State()

    assert machine.take(tilted, state, after(0), 40.0) == []
    assert machine.advance(tilted, state, after(29)) == []
    [opened] = machine.advance(tilted, state, after(3000))
    assert (opened.at, opened.before, opened.after, opened.value) == (after(30), 0, 1, 40.0)

    # 13° is back below 15° but not by the slack: it goes on. 11° is, and lasts a minute.
    assert machine.take(tilted, state, after(100), 13.0) == []
    assert machine.take(tilted, state, after(200), 11.0) == []
    assert [move.at for move in machine.advance(tilted, state, after(999))] == [after(260)]


def test_a_reading_that_came_too_late_to_prevent_an_alarm_ends_it() -> None:
    tilted = Ladder(Op.ABOVE, (15.0,), for_seconds=30)
    state = State()
    machine.take(tilted, state, after(0), 40.0)
    [opened] = machine.advance(tilted, state, after(60))

    # Taken at 25 s, arrived after the alarm of 30 s: not before it, but from then on.
    [cleared] = machine.take(tilted, state, after(25), 2.0)

    assert (opened.at, cleared.at, cleared.after) == (after(30), after(30), 0)


def test_levels_rise_and_fall_step_by_step() -> None:
    water = Ladder(Op.AT_LEAST, (3.0, 4.0, 5.0), slack=0.2, clear_seconds=600)
    told = [(0, 2.0), (60, 3.5), (120, 5.2), (180, 4.9), (240, 4.5), (1000, 3.1), (2000, 2.0), (4000, 2.0)]

    moves = whole(water, [(after(at), value) for at, value in told], after(9000))

    assert [(move.at, move.after) for move in moves] == [
        (after(60), 1), (after(120), 3), (after(840), 2), (after(1600), 1), (after(2600), 0),
    ]  # fmt: skip


def test_a_rule_may_stay_at_its_highest_until_it_clears() -> None:
    water = Ladder(Op.AT_LEAST, (3.0, 5.0), steps_down=False)

    moves = whole(water, [(after(0), 5.5), (after(60), 3.5), (after(120), 1.0)], after(200))

    assert [(move.at, move.after) for move in moves] == [(after(0), 2), (after(120), 0)]


def test_so_many_times_within_so_long() -> None:
    gas = Ladder(Op.ABOVE, (5.0,), times=3, within_seconds=100)

    moves = whole(gas, [(after(at), 6.0) for at in (0, 90, 110, 150)], after(200))

    assert [(move.at, move.after) for move in moves] == [(after(150), 1)]


def test_a_change_counts_from_the_extremes_of_its_window() -> None:
    slope = Ladder(Op.CHANGED, (5.0,), within_seconds=3600)
    told = [(0, 10.0), (1800, 13.0), (3500, 15.0), (9000, 15.2), (9600, 10.1)]

    moves = whole(slope, [(after(at), value) for at, value in told], after(20000))

    assert [(move.at, move.after) for move in moves] == [(after(3500), 1), (after(9000), 0), (after(9600), 1)]


def test_silence_is_found_at_its_instant_and_ends_with_a_word() -> None:
    silent = Ladder(Op.SILENT, (), for_seconds=600)

    moves = whole(silent, [(after(0), 1.0), (after(500), 1.0), (after(2000), 1.0)], after(2100))

    assert [(move.at, move.after, move.value) for move in moves] == [(after(1100), 1, None), (after(2000), 0, None)]


def test_a_window_wakes_a_rule_over_a_value_that_stood_all_the_while() -> None:
    night = Schedule((Window(frozenset(range(1, 8)), time(22), time(6)),), WEEK)  # BEGIN is 14:00 there
    gate = Ladder(Op.EQUAL, (1.0,), for_seconds=60, schedule=night)

    moves = whole(gate, [(after(0), 1.0)], after(10 * 3600))

    assert [move.at for move in moves] == [after(8 * 3600 + 60)]


def test_windows_past_midnight_and_by_the_work_calendar() -> None:
    fridays = Schedule((Window(frozenset({5}), time(22), time(6)),), WEEK)
    rest = Schedule((Window("restday", time(), time()),), WEEK)
    friday = datetime(2026, 11, 20, 15, tzinfo=UTC)  # 23:00 there

    assert fridays.is_awake(friday)
    assert fridays.is_awake(friday + timedelta(hours=6))
    assert not fridays.is_awake(friday + timedelta(hours=7))
    assert fridays.next_change(friday) == friday + timedelta(hours=7)
    assert not rest.is_awake(friday)
    assert rest.is_awake(friday + timedelta(hours=1))
    assert rest.next_change(friday + timedelta(hours=1)) == friday + timedelta(hours=49)
