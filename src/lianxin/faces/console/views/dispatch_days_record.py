"""What is left of a dispatch day: the record to print, the list as a file, and whether promises were kept."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianxin.faces.console import dayshow
from lianxin.faces.console.dayshow import DOOR, day_of, name_of, rights, url_of
from lianxin.faces.console.doing import next_url
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, done
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Crumb
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.errors import LianxinError, NotAllowed, NotFound
from lianxin.kernel.tables.writing import csv_text
from lianxin.work.dispatchdays import actions, queries
from lianxin.work.dispatchdays.models import LEAD, PREPARE, Promise

from .dispatch_days import PERMISSIONS


@require_safe
@staff_only(*PERMISSIONS)
def record(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the record of a day, made for paper: posts and units, no person."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    can = rights(asked.actor, found)
    area = areas.node(found.area_id, asked.numbers)
    here = words.local(found.starts_at)
    invited = queries.invited(found)
    came = [each.unit.short_name or each.unit.name for each in invited if each.arrived_at is not None]
    away = [each.unit.short_name or each.unit.name for each in invited if each.arrived_at is None]
    return page(
        request, "console/leading/record.html", door=DOOR, title=_("调度日记录"), day=found,
        area=area.name if area else "",
        date=f"{here.year}年{here.month}月{here.day}日", hours=dayshow.hours_of(found), came=came, away=away,
        rows=[row for row in dayshow.item_rows(asked, found, can) if row.is_whole],
        promised=[
            dayshow.promise_row(each)
            for each in queries.promises(dayshow.promises_of(found), at=asked.at)
            if can.keeps or each.promise.unit_id in can.units
        ],
        crumbs=[Crumb(name_of(found, asked.at), url_of(found)), Crumb(_("记录"))], file_url=url_of(found, "day_file"),
    )  # fmt: skip


@require_safe
@staff_only(PREPARE, LEAD)
def file(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the list of a day as CSV."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    head = [
        _("序号"),
        _("编号"),
        _("议题"),
        _("为什么"),
        _("单位"),
        _("结果"),
        _("决定"),
        _("牵头、配合、时限"),
        _("承诺"),
    ]
    lines = []
    for row in dayshow.item_rows(asked, found, rights(asked.actor, found)):
        promised = "；".join(f"{each.unit}：{each.told.promise.words}（{each.said}）" for each in row.promises)
        decision = row.decision.words if row.decision else ""
        lines.append([
            str(row.number), row.case.number if row.case else "", row.title, "、".join(row.why), "、".join(row.units),
            row.state, decision, row.decided, promised,
        ])  # fmt: skip
    response = HttpResponse(csv_text([head, *lines]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="dispatch-day-{words.local(found.starts_at):%Y%m%d}.csv"'
    return response


@require_POST
@staff_only(PREPARE, LEAD)
def judge(request: HttpRequest, key: UUID, promise_key: UUID) -> HttpResponse:
    """Say whether a promise about a question was kept."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    promise = Promise.objects.filter(key=promise_key, item__day=found).first()
    if promise is None:
        raise NotFound(_("没有这个承诺。"))
    url = next_url(request, url_of(found))
    try:
        actions.judge(
            asked.actor, promise=promise, is_kept=request.POST.get("kept") == "1",
            remark=request.POST.get("remark", ""), at=asked.at,
        )  # fmt: skip
    except NotAllowed:
        raise
    except LianxinError as error:
        return done(request, Done(url, error.sentence))
    return done(request, Done(url, _("记下了")))
