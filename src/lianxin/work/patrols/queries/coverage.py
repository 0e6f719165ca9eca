"""What was reached and what was not, by route and week: for who plans. Places are counted, never persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols.actions.planning import schedule_of
from lianxin.work.patrols.models import CheckIn, Plan, Round, Stop
from lianxin.work.patrols.words import RoundState

WEEKS = 4


@dataclass(frozen=True, slots=True)
class Reached:
    """Of so many points of planned rounds whose time has come: how many were reached, and missed for which cause."""

    planned: int = 0
    reached: int = 0
    missed: int = 0
    excused: int = 0

    @property
    def share(self) -> float | None:
        """The share that was reached; None where nothing was planned."""
        return self.reached / self.planned if self.planned else None


@dataclass(frozen=True, slots=True)
class RouteWeeks:
    """A route and its weeks, the earliest first."""

    route_id: int
    name: str
    weeks: tuple[Reached, ...]


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _stops(actor: Actor, first: date, last: date) -> QuerySet[Stop]:
    rounds = Round.objects.visible_to(actor).filter(day__gte=first, day__lte=last)
    there = CheckIn.objects.filter(round=OuterRef("round"), point=OuterRef("point"))
    return Stop.objects.filter(round__in=rounds.values("pk")).annotate(is_reached=Exists(there))


def _counts() -> dict[str, Count]:
    missed = Q(missed_at__isnull=False, is_reached=False)
    return {
        "planned": Count("pk", filter=Q(is_reached=True) | Q(round__judged_at__isnull=False)),
        "reached": Count("pk", filter=Q(is_reached=True)),
        "missed": Count("pk", filter=missed & Q(excuse="")),
        "excused": Count("pk", filter=missed & ~Q(excuse="")),
    }


def of_day(actor: Actor, day: date) -> tuple[int, Reached]:
    """Return how many points the rounds of a day want visited in all, and what came of them so far."""
    found = _stops(actor, day, day)
    told = found.aggregate(whole=Count("pk"), **_counts())
    whole = told.pop("whole")
    return whole, Reached(**told)


def by_route(actor: Actor, *, at: datetime, weeks: int = WEEKS) -> list[RouteWeeks]:
    """Return each route's last weeks, this one with. One statement; routes with the lowest share come first."""
    this = monday(at.astimezone(ZONE).date())
    firsts = [this - timedelta(days=7 * back) for back in reversed(range(weeks))]
    found = _stops(actor, firsts[0], this + timedelta(days=6)).filter(round__route__isnull=False)
    counts = {
        f"{name}_{number}": _narrowed(count, first)
        for number, first in enumerate(firsts) for name, count in _counts().items()
    }  # fmt: skip
    rows = found.values("round__route_id", "round__route__name").annotate(**counts).order_by("round__route_id")
    told = [
        RouteWeeks(
            row["round__route_id"], row["round__route__name"],
            tuple(Reached(*(row[f"{name}_{number}"] for name in ("planned", "reached", "missed", "excused")))
                  for number in range(weeks)),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(told, key=_lowest)


def _narrowed(count: Count, first: date) -> Count:
    within = Q(round__day__gte=first, round__day__lte=first + timedelta(days=6))
    return Count("pk", filter=count.filter & within)


def _lowest(row: RouteWeeks) -> tuple[float, str]:
    shares = [week.share for week in row.weeks if week.share is not None]
    return (sum(shares) / len(shares) if shares else 1.0, row.name)


def missed_stops(actor: Actor, *, at: datetime, days: int = 7) -> QuerySet[Stop]:
    """Points that nobody reached lately and that want a reason or another walk, the latest first."""
    since = at.astimezone(ZONE).date() - timedelta(days=days)
    found = Stop.objects.filter(missed_at__isnull=False, round__day__gte=since)
    seen = Round.objects.visible_to(actor).filter(day__gte=since).values("pk")
    return found.filter(round__in=seen).select_related("point", "round").order_by("-missed_at", "-pk")


def round_list(actor: Actor) -> QuerySet[Round]:
    """Rounds with how many points they want and how many were reached."""
    stops = Count("stops", distinct=True)
    there = Count("checkins", distinct=True)
    missed = Count("stops", filter=Q(stops__missed_at__isnull=False), distinct=True)
    found = Round.objects.visible_to(actor).select_related("route", "team")
    return found.annotate(stop_count=stops, checkin_count=there, missed_count=missed)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A round that will be, as a plan tells."""

    day: date
    opens_at: datetime
    closes_at: datetime


def preview(plan: Plan, *, at: datetime, days: int = 14) -> list[Ahead]:
    """Return a plan's rounds of the next days; nothing is made by this."""
    today, schedule = at.astimezone(ZONE).date(), schedule_of(plan)
    found = [Ahead(day, *schedule.window(day)) for day in schedule.between(today, today + timedelta(days=days - 1))]
    return [one for one in found if one.closes_at > at]


def walked_today(actor: Actor, day: date) -> dict[str, int]:
    """Return how many rounds of a day stand in which state. One statement."""
    rows = Round.objects.visible_to(actor).filter(day=day).values_list("state").annotate(Count("pk")).order_by()
    told = {str(state): int(count) for state, count in rows}
    return {state: told.get(state, 0) for state in RoundState.values}


def last_at(point_ids: Sequence[int]) -> dict[int, datetime]:
    """Return when each of these points was visited last. One statement."""
    rows = CheckIn.objects.filter(point_id__in=point_ids).order_by("point_id", "-made_at").distinct("point_id")
    return dict(rows.values_list("point_id", "made_at"))
