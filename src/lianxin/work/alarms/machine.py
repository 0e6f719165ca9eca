"""How a rule sees one device: readings in the order of their time go in, moves between levels come out.

Pure: no database, no clock. What runs out without a new reading (a duration, a damping, a silence, a window's
begin) happens at its own instant, whoever finds it and whenever: the next reading, or a job that calls `advance`.
So the moves are the same however readings are cut into batches, and a trial over the past tells what would have been.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from .windows import Schedule

_BUCKETS = 24  # of a window of change: enough for its extremes, few enough for a row


class Op(StrEnum):
    """What a rule asks of a value."""

    ABOVE = "gt"
    AT_LEAST = "gte"
    BELOW = "lt"
    AT_MOST = "lte"
    EQUAL = "eq"
    OTHER = "ne"
    CHANGED = "change"  # by so much within so many seconds
    SILENT = "silent"  # nothing for so many seconds


UPWARD = frozenset({Op.ABOVE, Op.AT_LEAST, Op.CHANGED})
DOWNWARD = frozenset({Op.BELOW, Op.AT_MOST})


@dataclass(frozen=True, slots=True)
class Ladder:
    """What the machine needs of a rule: a condition with thresholds, mildest step first, and its times."""

    op: Op
    thresholds: tuple[float, ...]
    slack: float = 0.0  # how far a value must go back behind the threshold to count as recovered (回差)
    for_seconds: int = 0
    times: int = 0  # so many readings within `within_seconds`, instead of a duration; 0: a duration
    within_seconds: int = 0
    clear_seconds: int = 0  # how long it must have recovered (防抖)
    steps_down: bool = True  # falls step by step; else it stays at its highest until it clears
    schedule: Schedule | None = None

    @property
    def steps(self) -> int:
        """How many levels it knows."""
        return len(self.thresholds) or 1

    def is_met(self, step: int, value: float) -> bool:
        """Tell whether a value (of a change: how far it went) reaches a step, counted from 1."""
        limit = self.thresholds[step - 1]
        match self.op:
            case Op.ABOVE:
                return value > limit
            case Op.AT_LEAST | Op.CHANGED:
                return value >= limit
            case Op.BELOW:
                return value < limit
            case Op.AT_MOST:
                return value <= limit
            case Op.EQUAL:
                return value == limit
            case _:
                return value != limit

    def is_held(self, step: int, value: float) -> bool:
        """Tell whether a value still holds a step: it has not gone back by the slack."""
        if not self.slack:
            return self.is_met(step, value)
        limit = self.thresholds[step - 1]
        return value > limit - self.slack if self.op in UPWARD else value < limit + self.slack

    def reach(self, value: float) -> int:
        """Return the highest step a value reaches; 0: none."""
        return next((step for step in range(self.steps, 0, -1) if self.is_met(step, value)), 0)


@dataclass(frozen=True, slots=True)
class Move:
    """A change of level at an instant; `value` is the last one read (None: nothing came), `seen_at` when."""

    at: datetime
    before: int
    after: int
    value: float | None
    seen_at: datetime


@dataclass(slots=True)
class State:
    """What is remembered of one device under one rule."""

    at: datetime | None = None  # up to where it was looked at
    seen_at: datetime | None = None  # of the last reading
    value: float | None = None  # the last one; of a change: how far it went
    level: int = 0
    since: list[datetime | None] = field(default_factory=list)  # by step: since when it is reached
    below: list[datetime | None] = field(default_factory=list)  # by step: since when it has recovered
    hits: list[list[datetime]] = field(default_factory=list)  # by step: the last readings that reached it
    marks: list[tuple[int, float, float]] = field(default_factory=list)  # of a change: bucket, least, most
    damped: int = 0  # how often it went over and back too briefly to be told, or back and over too briefly to clear


def is_calm(ladder: Ladder, state: State) -> bool:
    """Tell whether forgetting it would change nothing."""
    if ladder.op is Op.SILENT:
        return not state.level
    if state.level or state.hits or state.marks or any(state.since):
        return False
    return ladder.schedule is None or not _could_rise(ladder, state)  # else it waits for the rule to wake


def take(ladder: Ladder, state: State, at: datetime, value: float) -> list[Move]:
    """Take a reading and return the moves up to it. One older than the last is passed over.

    A reading that comes when later instants were decided already (a duration ran out before it arrived) counts from
    there on: the past is not opened again.
    """
    if state.seen_at is not None and at < state.seen_at:
        return []
    moves = advance(ladder, state, at)
    state.seen_at = at
    now = at if state.at is None or state.at < at else state.at
    state.value = _told(ladder, state, at, value)
    if ladder.times:
        _count(ladder, state, now)
    if ladder.op is Op.SILENT:
        state.since, state.below = [at], [now if state.level else None]
    return moves + _look(ladder, state, now, is_reading=True)


def advance(ladder: Ladder, state: State, until: datetime) -> list[Move]:
    """Let happen what runs out up to an instant; returns the moves."""
    moves: list[Move] = []
    while (due := due_at(ladder, state)) is not None and due <= until:
        moves += _look(ladder, state, due)
    return moves


def due_at(ladder: Ladder, state: State) -> datetime | None:
    """Return when something happens next if nothing is read before."""
    if state.at is None:
        return None
    return min((when for when in _ahead(ladder, state) if when > state.at), default=None)


def run(ladder: Ladder, readings: Iterable[tuple[datetime, float]], state: State | None = None) -> Iterator[Move]:
    """Yield the moves of one device over readings in order of time."""
    state = State() if state is None else state
    for at, value in readings:
        yield from take(ladder, state, at, value)


def _ahead(ladder: Ladder, state: State) -> Iterator[datetime]:
    if not ladder.times:
        lasting = timedelta(seconds=ladder.for_seconds)
        yield from (begun + lasting for begun in state.since[state.level :] if begun is not None)
    settling = timedelta(seconds=ladder.clear_seconds)
    yield from (begun + settling for begun in state.below[: state.level] if begun is not None)
    if ladder.schedule is not None and state.at is not None and _could_rise(ladder, state):
        edge = ladder.schedule.next_change(state.at)
        if edge is not None:
            yield edge


def _could_rise(ladder: Ladder, state: State) -> bool:
    if ladder.op is Op.SILENT:
        return not state.level
    return not ladder.times and state.value is not None and ladder.reach(state.value) > state.level


def _told(ladder: Ladder, state: State, at: datetime, value: float) -> float:
    """Return what the condition is asked of: the value itself, or how far it went within the window."""
    if ladder.op is not Op.CHANGED:
        return value
    width = max(1, ladder.within_seconds // _BUCKETS)
    seconds = int(at.timestamp())
    bucket = seconds // width
    marks = [mark for mark in state.marks if (mark[0] + 1) * width > seconds - ladder.within_seconds]
    if marks and marks[-1][0] == bucket:
        _same, least, most = marks.pop()
        marks.append((bucket, min(least, value), max(most, value)))
    else:
        marks.append((bucket, value, value))
    state.marks = marks
    return max(value - min(mark[1] for mark in marks), max(mark[2] for mark in marks) - value)


def _count(ladder: Ladder, state: State, now: datetime) -> None:
    """Remember, by step, the readings that reached it within the window: no more than are asked for."""
    awake = ladder.schedule is None or ladder.schedule.is_awake(now)
    reached = ladder.reach(state.value) if awake and state.value is not None else 0
    oldest = now - timedelta(seconds=ladder.within_seconds)
    known = state.hits or [[] for _step in range(ladder.steps)]
    counted = [
        [when for when in [*hits, *([now] if reached >= step else [])] if when >= oldest][-ladder.times :]
        for step, hits in enumerate(known, 1)
    ]
    state.hits = counted if any(counted) else []


def _look(ladder: Ladder, state: State, now: datetime, *, is_reading: bool = False) -> list[Move]:
    """Look at the state at an instant, and move between levels where the times have run out."""
    state.at = now
    if ladder.op is not Op.SILENT and state.value is not None:
        _mark(ladder, state, now)
    after = _risen(ladder, state, now, is_reading=is_reading)
    if after <= state.level:
        after = _fallen(ladder, state, now)
    before = state.level
    if after == before or state.seen_at is None:
        return []
    state.level = after
    if after < before:
        state.hits = []
    if not after or ladder.op is Op.SILENT:
        state.below = []
    return [Move(now, before, after, None if ladder.op is Op.SILENT else state.value, state.seen_at)]


def _mark(ladder: Ladder, state: State, now: datetime) -> None:
    """Note since when each step is reached, and since when each step of the alarm has recovered."""
    value = state.value or 0.0
    reached = ladder.reach(value)
    if not reached and not state.level and any(state.since):
        state.damped += 1  # over before it had lasted
    if ladder.times or (reached and ladder.schedule is not None and not ladder.schedule.is_awake(now)):
        reached = 0
    since = state.since or [None] * ladder.steps
    state.since = [(was or now) if step <= reached else None for step, was in enumerate(since, 1)] if reached else []
    if not state.level:
        state.below = []
        return
    below = state.below or [None] * ladder.steps
    # Recovered and back again before the damping ran out: a flap nobody hears of.
    first = below[0] is not None and ladder.is_held(1, value)
    state.damped += first
    state.below = [None if ladder.is_held(step, value) else (was or now) for step, was in enumerate(below, 1)]


def _risen(ladder: Ladder, state: State, now: datetime, *, is_reading: bool) -> int:
    """Return the highest step that has lasted, or come, often enough by now; 0: none."""
    if ladder.times:
        counts = [len(hits) for hits in state.hits] if is_reading else []
        return max((step for step, count in enumerate(counts, 1) if count >= ladder.times), default=0)
    if ladder.op is Op.SILENT and ladder.schedule is not None and not ladder.schedule.is_awake(now):
        return 0
    lasting = timedelta(seconds=ladder.for_seconds)
    steps = (step for step, begun in enumerate(state.since, 1) if begun is not None and begun + lasting <= now)
    return max(steps, default=0)


def _fallen(ladder: Ladder, state: State, now: datetime) -> int:
    """Return the level after steps that have recovered long enough are left."""
    settling = timedelta(seconds=ladder.clear_seconds)
    level = state.level
    while level and state.below and (begun := state.below[level - 1]) is not None and begun + settling <= now:
        level -= 1
    return level if ladder.steps_down or not level else state.level


def stored(state: State) -> dict[str, Any]:
    """Return what of a state has no column of its own, fit for JSON; nothing for what is empty."""
    told: dict[str, Any] = {}
    for name in ("since", "below"):
        if any(instants := getattr(state, name)):
            told[name] = [when.isoformat() if when else None for when in instants]
    if state.hits:
        told["hits"] = [[when.isoformat() for when in hits] for hits in state.hits]
    if state.marks:
        told["marks"] = [list(mark) for mark in state.marks]
    if state.damped:
        told["damped"] = state.damped
    return told


def restored(
    told: dict[str, Any], *, at: datetime | None, seen_at: datetime | None, value: float | None, level: int
) -> State:
    """Return a state from its columns and what `stored` gave."""
    return State(
        at=at,
        seen_at=seen_at,
        value=value,
        level=level,
        since=[_instant(when) for when in told.get("since", ())],
        below=[_instant(when) for when in told.get("below", ())],
        hits=[[datetime.fromisoformat(when) for when in hits] for hits in told.get("hits", ())],
        marks=[(int(bucket), float(least), float(most)) for bucket, least, most in told.get("marks", ())],
        damped=int(told.get("damped", 0)),
    )


def _instant(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def copied(state: State) -> State:
    """Return a copy that may go its own way: every change of a state puts new lists in place of the old."""
    return replace(state)
