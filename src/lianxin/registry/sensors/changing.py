"""What all acts on devices share: the lock with its version, where one lies, and what a change leaves behind."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel import versions
from lianxin.kernel.errors import NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.text import search_vector
from lianxin.registry.sources.models import Revision, Source
from lianxin.registry.sources.recording import record

from .inputs import UNITS
from .models import Device
from .register import NAME
from .settings import practice

SUBJECT = "device"
MANAGE = "登记、修改设备，发放密钥"
HOT = ("area_id", "street_id", "community_id", "grid_id")
ACTS: Mapping[str, str] = {
    "create": "登记", "amend": "修改", "pause": "停用", "resume": "恢复使用", "retire": "退役",
    "key": "发放密钥", "revoke": "收回密钥", "rehome": "随区划调整迁移", "undo": "撤销导入", "close": "关停",
    "reopen": "恢复接入",
}  # fmt: skip
FIELDS: Mapping[str, str] = {
    "name": "名称", "kind": "类型", "component_id": "所在部件", "system_id": "接入系统",
    "owning_unit_id": "权属单位", "maintaining_unit_id": "养护单位", "point": "位置", "address": "地址",
    "expected_every": "上报间隔", "installed_on": "安装日期", "note": "备注", "state": "状态",
    "purpose": "用途", "supplier": "承建单位", "owner_unit_id": "归口单位", "adapter": "接入方式", "how": "接入说明",
    "joined_on": "接入日期", "closed_on": "关停日期", "why": "关停原因",
}  # fmt: skip


def locate(point: Point, *, at: datetime) -> AreaNode:
    """Return the area around a point. Raises Refused outside the place."""
    found = areas.locate(point.lon, point.lat, at)
    if found is None:
        raise Refused("device_outside", _("这个位置不在本地范围内，请在地图上重新点选。"))
    return found


def put(device: Device, area: AreaNode) -> None:
    """Write where it lies."""
    device.area_id = area.id
    device.street_id, device.community_id, device.grid_id = area.street_id, area.community_id, area.grid_id


def may(actor: Actor, permission: str, device: Device) -> bool:
    """Tell whether the actor may do this to it: by its area, or by a unit that owns or maintains it."""
    units = {getattr(device, name) for name in UNITS} - {None}
    return actor.may(permission, device) or any(actor.may(permission, unit_id=unit) for unit in units)


def locked(actor: Actor, device: Device, *, seen: int | None = None) -> Device:
    """Return the row as it stands now, locked. Raises NotFound, NotAllowed, Stale, Refused once it is retired."""
    current = Device.objects.select_for_update(of=("self",)).filter(pk=device.pk).first()
    if current is None or not (actor.is_system or may(actor, "sensors.view", current)):
        raise NotFound(_("没有这个设备，或者您没有权限查看。"))
    if not may(actor, "sensors.manage", current):
        raise NotAllowed("sensors.manage", _("您的岗位不能做这件事：{label}。").format(label=MANAGE))
    if current.valid_to is not None:
        raise Refused("device_retired", _("这个设备已经退役，不能再改。"))
    if seen is not None and current.version != seen:
        changes = since(SUBJECT, current.pk, seen)
        raise Stale(_("这个设备刚被别人改过，看看改动再决定。"), version=current.version, changes=changes)
    return current


def told(act: str, fields: Sequence[str]) -> str:
    """Return an act with its fields: 修改 名称、位置."""
    names = "、".join(FIELDS[name] for name in fields if name in FIELDS)
    return f"{ACTS.get(act, act)} {names}".strip()


def since(subject: str, pk: int, version: int) -> list[str]:
    """Return what was done after a version, oldest first, at most twenty."""
    found = Revision.objects.filter(subject=subject, subject_id=pk, version__gt=version).order_by("id")
    return [f"{each.actor_label}：{told(each.act, each.fields)}" for each in found.defer("before")[:20]]


def write(
    actor: Actor, device: Device, act: str, values: Mapping[str, Any], *, at: datetime, reason: str = "",
    source: Source | None = None,
) -> bool:  # fmt: skip
    """Save what differs and record it; every process learns of it with the commit. Returns whether anything did."""
    before = {name: getattr(device, name) for name, value in values.items() if getattr(device, name) != value}
    if not before:
        return False
    for name in before:
        setattr(device, name, values[name])
    device.version += 1
    device.words = words(device)
    device.save(update_fields=[*before, "version", "words"])
    record(
        actor, act, subject=SUBJECT, subject_id=device.pk, version=device.version, at=at, fields=list(before),
        before=before, source=source, reason=reason,
    )  # fmt: skip
    versions.bump(NAME)
    return True


def words(device: Device) -> str:
    """Return the words a device is found by."""
    directory = organizations.directory().by_id
    units = [directory[unit].short_name for name in UNITS if (unit := getattr(device, name)) in directory]
    label = practice().kind(device.kind).label
    return search_vector(" ".join([device.name, label, device.number, device.address, *units]))


_STREAMS = """
INSERT INTO stream (device_id, measure, unit) SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[])
ON CONFLICT DO NOTHING
"""


def open_streams(devices: Iterable[Device]) -> None:
    """Give devices a row of state and the streams of their kinds, where they have none. Two statements."""
    known = practice()
    devices = list(devices)
    rows = [(one.pk, each.code, each.unit) for one in devices for each in known.kind(one.kind).measures.values()]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO device_state (device_id, is_low, is_weak) SELECT id, false, false FROM unnest(%s::bigint[]) id"
            " ON CONFLICT DO NOTHING",
            [[one.pk for one in devices]],
        )
        cursor.execute(_STREAMS, [list(column) for column in zip(*rows, strict=True)])
