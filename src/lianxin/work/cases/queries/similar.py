"""Cases that may be the same matter to judge side by side: on the same component, near in place and time, or told in
like words around.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from lianxin.kernel.geometry.points import Point, distance
from lianxin.kernel.text import likeness
from lianxin.work.cases.models import Case
from lianxin.work.cases.settings import FlowSettings
from lianxin.work.cases.words import Stage

# Like words count in a wider circle and time.
AROUND_METRES = 300
LATELY = timedelta(days=7)
ALIKE = 0.35
_CANDIDATES = 40
_SAME_THING = 2.0  # outranks the likest words nearby


@dataclass(frozen=True, slots=True)
class Likeness:
    """A candidate with what makes it one."""

    case: Case
    metres: int | None
    alike: float
    score: float
    same_component: bool = False


def similar(
    *,
    point: Point | None,
    text: str,
    at: datetime,
    settings: FlowSettings,
    community_id: int | None = None,
    without: int | None = None,
    component_id: int | None = None,
    limit: int = 5,
) -> list[Likeness]:
    """Return the likest open or lately ended cases, best first; open ones on the same component before all others.

    One statement, or two with a component.
    """
    same = _on(component_id, without, limit)
    rest = [] if len(same) >= limit else _around(point, community_id, at, settings, without)
    found = [_weigh(case, point, text, at, settings) for case in rest if case.pk not in {each.pk for each in same}]
    weighed = [_same(case, point, text) for case in same] + [each for each in found if each is not None]
    return sorted(weighed, key=lambda each: -each.score)[:limit]


_SHOWN = (
    "id", "number", "title", "text", "stage", "point", "reported_at", "ended_at", "address", "version", "kind",
    "component_id",
)  # fmt: skip


def _on(component_id: int | None, without: int | None, limit: int) -> list[Case]:
    """Return the open cases on a component, however long ago they were reported."""
    if component_id is None:
        return []
    rows = Case.objects.filter(component_id=component_id, ended_at=None).exclude(pk=without or 0)
    return list(rows.only(*_SHOWN).order_by("-id")[:limit])


def _same(case: Case, point: Point | None, text: str) -> Likeness:
    metres = round(distance(point, case.point)) if point is not None and case.point is not None else None
    alike = likeness(f"{case.title} {case.text[:400]}", text[:400])
    return Likeness(case, metres, alike, alike + _SAME_THING, same_component=True)


def _around(
    point: Point | None, community_id: int | None, at: datetime, settings: FlowSettings, without: int | None
) -> list[Case]:  # fmt: skip
    metres, soon = settings.similar_metres, timedelta(hours=settings.similar_hours)
    recent = Case.objects.filter(reported_at__gte=at - max(LATELY, soon), reported_at__lte=at + soon)
    recent = recent.exclude(stage__in=[Stage.MERGED, Stage.VOID, Stage.WITHDRAWN])
    if point is not None:
        recent = recent.filter(point__near=(point.lon, point.lat, max(AROUND_METRES, metres)))
    elif community_id is not None:
        recent = recent.filter(community_id=community_id)
    else:
        return []
    if without is not None:
        recent = recent.filter(~Q(pk=without))
    return list(recent.only(*_SHOWN).order_by("-reported_at")[:_CANDIDATES])


def _weigh(case: Case, point: Point | None, text: str, at: datetime, settings: FlowSettings) -> Likeness | None:
    metres = round(distance(point, case.point)) if point is not None and case.point is not None else None
    alike = likeness(f"{case.title} {case.text[:400]}", text[:400])
    is_soon = abs(at - case.reported_at) <= timedelta(hours=settings.similar_hours)
    is_near = metres is not None and metres <= settings.similar_metres and is_soon
    if not is_near and alike < ALIKE:
        return None
    return Likeness(case, metres, alike, alike + (0.5 if is_near else 0))


def similar_to(case: Case, settings: FlowSettings, *, limit: int = 5) -> list[Likeness]:
    """Return what is like a case that exists. One statement, or two for one on a component."""
    return similar(
        point=case.point, text=f"{case.title} {case.text}", at=case.reported_at, settings=settings,
        community_id=case.community_id, without=case.pk, component_id=case.component_id, limit=limit,
    )  # fmt: skip
