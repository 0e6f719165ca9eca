"""Statistics (统计): figures of a place in a period, each with its definition and the cases behind it; no persons."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console import counting
from lianxin.faces.console.counting import Asking, Line, Told
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.rows import rows
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Crumb, Kpi, Tab
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as units
from lianxin.insight.statistics import behind, closing, figures, folding, periods, places
from lianxin.insight.statistics.behind import Behind
from lianxin.insight.statistics.figures import Sums
from lianxin.insight.statistics.indicators import PRIVATE
from lianxin.insight.statistics.measures import MEASURES
from lianxin.insight.statistics.models import LateCorrection
from lianxin.insight.statistics.periods import Period
from lianxin.insight.statistics.places import Place
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.tables.writing import csv_text
from lianxin.work.cases.models import Case
from lianxin.work.cases.settings import flow_settings
from lianxin.work.dispatch.queries import catalogue

DOOR = "console:statistics"
_SIZE = 20
_CARDS = ("on_time", "late_open", "reworked", "filed", "satisfied")
_ROWS = 15  # of the table on one page
_UNIT_CARDS = ("on_time", "late_open", "reworked", "dispatched_right", "satisfied")


def _asking(request: Request) -> Asking:
    """Return place and period as the address says. Raises NotFound for a place one may not see, Invalid for others."""
    period = periods.read(request.GET.get("period") or periods.DEFAULT, at=request.at)
    return Asking(_place(request), _between(request, period), request.at, request.numbers)


def _place(request: Request) -> Place:
    found: Place | None
    if code := request.GET.get("unit"):
        unit = next((each for each in units.directory(request.numbers).by_id.values() if each.code == code), None)
        found = places.of_unit(unit.id, request.numbers) if unit else None
    elif code := request.GET.get("area"):
        known = areas.index(request.numbers).nodes.values()
        # An area in force before one that has ended under the same code.
        nodes = sorted((each for each in known if each.code == code), key=lambda each: each.valid_to is not None)
        found = places.of_area(nodes[0]) if nodes else None
    else:
        mine = places.own(request.actor, at=request.at, numbers=request.numbers)
        found = mine[0] if mine else None
    if found is None or not places.may_see(request.actor, found, request.numbers):
        raise NotFound(_("没有这个区域或单位的统计，或不在您的辖区。"))
    return found


def _between(request: Request, period: Period) -> Period:
    """Return the days from … to, where the address names them."""
    given = [request.GET.get(name, "") for name in ("from", "to")]
    if not all(given):
        return period
    try:
        first, last = (date.fromisoformat(each) for each in given)
    except ValueError as error:
        raise Invalid({"from": _("日期写成 2026-11-01 这样。")}) from error
    if first > last:
        raise Invalid({"from": _("开始日期在结束日期之后。")})
    today = words.local(request.at).date()
    return Period("", f"{words.day(first, today)}–{words.day(last, today)}", first, last)


@require_safe
@staff_only(places.PERMISSION)
def overview(request: HttpRequest) -> HttpResponse:
    """Show the figures of a place in a period."""
    asked = cast("Request", request)
    asking = _asking(asked)
    told, weeks, weekly = _told(asking)
    closed = closing.closed(asking.period.month) if asking.period.month else None
    chosen = _by(asked, asking)
    lines, earlier, later = _cut(asked, asking, chosen)
    return page(
        request, "console/statistics/overview.html", door=DOOR, title=_("统计"),
        where=asking.place, period=asking.period, crumbs=_crumbs(asked, asking), own=_own(asked, asking),
        periods=[
            Tab(asking.to(period=word), periods.read(word, at=asked.at).label, current=word == asking.period.word)
            for word in periods.WORDS
        ],
        cards=_cards(asking, told), funnel=counting.funnel(asking),
        chart=counting.trend(asking, weeks, weekly),
        heat=counting.heat(asking) if asking.place.kind != "unit" else None, heat_url=asking.to("statistics_heat"),
        indicators_url=asking.to("statistics_indicators"),
        tabs=_tabs(asking, chosen), headings=counting.headings(), lines=lines, least=counting.LEAST,
        earlier_url=earlier, later_url=later,
        files={name: asking.to("statistics_file", table=name) for name in ("weeks", "stages")}
        | {"lines": asking.to("statistics_file", table=chosen)},
        as_of=told.as_of, closed=closed,
        corrections=_corrections(closed) if closed and asking.place.kind == "city" else "",
        corrections_url=asking.to("statistics_corrections"),
    )  # fmt: skip


def _told(asking: Asking) -> tuple[Told, list[tuple[date, date]], Sequence[Sums]]:
    """Return the sums of the period, the one before, its line and twelve weeks. One statement for all."""
    period, then = asking.period, periods.before(asking.period)
    line, weeks = periods.line(period), periods.weeks(period.last)
    found = figures.sums(asking.place, [(period.first, period.last), (then.first, then.last), *line, *weeks])
    closed = figures.frozen(asking.place, period.month) if period.month else None
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


def _crumbs(request: Request, asking: Asking) -> list[Crumb]:
    """Return the way down to the place: what lies above it as links, where one may look."""
    place = asking.place
    if place.kind == "unit" or not place.area_id:
        return [Crumb(place.name)]
    node = areas.node(place.area_id, request.numbers)
    above = [areas.node(pk, request.numbers) for pk in node.path_ids] if node else []
    found = [each for one in above if one is not None and (each := places.of_area(one)) is not None]
    return [
        Crumb(each.name, asking.to(area=each.code) if each != place and _may(request, each) else "") for each in found
    ]


def _may(request: Request, place: Place) -> bool:
    return places.may_see(request.actor, place, request.numbers)


def _own(request: Request, asking: Asking) -> list[Tab]:
    """Return the places of one's posts to choose from, where there are several."""
    mine = places.own(request.actor, at=request.at, numbers=request.numbers)
    if len(mine) < 2:
        return []
    return [
        Tab(Asking(each, asking.period, asking.at, asking.numbers).to(), each.name, current=each == asking.place)
        for each in mine
    ]


def _by(request: Request, asking: Asking) -> str:
    """Return by what the table is told: below (areas), unit or major."""
    may_be = _tables(asking)
    given = request.GET.get("by", "")
    return given if given in may_be else next(iter(may_be))


def _tables(asking: Asking) -> dict[str, str]:
    below = {"city": _("按街道"), "street": _("按社区")}.get(asking.place.kind)
    found = {"below": below} if below else {}
    if asking.place.kind == "city":
        found["communities"] = _("按社区")
    if asking.place.kind != "unit":
        found["unit"] = _("按承办单位")
    return found | {"major": _("按大类")}


def _tabs(asking: Asking, chosen: str) -> list[Tab]:
    return [
        Tab(f"{asking.to(by=name)}#table", label, current=name == chosen) for name, label in _tables(asking).items()
    ]


def _cut(request: Request, asking: Asking, by: str) -> tuple[list[Line], str, str]:
    """Return the rows of the table that the address asks for, and the addresses of those before and after."""
    lines = _lines(asking, by)
    first = min(_whole(request, "row") or 0, len(lines))

    def to(row: int) -> str:
        return f"{asking.to(by=by, row=row)}#table"

    earlier = to(max(0, first - _ROWS)) if first else ""
    return lines[first : first + _ROWS], earlier, to(first + _ROWS) if first + _ROWS < len(lines) else ""


def _lines(asking: Asking, by: str) -> list[Line]:
    """Return the rows of the table: areas by code, units and categories with the most cases first."""
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
    return [_facet_line(asking, by, pk, sums) for pk, sums in ranked]


def _facet_line(asking: Asking, by: str, pk: int, sums: Sums) -> Line:
    if by == "unit":
        unit = places.of_unit(pk, asking.numbers)
        there = Asking(unit, asking.period, asking.at, asking.numbers).to() if unit else ""
        url = there if asking.place.kind == "city" else ""
        return counting.line(unit.name if unit else str(pk), sums, asking, url=url, by_unit=pk)
    known = catalogue(asking.numbers).by_id.get(pk)
    return counting.line(known.name if known else str(pk), sums, asking, major=pk)


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
    asking = _asking(cast("Request", request))
    told, _weeks, _weekly = _told(asking)
    return page(
        request, "console/statistics/indicators.html", door=DOOR, title=_("评价指标"), where=asking.place,
        period=asking.period, indicators=counting.indicator_rows(asking, told.now), as_of=told.as_of,
        back_url=asking.to(), file_url=asking.to("statistics_file", table="indicators"),
        closed=closing.closed(asking.period.month) if asking.period.month else None,
    )  # fmt: skip


@require_safe
@staff_only(places.PERMISSION)
def heat(request: HttpRequest) -> HttpResponse:
    """Show the numbers of the chart of hours, each with its cases."""
    asking = _asking(cast("Request", request))
    if asking.place.kind == "unit":
        raise NotFound(_("单位没有按时段的统计。"))
    return page(
        request, "console/statistics/heat.html", door=DOOR, title=_("什么时候上报"), where=asking.place,
        period=asking.period, heat=counting.heat(asking), hours=range(24), back_url=asking.to(),
        as_of=folding.standing(at=asking.at).as_of,
    )  # fmt: skip


@require_safe
@staff_only(places.PERMISSION)
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases behind a number: as many as it says."""
    asked = cast("Request", request)
    asking = _asking(asked)
    number = _number(asked, asking)
    total = behind.count(number)
    seen = behind.cases(number).filter(pk__in=Case.objects.visible_to(asked.actor).values("pk"))
    found = listed(request, seen, order=("-reported_at", "-id"), size=_SIZE, is_counted=False)
    return page(
        request, "console/statistics/cases.html", door=DOOR, title=_label(number, asked),
        where=asking.place, period=None if number.what == behind.OPEN else asking.period, total=total,
        hidden=0 if asked.actor.scope("cases.view").everywhere else total - seen.count(),
        rows=rows(found.items, at=asked.at, numbers=asked.numbers), pager=found.pager, back_url=asking.to(),
    )  # fmt: skip


def _number(request: Request, asking: Asking) -> Behind:
    """Return the number that the address asks for. Raises NotFound where there is none of that name."""
    what, without = request.GET.get("what", ""), request.GET.get("not", "")
    if not behind.is_known(what) or (without and without not in MEASURES):
        raise NotFound(_("没有这项统计。"))
    return Behind(
        what, asking.place, asking.period.first, asking.period.last, major_id=_whole(request, "major"),
        unit_id=_whole(request, "by_unit"), weekday=_whole(request, "weekday"), hour=_whole(request, "hour"),
        is_not=without,
    )  # fmt: skip


def _whole(request: Request, name: str) -> int | None:
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 12 else None


def _label(number: Behind, request: Request) -> str:
    """Say what a list holds."""
    if number.what == behind.OPEN:
        return _("在办")
    if number.what in MEASURES:
        label = str(MEASURES[number.what].label)
        if number.is_not:
            label = _("{label}，不含{without}").format(label=label, without=MEASURES[number.is_not].label)
    else:
        stage = flow_settings(request.numbers).stage_label(number.what.rpartition("-")[2])
        label = _("走完“{stage}”").format(stage=stage)
    more = [
        known.name for known in [catalogue(request.numbers).by_id.get(number.major_id or 0)] if known is not None
    ] + ([unit.name] if number.unit_id and (unit := places.of_unit(number.unit_id, request.numbers)) else [])
    if number.weekday is not None and 1 <= number.weekday <= 7:
        more.append(words.WEEKDAYS[number.weekday - 1])
    if number.hour is not None:
        more.append(_("{hour} 点").format(hour=number.hour))
    return " · ".join([label, *more])


@require_safe
@staff_only(places.PERMISSION)
def corrections(request: HttpRequest) -> HttpResponse:
    """List the cases whose part in a closed month changed afterwards."""
    asked = cast("Request", request)
    asking = _asking(asked)
    month = asking.period.month
    if month is None or asking.place.kind != "city" or (closed := closing.closed(month)) is None:
        raise NotFound(_("这个月没有封存，或不在您的辖区。"))
    changed = LateCorrection.objects.filter(month=month).values("case_id")
    seen = Case.objects.visible_to(asked.actor).filter(pk__in=changed)
    found = listed(request, seen, order=("-reported_at", "-id"), size=_SIZE, is_counted=False)
    return page(
        request, "console/statistics/cases.html", door=DOOR, title=_("封存后更正的案件"), where=asking.place,
        period=asking.period, total=closed.cases, hidden=0,
        rows=rows(found.items, at=asked.at, numbers=asked.numbers), pager=found.pager, back_url=asking.to(),
    )  # fmt: skip


@require_safe
@staff_only(places.PERMISSION)
def file(request: HttpRequest) -> HttpResponse:
    """Give one of the page's tables as CSV."""
    asked = cast("Request", request)
    asking = _asking(asked)
    name = asked.GET.get("table", "")
    told = _file_rows(asking, name)
    if told is None:
        raise NotFound(_("没有这张表。"))
    as_of = folding.standing(at=asked.at).as_of
    note = [
        asking.place.name,
        asking.period.label,
        _("数据截至 {at}").format(at=words.instant(as_of or asked.at, asked.at)),
    ]
    response = HttpResponse(csv_text([note, *told]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="statistics-{name}-{asking.period.first:%Y%m%d}.csv"'
    return response


def _file_rows(asking: Asking, name: str) -> list[list[str]] | None:
    if name in _tables(asking):
        lines = _lines(asking, name)
        return [
            [_("名称"), *counting.headings()],
            *([each.name, *(cell.said for _head, cell in each.cells)] for each in lines),
        ]
    if name == "stages":
        head = [_("阶段"), _("件数"), _("中位（小时）"), _("九成以内（小时）"), _("平均时限（小时）")]
        stages = counting.funnel(asking)
        hours = [[row.median / 3600, row.p90 / 3600, row.limit / 3600] for row in stages]
        told = [[f"{each:.1f}" for each in one] for one in hours]
        return [head, *([row.label, str(row.count), *said] for row, said in zip(stages, told, strict=True))]
    told_sums, weeks, weekly = _told(asking)
    if name == "weeks":
        chart = counting.trend(asking, weeks, weekly)
        found = chart.rows if chart else ()
        return [[_("周"), _("上报"), _("办结")], *([week, came.said, went.said] for week, came, went in found)]
    if name == "indicators":
        indicators = counting.indicator_rows(asking, told_sums.now)
        head = [_("指标"), _("数值"), _("分子"), _("分母"), _("口径")]
        return [
            head,
            *([row.label, row.value, row.numerator.said, row.denominator.said, row.definition] for row in indicators),
        ]
    return None
