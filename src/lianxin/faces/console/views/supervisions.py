"""督办: what leaders and supervisors pressed for, until it is answered; what was answered, and how late."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console import commanding
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.rows import Chip, chip_of, place_of
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.parts import words
from lianxin.foundation.audit import actions as audit
from lianxin.foundation.organizations.queries import unit as unit_node
from lianxin.kernel.errors import NotAllowed, Refused
from lianxin.kernel.tables.writing import csv_text
from lianxin.kernel.text import mask_name
from lianxin.work.cases.models import Case, Supervision
from lianxin.work.cases.queries import supervisions as queries

_SIZE, _MOST = 20, 5000
_EXPORT = "cases.export"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing pressed for."""

    asked: Supervision
    kind: str
    case: Case
    place: str
    unit: str
    who: str
    chip: Chip | None
    answered_by: str
    late: str
    answer_url: str


@require_safe
@staff_only(*commanding.MAY_SEE_SUPERVISIONS)
def supervisions(request: HttpRequest) -> HttpResponse:
    """List what was pressed for."""
    asked = cast("Request", request)
    wanted = _wanted(request)
    found = listed(request, queries.supervisions(asked.actor, wanted, at=asked.at), order=queries.order(wanted),
                   size=_SIZE)  # fmt: skip
    counts = queries.supervision_counts(asked.actor, at=asked.at)
    return page(
        request, "console/command/supervisions.html", door=commanding.SUPERVISIONS, title=_("督办"),
        tabs=commanding.tabs_of(request.path, queries.WANTED, wanted, counts), shown=wanted,
        rows=[_line(each, asked) for each in found.items], pager=found.pager, total=found.total,
        late=counts["late"],
        export_url=f"{reverse('console:supervisions_file')}?list={wanted}"
        if found.total and asked.actor.may(_EXPORT) else "",
    )  # fmt: skip


def _wanted(request: HttpRequest) -> str:
    given = request.GET.get("list", "")
    return given if given in queries.WANTED else "open"


@require_safe
@staff_only(*commanding.MAY_SEE_SUPERVISIONS)
def file(request: HttpRequest) -> HttpResponse:
    """Give a whole list as CSV, as the page shows it; what was taken out is recorded."""
    asked = cast("Request", request)
    if not asked.actor.may(_EXPORT):
        raise NotAllowed("not_yours", _("您的岗位不能导出督办清单。"))
    wanted = _wanted(request)
    found = list(queries.supervisions(asked.actor, wanted, at=asked.at).order_by(*queries.order(wanted))[: _MOST + 1])
    if len(found) > _MOST:
        raise Refused("too_many", _("超过 {most} 条，请先选小一些的清单。").format(most=_MOST))
    head = [
        _("编号"), _("标题"), _("地点"), _("谁提的"), _("方式"), _("提出"), _("要求"), _("谁在办"), _("限期"),
        _("答复"), _("谁答复"), _("答复时间"), _("晚了多久"),
    ]  # fmt: skip
    lines = [_cells(_line(each, asked)) for each in found]
    response = HttpResponse(csv_text([head, *lines]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="supervisions-{asked.at:%Y%m%d-%H%M}.csv"'
    audit.record(
        asked.actor, "cases.export", at=asked.at, subject_kind="case",
        subject_label=_("督办清单 {count} 条").format(count=len(found)), fields=("number", "title", "place", "words"),
        address=address_of(asked), detail={"count": len(found)},
    )  # fmt: skip
    return response


def _cells(row: Line) -> list[str]:
    told = row.asked
    return [
        row.case.number, row.case.title, row.place, row.who, row.kind, _moment(told.asked_at), told.words, row.unit,
        _moment(told.due_at), told.answer, row.answered_by, _moment(told.answered_at), row.late,
    ]  # fmt: skip


def _moment(at: datetime | None) -> str:
    return words.full_instant(at) if at else ""


def _line(asked_for: Supervision, asked: Request) -> Line:
    case, at = asked_for.case, asked.at
    lead = unit_node(case.lead_unit_id, asked.numbers) if case.lead_unit_id is not None else None
    waits = asked_for.answered_at is None and case.ended_at is None
    end: datetime = asked_for.answered_at or case.ended_at or at
    is_able = asked.actor.may("cases.annotate")
    return Line(
        asked=asked_for,
        kind=str(asked_for.get_kind_display()),
        case=case,
        place=place_of(case, asked.numbers),
        unit=(lead.short_name or lead.name) if lead else _("还没派给单位"),
        who=mask_name(asked_for.by.name) if asked_for.by else _("系统"),
        chip=chip_of(at=at, due=asked_for.due_at, warn_at=None, paused=False, until=None, calendar=None)
        if waits
        else None,
        answered_by=mask_name(asked_for.answered_by.name) if asked_for.answered_by else "",
        late=commanding.late_by(asked_for.due_at, end),
        answer_url=reverse("console:act", args=[case.number, "answer_supervision"]) if waits and is_able else "",
    )
