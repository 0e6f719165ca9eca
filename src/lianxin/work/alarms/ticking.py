"""What happens without a reading: durations and dampings that run out, devices that fall silent, reminders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas.acting import draft
from lianxin.kernel import versions
from lianxin.kernel.journal.writing import append
from lianxin.registry.sensors.register import Known, register

from . import machine, raising, watching
from .compiled import Book, Live, book
from .machine import State
from .models import Alarm, AlarmRule
from .rules import ANY

# Readings may take so long from device to intake: what runs out is decided only then.
GRACE = timedelta(seconds=5)
BATCH = 500
MOST_REMINDERS = 96


def look(*, at: datetime, limit: int = BATCH) -> int:
    """Let happen what has run out, and forget what rules or devices that are off left; returns how many devices.

    Call it until it returns 0; several may. A job does, each quarter of a minute.
    """
    until = at - GRACE
    found = _due(until, limit)
    if not found:
        return 0
    with transaction.atomic(), versions.held():
        _move(found, _world(until, at), {})
    return len(found)


_DUE = """
SELECT device_id FROM (
    SELECT device_id, due_at FROM alarm_watch WHERE due_at <= %(until)s
    UNION ALL
    SELECT watch.device_id, watch.at FROM alarm_watch watch JOIN alarm_rule rule ON rule.id = watch.rule_id
    JOIN device ON device.id = watch.device_id
    WHERE rule.state <> 'live' OR rule.live_number <> watch.edition OR device.state <> 'active'
) AS due GROUP BY device_id ORDER BY min(due_at), device_id LIMIT %(limit)s
"""


def _due(until: datetime, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"until": until, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class _World:
    """The rules and devices of one transaction, and its two instants."""

    rules: Book
    devices: Mapping[int, Known]
    until: datetime
    at: datetime


def _world(until: datetime, at: datetime) -> _World:
    numbers = versions.read()
    return _World(book(numbers, at=at), register.at(numbers).by_id, until, at)


def _move(device_ids: list[int], world: _World, begun: Mapping[watching.Key, State]) -> None:
    watching.lock_devices(device_ids)
    watches = watching.fetch(device_ids, world.rules, world.devices)
    for key, state in begun.items():
        if key not in watches.states:
            watches.states[key], watches.lives[key] = state, world.rules.by_id[key[1]]
    steps = watching.advance(watches, world.until)
    hand = raising.held(device_ids, at=world.at)
    hand.follow(steps, watches)
    hand.release(watches)
    watching.save(watches)
    hand.write()


def find_silent(*, at: datetime, limit: int = BATCH) -> int:
    """Find devices that have said nothing for as long as a rule allows; returns how many moved. Call it until 0."""
    until = at - GRACE
    with transaction.atomic(), versions.held():
        world = _world(until, at)
        begun: dict[watching.Key, State] = {}
        for live in world.rules.silent:
            begun |= _silent(live, world, limit)
        moved = sorted({device_id for device_id, _rule in begun})[:limit]
        if moved:
            chosen = set(moved)
            _move(moved, world, {key: state for key, state in begun.items() if key[0] in chosen})
    return len(moved)


_QUIET = """
SELECT device.id, coalesce(heard.last_at, device.valid_from) FROM device
LEFT JOIN LATERAL ({heard}) AS heard ON true
WHERE device.state = 'active' AND coalesce(heard.last_at, device.valid_from) <= %(before)s
  AND (%(kind)s = '' OR device.kind = %(kind)s)
  AND NOT EXISTS (SELECT FROM alarm_watch watch WHERE watch.device_id = device.id AND watch.rule_id = %(rule)s)
ORDER BY device.id LIMIT %(limit)s
"""
_BY_DEVICE = "SELECT last_at FROM device_state WHERE device_id = device.id"
_BY_MEASURE = "SELECT last_at FROM stream WHERE device_id = device.id AND measure = %(measure)s"


def _silent(live: Live, world: _World, limit: int) -> dict[watching.Key, State]:
    """Return the devices of one rule that are silent by now, as if they had been watched since their last word."""
    spec = live.spec
    by_measure = spec.measure not in {"", ANY}
    with connection.cursor() as cursor:
        cursor.execute(
            _QUIET.format(heard=_BY_MEASURE if by_measure else _BY_DEVICE),
            {
                "before": world.until - timedelta(seconds=spec.for_seconds), "kind": spec.device_kind,
                "rule": live.rule_id, "measure": spec.measure, "limit": limit * 4,
            },
        )  # fmt: skip
        rows = cursor.fetchall()
    found: dict[watching.Key, State] = {}
    for device_id, last_at in rows:
        device = world.devices.get(device_id)
        if device is None or not live.covers(device) or (by_measure and spec.measure not in device.streams):
            continue
        state = State(at=last_at, seen_at=last_at, since=[last_at])
        due = machine.due_at(live.ladder, state)
        if due is not None and due <= world.until:  # else a window keeps the rule asleep
            found[device_id, live.rule_id] = state
    return found


def remind(*, at: datetime, limit: int = 200) -> int:
    """Tell again of alarms that nobody has acknowledged; returns how many. Several workers may run this."""
    with transaction.atomic():
        late = Alarm.objects.filter(remind_at__lte=at).order_by("remind_at", "pk").select_for_update(skip_locked=True)
        found = list(late[:limit])
        minutes = _remind_minutes({alarm.rule_id for alarm in found if alarm.rule_id is not None})
        told = []
        for alarm in found:
            every = minutes.get(alarm.rule_id or 0, 0)
            waits = alarm.is_active and alarm.acknowledged_at is None and alarm.reminders < MOST_REMINDERS
            alarm.remind_at = at + timedelta(minutes=every) if waits and every else None
            if waits:
                alarm.reminders += 1
                alarm.version += 1
                told.append(alarm)
        Alarm.objects.bulk_update(found, ["remind_at", "reminders", "version"])
        append(
            [
                draft(
                    SYSTEM, raising.SUBJECT, alarm.pk, "remind", at=at, version=alarm.version,
                    after=raising.placed(alarm) | {"level": alarm.level, "count": alarm.reminders},
                )
                for alarm in told
            ]
        )  # fmt: skip
    return len(found)


def _remind_minutes(rule_ids: set[int]) -> dict[int, int]:
    live = AlarmRule.objects.filter(pk__in=rule_ids).values_list(
        "pk", "editions__number", "live_number", "editions__content"
    )
    return {pk: int(content.get("remind_minutes") or 0) for pk, number, last, content in live if number == last}
