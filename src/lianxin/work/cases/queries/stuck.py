"""Where is it stuck (卡点): of one case its longest dwell against its limit; of many a funnel by stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from lianxin.foundation.accounts.actor import Actor
from lianxin.work.cases.models import Clock
from lianxin.work.cases.words import CLOCK_LABELS, STAGE_CLOCK

from .queue import Filters, queue


@dataclass(frozen=True, slots=True)
class Dwell:
    """The stage where a case has stood longest against what it was allowed."""

    name: str
    label: str
    lasted: timedelta
    allowed: timedelta | None
    share: float


@dataclass(frozen=True, slots=True)
class StageDwell:
    """How long open cases have stood in a stage so far: how many, the middle one, and nine in ten."""

    stage: str
    count: int
    median: timedelta
    p90: timedelta
    overdue: int
    allowed: timedelta | None = None  # the middle one of what they are allowed, from entering the stage to falling due


def where_stuck(clocks: Sequence[Clock], *, at: datetime) -> Dwell | None:
    """Return the longest dwell of a case by its stage clocks. No statement."""
    spans = []
    for clock in clocks:
        if clock.subject != "stage":
            continue
        lasted = (clock.stopped_at or at) - clock.started_at
        allowed = clock.due_at - clock.started_at if clock.due_at else None
        share = lasted / allowed if allowed else 0.0
        spans.append(Dwell(clock.name, str(CLOCK_LABELS[clock.name]), lasted, allowed, share))
    return max(spans, key=lambda span: span.share, default=None)


def funnel(actor: Actor, filters: Filters, *, at: datetime) -> list[StageDwell]:
    """Return the dwell of open cases by stage within what the actor sees, in the order of the flow. One statement."""
    rows, values = (
        queue(actor, filters, at=at).values("stage", "stage_entered_at", "due_at", "paused_at").query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT stage, count(*), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP"
            f" (ORDER BY extract(epoch FROM %s - stage_entered_at)::float),"
            f" count(*) FILTER (WHERE due_at <= %s AND paused_at IS NULL),"
            f" percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM due_at - stage_entered_at)::float)"
            f" FROM ({rows}) found GROUP BY stage",
            [at, at, *values],
        )
        found = {row[0]: row for row in cursor.fetchall()}
    return [
        StageDwell(
            stage,
            row[1],
            timedelta(seconds=row[2][0]),
            timedelta(seconds=row[2][1]),
            row[3],
            timedelta(seconds=row[4]) if row[4] is not None else None,
        )
        for stage in STAGE_CLOCK
        if (row := found.get(stage)) is not None
    ]
