"""The table of statistics: areas, units, categories or channels of a place, each with counts, shares and lists."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from lianxin.faces.console import counting
from lianxin.faces.console.asking import Asking, channel_name
from lianxin.faces.console.counting import Line
from lianxin.insight.statistics import figures, places
from lianxin.insight.statistics.figures import Sums
from lianxin.work.dispatch.queries import catalogue

TRENDS = "statistics_trends"


def tables(asking: Asking) -> Mapping[str, str]:
    """Return by what the cases of a place are told apart, with what that is called."""
    below = {"city": _("按街道"), "street": _("按社区")}.get(asking.place.kind)
    found = {"below": below} if below else {}
    if asking.place.kind == "city":
        found["communities"] = _("按社区")
    if asking.place.kind != "unit":
        found["unit"] = _("按承办单位")
    return found | {"major": _("按大类"), "channel": _("按来源")}


def lines(asking: Asking, by: str) -> list[Line]:
    """Return the rows of a table: areas by code, others with the most cases first."""
    period = asking.period
    closed = period.month if period.month and figures.frozen(asking.place, period.month) else None
    if by in {"below", "communities"}:
        inside = places.below(asking.place, at=asking.at, numbers=asking.numbers)
        if by == "communities":
            inside = [one for each in inside for one in places.below(each, at=asking.at, numbers=asking.numbers)]
        found = figures.by_area(inside, period.first, period.last, closed=closed)
        return [
            counting.line(each.name, sums, there, url=there.to())
            for each in inside
            if (sums := found.get(each.area_id)) is not None
            for there in [Asking(each, period, asking.at, asking.numbers)]
        ]
    found = figures.by_facet(asking.place, by, period.first, period.last, closed=closed)
    ranked = sorted(found.items(), key=lambda each: (-each[1]["reported"], -each[1]["due"], each[0]))
    return [_line(asking, by, pk, sums) for pk, sums in ranked]


def _line(asking: Asking, by: str, pk: int, sums: Sums) -> Line:
    if by == "unit":
        unit = places.of_unit(pk, asking.numbers)
        there = Asking(unit, asking.period, asking.at, asking.numbers).to() if unit else ""
        url = there if asking.place.kind == "city" else ""
        return counting.line(unit.name if unit else str(pk), sums, asking, url=url, by_unit=pk)
    if by == "channel":
        return counting.line(channel_name(pk) or str(pk), sums, asking, url=_trends(asking, channel=pk), channel=pk)
    known = catalogue(asking.numbers).by_id.get(pk)
    name = known.name if known else str(pk)
    return counting.line(name, sums, asking, url=_trends(asking, major=pk), major=pk)


def _trends(asking: Asking, **part: int) -> str:
    """Return the trends of a part of a place, where cubes hold it."""
    if asking.place.kind not in {"city", "street"}:
        return ""
    return asking.to(TRENDS, period="", **{"from": "", "to": ""}, **part)
