"""The cases behind the numbers of statistics, and their tables as files."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console import asking as reading
from lianxin.faces.console import breakdown, counting, taking
from lianxin.faces.console.asking import Asking
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.rows import rows
from lianxin.faces.console.views.statistics import DOOR, summed
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import FunnelRow
from lianxin.insight.statistics import behind, closing, folding, places
from lianxin.insight.statistics.behind import Behind
from lianxin.insight.statistics.measures import MEASURES
from lianxin.insight.statistics.models import LateCorrection
from lianxin.insight.tables import lists
from lianxin.kernel.errors import NotFound
from lianxin.kernel.tables.writing import csv_text
from lianxin.work.cases.models import Case
from lianxin.work.cases.settings import flow_settings
from lianxin.work.dispatch.queries import catalogue

_SIZE = 20


@require_safe
@staff_only(places.PERMISSION)
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases behind a number: as many as it says."""
    asked = cast("Request", request)
    asking = reading.read(asked)
    number = _number(asked, asking)
    total = behind.count(number)
    seen = behind.cases(number).filter(pk__in=Case.objects.visible_to(asked.actor).values("pk"))
    found = listed(request, seen, order=("-reported_at", "-id"), size=_SIZE, is_counted=False)
    return page(
        request, "console/statistics/cases.html", door=DOOR, title=_label(number, asked),
        where=asking.place, period=None if behind.is_of_now(number.what) else asking.period, total=total,
        hidden=0 if asked.actor.scope("cases.view").everywhere else total - seen.count(),
        rows=rows(found.items, at=asked.at, numbers=asked.numbers), pager=found.pager, back_url=asking.of_all().to(),
        as_of=folding.standing(at=asked.at).as_of,
        export_url=taking.export_url(
            asked, lists.of_number(number), f"{asking.place.name} · {_label(number, asked)}"
        ),
    )  # fmt: skip


def _number(request: Request, asking: Asking) -> Behind:
    """Return the number that the address asks for. Raises NotFound where there is none of that name."""
    what, without = request.GET.get("what", ""), request.GET.get("not", "")
    if not behind.is_known(what) or (without and without not in MEASURES):
        raise NotFound(_("没有这项统计。"))
    return Behind(
        what, asking.place, asking.period.first, asking.period.last, major_id=reading.whole(request, "major"),
        unit_id=reading.whole(request, "by_unit"), channel=reading.whole(request, "channel"),
        weekday=reading.whole(request, "weekday"), hour=reading.whole(request, "hour"), is_not=without,
    )  # fmt: skip


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
        says = _("现在在“{stage}”") if number.what.startswith(behind.STAND) else _("走完“{stage}”")
        label = says.format(stage=stage)
    more = [
        known.name for known in [catalogue(request.numbers).by_id.get(number.major_id or 0)] if known is not None
    ] + ([unit.name] if number.unit_id and (unit := places.of_unit(number.unit_id, request.numbers)) else [])
    if number.channel and (channel := reading.channel_name(number.channel)):
        more.append(channel)
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
    asking = reading.read(asked)
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
    asking = reading.read(asked)
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
    if name in breakdown.tables(asking):
        return [
            [_("名称"), *counting.headings()],
            *([each.name, *(cell.said for _head, cell in each.cells)] for each in breakdown.lines(asking, name)),
        ]
    if name in {"stages", "standing"}:
        return _stages(counting.funnel(asking) if name == "stages" else counting.standing_funnel(asking))
    if name == "heat":
        drawn = counting.heat(asking) if asking.place.kind != "unit" else None
        days = [[day, *(cell.said for _shade, cell in cells)] for day, cells, _sum in drawn.rows] if drawn else []
        return [[_("钟点"), *map(str, range(24))], *days]
    told, weeks, weekly = summed(asking)
    if name == "weeks":
        chart = counting.trend(asking, weeks, weekly)
        found = chart.rows if chart else ()
        return [[_("周"), _("上报"), _("办结")], *([week, came.said, went.said] for week, came, went in found)]
    if name == "indicators":
        head = [_("指标"), _("数值"), told.than, _("分子"), _("分母"), _("公式"), _("这里怎么算")]
        return [
            head,
            *(
                [row.label, row.value, row.change, row.numerator.said, row.denominator.said, row.formula,
                 row.definition]
                for row in counting.indicator_rows(asking, told)
            ),
        ]  # fmt: skip
    return None


def _stages(stages: list[FunnelRow]) -> list[list[str]]:
    head = [_("阶段"), _("件数"), _("中位（小时）"), _("九成以内（小时）"), _("平均时限（小时）")]
    hours = [[row.median / 3600, row.p90 / 3600, row.limit / 3600] for row in stages]
    told = [[f"{each:.1f}" for each in one] for one in hours]
    return [head, *([row.label, str(row.count), *said] for row, said in zip(stages, told, strict=True))]
