"""Cases that may be the same matter: within 50 m and 24 h, or told in like words nearby, to be judged side by side."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from lianxin.kernel.geometry.points import Point, distance
from lianxin.kernel.text import likeness
from lianxin.work.cases.models import Case
from lianxin.work.cases.words import Stage

NEAR_METRES = 50
SOON = timedelta(hours=24)
# Like words count in a wider circle and time.
AROUND_METRES = 300
LATELY = timedelta(days=7)
ALIKE = 0.35
_CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class Likeness:
    """A candidate with what makes it one."""

    case: Case
    metres: int | None
    alike: float
    score: float


def similar(
    *,
    point: Point | None,
    text: str,
    at: datetime,
    community_id: int | None = None,
    without: int | None = None,
    limit: int = 5,
) -> list[Likeness]:
    """Return the likest open or lately ended cases, best first. One statement."""
    recent = Case.objects.filter(reported_at__gte=at - LATELY, reported_at__lte=at + SOON)
    recent = recent.exclude(stage__in=[Stage.MERGED, Stage.VOID, Stage.WITHDRAWN])
    if point is not None:
        recent = recent.filter(point__near=(point.lon, point.lat, AROUND_METRES))
    elif community_id is not None:
        recent = recent.filter(community_id=community_id)
    else:
        return []
    if without is not None:
        recent = recent.filter(~Q(pk=without))
    wide = recent.only(
        "id", "number", "title", "text", "stage", "point", "reported_at", "ended_at", "address", "version", "kind"
    )
    found = [_weigh(case, point, text, at) for case in wide.order_by("-reported_at")[:_CANDIDATES]]
    return sorted((each for each in found if each is not None), key=lambda each: -each.score)[:limit]


def _weigh(case: Case, point: Point | None, text: str, at: datetime) -> Likeness | None:
    metres = round(distance(point, case.point)) if point is not None and case.point is not None else None
    alike = likeness(f"{case.title} {case.text[:400]}", text[:400])
    is_near = metres is not None and metres <= NEAR_METRES and abs(at - case.reported_at) <= SOON
    if not is_near and alike < ALIKE:
        return None
    return Likeness(case, metres, alike, alike + (0.5 if is_near else 0))


def similar_to(case: Case, *, limit: int = 5) -> list[Likeness]:
    """Return what is like a case that exists. One statement."""
    return similar(
        point=case.point, text=f"{case.title} {case.text}", at=case.reported_at, community_id=case.community_id,
        without=case.pk, limit=limit,
    )  # fmt: skip
