"""Blocks of figures: today, units, satisfaction, categories, channels, areas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.parts import words
from lianxin.faces.screen.blocks import Asked, Told, widget
from lianxin.foundation.organizations import queries as units
from lianxin.insight.statistics import figures, places
from lianxin.insight.statistics.figures import Sums
from lianxin.insight.statistics.indicators import INDICATORS
from lianxin.work.cases import queries
from lianxin.work.cases.queries import Filters
from lianxin.work.dispatch.queries import catalogue

LEAST = 30  # cases: of fewer no share is told beside others
_DAYS = 30
_STATISTICS = ("statistics.view",)


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a list with a bar; `share` is its length, of one."""

    name: str
    said: str
    share: float
    came: str = ""  # how many came, beside how many are there
    code: str = ""  # of the area behind it


def bars(rows: Sequence[tuple[str, float]], most: int, said: Mapping[str, str] | None = None) -> list[Bar]:
    """Return the largest first, the longest bar being the whole width."""
    ordered = sorted(rows, key=lambda row: -row[1])[:most]
    longest = max((value for _name, value in ordered), default=0) or 1
    return [Bar(name, said[name] if said else words.count(value), value / longest) for name, value in ordered]


def _month(at: date) -> tuple[date, date]:
    return at.replace(day=1), at


@widget("today", gettext_lazy("今天"), permissions=("cases.view", "statistics.view"))
def today(asked: Asked) -> Told:
    """What came and went today, what is late now, and how much of the year is closed."""
    day = words.local(asked.at).date()
    now, year = figures.sums(asked.place, [(day, day), (day.replace(month=1, day=1), day)])
    late = queries.counts(asked.actor, {"late": _late(asked.filters)}, at=asked.at)["late"]
    closed = figures.figure(INDICATORS["closed"], year, as_of=asked.at)
    return Told(
        _("0:00 起，截至 {hour}").format(hour=words.hour(asked.at)),
        {"came": now["reported"], "went": now["ended"], "late": late, "closed": _share(closed.value)},
    )


def _late(filters: Filters) -> Filters:
    return Filters(area_ids=filters.area_ids, clock="overdue")


def _share(value: float | None) -> str:
    """Say a share without its sign, which stands smaller beside it."""
    return words.percent(value).removesuffix("%") if value is not None else words.UNKNOWN


@widget("units", gettext_lazy("单位按期率"), permissions=_STATISTICS)
def by_unit(asked: Asked) -> Told:
    """Which units finish in time, this month: units side by side, where there are enough cases."""
    found = figures.by_facet(asked.place, "unit", *_month(words.local(asked.at).date()))
    rows = [(unit_id, figures.figure(INDICATORS["on_time"], sums, as_of=None)) for unit_id, sums in found.items()]
    told = [
        (unit.short_name or unit.name, each.value)
        for unit_id, each in rows
        if each.denominator >= LEAST and each.value is not None and (unit := units.unit(unit_id, asked.numbers))
    ]
    ordered = sorted(told, key=lambda row: -row[1])[: asked.rows]
    return Told(
        _("本月，应办满 {least} 件").format(least=LEAST),
        {"rows": [Bar(name, words.percent(value), value) for name, value in ordered]},
    )


@widget("satisfaction", gettext_lazy("群众满意度"), permissions=_STATISTICS)
def satisfaction(asked: Asked) -> Told:
    """What residents said in the last thirty days."""
    day = words.local(asked.at).date()
    sums = figures.sums(asked.place, [(day - timedelta(days=_DAYS - 1), day)])[0]
    found = figures.figure(INDICATORS["satisfied"], sums, as_of=asked.at)
    return Told(
        _("近 {days} 天").format(days=_DAYS),
        {
            "share": _share(found.value),
            "is_hidden": found.is_hidden,
            "asked": found.denominator,
            "unhappy": found.denominator - found.numerator,
        },
    )


@widget("categories", gettext_lazy("什么事最多"), permissions=_STATISTICS)
def by_category(asked: Asked) -> Told:
    """Which broad categories were reported most this month."""
    found = figures.by_facet(asked.place, "major", *_month(words.local(asked.at).date()))
    names = catalogue(asked.numbers).by_id
    rows = [(names[pk].name, sums["reported"]) for pk, sums in found.items() if pk in names and sums["reported"]]
    return Told(_("本月上报，按大类"), {"rows": bars(rows, asked.rows)})


@widget("channels", gettext_lazy("谁先发现"), permissions=_STATISTICS)
def by_finder(asked: Asked) -> Told:
    """Who saw it first this month: the grid, or residents and the hotline."""
    sums = figures.sums(asked.place, [_month(words.local(asked.at).date())])[0]
    own, told = sums["worker_reported"], sums["reported"]
    rows = [(_("网格员巡查发现"), own), (_("群众、热线和部门"), max(told - own, 0))]
    said = {name: _("{count} 件").format(count=words.count(count)) for name, count in rows}
    return Told(
        _("本月上报 {count} 件").format(count=words.count(told)), {"rows": bars(rows, asked.rows, said) if told else []}
    )


@widget("areas", gettext_lazy("各处在办"), permissions=("cases.view", "statistics.view"))
def by_area(asked: Asked) -> Told | None:
    """Where cases are open, and how many of them came this month."""
    inside = places.below(asked.place, at=asked.at, numbers=asked.numbers)
    if not inside:
        return None
    open_now = figures.open_in([each.area_id for each in inside])
    month: Mapping[int, Sums] = figures.by_area(inside, *_month(words.local(asked.at).date()))
    most = max(open_now.values(), default=0) or 1
    rows = sorted(inside, key=lambda each: -open_now.get(each.area_id, 0))[: asked.rows]
    told = [
        Bar(
            each.name,
            words.count(open_now.get(each.area_id, 0)),
            open_now.get(each.area_id, 0) / most,
            came=words.count(month[each.area_id]["reported"] if each.area_id in month else 0),
            code=each.code,
        )
        for each in rows
    ]
    return Told(_("在办 / 本月上报"), {"rows": told})
