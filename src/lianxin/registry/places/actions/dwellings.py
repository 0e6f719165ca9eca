"""Dwellings (户室): one flat, room or farmhouse."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, Refused
from lianxin.registry.places import addresses, changing, codes, naming
from lianxin.registry.places.inputs import DwellingIn, checked_dwelling
from lianxin.registry.places.models import Building, Dwelling
from lianxin.registry.sources.models import Source

from .buildings import demand_fits


@transaction.atomic
def register_dwelling(actor: Actor, *, told: DwellingIn, at: datetime, source: Source | None = None) -> Dwelling:
    """Register one dwelling; its floor is read from its number unless told."""
    told = checked_dwelling(told)
    building = _building(told.building_id)
    changing.demand_edit(actor, building)
    told = _with_floor(told, building)
    _demand_free(told, None)
    number = codes.new_ids("dwelling", 1)[0]
    dwelling = Dwelling(
        id=number, code=codes.place_code("dwelling", building.code[1:7], number), valid_from=at, **told.values()
    )
    for name in changing.HOT:
        setattr(dwelling, name, getattr(building, name))
    naming.name_dwelling(dwelling, building)
    return changing.begin(actor, dwelling, at=at, source=source)


@transaction.atomic
def amend_dwelling(
    actor: Actor, *, dwelling: Dwelling, seen: int, told: DwellingIn, at: datetime, source: Source | None = None
) -> Dwelling:
    """Change a dwelling; it stays in its building."""
    told = replace(checked_dwelling(told), building_id=dwelling.building_id)
    building = _building(dwelling.building_id)
    dwelling = changing.locked(actor, dwelling, seen=seen)
    told = _with_floor(told, building)
    _demand_free(told, dwelling.pk)
    if changing.change(actor, dwelling, told.values(), at=at, source=source):
        naming.name_dwelling(dwelling, building)
        dwelling.save(update_fields=["address"])
    return dwelling


@transaction.atomic
def confirm_dwelling(
    actor: Actor, *, dwelling: Dwelling, use: str | None = None, at: datetime, source: Source | None = None
) -> Dwelling:
    """Say that a dwelling was found as registered, or with another use."""
    dwelling = changing.locked(actor, dwelling)
    values = {"use": use or dwelling.use, "confirmed_at": at, "confirmed_by_id": actor.account_id}
    if values["use"] not in Dwelling.Use.values:
        raise Invalid({"use": _("请从列表中选择。")})
    changing.change(actor, dwelling, values, at=at, source=source, act="confirm")
    return dwelling


@transaction.atomic
def end_dwelling(actor: Actor, *, dwelling: Dwelling, seen: int, reason: str, at: datetime) -> Dwelling:
    """Let a dwelling end. Refused while somebody owns it, rents it, lives or is registered there."""
    dwelling = changing.locked(actor, dwelling, seen=seen)
    if dwelling.residences.filter(valid_to=None).exists():
        raise Refused("dwelling_is_lived_in", _("这套房屋还有人房登记，请先迁出。"))
    if dwelling.establishments.filter(valid_to=None).exists():
        raise Refused("dwelling_has_establishments", _("这套房屋还有在册的单位场所，请先注销或迁出。"))
    return changing.end(actor, dwelling, reason=reason, at=at)


def _building(building_id: int) -> Building:
    building = Building.objects.filter(pk=building_id, valid_to=None).first()
    if building is None:
        raise Invalid({"building": _("所选楼栋不存在或已注销。")})
    return building


def _with_floor(told: DwellingIn, building: Building) -> DwellingIn:
    """Take the floor from the number where it was not told and the building is that high."""
    floor = told.floor
    if floor is None:
        told_by_number = addresses.floor_of(told.number)
        floor = told_by_number if told_by_number and told_by_number <= (building.floors or 0) else None
    demand_fits(building, told.entrance, floor)
    return replace(told, floor=floor)


def _demand_free(told: DwellingIn, own: int | None) -> None:
    same = Dwelling.objects.filter(
        building_id=told.building_id, entrance=told.entrance, number=told.number, valid_to=None
    )
    if same.exclude(pk=own or 0).exists():
        where = f"{told.entrance}单元" if told.entrance else ""
        raise Refused("dwelling_taken", _("{where}{number}室已经登记过。").format(where=where, number=told.number))
