"""What is told of a device or a system when it is registered or amended: checked, tidied, every fault at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Self

from django.utils.translation import gettext as _

from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.text import clean, looks_personal
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.components.inputs import unit_faults
from lianxin.registry.components.models import Component

from .models import Device, System
from .settings import practice

UNITS: Mapping[str, str] = {"owning_unit_id": "权属单位", "maintaining_unit_id": "养护单位"}
NUMBER = re.compile(r"[0-9A-Z][0-9A-Z._:-]{1,39}")
CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")
SELDOM = 7 * 86_400  # seconds; a device that speaks less often than once a week is no use here
FIRST_DAY = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class DeviceIn:
    """A device as told. Without a point it stands where its component does; 0 seconds: as its kind usually speaks."""

    number: str
    kind: str
    name: str = ""
    component_id: int | None = None
    system_id: int | None = None
    owning_unit_id: int | None = None
    maintaining_unit_id: int | None = None
    point: Point | None = None
    address: str = ""
    expected_every: int = 0
    installed_on: date | None = None
    note: str = ""

    @classmethod
    def of(cls, device: Device) -> Self:
        """Return what stands in a device now, to change one thing of it by `dataclasses.replace`."""
        return cls(**{each.name: getattr(device, each.name) for each in fields(cls)})

    def values(self) -> Mapping[str, Any]:
        """Return the columns that may be amended: all but the number."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "number"}


@dataclass(frozen=True, slots=True)
class SystemIn:
    """A joined system as told; without an adapter it sends nothing by itself and is only on the books."""

    code: str
    name: str
    joined_on: date
    purpose: str = ""
    supplier: str = ""
    owner_unit_id: int | None = None
    adapter: str = ""
    how: str = ""

    @classmethod
    def of(cls, system: System) -> Self:
        """Return what stands in a system now."""
        return cls(**{each.name: getattr(system, each.name) for each in fields(cls)})

    def values(self) -> Mapping[str, Any]:
        """Return the columns that may be amended: all but the code."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "code"}


def tidy_number(number: str) -> str:
    """Return a device's number as it is kept: upper case, without spaces around."""
    return number.strip().upper()


def checked_device(told: DeviceIn, *, at: datetime, held: Device | None = None) -> DeviceIn:
    """Return it tidied and filled in from its component. Raises Invalid with every fault."""
    kind = practice().kinds.get(told.kind)
    told = replace(
        told, number=tidy_number(told.number), name=clean(told.name, 80), address=clean(told.address, 200),
        note=clean(told.note, 300),
        expected_every=told.expected_every or (kind.expected_every if kind else 0),
    )  # fmt: skip
    faults = unit_faults(told, UNITS, at=at, held=held)
    if not NUMBER.fullmatch(told.number):
        faults["number"] = _("编号用 2 至 40 个字母、数字和 . _ : - ，照设备铭牌填。")
    if kind is None and (held is None or held.kind != told.kind):
        faults["kind"] = _("请选择设备类型。")
    if not 1 <= told.expected_every <= SELDOM:
        faults["expected_every"] = _("上报间隔请填 1 秒至 7 天。")
    if looks_personal(told.note):
        faults["note"] = _("备注里不要写证件号码和电话。")
    today = at.astimezone(ZONE).date()
    if told.installed_on is not None and not FIRST_DAY <= told.installed_on <= today:
        faults["installed_on"] = _("安装日期应在 1990 年以后，且不晚于今天。")
    system = System.objects.filter(pk=told.system_id).first() if told.system_id else None
    held_system = held.system_id if held else None
    if told.system_id and (system is None or (system.closed_on is not None and held_system != told.system_id)):
        faults["system_id"] = _("所选的接入系统不存在或已关停，请换一个。")
    component = _component(told, held)
    if told.component_id and component is None:
        faults["component_id"] = _("所选的部件不存在或已注销，请换一个。")
    if told.point is None and component is None:
        faults["point"] = _("请在地图上点出它在哪里，或选择它装在哪个部件上。")
    if faults:
        raise Invalid(faults)
    return _filled(told, component, kind.label if kind else told.kind)


def _component(told: DeviceIn, held: Device | None) -> Component | None:
    if not told.component_id:
        return None
    found = Component.objects.filter(pk=told.component_id).first()
    stays = held is not None and held.component_id == told.component_id
    return found if found is not None and (found.valid_to is None or stays) else None


def _filled(told: DeviceIn, component: Component | None, label: str) -> DeviceIn:
    """Fill in from the component what nobody said."""
    if component is None:
        return replace(told, name=told.name or f"{label} {told.number}")
    return replace(
        told,
        name=told.name or f"{component.name} {label}"[:80],
        point=told.point or component.point,
        address=told.address or component.address,
        owning_unit_id=told.owning_unit_id or component.owning_unit_id,
        maintaining_unit_id=told.maintaining_unit_id or component.maintaining_unit_id,
    )


def checked_system(told: SystemIn, *, at: datetime, adapters: frozenset[str]) -> SystemIn:
    """Return it tidied. Raises Invalid with every fault."""
    told = replace(
        told, code=told.code.strip().lower(), name=clean(told.name, 80), purpose=clean(told.purpose, 200),
        supplier=clean(told.supplier, 80), how=clean(told.how, 200),
    )  # fmt: skip
    faults = {}
    if not CODE.fullmatch(told.code):
        faults["code"] = _("代码用小写字母开头，2 至 40 个字母、数字和横线。")
    if not told.name:
        faults["name"] = _("请写系统名称。")
    if told.adapter and told.adapter not in adapters:
        faults["adapter"] = _("没有这种接入方式。")
    if told.owner_unit_id is not None:
        unit = organizations.unit(told.owner_unit_id)
        if unit is None:
            faults["owner_unit_id"] = _("所选的单位不存在，请换一个。")
    if not FIRST_DAY <= told.joined_on <= at.astimezone(ZONE).date():
        faults["joined_on"] = _("接入日期应在 1990 年以后，且不晚于今天。")
    if any(looks_personal(text) for text in (told.purpose, told.how, told.supplier)):
        faults["how"] = _("说明里不要写证件号码和电话。")
    if faults:
        raise Invalid(faults)
    return told
