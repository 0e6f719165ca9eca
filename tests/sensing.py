"""Devices for tests: made as the register makes them, and what they say."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.geometry.points import Point
from lianxin.registry.sensors import actions, intake, systems
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
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
