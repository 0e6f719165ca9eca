"""Estates (小区), village groups and yards; who manages them, and their owners' committee."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.errors import Invalid, Refused
from lianxin.registry.places import changing, codes, naming
from lianxin.registry.places.inputs import EstateIn, checked_estate
from lianxin.registry.places.models import Estate
from lianxin.registry.places.rewording import reword_estate
from lianxin.registry.sources.models import Source


@transaction.atomic
def register_estate(actor: Actor, *, told: EstateIn, at: datetime, source: Source | None = None) -> Estate:
    """Register an estate in the area around its point, or in the area named."""
    told = checked_estate(told)
    area = changing.locate(told.point, told.area_id, None, at=at)
    changing.demand_edit(actor, area)
    _demand_property(told.property_company_id)
    number = codes.new_ids("estate", 1)[0]
    estate = Estate(
        id=number, code=codes.place_code("estate", changing.division(area), number), valid_from=at, **told.values()
    )
    changing.put(estate, area)
    naming.name_estate(estate)
    _demand_new_name(estate)
    return changing.begin(actor, estate, at=at, source=source)


@transaction.atomic
def amend_estate(
    actor: Actor, *, estate: Estate, seen: int, told: EstateIn, at: datetime, source: Source | None = None
) -> Estate:
    """Change an estate; a new name is written into the addresses of its buildings and dwellings too."""
    told = checked_estate(told)
    estate = changing.locked(actor, estate, seen=seen)
    area = changing.locate(told.point, told.area_id or estate.area_id, None, at=at)
    changing.demand_edit(actor, area)
    _demand_property(told.property_company_id)
    wanted = Estate(pk=estate.pk, **told.values())
    changing.put(wanted, area)
    naming.name_estate(wanted)
    _demand_new_name(wanted)
    names = [*told.values(), *changing.HOT]
    changed = changing.change(actor, estate, _values(wanted, names), at=at, source=source)
    if changed:
        # Derived columns follow without a record of their own.
        estate.initials, estate.words = wanted.initials, wanted.words
        estate.save(update_fields=["initials", "words"])
    if "name" in changed:
        reword_estate(estate)
    return estate


@transaction.atomic
def set_committee(
    actor: Actor, *, estate: Estate, seen: int, committee: str, unit_id: int | None = None, at: datetime
) -> Estate:
    """Tell how far an estate's owners are: no committee, a preparatory group, or one that was elected."""
    if committee not in Estate.Committee.values:
        raise Invalid({"committee": _("请从列表中选择。")})
    if committee == Estate.Committee.NONE and unit_id is not None:
        raise Invalid({"unit": _("未成立业委会的小区不能关联业委会单位。")})
    estate = changing.locked(actor, estate, seen=seen)
    values = {"committee": committee, "committee_unit_id": unit_id}
    changing.change(actor, estate, values, at=at, source=None)
    return estate


@transaction.atomic
def end_estate(actor: Actor, *, estate: Estate, seen: int, reason: str, at: datetime) -> Estate:
    """Let an estate end, once none of its buildings stands."""
    estate = changing.locked(actor, estate, seen=seen)
    standing = estate.buildings.filter(valid_to=None).count()
    if standing:
        raise Refused(
            "estate_has_buildings",
            _("“{name}”还有 {count} 栋楼，请先注销楼栋。").format(name=estate.name, count=standing),
        )
    return changing.end(actor, estate, reason=reason, at=at)


def _values(row: Estate, names: list[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _demand_property(unit_id: int | None) -> None:
    if unit_id is None:
        return
    unit = Unit.objects.filter(pk=unit_id, valid_to=None).first()
    if unit is None or unit.kind != "property":
        raise Invalid({"property_company": _("请选择一家在册的物业公司。")})


def _demand_new_name(estate: Estate) -> None:
    same = Estate.objects.filter(community_id=estate.community_id, name=estate.name, valid_to=None)
    if same.exclude(pk=estate.pk).exists():
        raise Refused("estate_name_taken", _("同一社区已有“{name}”，请勿重复登记。").format(name=estate.name))
