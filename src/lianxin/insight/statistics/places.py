"""Where figures are told of: the whole place, a street, a community, or a unit; and who may see which."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as units

PERMISSION = "statistics.view"
Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Place:
    """What figures are told of. `area_id` is 0 for the whole place."""

    kind: Literal["city", "street", "community", "unit"]
    name: str
    code: str = ""
    area_id: int = 0
    unit_id: int | None = None


def whole(numbers: Numbers | None = None, *, at: datetime) -> Place:
    """Return the whole place."""
    roots = areas.children(None, at, numbers)
    return Place("city", roots[0].name if roots else "", roots[0].code if roots else "")


def of_area(node: AreaNode) -> Place | None:
    """Return an area as a place; None below the community, where counts would tell of persons."""
    if node.is_whole:
        return Place("city", node.name, node.code)
    if node.role == "street":
        return Place("street", node.name, node.code, node.id)
    return Place("community", node.name, node.code, node.id) if node.role == "community" else None


def of_unit(unit_id: int, numbers: Numbers | None = None) -> Place | None:
    """Return a unit as a place."""
    found = units.unit(unit_id, numbers)
    return Place("unit", found.short_name or found.name, found.code, unit_id=unit_id) if found else None


def may_see(actor: Actor, place: Place, numbers: Numbers | None = None) -> bool:
    """Tell whether an actor may see the figures of a place."""
    scope = actor.scope(PERMISSION)
    if scope.everywhere:
        return True
    if place.kind == "unit":
        return place.unit_id in scope.unit_ids
    node = areas.node(place.area_id, numbers) if place.area_id else None
    return node is not None and actor.may(PERMISSION, node)


def own(actor: Actor, *, at: datetime, numbers: Numbers | None = None) -> list[Place]:
    """Return what an actor begins with: the whole place, or the areas and units of its posts."""
    scope = actor.scope(PERMISSION)
    if scope.everywhere:
        return [whole(numbers, at=at)]
    nodes = [areas.node(pk, numbers) for pk in (*sorted(scope.street_ids), *sorted(scope.community_ids))]
    found = [place for node in nodes if node is not None and (place := of_area(node)) is not None]
    mine = [held.unit_id for held in actor.holdings if PERMISSION in held.permissions and held.unit_id is not None]
    return [*found, *(place for pk in dict.fromkeys(mine) if (place := of_unit(pk, numbers)) is not None)]


def below(place: Place, *, at: datetime, numbers: Numbers | None = None) -> list[Place]:
    """Return the areas of one level right below, by code; nothing below a community."""
    role = {"city": "street", "street": "community"}.get(place.kind)
    tree = areas.atlas(at, numbers)
    inside = (node for node in tree if place.area_id in (0, node.street_id))
    return [found for node in inside if node.role == role and (found := of_area(node)) is not None]
