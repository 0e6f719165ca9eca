"""Closed months (封存): the sums of a month stay as they are told when it is closed; what changes later is listed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from .folding import hold_cursor
from .measures import MEASURES
from .models import FrozenMonth, LateCorrection
from .periods import months, today

CLOSES_ON = 6  # the day of the following month on which a month is closed
_NAMES = ", ".join(MEASURES)
_SUMS = ", ".join(f"sum({name})" for name in MEASURES)


@transaction.atomic
def close_month(month: date, *, at: datetime) -> bool:
    """Close a month for good; returns False when it was closed already."""
    hold_cursor()
    _row, is_new = FrozenMonth.objects.get_or_create(month=month, defaults={"at": at})
    if is_new:
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO frozen_flow (month, facet, area_id, facet_id, {_NAMES})"
                f" SELECT %s, facet, area_id, facet_id, {_SUMS} FROM flow_cell"
                " WHERE day >= %s AND day < %s::date + interval '1 month' GROUP BY facet, area_id, facet_id",
                [month, month, month],
            )
    return is_new


def close_what_is_over(*, at: datetime) -> list[date]:
    """Close the months that are over, from the sixth of the following month on; returns those closed now."""
    day = today(at)
    open_from = day.replace(day=1) if day.day >= CLOSES_ON else next(months(day, 1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT date_trunc('month', day)::date AS month FROM stock_cell WHERE area_id = 0 AND day < %s"
            " EXCEPT SELECT month FROM frozen_month ORDER BY month",
            [open_from],
        )
        ripe = [row[0] for row in cursor.fetchall()]
    return [month for month in ripe if close_month(month, at=at)]


@dataclass(frozen=True, slots=True)
class Closed:
    """When a month was closed, and what has come to it since: the difference in each measure, and in how many cases."""

    at: datetime
    cases: int
    changes: dict[str, int]


def closed(month: date) -> Closed | None:
    """Return how a month was closed and what has been corrected since, in the whole place; None while it is open."""
    row = FrozenMonth.objects.filter(month=month).first()
    if row is None:
        return None
    changes: dict[str, int] = {}
    changed: set[int] = set()
    for case_id, told in LateCorrection.objects.filter(month=month).values_list("case_id", "changes"):
        changed.add(case_id)
        for measure, change in told.items():
            changes[measure] = changes.get(measure, 0) + change
    return Closed(row.at, len(changed), {name: change for name, change in changes.items() if change})
