"""Statistics (统计): figures of a place in a period, each with its definition and the cases behind it; no persons."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console import asking as reading
from lianxin.faces.console import breakdown, counting, trending
from lianxin.faces.console.asking import Asking
from lianxin.faces.console.counting import Line, Told
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Kpi, Tab
from lianxin.insight.statistics import closing, figures, folding, periods, places
from lianxin.insight.statistics.figures import Sums
from lianxin.insight.statistics.indicators import PRIVATE
from lianxin.insight.statistics.measures import MEASURES
from lianxin.kernel.errors import NotFound

DOOR = "console:statistics"
_CARDS = ("on_time", "late_open", "reworked", "filed", "satisfied")
_ROWS = 12  # of the table on one page
_UNIT_CARDS = ("on_time", "late_open", "reworked", "dispatched_right", "satisfied")


def _page(request: Request, asking: Asking, name: str, title: str, **context: Any) -> HttpResponse:
    """Render a page of statistics with the head that all share."""
    shared: dict[str, Any] = {"period": asking.period, "periods": reading.period_tabs(asking, name)}
    template = f"console/statistics/{name.removeprefix('statistics_').replace('statistics', 'overview')}.html"
    return page(
        request, template, door=DOOR, title=title, where=asking.place, part=asking.facet_name,
        part_url=asking.of_all().to(name), crumbs=reading.crumbs(request, asking, name),
        own=reading.own(request, asking, name), sections=reading.sections(asking, name),
        **shared | context,
    )  # fmt: skip


@require_safe
@staff_only(places.PERMISSION)
def overview(request: HttpRequest) -> HttpResponse:
    """Show the figures of a place in a period."""
    asked = cast("Request", request)
    asking = reading.read(asked).of_all()
    told, weeks, weekly = summed(asking)
    closed = closing.closed(asking.period.month) if asking.period.month else None
    may_be = breakdown.tables(asking)
    given = asked.GET.get("by", "")
    chosen = given if given in may_be else next(iter(may_be))
    lines, earlier, later = _cut(asked, asking, chosen)
    standing = counting.standing_funnel(asking)
    return _page(
        asked, asking, "statistics", _("统计"),
        cards=_cards(asking, told), standing=standing, standing_count=sum(row.count for row in standing),
        funnel=counting.funnel(asking), chart=counting.trend(asking, weeks, weekly),
        heat=counting.heat(asking) if asking.place.kind != "unit" else None, heat_url=asking.to("statistics_heat"),
        trends_url=asking.to("statistics_trends"), indicators_url=asking.to("statistics_indicators"),
        tabs=[
            Tab(f"{asking.to(by=name)}#table", label, current=name == chosen) for name, label in may_be.items()
        ],
        headings=counting.headings(), lines=lines, least=counting.LEAST, earlier_url=earlier, later_url=later,
        files={name: asking.to("statistics_file", table=name) for name in ("weeks", "stages", "standing")}
        | {"lines": asking.to("statistics_file", table=chosen)},
        as_of=told.as_of, closed=closed,
        corrections=_corrections(closed) if closed and asking.place.kind == "city" else "",
        corrections_url=asking.to("statistics_corrections"),
    )  # fmt: skip


def summed(asking: Asking) -> tuple[Told, list[tuple[date, date]], Sequence[Sums]]:
    """Return the sums of the period, the one before, its line and twelve weeks. One statement for all."""
    period, then = asking.period, periods.before(asking.period)
    line, weeks = periods.line(period), periods.weeks(period.last)
    spans = [(period.first, period.last), (then.first, then.last), *line, *weeks]
    found = figures.sums(asking.place, spans, facet=asking.facet, facet_id=asking.facet_id)
    closed = figures.frozen(asking.place, period.month) if period.month and not asking.facet else None
    as_of = folding.standing(at=asking.at).as_of
    middle = 2 + len(line)
    return Told(closed or found[0], found[1], then.label, found[2:middle], as_of), weeks, found[middle:]


def _cards(asking: Asking, told: Told) -> list[Kpi]:
    count = counting.count_card
    cards = [count(asking, _("上报"), "reported", _("这段时间里上报的全部案件"), told)]
    if asking.place.kind != "unit":
        is_now = asking.period.last >= periods.today(asking.at)
        cards.append(counting.stock_card(asking, is_now=is_now))
    cards.append(count(asking, _("办结"), "ended", _("这段时间里办结的，结案、答复、移送等都算"), told))
    codes = _UNIT_CARDS if asking.place.kind == "unit" else _CARDS
    return [*cards, *(counting.share_card(asking, code, told) for code in codes)]


def _cut(request: Request, asking: Asking, by: str) -> tuple[list[Line], str, str]:
    """Return the rows of the table that the address asks for, and the addresses of those before and after."""
    lines = breakdown.lines(asking, by)
    first = min(reading.whole(request, "row") or 0, len(lines))

    def to(row: int) -> str:
        return f"{asking.to(by=by, row=row)}#table"

    earlier = to(max(0, first - _ROWS)) if first else ""
    return lines[first : first + _ROWS], earlier, to(first + _ROWS) if first + _ROWS < len(lines) else ""


def _corrections(closed: closing.Closed) -> str:
    """Say what changed in a closed month."""
    if not closed.cases:
        return ""
    said = [f"{MEASURES[name].label} {value:+d}" for name, value in closed.changes.items() if name not in PRIVATE]
    return _("其后 {count} 件案件有更正：{changes}").format(count=words.count(closed.cases), changes="、".join(said))


@require_safe
@staff_only(places.PERMISSION)
def indicators(request: HttpRequest) -> HttpResponse:
    """Show every indicator with its definition, numerator and denominator."""
    asked = cast("Request", request)
    asking = reading.read(asked)
    told, _weeks, _weekly = summed(asking)
    found = counting.indicator_rows(asking, told)
    return _page(
        asked, asking, "statistics_indicators", _("评价指标"),
        groups=[(name, list(rows)) for name, rows in groupby(found, key=lambda each: each.group)],
        than=told.than, as_of=told.as_of, file_url=asking.to("statistics_file", table="indicators"),
        closed=closing.closed(asking.period.month) if asking.period.month else None,
    )  # fmt: skip


@require_safe
@staff_only(places.PERMISSION)
def heat(request: HttpRequest) -> HttpResponse:
    """Show the numbers of the chart of hours, each with its cases."""
    asked = cast("Request", request)
    asking = reading.read(asked).of_all()
    if asking.place.kind == "unit":
        raise NotFound(_("单位没有按时段的统计。"))
    return _page(
        asked, asking, "statistics_heat", _("什么时候上报"), heat=counting.heat(asking), hours=range(24),
        as_of=folding.standing(at=asking.at).as_of, file_url=asking.to("statistics_file", table="heat"),
    )  # fmt: skip


@require_safe
@staff_only(places.PERMISSION)
def trends(request: HttpRequest) -> HttpResponse:
    """Show this week, month or year against the last, and what is unlike its own past."""
    asked = cast("Request", request)
    asking = reading.read(asked)
    cut = trending.grain(asked.GET.get("by", ""), periods.today(asked.at))
    what = asked.GET.get("what", "")
    what = what if what in trending.DRAWN else "reported"
    as_of = folding.standing(at=asking.at).as_of
    said = _("数据截至 {at}").format(at=words.instant(as_of or asked.at, asked.at))
    strange, week = trending.strange(asking) if not asking.facet else ([], "")
    return _page(
        asked, asking, "statistics_trends", _("趋势"), periods=[], period=None, cut=cut, as_of=as_of,
        trend=trending.trend(asking, cut, what, as_of=said),
        grains=trending.grain_tabs(asking, cut, what), drawn=trending.figure_tabs(asking, cut, what),
        strange=strange, week=week,
    )  # fmt: skip
