"""Establishments (单位场所): who does business or serves at a place."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.text import initials, search_vector
from lianxin.registry.places import changing, codes
from lianxin.registry.places.inputs import EstablishmentIn, checked_establishment
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate, Placed
from lianxin.registry.sources.models import Source


@transaction.atomic
def register_establishment(
    actor: Actor, *, told: EstablishmentIn, at: datetime, source: Source | None = None
) -> Establishment:
    """Register an establishment where it is: at its point, else in its dwelling, building or estate."""
    told, around = _housed(checked_establishment(told))
    area = changing.locate(told.point, told.area_id, around, at=at)
    changing.demand_edit(actor, area)
    _demand_free_code(told.credit_code, None)
    number = codes.new_ids("establishment", 1)[0]
    code = codes.place_code("establishment", changing.division(area), number)
    made = Establishment(id=number, code=code, valid_from=at, **told.values())
    changing.put(made, area)
    _name(made)
    return changing.begin(actor, made, at=at, source=source)


@transaction.atomic
def amend_establishment(
    actor: Actor, *, establishment: Establishment, seen: int, told: EstablishmentIn, at: datetime,
    source: Source | None = None,
) -> Establishment:  # fmt: skip
    """Change an establishment, also where it is."""
    told, around = _housed(checked_establishment(told))
    establishment = changing.locked(actor, establishment, seen=seen)
    area = changing.locate(told.point, told.area_id or establishment.area_id, around, at=at)
    changing.demand_edit(actor, area)
    _demand_free_code(told.credit_code, establishment.pk)
    wanted = Establishment(pk=establishment.pk, **told.values())
    changing.put(wanted, area)
    names = [*told.values(), *changing.HOT]
    values = {name: getattr(wanted, name) for name in names}
    if changing.change(actor, establishment, values, at=at, source=source):
        _name(establishment)
        establishment.save(update_fields=["initials", "words"])
    return establishment


@transaction.atomic
def confirm_establishment(
    actor: Actor, *, establishment: Establishment, at: datetime, source: Source | None = None
) -> Establishment:
    """Say that an establishment was found as registered."""
    establishment = changing.locked(actor, establishment)
    values = {"confirmed_at": at, "confirmed_by_id": actor.account_id}
    changing.change(actor, establishment, values, at=at, source=source, act="confirm")
    return establishment


@transaction.atomic
def end_establishment(
    actor: Actor, *, establishment: Establishment, seen: int, reason: str, at: datetime
) -> Establishment:
    """Let an establishment end: closed, moved away or struck off."""
    establishment = changing.locked(actor, establishment, seen=seen)
    return changing.end(actor, establishment, reason=reason, at=at)


def _housed(told: EstablishmentIn) -> tuple[EstablishmentIn, Placed | None]:
    """Fill building and estate from what lies below them; returns the smallest place around."""
    around: Placed | None = None
    if told.dwelling_id is not None:
        dwelling = Dwelling.objects.filter(pk=told.dwelling_id, valid_to=None).first()
        if dwelling is None:
            raise Invalid({"dwelling": _("所选房屋不存在或已注销。")})
        around, told = dwelling, replace(told, building_id=dwelling.building_id)
    if told.building_id is not None:
        building = Building.objects.filter(pk=told.building_id, valid_to=None).first()
        if building is None:
            raise Invalid({"building": _("所选楼栋不存在或已注销。")})
        around, told = around or building, replace(told, estate_id=building.estate_id)
        told = replace(told, address=told.address or building.address)
    if told.estate_id is not None and around is None:
        around = Estate.objects.filter(pk=told.estate_id, valid_to=None).first()
        if around is None:
            raise Invalid({"estate": _("所选小区不存在或已注销。")})
    return told, around


def _name(establishment: Establishment) -> None:
    establishment.initials = initials(establishment.name)[:120]
    establishment.words = search_vector(f"{establishment.name} {establishment.trade} {establishment.address}")


def _demand_free_code(code: str, own: int | None) -> None:
    if not code:
        return
    holder = Establishment.objects.filter(credit_code=code, valid_to=None).exclude(pk=own or 0).first()
    if holder is not None:
        raise Refused("credit_code_taken", _("统一社会信用代码已登记在“{name}”名下，请核对。").format(name=holder.name))
