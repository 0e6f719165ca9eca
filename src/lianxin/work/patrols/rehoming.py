"""Rows of this room follow a redivision: each where its place, its route or its team now lies."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import following
from lianxin.foundation.areas.queries import AreaNode, node
from lianxin.registry.places.rehoming import home_now

from .actions.common import common_area, tell
from .models import Hazard, Plan, Point, Round, Route, Team
from .models.lying import HOT, put

BATCH = 200
Home = Callable[[Any, datetime], AreaNode | None]


def _of_place(row: Any, at: datetime) -> AreaNode | None:
    return home_now(row.place, row.area_id, at=at)


def _of_area(row: Any, at: datetime) -> AreaNode | None:
    return home_now(None, row.area_id, at=at)


def _of_route(row: Any, at: datetime) -> AreaNode | None:
    """Return the smallest area around a route's points, which have moved before it."""
    route_id = row.pk if isinstance(row, Route) else row.route_id
    ids = Point.objects.filter(stations__route_id=route_id).values_list("area_id", flat=True) if route_id else []
    nodes = [area for pk in ids if pk is not None and (area := node(pk)) is not None and area.valid_to is None]
    return (common_area(nodes) if nodes else None) or _of_area(row, at)


# Points before the routes through them. What has ended stays where it was.
_STEPS: tuple[tuple[Any, str, Home], ...] = (
    (Point.objects.now(), "patrol_point", _of_place),
    (Hazard.objects.open(), "hazard", _of_place),
    (Team.objects.filter(valid_to=None), "patrol_team", _of_area),
    (Route.objects.filter(valid_to=None), "patrol_route", _of_route),
    (Plan.objects.filter(ended_at=None), "patrol_plan", _of_route),
    (Round.objects.filter(judged_at=None, closes_at__isnull=False), "patrol", _of_route),
)


@following.waits("patrols", _("处巡查点、路线、计划和隐患"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many rows that are in use still lie in ended areas."""
    return sum(rows.filter(area_id__in=ended).count() for rows, _kind, _home in _STEPS)


def rehome(*, at: datetime, ended_area_ids: frozenset[int]) -> int:
    """Move one batch of each kind; returns how many rows moved."""
    moved = 0
    for step in _STEPS:
        ids = step[0].filter(area_id__in=ended_area_ids).order_by("pk").values_list("pk", flat=True)[:BATCH]
        for pk in list(ids):
            with transaction.atomic():
                moved += _move(step, pk, ended_area_ids, at)
    return moved


def _move(step: tuple[Any, str, Home], pk: int, ended: frozenset[int], at: datetime) -> int:
    rows, kind, home = step
    row = rows.select_for_update(of=("self",)).filter(pk=pk, area_id__in=ended).first()
    area = home(row, at) if row is not None else None
    if row is None or area is None or area.id in ended:
        return 0
    put(row, area)
    row.version += 1
    row.save(update_fields=[*HOT, "version"])
    tell(SYSTEM, kind, row, "rehome", at=at)
    return 1
