"""What a place decides about cameras: the document "cameras", typed, with a default for every line."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from lianxin.kernel.configuration.queries import current


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """Which hosts an address may lead to; which units need no approval; how long accesses last and records live."""

    hosts: tuple[str, ...] = ()  # such as video.example.gov.cn, or with a port: 10.1.2.3:8443
    free_units: tuple[str, ...] = ()  # codes of units whose people open cameras without approval, with purpose
    longest_hours: int = 168
    unanswered_days: int = 3  # a request nobody decides ends by itself
    keep_days: int = 1095  # accesses and openings, once over


LIMITS: Mapping[str, tuple[int, int]] = {
    "longest_hours": (1, 720),
    "unanswered_days": (1, 30),
    "keep_days": (183, 3650),  # the log of who looked: half a year at least
}


def camera_settings(numbers: Mapping[str, int] | None = None) -> CameraSettings:
    """Return the settings in force; what the document does not say keeps its default."""
    document: Mapping[str, Any] = current("cameras", numbers) or {}
    found: dict[str, Any] = {}
    for each in fields(CameraSettings):
        if each.name not in document:
            continue
        value = document[each.name]
        if each.name in LIMITS:
            least, most = LIMITS[each.name]
            found[each.name] = max(least, min(int(value), most))
        else:
            found[each.name] = tuple(str(one).strip().lower() if each.name == "hosts" else str(one) for one in value)
    return CameraSettings(**found)
