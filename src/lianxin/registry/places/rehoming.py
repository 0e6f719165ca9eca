"""Places follow their areas through a redivision: in batches, each where its point or its building now lies."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import following
from lianxin.foundation.areas.acting import draft
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import AreaNode, locate, node, successors
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.journal.writing import append

from .changing import HOT, put, subject
from .models import Building, Dwelling, Establishment, Estate, Placed
from .rewording import reword_building

BATCH = 200

Steps = tuple[Callable[..., int], ...]


def ended_areas(*, at: datetime) -> frozenset[int]:
    """Return all areas that have ended by now."""
    return frozenset(Area.objects.filter(valid_to__lte=at).values_list("pk", flat=True))


def left_behind(ended_area_ids: Iterable[int]) -> Q:
    """Return what finds rows still written in ended areas by the indexes that tables of the registry have."""
    ended = frozenset(ended_area_ids)
    areas = [area for area in map(node, ended) if area is not None]
    grids = {area.grid_id for area in areas if area.grid_id is not None}
    communities = {area.community_id for area in areas if area.grid_id is None and area.community_id is not None}
    streets = {area.street_id for area in areas if area.community_id is None and area.street_id is not None}
    where = Q(grid_id__in=grids) | Q(community_id__in=communities, grid_id=None)
    where |= Q(street_id__in=streets, community_id=None)
    return where & Q(area_id__in=ended)


@following.waits("places", _("处小区、楼栋、房屋和场所"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many standing places are still written in ended areas."""
    models = (Estate, Building, Dwelling, Establishment)
    return sum(model._default_manager.filter(left_behind(ended), valid_to=None).count() for model in models)


def rehome_estates(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Move one batch of estates; returns how many."""
    lost = Estate.objects.filter(left_behind(ended_area_ids), valid_to=None).order_by("pk")
    return _move(lost.values_list("pk", flat=True)[:limit], Estate, ended_area_ids, at)


def rehome_buildings(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Move one batch of buildings with their dwellings; returns how many buildings."""
    lost = Building.objects.filter(left_behind(ended_area_ids), valid_to=None).order_by("pk")
    return _move(lost.values_list("pk", flat=True)[:limit], Building, ended_area_ids, at)


def rehome_dwellings(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Move dwellings that stayed behind their building, however that came; returns how many."""
    lost = Dwelling.objects.filter(left_behind(ended_area_ids), valid_to=None).order_by("pk")
    return _move(lost.values_list("pk", flat=True)[:limit], Dwelling, ended_area_ids, at)


def rehome_establishments(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Move one batch of establishments; returns how many."""
    lost = Establishment.objects.filter(left_behind(ended_area_ids), valid_to=None).order_by("pk")
    return _move(lost.values_list("pk", flat=True)[:limit], Establishment, ended_area_ids, at)


# Buildings before dwellings and establishments, which look where their building is.
STEPS: Steps = (rehome_estates, rehome_buildings, rehome_dwellings, rehome_establishments)


def home_now(point: Point | None, area_id: int | None, *, at: datetime) -> AreaNode | None:
    """Return the area now around a point, else the first successor of the old one, else what is around that."""
    if point is not None:
        found = locate(point.lon, point.lat, at)
        if found is not None:
            return found
    while area_id is not None:
        area = node(area_id)
        if area is not None and area.valid_to is None:
            return area
        following = successors(area_id)
        area_id = following[0] if following else (area.parent_id if area else None)
    return None


def _move(ids: Iterable[int], model: type[Placed], ended: frozenset[int], at: datetime) -> int:
    moved = 0
    for pk in list(ids):
        with transaction.atomic():
            row = model._default_manager.select_for_update().get(pk=pk)
            if row.area_id in ended and row.valid_to is None:
                moved += _move_one(row, at)
    return moved


def _move_one(row: Placed, at: datetime) -> int:
    area = _home(row, at)
    if area is None:
        return 0
    put(row, area)
    row.version += 1
    row.save(update_fields=[*HOT, "version"])
    if isinstance(row, Building):
        hot = {name: getattr(row, name) for name in HOT}
        row.dwellings.filter(valid_to=None).update(**hot)
        reword_building(row, row.estate)
    append([draft(SYSTEM, subject(row), row.pk, "rehome", at=at, version=row.version)])
    return 1


def _home(row: Placed, at: datetime) -> AreaNode | None:
    around: Placed | None = None
    if isinstance(row, Dwelling):
        around = row.building
    elif isinstance(row, Establishment):
        around = row.dwelling or row.building
    if around is not None and around.area_id is not None:
        area = node(around.area_id)
        if area is not None and area.valid_to is None:
            return area
    return home_now(getattr(row, "point", None), row.area_id, at=at)
