"""What is unusual against its own past: a week that lies far outside what the weeks before it were like.

Robust and plain: the middle of the weeks before, and how far these usually lie from it. No forecast, no model; a week
is flagged only when it differs by more than chance and by enough cases to be worth a look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from statistics import median, quantiles

from . import figures
from .periods import today
from .places import Place

PAST = 26  # weeks before that are looked at
LEAST_PAST = 8  # weeks since the first case: of fewer nothing is said
LEAST_CASES = 5  # a difference of fewer is never flagged
FAR = 3.0  # times the usual distance
# What is looked at; how it is summed from measures.
LOOKED_AT: Mapping[str, str] = {"reported": "reported", "late": "due - on_time"}


@dataclass(frozen=True, slots=True)
class Usual:
    """What past weeks were like: the middle, and between what half of them lay."""

    middle: float
    low: float
    high: float
    weeks: int


@dataclass(frozen=True, slots=True)
class Unusual:
    """A week of an area, category or unit that is unlike its past."""

    facet: str  # "" for an area, major, unit
    area_id: int
    facet_id: int
    what: str  # of LOOKED_AT
    count: int
    usual: Usual
    distance: float  # in usual distances: the larger the stranger

    @property
    def is_more(self) -> bool:
        """Tell whether there were more than usual."""
        return self.count > self.usual.middle


def last_week(at: datetime) -> tuple[date, date]:
    """Return the last week that is over, Monday to Sunday."""
    day = today(at)
    monday = day - timedelta(days=day.weekday() + 7)
    return monday, monday + timedelta(days=6)


def judge(past: Sequence[int], now: int) -> tuple[Usual, float] | None:
    """Compare a week with those before it, the oldest first; None where nothing is to be said.

    Weeks before the first case are no past. The usual distance is the middle one of the distances from the middle
    (times 1.48, as for a bell), at least what chance makes of such a count.
    """
    begun = next((place for place, count in enumerate(past) if count), len(past))
    lived = past[begun:]
    if len(lived) < LEAST_PAST:
        return None
    middle = median(lived)
    usual = max(1.4826 * median(abs(each - middle) for each in lived), sqrt(max(middle, 1.0)))
    distance = abs(now - middle) / usual
    low, _middle, high = quantiles(lived, n=4, method="inclusive")
    # A past of two kinds of weeks has half of it far from the middle: what lies there is nothing new.
    if distance < FAR or abs(now - middle) < LEAST_CASES or low <= now <= high:
        return None
    return Usual(middle, low, high, len(lived)), distance


def find(place: Place, below: Sequence[Place], *, at: datetime) -> list[Unusual]:
    """Return what was unusual last week: of the place, the areas below it, its categories and units; strangest first.

    At most three statements.
    """
    monday, _sunday = last_week(at)
    first = monday - timedelta(weeks=PAST)
    asked = [("unit", [0])] if place.kind == "unit" else [("", [place.area_id, *(each.area_id for each in below)])]
    if place.kind in {"city", "street"}:
        asked.append(("major", [place.area_id]))
    if place.kind == "city":
        asked.append(("unit", [0]))
    found = []
    for facet, area_ids in asked:
        series = figures.weekly(facet, area_ids, first, PAST + 1, LOOKED_AT)
        for (area_id, facet_id), counts in series.items():
            if place.kind == "unit" and facet_id != place.unit_id:
                continue
            for what, weeks in counts.items():
                if (judged := judge(weeks[:-1], weeks[-1])) is not None:
                    found.append(Unusual(facet, area_id, facet_id, what, weeks[-1], *judged))
    return sorted(found, key=lambda each: -each.distance)
