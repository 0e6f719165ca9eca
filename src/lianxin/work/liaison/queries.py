"""Reads: bonds with what is open and late there, places that nobody looks after, and when somebody was there last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.registry.places.models import Estate
from lianxin.work.cases import queries as cases
from lianxin.work.cases.queries import Filters

from .models import MANAGE, VIEW, Question, Task, Tie, Visit


@dataclass(frozen=True, slots=True)
class Place:
    """A bond with what is to be known of its place now."""

    tie: Tie
    area: AreaNode | None
    open: int | None  # cases the reader sees; None where cases are not told of an estate
    late: int | None
    last_visit: date | None
    next_visit: date | None
    tasks: int
    questions: int  # not answered yet


def places(actor: Actor, ties: Sequence[Tie], *, at: datetime) -> list[Place]:
    """Return bonds with their counts; each count is the figure of a list. Five statements."""
    ids = [tie.pk for tie in ties]
    counted = _cases(actor, ties, at)
    made = Q(state=Visit.State.MADE)
    visits = {
        pk: (last, upcoming)
        for pk, last, upcoming in Visit.objects.filter(tie__in=ids)
        .values_list("tie_id")
        .annotate(last=Max("on", filter=made), upcoming=Min("on", filter=Q(state=Visit.State.PLANNED)))
    }
    tasks = _count(Task.objects.filter(tie__in=ids, state=Task.State.OPEN).values_list("tie_id"))
    asked = _count(Question.objects.filter(tie__in=ids, answered_at=None).values_list("tie_id"))
    return [
        Place(
            tie=tie, area=areas.node(tie.area_id), open=counted.get(tie.pk, (None, None))[0],
            late=counted.get(tie.pk, (None, None))[1], last_visit=visits.get(tie.pk, (None, None))[0],
            next_visit=visits.get(tie.pk, (None, None))[1], tasks=tasks.get(tie.pk, 0), questions=asked.get(tie.pk, 0),
        )
        for tie in ties
    ]  # fmt: skip


def _count(found: QuerySet[Any, Any]) -> dict[int, int]:
    return dict(found.annotate(count=Count("pk")))


def _cases(actor: Actor, ties: Sequence[Tie], at: datetime) -> dict[int, tuple[int, int]]:
    wanted: dict[str, Filters] = {}
    for tie in ties:
        if tie.estate_id is None:
            wanted[f"open{tie.pk}"] = Filters(area_ids=(tie.area_id,))
            wanted[f"late{tie.pk}"] = Filters(area_ids=(tie.area_id,), clock="overdue")
    if not wanted or not actor.scope("cases.view"):
        return {}
    told = cases.counts(actor, wanted, at=at)
    return {
        tie.pk: (told[f"open{tie.pk}"], told[f"late{tie.pk}"]) for tie in ties if f"open{tie.pk}" in told
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """A place that nobody looks after."""

    name: str
    kind: str
    code: str


def gaps(actor: Actor, *, at: datetime, numbers: Mapping[str, int] | None = None) -> list[Gap]:
    """Return communities that nobody looks after (没有人联系), themselves or by all their grids, and their estates.

    Two statements.
    """
    ties = Tie.objects.now()
    direct = set(ties.filter(estate=None).values_list("area_id", flat=True))
    tree = areas.atlas(at, numbers)
    found: list[Gap] = []
    bare: set[int] = set()
    for area in tree:
        if area.role != "community" or not _sees(actor, area):
            continue
        grids = tree.children(area.id)
        if area.id in direct:
            continue
        left = [grid for grid in grids if grid.id not in direct]
        if len(left) == len(grids):
            bare.add(area.id)
            found.append(Gap(" ".join(area.breadcrumb[1:]), "community", area.code))
        else:
            found += [Gap(" ".join(grid.breadcrumb[1:]), "grid", grid.code) for grid in left]
    return found


def _sees(actor: Actor, area: AreaNode) -> bool:
    return any(actor.scope(each).everywhere or actor.may(each, area) for each in (VIEW, MANAGE))


def bare_estates(actor: Actor) -> QuerySet[Estate]:
    """Return estates without a bond of their own, in a community that nobody looks after either."""
    ties = Tie.objects.now()
    own = ties.filter(estate__isnull=False).values("estate_id")
    covered = ties.filter(estate=None, grid_id=None).values("community_id")
    seen = Estate.objects.visible_to(actor).now().filter(kind=Estate.Kind.ESTATE)
    return seen.exclude(pk__in=own).exclude(community_id__in=covered)
