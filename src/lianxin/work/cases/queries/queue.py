"""The queue: open cases (or all) filtered by words in the URL, what falls due first on top."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Q
from django.db.models.functions import Right
from django.db.models.lookups import Exact

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.text import search_query
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases.models import Case
from lianxin.work.cases.models.case import CaseQuerySet
from lianxin.work.cases.words import Stage

from .todo import count_each, held_by, waiting

ORDERS = {
    "due": ("due_at", "id"),
    "newest": ("-reported_at", "-id"),
    "oldest": ("reported_at", "id"),
}
LIGHT = (
    "id", "number", "version", "kind", "stage", "severity", "holder_level", "title", "address", "channel", "due_at",
    "warn_at", "is_overdue", "paused_at", "review_at", "pause_kind", "reported_at", "ended_at", "stage_entered_at",
    "street_id", "community_id", "grid_id", "area_now_id", "category_id", "lead_unit_id", "urges", "returns", "reworks",
    "supervisions_open", "approvals_open", "needs_follow_up", "is_confidential", "point", "stars", "whistles",
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What the reader asked for; empty means all."""

    stages: tuple[str, ...] = ()
    severity: str = ""
    category_ids: tuple[int, ...] = ()
    area_ids: tuple[int, ...] = ()
    unit_id: int | None = None
    channel: str = ""
    kind: str = ""
    clock: str = ""  # overdue, warn, today (late ones too), paused
    flag: str = ""  # supervised, approval, follow_up, whistled, unplaced
    todo: str = ""  # what waits for the reader: a word of `todo.LABELS`
    mine: bool = False  # held at the reader's level, or in its unit's hands
    words: str = ""
    reported_from: datetime | None = None
    reported_to: datetime | None = None
    ended: bool | None = False  # False: open, True: ended, None: both
    order: str = "due"

    @property
    def ordering(self) -> tuple[str, ...]:
        """Return the order for keyset paging; ended cases have no due time, the newest come first."""
        return (
            ORDERS["newest"]
            if self.order == "due" and self.ended is not False
            else ORDERS.get(self.order, ORDERS["due"])
        )


def queue(actor: Actor, filters: Filters, *, at: datetime) -> CaseQuerySet:
    """Return the cases the actor may see that match, light rows, not yet ordered nor cut."""
    found = Case.objects.visible_to(actor).filter(_matching(actor, filters, at))
    if filters.words:
        found = _with_words(found, filters.words)
    return found.only(*LIGHT)


def counts(actor: Actor, wanted: Mapping[str, Filters], *, at: datetime) -> dict[str, int]:
    """Return how many open cases each filter shows, the figure of its list. One statement; `words` are not asked."""
    return count_each(actor, {name: _matching(actor, filters, at) for name, filters in wanted.items()})


def _matching(actor: Actor, filters: Filters, at: datetime) -> Q:
    where = waiting(actor, filters.todo)
    if filters.mine:
        where &= held_by(actor)
    if filters.ended is not None:
        where &= Q(ended_at__isnull=not filters.ended)
    if filters.stages:
        where &= Q(stage__in=filters.stages)
    for name in ("severity", "channel", "kind"):
        if value := getattr(filters, name):
            where &= Q(**{name: value})
    return where & _about(filters) & _between(filters) & _clock(filters.clock, at) & _flag(filters.flag)


def _about(filters: Filters) -> Q:
    where = Q()
    if filters.category_ids:
        where &= Q(category_id__in=filters.category_ids)
    if filters.area_ids:
        ids = filters.area_ids
        where &= Q(street_id__in=ids) | Q(community_id__in=ids) | Q(grid_id__in=ids) | Q(area_now_id__in=ids)
    if filters.unit_id is not None:
        where &= Q(party_unit_ids__contains=[filters.unit_id])
    return where


def _between(filters: Filters) -> Q:
    where = Q()
    if filters.reported_from is not None:
        where &= Q(reported_at__gte=filters.reported_from)
    if filters.reported_to is not None:
        where &= Q(reported_at__lt=filters.reported_to)
    return where


def _end_of_day(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(ZONE).date() + timedelta(days=1), time(), ZONE)


def _clock(clock: str, at: datetime) -> Q:
    return {
        "overdue": Q(due_at__lte=at, paused_at=None),
        "warn": Q(warn_at__lte=at, due_at__gt=at, paused_at=None),
        "today": Q(due_at__lt=_end_of_day(at), paused_at=None),
        "paused": Q(paused_at__isnull=False),
    }.get(clock, Q())


def _flag(flag: str) -> Q:
    return {
        "supervised": Q(supervisions_open__gt=0),
        "approval": Q(approvals_open__gt=0),
        "follow_up": Q(needs_follow_up=True),
        "whistled": Q(whistles__gt=0),
        "unplaced": Q(area_id=None),
    }.get(flag, Q())


def _with_words(found: CaseQuerySet, words: str) -> CaseQuerySet:
    wanted = words.strip()
    if wanted.replace("-", "").isdigit():
        tail: Exact[Any] = Exact(Right("number", 6), wanted[-6:])
        return found.filter(Q(number=wanted) | tail) if len(wanted) >= 6 else found.none()
    query = search_query(wanted)
    return found.filter(words=SearchQuery(query, search_type="raw", config="simple")) if query else found.none()


def queue_counts(actor: Actor, *, at: datetime) -> dict[str, int]:
    """Return how many open cases the actor sees by stage, and how many are overdue. One statement."""
    rows = (
        Case.objects.visible_to(actor)
        .open()
        .values("stage")
        .annotate(count=Count("id"), late=Count("id", filter=Q(due_at__lte=at, paused_at=None)))
    )
    counts = {stage.value: 0 for stage in Stage} | {row["stage"]: row["count"] for row in rows}
    rows_list = list(rows)
    counts["all"] = sum(row["count"] for row in rows_list)
    counts["overdue"] = sum(row["late"] for row in rows_list)
    return counts
