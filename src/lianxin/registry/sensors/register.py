"""Every device and its streams, from memory: what the intake needs to know to store a message without asking.

Kept until the number `devices` changes; each act that alters a device, a system or a stream bumps it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection

from lianxin.kernel.versions import Versioned

NAME = "devices"


@dataclass(frozen=True, slots=True)
class Known:
    """A device as the intake and the rules of alarms need it."""

    id: int
    number: str
    kind: str
    state: str
    system_id: int  # 0: sends by itself
    component_id: int | None
    street_id: int | None
    community_id: int | None
    grid_id: int | None
    expected_every: int
    streams: dict[str, int] = field(default_factory=dict)  # measure → stream


@dataclass(frozen=True, slots=True)
class Register:
    """All devices by number, all systems that are open by code."""

    devices: Mapping[str, Known]
    by_id: Mapping[int, Known]
    systems: Mapping[str, int]


_DEVICES = """
SELECT id, number, kind, state, coalesce(system_id, 0), component_id, street_id, community_id, grid_id, expected_every
FROM device
"""


def _load() -> Register:
    with connection.cursor() as cursor:
        cursor.execute(_DEVICES)
        by_id = {row[0]: Known(*row) for row in cursor.fetchall()}
        cursor.execute("SELECT device_id, measure, id FROM stream")
        for device_id, measure, stream_id in cursor.fetchall():
            by_id[device_id].streams[measure] = stream_id
        cursor.execute("SELECT code, id FROM joined_system WHERE closed_on IS NULL")
        systems = dict(cursor.fetchall())
    return Register({one.number: one for one in by_id.values()}, by_id, systems)


register: Versioned[Register] = Versioned(NAME, _load)
