"""Cameras of the tiny county: the traffic police's, on their platform, near 117.01 E 31.01 N."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from cast import Cast
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.configuration import actions as configuration
from lianxin.kernel.geometry.points import Point
from lianxin.registry.cameras import actions
from lianxin.registry.cameras.inputs import CameraIn
from lianxin.registry.cameras.models import Access, Camera, Platform

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HOST = "video.jiaojing.example"
TEMPLATE = f"https://{HOST}/live?device={{number}}"
PLACE = Point(117.01, 31.01)  # grid 111
OTHER_PLACE = Point(117.05, 31.01)  # grid 211


def number(serial: int, *, kind: str = "132") -> str:
    """Return the number of a camera by its serial."""
    return f"3408810000{kind}0{serial:06d}"


def settings(**rest: Any) -> None:
    """Put what the place decides in force: one host, nobody without approval."""
    configuration.put("cameras", {"hosts": [HOST], **rest}, at=NOW)


def platform(cast: Cast, *, template: str = TEMPLATE) -> Platform:
    """Register the traffic police's platform."""
    settings()
    return actions.put_platform(
        cast.admin, code="jiaojing", name="交警视频平台", unit_id=cast.county.units["jiaojing"].id, template=template,
        reason="接入", at=NOW,
    )  # fmt: skip


def told(cast: Cast, serial: int = 1, **rest: Any) -> CameraIn:
    """Return a camera that looks east from `PLACE`, 100 m far, 60 degrees wide."""
    made = CameraIn(
        number=number(serial), name=f"同安路口{serial}号", owner_unit_id=cast.county.units["jiaojing"].id, point=PLACE,
        system="jiaojing", bearing=90, angle=60, reach_m=100, state="on",
    )  # fmt: skip
    return replace(made, **rest)


def camera(cast: Cast, serial: int = 1, **rest: Any) -> Camera:
    """Register a camera, with its platform where there is none."""
    if not Platform.objects.filter(code="jiaojing").exists():
        platform(cast)
    return actions.register(SYSTEM, key=uuid4(), told=told(cast, serial, **rest), at=NOW)


def asked(
    cast: Cast, found: Camera, *, hours: int = 8, purpose: str = "看路口积水到哪里", at: datetime = NOW
) -> Access:
    """Let the seat ask for a camera."""
    return actions.ask(cast.seat, key=uuid4(), camera=found, purpose=purpose, hours=hours, at=at)


def granted(cast: Cast, found: Camera, *, hours: int = 8, at: datetime = NOW) -> Access:
    """Let the seat ask and the leader approve."""
    return actions.decide(cast.leader, access=asked(cast, found, hours=hours, at=at), approve=True, at=at)


def look(cast: Cast, access: Access, *, at: datetime = NOW) -> str:
    """Let the seat open the camera; returns the address."""
    return actions.open_camera(cast.seat, access=access, at=at).address
