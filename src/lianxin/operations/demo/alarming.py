"""Alarms of the made-up county: what the rules of its profile say of a month of readings, and what calls now."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from lianxin.foundation.accounts import queries as accounts
from lianxin.kernel import versions
from lianxin.registry.sensors.models import Device, Stream
from lianxin.registry.sensors.register import register
from lianxin.work.alarms import actions, casing, intake, machine, raising, ticking, watching
from lianxin.work.alarms.compiled import book
from lianxin.work.alarms.intake import Message
from lianxin.work.alarms.machine import State
from lianxin.work.alarms.models import Alarm
from lianxin.work.alarms.permissions import ACKNOWLEDGE
from lianxin.work.alarms.watching import Step, Watches

DAYS: Final = 30
_READ = "SELECT at, value FROM reading WHERE stream_id = %s AND at >= %s ORDER BY at"
# Which device of a kind calls just now, and what it says: a cover that is open, smoke from a kitchen.
_NOW: Final = (("manhole", 4, {"tilt": 41.0, "is_open": 1.0}), ("smoke", 2, {"smoke": 6.4}), ("gas", 1, {"gas": 12.5}))


def make(*, now: datetime) -> int:
    """Let the live rules look at the month that was, then let a few devices call; returns how many alarms there are."""
    with transaction.atomic(), versions.held():
        _look_back(now)
    while ticking.find_silent(at=now):
        pass
    for kind, place, values in _NOW:
        _call(kind, place, values, now)
    ticking.look(at=now)
    casing.make_due(at=now)
    _answer(now)
    return Alarm.objects.count()


def _look_back(now: datetime) -> None:
    """Evaluate what was read as it would have been live: one pass over each stream that a rule hears."""
    rules, watches, steps = book(versions.read(), at=now), Watches(), list[Step]()
    said: dict[watching.Key, list[tuple[datetime, float]]] = {}
    for device in register.get().by_id.values():
        for live in rules.by_id.values():
            stream = device.streams.get(live.spec.measure)
            if live in rules.silent or stream is None or device.state != "active" or not live.covers(device):
                continue
            state = State()
            with connection.cursor() as cursor:
                cursor.execute(_READ, [stream, now - timedelta(days=DAYS)])
                read: list[tuple[datetime, float]] = cursor.fetchall()
            said[device.id, live.rule_id] = read
            moves = [*machine.run(live.ladder, read, state)]
            moves += machine.advance(live.ladder, state, now - ticking.GRACE)
            steps += [Step(device.id, live, move) for move in moves]
            watches.states[device.id, live.rule_id], watches.lives[device.id, live.rule_id] = state, live
    ids = sorted({step.device_id for step in steps})
    hand = raising.held(ids, at=now)
    hand.follow(steps, watches)
    hand.read(watches)
    watching.save(watches)
    hand.write()
    for alarm in Alarm.objects.filter(device__in=ids).exclude(measure=""):
        end = alarm.cleared_at or now
        values = [
            value for at, value in said.get((alarm.device_id, alarm.rule_id or 0), ()) if alarm.opened_at <= at < end
        ]
        heard = watches.lives.get((alarm.device_id, alarm.rule_id or 0))
        if values and heard is not None and heard.ladder.op is not machine.Op.CHANGED:
            alarm.peak = min(values) if heard.ladder.op in machine.DOWNWARD else max(values)
            alarm.save(update_fields=["peak"])


def _call(kind: str, place: int, values: dict[str, float], now: datetime) -> None:
    """Let one device say something after all that it has said, through the intake."""
    devices = list(Device.objects.now().filter(kind=kind, state="active").order_by("number")[: place + 1])
    if len(devices) <= place:
        return
    last = Stream.objects.filter(device=devices[place]).exclude(last_at=None).order_by("-last_at").first()
    at = last.last_at + timedelta(seconds=1) if last is not None and last.last_at is not None else now
    intake.take([Message(devices[place].number, values, min(at, now), now)], at=now)


def _answer(now: datetime) -> None:
    """Let somebody acknowledge what calls for gas, and say of the smoke that it was a kitchen."""
    for fault, words in (("gas", "已通知燃气公司，十分钟到"), ("smoke", "")):
        alarm = Alarm.objects.filter(fault=fault, ended_at=None, cleared_at=None).order_by("-opened_at").first()
        holders = accounts.holders(ACKNOWLEDGE, at=now, place=alarm) if alarm is not None else []
        actor = accounts.actor_of(holders[0], at=now) if holders else None
        if alarm is None or actor is None:
            continue
        if words:
            actions.acknowledge(actor, alarm=alarm, note=words, at=now)
        elif alarm.case_id is None:
            actions.dismiss(actor, alarm=alarm, why="厨房油烟，已到现场看过", at=now)
        else:
            actions.acknowledge(actor, alarm=alarm, note="电话核实是厨房油烟，派人去看", at=now)
