"""The ledger of hazards: what is open, how old, what came back, and who looked again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols.models import FollowUp, Hazard
from lianxin.work.patrols.words import HazardState

AGES: tuple[tuple[str, int, int | None], ...] = (
    ("week", 0, 7), ("fortnight", 7, 14), ("month", 14, 30), ("older", 30, None),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ledger:
    """How many hazards wait for what, and for how long they have stood there."""

    reported: int
    open: int
    recheck: int
    overdue: int
    settled_lately: int  # within thirty days
    ages: Mapping[str, int]


def ledger(actor: Actor, *, at: datetime) -> Ledger:
    """Return the figures of the ledger where the actor sees it. One statement."""
    today = at.astimezone(ZONE).date()
    count, state = Count, Q
    told = Hazard.objects.visible_to(actor).aggregate(
        reported=count("pk", filter=state(state=HazardState.REPORTED)),
        open=count("pk", filter=state(state=HazardState.OPEN)),
        recheck=count("pk", filter=state(state=HazardState.RECHECK)),
        overdue=count("pk", filter=state(settled_at=None, due_date__lt=today)),
        settled_lately=count("pk", filter=state(state=HazardState.SETTLED, settled_at__gte=at - timedelta(days=30))),
        **{name: count("pk", filter=_aged(low, high, at)) for name, low, high in AGES},
    )
    ages = {name: told.pop(name) for name, _low, _high in AGES}
    return Ledger(**told, ages=ages)


def _aged(low: int, high: int | None, at: datetime) -> Q:
    old = Q(settled_at=None, found_at__lte=at - timedelta(days=low))
    return old & Q(found_at__gt=at - timedelta(days=high)) if high is not None else old


def is_overdue(row: Hazard, today: date) -> bool:
    """Tell whether a hazard stands in the ledger past its day."""
    return row.settled_at is None and row.due_date < today


def lately(rows: Iterable[Hazard], most: int = 3) -> dict[int, list[FollowUp]]:
    """Return the latest looks at each of these hazards, the newest first. One statement."""
    found: dict[int, list[FollowUp]] = {}
    for look in FollowUp.objects.filter(hazard_id__in=[row.pk for row in rows]).order_by("hazard_id", "-made_at"):
        there = found.setdefault(look.hazard_id, [])
        if len(there) < most:
            there.append(look)
    return found


def came_back(point_ids: Iterable[int], *, at: datetime, days: int = 365) -> dict[tuple[int, str], int]:
    """Return how often a kind of hazard was found at a point within a year, where more than once. One statement."""
    since = at - timedelta(days=days)
    rows = Hazard.objects.filter(point_id__in=list(point_ids), found_at__gte=since).exclude(state=HazardState.DISMISSED)
    told = rows.values_list("point_id", "kind").annotate(times=Count("pk")).filter(times__gt=1).order_by()
    return {(point_id, kind): times for point_id, kind, times in told if point_id is not None}
