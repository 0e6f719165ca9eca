"""What stands in a worker's grids: estates, buildings with their outlines, dwellings, and who does business where."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q
from pydantic import BaseModel

from lianxin.faces.sync.sections import section
from lianxin.foundation.accounts.actor import Actor, Scope
from lianxin.foundation.accounts.scoping import within
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate

from .shapes import PackPointOut, outline_out, own_ground, point_out

MOST_DWELLINGS = 3_000  # a community's; a grid has some 400


class PackEstateOut(BaseModel):
    """An estate, village group or market."""

    code: str
    name: str
    kind: str
    point: PackPointOut | None
    boundary: dict[str, Any] | None


class PackDwellingOut(BaseModel):
    """A flat or room by its place in the building."""

    code: str
    entrance: str
    floor: int | None
    number: str
    use: str


class PackBuildingOut(BaseModel):
    """A building with its dwellings in the order of entrance and number; `estate` is a code."""

    code: str
    name: str
    kind: str
    estate: str
    address: str
    point: PackPointOut | None
    footprint: dict[str, Any] | None
    floors: int | None
    dwellings: list[PackDwellingOut]


class PackEstablishmentOut(BaseModel):
    """A shop, school or enterprise; `building` is a code."""

    code: str
    name: str
    kind: str
    trade: str
    address: str
    point: PackPointOut | None
    building: str


class PlacesPackOut(BaseModel):
    """What stands in one's own grids. No persons."""

    estates: list[PackEstateOut]
    buildings: list[PackBuildingOut]
    establishments: list[PackEstablishmentOut]


@section("places", out=PlacesPackOut, order=60)
def places(actor: Actor, /, *, at: datetime, numbers: Mapping[str, int]) -> PlacesPackOut | None:  # noqa: ARG001
    """Return the places of one's own grids. Four statements."""
    ground = own_ground(actor, "places.view")
    if ground is None:
        return None
    buildings = list(_standing(Building, ground).defer("words").order_by("address", "id"))
    dwellings = _dwellings(ground)
    codes = {building.pk: building.code for building in buildings}
    wanted = {building.estate_id for building in buildings}
    estates = list(_estates(ground, wanted))
    names = {estate.pk: estate.code for estate in estates}
    shops = _standing(Establishment, ground).defer("words", "contact_phone", "contact").order_by("name", "id")
    return PlacesPackOut(
        estates=[
            PackEstateOut(
                code=each.code, name=each.name, kind=each.kind, point=point_out(each.point),
                boundary=outline_out(each.boundary),
            )
            for each in estates
        ],
        buildings=[
            PackBuildingOut(
                code=each.code, name=each.name, kind=each.kind, estate=names.get(each.estate_id or 0, ""),
                address=each.address, point=point_out(each.point), footprint=outline_out(each.footprint),
                floors=each.floors, dwellings=dwellings.get(each.pk, []),
            )
            for each in buildings
        ],
        establishments=[
            PackEstablishmentOut(
                code=each.code, name=each.name, kind=each.kind, trade=each.trade, address=each.address,
                point=point_out(each.point), building=codes.get(each.building_id or 0, ""),
            )
            for each in shops
        ],
    )  # fmt: skip


def _standing(model: Any, ground: Scope) -> Any:
    return model.objects.now().filter(within(ground))


def _estates(ground: Scope, wanted: set[int | None]) -> Any:
    """Return the estates of the ground, and those whose buildings stand in it."""
    return Estate.objects.now().filter(within(ground) | Q(pk__in=wanted - {None})).defer("words").order_by("name", "id")


def _dwellings(ground: Scope) -> Mapping[int, list[PackDwellingOut]]:
    rows = _standing(Dwelling, ground).order_by("building_id", "entrance", "floor", "number")
    values = rows.values_list("building_id", "code", "entrance", "floor", "number", "use")[:MOST_DWELLINGS]
    found: dict[int, list[PackDwellingOut]] = defaultdict(list)
    for building_id, code, entrance, floor, number, use in values:
        found[building_id].append(
            PackDwellingOut(code=code, entrance=entrance, floor=floor, number=number, use=use)
        )  # fmt: skip
    return found
