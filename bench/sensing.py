"""`python -m bench.sensing COUNT FILE`: devices with keys and live rules in a county; numbers and keys go to a file."""

import json
import random
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

RULES: tuple[dict[str, Any], ...] = (
    {"name": "井盖打开", "device_kind": "manhole", "measure": "tilt", "op": "gt", "slack": 10, "fault": "cover",
     "steps": [{"level": 3, "value": 30}]},
    {"name": "水位", "device_kind": "water_level", "measure": "level", "op": "gte", "slack": 0.3,
     "clear_seconds": 60, "fault": "high_water",
     "steps": [{"level": 2, "value": 3}, {"level": 3, "value": 5}, {"level": 4, "value": 8}]},
    {"name": "烟雾", "device_kind": "smoke", "measure": "smoke", "op": "gt", "fault": "smoke",
     "steps": [{"level": 4, "value": 3}]},
    {"name": "高温", "device_kind": "weather", "measure": "temperature", "op": "gt", "for_seconds": 600,
     "fault": "heat", "steps": [{"level": 2, "value": 37}]},
    {"name": "满溢", "device_kind": "bin", "measure": "fill", "op": "gt", "for_seconds": 1800, "fault": "bin_full",
     "steps": [{"level": 1, "value": 85}]},
    {"name": "电量低", "device_kind": "", "measure": "battery", "op": "lt", "times": 3, "within_seconds": 86_400,
     "fault": "battery", "steps": [{"level": 1, "value": 15}]},
    {"name": "失联", "device_kind": "", "measure": "*", "op": "silent", "for_seconds": 7200, "fault": "silent",
     "steps": [{"level": 1}]},
)  # fmt: skip


def main() -> None:
    """Make them; the same count gives the same devices."""
    import django

    django.setup()
    count, target = int(sys.argv[1]), Path(sys.argv[2])
    at = datetime.now(UTC)
    target.write_text(json.dumps(_devices(count, at)), encoding="utf-8")
    _rules(at)


def _devices(count: int, at: datetime) -> list[tuple[str, str]]:
    from bench.speaking import KINDS
    from lianxin.foundation.areas import queries as areas
    from lianxin.kernel import versions
    from lianxin.kernel.geometry.points import Point
    from lianxin.registry.sensors import changing, keys, partitions
    from lianxin.registry.sensors.models import Device, DeviceKey
    from lianxin.registry.sensors.register import NAME

    rng = random.Random(5)
    grids = [node for node in areas.atlas(at).by_code.values() if node.grid_id is not None]
    devices = []
    for index in range(count):
        area = rng.choice(grids)
        device = Device(
            key=uuid.uuid4(), number=f"BENCH-{index:05}", name=f"设备 {index}", kind=KINDS[index % len(KINDS)],
            point=Point(117.0, 31.0), state_since=at, valid_from=at - timedelta(days=1), expected_every=3600,
        )  # fmt: skip
        changing.put(device, area)
        devices.append(device)
    Device.objects.bulk_create(devices, batch_size=1000)
    changing.open_streams(devices)
    told = [(device.number, keys.new_key()) for device in devices]
    DeviceKey.objects.bulk_create(
        DeviceKey(device=device, hash=keys.hashed(key), broker=keys.broker_hashed(key), issued_at=at)
        for device, (_number, key) in zip(devices, told, strict=True)
    )
    versions.bump(NAME)
    partitions.ready(at=at)
    return told


def _rules(at: datetime) -> None:
    from lianxin.foundation.accounts.actor import SYSTEM
    from lianxin.work.alarms.actions import ruling

    for content in RULES:
        rule = ruling.draft_rule(SYSTEM, key=uuid.uuid4(), content=content, at=at)
        ruling.publish(SYSTEM, rule=rule, at=at, why="测速")


if __name__ == "__main__":
    main()
