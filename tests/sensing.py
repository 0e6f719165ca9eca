"""Devices for tests: made as the register makes them, and what they say."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.geometry.points import Point
from lianxin.registry.sensors import actions, intake, partitions, systems, watching
from lianxin.registry.sensors.flood import buckets
from lianxin.registry.sensors.intake import Message, Taken
from lianxin.registry.sensors.models import Device, System

_NAMES = UUID("6f8a1c1e-6f0e-4d0e-9a53-1f8f3a1c0d11")
HERE = Point(117.005, 31.005)  # in grid 111 of the tiny county


def make_device(number: str, *, at: datetime, kind: str = "manhole", point: Point = HERE, **more: Any) -> Device:
    """Register a device; the same number is the same device."""
    buckets.forget()
    told = actions.DeviceIn(number=number, kind=kind, point=point, **more)
    return actions.register(SYSTEM, key=uuid5(_NAMES, number), told=told, at=at)


def make_system(code: str, *, at: datetime, adapter: str = "plain", **more: Any) -> System:
    """Join a system."""
    told = systems.SystemIn(code=code, name=f"系统 {code}", joined_on=at.date(), adapter=adapter, **more)
    return systems.register(SYSTEM, key=uuid5(_NAMES, f"system {code}"), told=told, at=at)


def say(device: str, at: datetime, **values: float) -> Message:
    """Return a message that came a second after what it tells of."""
    return Message(device, values, at, at + timedelta(seconds=1))


def store(*messages: Message, at: datetime) -> Taken:
    """Store messages in a transaction of their own."""
    with transaction.atomic():
        return intake.store(messages, at=at)


def rows(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return what the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def make_scene(*, at: datetime, **more: Any) -> tuple[Device, System]:
    """Register a manhole that has said much for a day and was refused once, and a system with a silent device."""
    device = make_device("MH-0001", at=at - timedelta(days=40), name="市场门口井盖", **more)
    actions.issue_key(SYSTEM, device=device, at=at - timedelta(days=40))
    partitions.keep(at=at, back=3)
    for minutes in range(30, 1440, 60):
        when = at - timedelta(minutes=minutes)
        store(say("MH-0001", when, tilt=3 + (minutes - 30) % 7, is_open=0, battery=80, signal=-97), at=at)
    store(say("MH-0001", at, tilt=400), at=at)
    system = make_system("water", at=at, purpose="河道水位", supplier="安达科技")
    systems.issue_key(SYSTEM, system=system, at=at)
    make_device("WL-0001", at=at - timedelta(days=2), kind="water_level", system_id=system.pk)
    watching.mark_silent(at=at)
    old = make_system("old", at=at - timedelta(days=300), adapter="")
    systems.close(SYSTEM, system=old, seen=1, why="并入城市物联平台", at=at)
    return device, system
