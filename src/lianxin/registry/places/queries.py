"""Read places: estates of an area, a building by entrance and floor, what is near, homes in each grid."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import NotFound
from lianxin.kernel.geometry.fields import Distance
from lianxin.kernel.geometry.points import Point

from .models import Building, Dwelling, Establishment, Estate

Row = TypeVar("Row")
FARTHEST = 3_000.0  # metres that `nearby` looks around


@dataclass(frozen=True, slots=True)
class Shaft:
    """One entrance (单元) of a building: its floors from the top down, each with its dwellings by number."""

    entrance: str
    floors: tuple[tuple[int | None, tuple[Dwelling, ...]], ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A place near a point, with its distance in metres."""

    place: Estate | Building | Establishment
    metres: float


@dataclass(frozen=True, slots=True)
class InEstate:
    """What stands in an estate."""

    buildings: tuple[Building, ...]
    dwelling_counts: Mapping[int, int]  # by building
    establishments: tuple[Establishment, ...]


def get_estate(actor: Actor, code: str) -> Estate:
    """Return an estate by its code. Raises NotFound when it is not there for this actor."""
    found = Estate.objects.visible_to(actor).select_related("property_company", "committee_unit")
    return _one(found.filter(code=_code(code)).first())


def get_building(actor: Actor, code: str) -> Building:
    """Return a building by its code. Raises NotFound when it is not there for this actor."""
    return _one(Building.objects.visible_to(actor).select_related("estate").filter(code=_code(code)).first())


def get_dwelling(actor: Actor, code: str) -> Dwelling:
    """Return a dwelling by its code. Raises NotFound when it is not there for this actor."""
    found = Dwelling.objects.visible_to(actor).select_related("building__estate")
    return _one(found.filter(code=_code(code)).first())


def get_establishment(actor: Actor, code: str) -> Establishment:
    """Return an establishment by its code. Raises NotFound when it is not there for this actor."""
    found = Establishment.objects.visible_to(actor).select_related("estate", "building", "dwelling", "unit")
    return _one(found.filter(code=_code(code)).first())


def estates_of(actor: Actor, area: AreaNode | None = None) -> QuerySet[Estate]:
    """Return the standing estates that the actor sees, of one area or everywhere; order and page them by name."""
    found = Estate.objects.visible_to(actor).now()
    if area is None or area.is_whole:
        return found
    return found.filter(**{f"{area.role}_id": area.id}) if area.role in _HOT else found.filter(area_id=area.id)


def establishments_of(actor: Actor, area: AreaNode | None = None, kind: str = "") -> QuerySet[Establishment]:
    """Return the standing establishments that the actor sees, of one area and kind."""
    found = Establishment.objects.visible_to(actor).now()
    if area is not None and not area.is_whole:
        found = found.filter(**{f"{area.role}_id" if area.role in _HOT else "area_id": area.id})
    return found.filter(kind=kind) if kind else found


def in_estate(actor: Actor, estate: Estate) -> InEstate:
    """Return what stands in an estate, buildings by number. Three statements."""
    buildings = Building.objects.visible_to(actor).now().filter(estate=estate).order_by("number", "name")
    counts = Dwelling.objects.filter(building__estate=estate, building__valid_to=None, valid_to=None)
    establishments = Establishment.objects.visible_to(actor).now().filter(estate=estate).order_by("kind", "name")
    return InEstate(
        tuple(buildings.defer("words")),
        dict(counts.values_list("building_id").annotate(count=Count("pk"))),
        tuple(establishments.defer("words")),
    )


def building_chart(actor: Actor, building: Building) -> tuple[Shaft, ...]:
    """Return the standing dwellings of a building by entrance and floor (楼栋图). One statement."""
    found = Dwelling.objects.visible_to(actor).now().filter(building=building).order_by("number")
    by_entrance: dict[str, dict[int | None, list[Dwelling]]] = {entrance: {} for entrance in building.entrances}
    for dwelling in found:
        by_entrance.setdefault(dwelling.entrance, {}).setdefault(dwelling.floor, []).append(dwelling)
    return tuple(Shaft(entrance, _stacked(floors)) for entrance, floors in by_entrance.items())


def nearby(actor: Actor, point: Point, metres: float, limit: int = 20) -> list[Near]:
    """Return estates, buildings and establishments within so many metres, the nearest first. Three statements."""
    metres = min(metres, FARTHEST)
    found: list[Near] = []
    for model in (Estate, Building, Establishment):
        near = model.objects.visible_to(actor).now().filter(point__near=(*point, metres)).defer("words")
        rows = near.annotate(metres=Distance("point", *point)).order_by("metres")[:limit]
        found += [Near(row, round(row.metres, 1)) for row in rows]
    return sorted(found, key=lambda each: each.metres)[:limit]


def homes_by_grid(grid_ids: Iterable[int]) -> dict[int, int]:
    """Return how many dwellings of each grid are homes (vacant rooms and shops left out), for the household check."""
    homes = Dwelling.objects.filter(grid_id__in=list(grid_ids), valid_to=None)
    counted = homes.exclude(use__in=(Dwelling.Use.VACANT, Dwelling.Use.BUSINESS)).values_list("grid_id")
    found: dict[int, int] = defaultdict(int)
    found.update(counted.annotate(count=Count("pk")))
    return dict(found)


_HOT = ("street", "community", "grid")


def _stacked(floors: Mapping[int | None, list[Dwelling]]) -> tuple[tuple[int | None, tuple[Dwelling, ...]], ...]:
    """Return the floors from the top down; those whose floor nobody told come last."""
    order = sorted(floors, key=lambda floor: (floor is None, -(floor or 0)))
    return tuple((floor, tuple(floors[floor])) for floor in order)


def _code(code: str) -> str:
    """Return a code as an address brought it; the database takes no NUL."""
    return code.replace("\0", "")


def _one(row: Row | None) -> Row:
    if row is None:
        raise NotFound(_("没有找到，或者您没有权限查看。"))
    return row
