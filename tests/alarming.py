"""Rules for tests, put in force in one line, and readings that go the way of every gateway."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.journal.listening import consumers, follow, retry_parked
from lianxin.kernel.journal.relay import relay_batch
from lianxin.registry.sensors.intake import Message, Taken
from lianxin.registry.sensors.models import Device
from lianxin.work.alarms import actions as alarms
from lianxin.work.alarms import intake
from lianxin.work.alarms.models import Alarm, AlarmRule

TILT: dict[str, Any] = {
    "name": "井盖倾斜",
    "device_kind": "manhole",
    "measure": "tilt",
    "op": "gt",
    "steps": [{"level": 3, "value": 15}],
    "fault": "cover",
}
WATER: dict[str, Any] = {
    "name": "水位超限",
    "device_kind": "water_level",
    "measure": "level",
    "op": "gte",
    "steps": [{"level": 2, "value": 3}, {"level": 3, "value": 4}, {"level": 4, "value": 5}],
    "fault": "high_water",
}


def make_rule(at: datetime, content: dict[str, Any] = TILT, **more: Any) -> AlarmRule:
    """Put a rule in force."""
    rule = alarms.draft_rule(SYSTEM, key=uuid4(), content=content | more, at=at)
    return alarms.publish(SYSTEM, rule=rule, at=at)


def change_rule(rule: AlarmRule, at: datetime, **more: Any) -> AlarmRule:
    """Put a new edition of a rule in force."""
    content = rule.editions.get(number=rule.live_number or 0).content | more
    rule = alarms.write_draft(SYSTEM, rule=rule, content=content, at=at)
    return alarms.publish(SYSTEM, rule=rule, at=at, why="改一改")


def hear(*messages: Message, at: datetime) -> Taken:
    """Take messages as a gateway does."""
    return intake.take(messages, at=at)


def said(device: str, begin: datetime, values: Sequence[tuple[float, float]], measure: str = "tilt") -> list[Message]:
    """Return messages of a device: pairs of seconds after `begin` and a value."""
    return [
        Message(device, {measure: value}, begin + timedelta(seconds=seconds), begin + timedelta(seconds=seconds + 1))
        for seconds, value in values
    ]


def the_alarm(**where: Any) -> Alarm:
    """Return the one alarm there is."""
    return Alarm.objects.select_related("device", "case").get(**where)


def listen(at: datetime) -> None:
    """Let the feed be told, and the consumers of alarms and cases follow it to its end."""
    for _round in range(20):
        moved = relay_batch()
        heard = sum(follow(consumers[name], at=at) for name in ("alarms.cases", "alarms.messages"))
        if not moved and not heard:
            break
    assert not sum(retry_parked(consumers[name], at=at) for name in ("alarms.cases", "alarms.messages"))


def make_scene(device: Device, *, at: datetime) -> dict[str, str]:
    """Let a manhole call after a quiet day, under a rule that was tried and has a draft; return their keys by name."""
    rule = make_rule(at - timedelta(days=2), makes_case=True, category="", remind_minutes=30, slack=3)
    trial = alarms.try_rule(SYSTEM, key=uuid4(), rule=rule, days=7, at=at)
    draft = alarms.draft_rule(
        SYSTEM, key=uuid4(), content=WATER | {"windows": [{"days": "restday", "from": "22:00", "to": "06:00"}]}, at=at
    )
    hear(*said(device.number, at - timedelta(minutes=9), [(0, 21), (120, 44)]), at=at)
    listen(at)
    alarm = the_alarm(ended_at=None)
    alarms.mute(SYSTEM, key=uuid4(), device=device, until=at + timedelta(hours=4), why="管网检修", at=at)
    keys = {"alarm": alarm.key, "alarm_rule": rule.key, "alarm_draft": draft.key, "trial": trial.key}
    return {name: str(key) for name, key in keys.items()}
