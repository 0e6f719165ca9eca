"""What is remembered of devices under rules: fetched, moved on and written for many devices at once.

Whoever comes here holds the devices' own rows (`lock_devices`, or the intake's), so that the readings of one device
are looked at one after the other whatever process they come through.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from lianxin.registry.sensors.intake import Fresh
from lianxin.registry.sensors.register import Known

from . import machine
from .compiled import Book, Live
from .machine import Move, Op, State

Key = tuple[int, int]  # device, rule


@dataclass(frozen=True, slots=True)
class Step:
    """A move of one device under one rule."""

    device_id: int
    live: Live
    move: Move

    @property
    def level(self) -> int:
        """The level of alarm it now stands at by this rule."""
        return self.live.spec.level(self.move.after)


@dataclass
class Watches:
    """The states of some devices, as they are in memory: what is new or changed is written by `save`."""

    states: dict[Key, State] = field(default_factory=dict)
    lives: dict[Key, Live] = field(default_factory=dict)
    stored: dict[Key, tuple[Any, ...]] = field(default_factory=dict)
    extremes: dict[Key, tuple[float, float]] = field(default_factory=dict)  # read while an alarm stood
    lost: list[Key] = field(default_factory=list)  # of rules that are off, or not for the device any more

    def levels(self, device_id: int, fault: str) -> int:
        """Return the highest level a device stands at by any rule of one fault."""
        return max(
            (
                live.spec.level(self.states[key].level)
                for key, live in self.lives.items()
                if key[0] == device_id and live.spec.fault == fault and key in self.states
            ),
            default=0,
        )


def lock_devices(device_ids: Collection[int]) -> None:
    """Hold some devices for this transaction, as the intake does: in the order of their ids, before anything else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM device_state WHERE device_id = ANY(%s) ORDER BY device_id FOR NO KEY UPDATE",
            [sorted(device_ids)],
        )


_FETCH = """
SELECT device_id, rule_id, edition, level, at, seen_at, value, memory FROM alarm_watch
WHERE device_id = ANY(%s) ORDER BY device_id, rule_id FOR UPDATE
"""


def fetch(device_ids: Collection[int], book: Book, devices: Mapping[int, Known]) -> Watches:
    """Return what is remembered of some devices. One statement.

    What belongs to a rule that is off, or that is not for the device any more, is `lost`: it goes with `save`.
    """
    found = Watches()
    with connection.cursor() as cursor:
        cursor.execute(_FETCH, [list(device_ids)])
        rows = cursor.fetchall()
    for device_id, rule_id, edition, level, at, seen_at, value, memory in rows:
        key, live, device = (device_id, rule_id), book.by_id.get(rule_id), devices.get(device_id)
        told = json.loads(memory) if isinstance(memory, str) else memory
        state = machine.restored(told, at=at, seen_at=seen_at, value=value, level=level)
        found.stored[key] = _row(state, edition)
        if live is None or device is None or device.state != "active" or not live.covers(device):
            found.lost.append(key)
            continue
        found.lives[key], found.states[key] = live, state
        if edition != live.edition:
            _adopt(state, live)
    return found


def _adopt(state: State, live: Live) -> None:
    """Take over what an older edition remembered: where it stands, and nothing of how it came there."""
    state.level = min(state.level, live.ladder.steps)
    state.since = [state.seen_at] if live.ladder.op is Op.SILENT else []
    state.below, state.hits, state.marks = [], [], []


def take(watches: Watches, book: Book, fresh: Iterable[Fresh]) -> list[Step]:
    """Evaluate readings, in the order of their time for each device; returns the moves. Late ones are passed over."""
    steps: list[Step] = []
    states, lives = watches.states, watches.lives
    for one in fresh:
        if one.is_late:
            continue
        device = one.device
        for live in book.hearing(device.kind, one.measure):
            key = (device.id, live.rule_id)
            state = states.get(key)
            if state is None:
                if live.is_quiet(one.value) or not live.covers(device):
                    continue
                state = states[key] = State()
                lives[key] = live
            steps += _moved(watches, live, state, one)
        for live in book.silent:
            state = states.get((device.id, live.rule_id))
            if state is not None and live.hears(one.measure):
                steps += _moved(watches, live, state, one)
    return steps


def _moved(watches: Watches, live: Live, state: State, one: Fresh) -> list[Step]:
    steps = [Step(one.device.id, live, move) for move in machine.take(live.ladder, state, one.at, one.value)]
    if state.level and state.value is not None:
        key = (one.device.id, live.rule_id)
        least, most = watches.extremes.get(key, (state.value, state.value))
        watches.extremes[key] = (min(least, state.value), max(most, state.value))
    return steps


def advance(watches: Watches, until: datetime) -> list[Step]:
    """Let happen what has run out by an instant; returns the moves."""
    return [
        Step(key[0], watches.lives[key], move)
        for key, state in watches.states.items()
        for move in machine.advance(watches.lives[key].ladder, state, until)
    ]


_SAVE = """
INSERT INTO alarm_watch (device_id, rule_id, edition, level, at, seen_at, value, due_at, memory)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::smallint[], %s::timestamptz[], %s::timestamptz[],
                     %s::float8[], %s::timestamptz[], %s::jsonb[])
ON CONFLICT (device_id, rule_id) DO UPDATE SET edition = excluded.edition, level = excluded.level, at = excluded.at,
    seen_at = excluded.seen_at, value = excluded.value, due_at = excluded.due_at, memory = excluded.memory
"""
_DROP = """
DELETE FROM alarm_watch USING unnest(%s::bigint[], %s::bigint[]) AS gone (device_id, rule_id)
WHERE alarm_watch.device_id = gone.device_id AND alarm_watch.rule_id = gone.rule_id
"""


def save(watches: Watches) -> None:
    """Write what changed and forget what is calm again. Two statements at most."""
    rows: list[tuple[Any, ...]] = []
    gone: list[Key] = list(watches.lost)
    for key, state in sorted(watches.states.items(), key=lambda pair: pair[0]):
        live = watches.lives[key]
        if machine.is_calm(live.ladder, state):
            if key in watches.stored:
                gone.append(key)
            continue
        row = _row(state, live.edition)
        if watches.stored.get(key) != row:
            rows.append((*key, *row[:-1], machine.due_at(live.ladder, state), json.dumps(row[-1])))
    with connection.cursor() as cursor:
        if rows:
            cursor.execute(_SAVE, [list(column) for column in zip(*rows, strict=True)])
        if gone:
            cursor.execute(_DROP, [[key[0] for key in gone], [key[1] for key in gone]])


def _row(state: State, edition: int) -> tuple[Any, ...]:
    return (edition, state.level, state.at, state.seen_at, state.value, machine.stored(state))
