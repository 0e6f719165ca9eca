"""The portrait of an area: what was counted there on the latest day, and how it went over twelve months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Sum

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode

from . import counting, measures
from .models import AreaCount, CountedDay


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts by measure (what is missing is 0), and when they were counted; None: never yet."""

    counts: Mapping[str, int]
    as_of: datetime | None

    def __getitem__(self, measure: str) -> int:
        return self.counts.get(measure, 0)

    @property
    def people(self) -> int:
        return sum(self[measure] for measure in measures.PEOPLE)

    @property
    def dwellings(self) -> int:
        return sum(self[f"dwellings.{use}"] for use in measures.USES)

    @property
    def establishments(self) -> int:
        return sum(self[f"places.{kind}"] for kind in measures.KINDS)

    def share(self, measure: str) -> float | None:
        """Return a use's share of all dwellings; None where there are none."""
        return self[measure] / self.dwellings if self.dwellings else None


@dataclass(frozen=True, slots=True)
class Point:
    """One measure on one day."""

    day: date
    count: int


def counting_areas(node: AreaNode, numbers: Mapping[str, int] | None = None) -> list[int] | None:
    """Return the areas under which records of this one are or were counted, ended ones too; None: everywhere."""
    if node.is_whole:
        return None
    return [one.id for one in areas.index(numbers).nodes.values() if node.id in one.path_ids]


def figures(node: AreaNode, numbers: Mapping[str, int] | None = None) -> Figures:
    """Return the latest counts of an area. Two statements; milliseconds for a county."""
    latest = CountedDay.objects.order_by("-day").first()
    if latest is None:
        return Figures({}, None)
    found = AreaCount.objects.filter(day=latest.day)
    within = counting_areas(node, numbers)
    if within is not None:
        found = found.filter(area_id__in=within)
    counts = dict(found.values_list("measure").annotate(Sum("count")).order_by())
    return Figures(counts, latest.at)


def trend(
    node: AreaNode, wanted: Mapping[str, Sequence[str]], *, at: datetime, numbers: Mapping[str, int] | None = None
) -> dict[str, list[Point]]:
    """Return the sums of measures on the first of the last twelve months and on the latest day.

    Days that were not counted are left out, so a young installation has a short line. Two statements.
    """
    within = counting_areas(node, numbers)
    names = {measure: name for name, group in wanted.items() for measure in group}
    days = _days(at)
    where, values = ("", []) if within is None else (" AND area_id = ANY(%s)", [within])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT day, measure, sum(count) FROM area_count"
            f" WHERE day = ANY(%s) AND measure = ANY(%s){where} GROUP BY day, measure",
            [list(days), list(names), *values],
        )
        rows = cursor.fetchall()
    sums: dict[tuple[str, date], int] = {}
    for day, measure, count in rows:
        sums[names[measure], day] = sums.get((names[measure], day), 0) + int(count)
    return {
        name: [
            Point(day, sums.get((name, day), 0))
            for day, is_reckoned in days.items()
            if not is_reckoned or all(map(measures.is_dated, group))
        ]
        for name, group in wanted.items()
    }


def _days(at: datetime) -> dict[date, bool]:
    """Return the days of a trend that were counted, in order, and whether they were reckoned afterwards."""
    counted = CountedDay.objects.order_by("-day")
    latest = counted.values_list("day", "is_reckoned")[:1]
    months = counted.filter(day__in=counting.firsts(counting.today(at))).values_list("day", "is_reckoned")
    return dict(sorted({**dict(months), **dict(latest)}.items()))


_BELOW = [
    measures.ALL_PEOPLE, measures.HOUSEHOLDS, *(f"dwellings.{use}" for use in measures.USES),
    *(f"places.{kind}" for kind in measures.KINDS),
]  # fmt: skip


def below(
    node: AreaNode, children: Sequence[AreaNode], numbers: Mapping[str, int] | None = None
) -> dict[int, dict[str, int]]:
    """Return people, households, dwellings and establishments of each area right below. One statement."""
    within = counting_areas(node, numbers)
    where, values = ("", []) if within is None else (" AND area_id = ANY(%s)", [within])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT area_id, CASE measure WHEN %s THEN 'people' ELSE split_part(measure, '.', 1) END, sum(count)"
            " FROM area_count WHERE day = (SELECT max(day) FROM counted_day)"
            f" AND measure = ANY(%s){where} GROUP BY 1, 2",
            [measures.ALL_PEOPLE, _BELOW, *values],
        )
        rows = cursor.fetchall()
    nodes = areas.index(numbers).nodes
    found: dict[int, dict[str, int]] = {child.id: {} for child in children}
    for area_id, what, count in rows:
        own = nodes.get(area_id)
        home = next((one for one in own.path_ids if one in found), None) if own else None
        if home is not None:
            found[home][what] = found[home].get(what, 0) + int(count)
    return found
