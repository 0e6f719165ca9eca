"""What is told of a camera, checked: all faults at once, each with its remedy."""

from dataclasses import dataclass, fields, replace
from typing import Any

from django.utils.translation import gettext as _

from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.text import clean
from lianxin.registry.components.models import Component

from . import codes
from .coverage import FULL, MOST_HEIGHT, MOST_REACH
from .models import Camera, Platform


@dataclass(frozen=True, slots=True)
class CameraIn:
    """A camera as somebody tells it. `point` is needed; what it covers may be told later."""

    number: str
    name: str
    owner_unit_id: int | None
    point: Point | None
    kind: str = Camera.Kind.FIXED
    system: str = ""
    height_m: float | None = None
    bearing: int | None = None
    angle: int | None = None
    reach_m: int | None = None
    address: str = ""
    state: str = Camera.State.UNKNOWN
    component_id: int | None = None
    note: str = ""

    def values(self) -> dict[str, Any]:
        """Return columns and what they hold."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def checked(told: CameraIn) -> CameraIn:
    """Return it tidied. Raises Invalid with all faults. Two statements at most."""
    wrong: dict[str, str] = {}
    if found := codes.faults(told.number):
        wrong["number"] = " ".join(fault.sentence for fault in found)
    told = replace(
        told, number=codes.tidy(told.number), name=clean(told.name, 80), address=clean(told.address, 200),
        note=clean(told.note, 300), bearing=told.bearing % FULL if told.bearing is not None else None,
    )  # fmt: skip
    if len(told.name) < 2:
        wrong["name"] = _("请填点位名称，例如“同安路与文昌大道路口东”。")
    if told.point is None:
        wrong["point"] = _("请在地图上点出它装在哪里，或者填经纬度。")
    unit = organizations.unit(told.owner_unit_id) if told.owner_unit_id is not None else None
    if unit is None or unit.valid_to is not None:
        wrong["owner_unit"] = _("请选权属单位：画面归谁管，谁来批准调阅。")
    wrong |= _choices(told) | _optics(told)
    if wrong:
        raise Invalid(wrong)
    return told


def _choices(told: CameraIn) -> dict[str, str]:
    wrong = {}
    if told.kind not in Camera.Kind.values:
        wrong["kind"] = _("请从名单里选类型。")
    if told.state not in Camera.State.values:
        wrong["state"] = _("请从名单里选状态。")
    if told.system and not Platform.objects.filter(code=told.system).exists():
        wrong["system"] = _("没有登记过这个平台。")
    if told.component_id is not None and not Component.objects.filter(pk=told.component_id, valid_to=None).exists():
        wrong["component"] = _("没有这个部件。")
    return wrong


def _optics(told: CameraIn) -> dict[str, str]:
    wrong = {}
    if told.height_m is not None and not 0 <= told.height_m <= MOST_HEIGHT:
        wrong["height_m"] = _("离地高度请填 0 到 {most} 米。").format(most=int(MOST_HEIGHT))
    if told.angle is not None and not 1 <= told.angle <= FULL:
        wrong["angle"] = _("视角请填 1 到 360 度；看一圈的填 360。")
    if told.reach_m is not None and not 1 <= told.reach_m <= MOST_REACH:
        wrong["reach_m"] = _("可视距离请填 1 到 {most} 米。").format(most=f"{MOST_REACH:,}")
    return wrong
