"""What somebody walks these days: rounds with their points, from rows and, further ahead, from plans."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols.actions.planning import schedule_of
from lianxin.work.patrols.models import CheckIn, Member, Plan, Point, Round, RoutePoint, Stop
from lianxin.work.patrols.models.rounds import mine, roles_above
from lianxin.work.patrols.rules import round_key
from lianxin.work.patrols.words import RoundState

_BACK = timedelta(days=2)  # what was missed lately is shown that long, to give a reason
MOST = 60


@dataclass(frozen=True, slots=True)
class Leg:
    """A point of a round for its walker."""

    point_id: int
    is_done: bool = False
    is_missed: bool = False
    excuse: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """A round for its walker; one ahead is told by its plan and has no row yet."""

    key: UUID
    name: str
    day: date
    state: str
    opens_at: datetime
    closes_at: datetime | None
    team_id: int | None
    legs: tuple[Leg, ...]


def my_rounds(actor: Actor) -> Q:
    """Rounds the actor should walk or has begun: by name, by its role where its post lies or above, by its teams."""
    roles, _above = roles_above(actor)
    scope = actor.scope("patrols.walk")
    found = mine(actor)
    if roles and not scope.everywhere:
        here = Q(grid_id__in=scope.grid_ids) | Q(community_id__in=scope.community_ids)
        found |= Q(role__in=roles) & (here | Q(street_id__in=scope.street_ids))
    return found


def walks(actor: Actor, *, at: datetime, ahead_days: int = 7) -> list[Walk]:
    """Return the actor's rounds from two days ago to some days ahead, in their order. Five statements."""
    today = at.astimezone(ZONE).date()
    rows = list(
        Round.objects.filter(my_rounds(actor), day__gte=today - _BACK, day__lte=today + timedelta(days=ahead_days))
        .filter(Q(closes_at__isnull=False) | Q(state=RoundState.RUNNING) | Q(day=today))
        .order_by("opens_at", "pk")[:MOST]
    )
    told = _legs(rows)
    found = [
        Walk(row.key, row.name, row.day, row.state, row.opens_at, row.closes_at, row.team_id, told.get(row.pk, ()))
        for row in rows
    ]
    return sorted([*found, *_ahead(actor, {row.key for row in rows}, at, ahead_days)], key=lambda walk: walk.opens_at)


def _legs(rows: Iterable[Round]) -> Mapping[int, tuple[Leg, ...]]:
    """Return the legs of rounds in walking order; what was visited beside the route comes last. Two statements."""
    ids = [row.pk for row in rows]
    there = set(CheckIn.objects.filter(round_id__in=ids).values_list("round_id", "point_id"))
    found: dict[int, list[Leg]] = {}
    planned: set[tuple[int, int]] = set()
    for stop in Stop.objects.filter(round_id__in=ids).order_by("round_id", "position"):
        place = (stop.round_id, stop.point_id)
        planned.add(place)
        leg = Leg(stop.point_id, place in there, stop.missed_at is not None, stop.excuse)
        found.setdefault(stop.round_id, []).append(leg)
    for round_id, point_id in sorted(there - planned):
        found.setdefault(round_id, []).append(Leg(point_id, is_done=True))
    return {pk: tuple(legs) for pk, legs in found.items()}


def _ahead(actor: Actor, known: set[UUID], at: datetime, ahead_days: int) -> list[Walk]:
    """Return rounds of the coming days that are not made yet; a device may walk them without having heard of more."""
    today = at.astimezone(ZONE).date()
    last = today + timedelta(days=ahead_days)
    plans = list(
        Plan.objects.filter(_my_plans(actor), ended_at=None, from_date__lte=last)
        .select_related("route")
        .order_by("pk")[:MOST]
    )
    stations: dict[int, list[Leg]] = {}
    for station in RoutePoint.objects.filter(route_id__in={plan.route_id for plan in plans}).order_by("position"):
        stations.setdefault(station.route_id, []).append(Leg(station.point_id))
    found = []
    for plan in plans:
        schedule = schedule_of(plan)
        for day in schedule.between(today, last):
            key = round_key(plan.key, day)
            opens, closes = schedule.window(day)
            if key not in known and closes > at:
                legs = tuple(stations.get(plan.route_id, ()))
                found.append(Walk(key, plan.route.name, day, RoundState.PLANNED, opens, closes, plan.team_id, legs))
    return found


def _my_plans(actor: Actor) -> Q:
    if actor.account_id is None:
        return Q(pk__in=[])
    teams = Member.objects.filter(account_id=actor.account_id, left_at=None).values("team_id")
    found = Q(walker_id=actor.account_id) | Q(team_id__in=teams)
    roles, above = roles_above(actor)
    scope = actor.scope("patrols.walk")
    if roles and not scope.everywhere:
        here = Q(grid_id__in=scope.grid_ids) | Q(community_id__in=scope.community_ids)
        here |= Q(street_id__in=scope.street_ids) | Q(area_id__in=above)
        found |= Q(role__in=roles) & here
    return found


def points_of(legs: Iterable[Walk], *more: int) -> dict[int, Point]:
    """Return the points of rounds by id. One statement."""
    ids = {leg.point_id for walk in legs for leg in walk.legs} | set(more)
    return Point.objects.in_bulk(ids)
