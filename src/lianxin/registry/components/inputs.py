"""What is told of a component when it is registered or amended: checked, tidied, every problem named at once."""

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

from .models import Accuracy, Component, How, State

UNITS: Mapping[str, str] = {
    "managing_unit_id": "主管单位", "owning_unit_id": "权属单位", "maintaining_unit_id": "养护单位",
}  # fmt: skip
NAME, ADDRESS, NOTE = 80, 200, 300
FIRST_YEAR = 1950


@dataclass(frozen=True, slots=True)
class ComponentIn:
    """A component as told: `category` is the four digits of its class, `number` one it bears already, if any."""

    category: str
    point: Point | None
    name: str = ""
    number: str = ""
    state: str = State.INTACT
    managing_unit_id: int | None = None
    owning_unit_id: int | None = None
    maintaining_unit_id: int | None = None
    accuracy: str = Accuracy.C
    address: str = ""
    surveyed_on: date | None = None
    surveyed_how: str = How.FIELD
    note: str = ""

    @classmethod
    def of(cls, component: Component) -> Self:
        """Return what stands in a component now, to change one thing of it by `dataclasses.replace`."""
        names = (each.name for each in fields(cls) if each.name != "category")
        return cls(category=component.category.code, **{name: getattr(component, name) for name in names})

    def values(self) -> Mapping[str, Any]:
        """Return the columns that may be amended."""
        rest = {"category", "number", "state"}
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name not in rest}


def checked(told: ComponentIn, *, at: datetime, held: Component | None = None) -> ComponentIn:
    """Return it tidied. Raises Invalid with every fault; a unit that has ended may stay where it stood (`held`)."""
    told = replace(told, name=clean(told.name, NAME), address=clean(told.address, ADDRESS), note=clean(told.note, NOTE))
    faults = unit_faults(told, UNITS, at=at, held=held) | note_faults(told.note)
    if told.point is None:
        faults["point"] = _("请在地图上点出它在哪里。")
    else:
        told = replace(told, point=settled(told.point))
    if told.state not in State.values:
        faults["state"] = _("请选择状态。")
    if told.accuracy not in Accuracy.values:
        faults["accuracy"] = _("请选择定位精度。")
    if told.surveyed_how not in How.values:
        faults["surveyed_how"] = _("请选择数据来源。")
    if told.surveyed_on is not None and not date(FIRST_YEAR, 1, 1) <= told.surveyed_on <= at.astimezone(ZONE).date():
        faults["surveyed_on"] = _("普查日期应在 {year} 年以后，且不晚于今天。").format(year=FIRST_YEAR)
    if faults:
        raise Invalid(faults)
    return told


def settled(point: Point) -> Point:
    """Return a place to the millimetre: what systems tell beyond that makes one place two."""
    return Point(round(point.lon, 8), round(point.lat, 8))


def note_faults(note: str) -> dict[str, str]:
    """Return what is wrong with words that everybody who sees the component reads."""
    return {"note": _("备注里不要写证件号码和电话。")} if looks_personal(note) else {}


def unit_faults(told: Any, units: Mapping[str, str], *, at: datetime, held: Any) -> dict[str, str]:
    """Return a sentence for each keeper that is no unit in force; those that `held` has already may stay."""
    faults = {}
    for name, label in units.items():
        unit_id = getattr(told, name)
        if unit_id is None or (held is not None and getattr(held, name) == unit_id):
            continue
        unit = organizations.unit(unit_id)
        if unit is None or not unit.in_force(at):
            faults[name] = _("所选的{label}不存在或已撤销，请换一个。").format(label=label)
    return faults
