"""Acts on many cases at once: a preview that names each, the act, and what became of each."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianxin.faces.console import batching, doing
from lianxin.faces.console.batching import MOST, BatchAct, Chosen
from lianxin.faces.console.choosing import Choosing
from lianxin.faces.console.forming import ActForm, act_form
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.rows import Row, rows
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.parts import words
from lianxin.foundation.audit import actions as audit
from lianxin.insight.views import reading
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound
from lianxin.kernel.paging import page as cut
from lianxin.work.cases import queries
from lianxin.work.cases.models import Case

_EXPORT = "export"


@require_POST
@staff_only("cases.view", "cases.handle")
def preview(request: HttpRequest) -> HttpResponse:
    """Tell what an act would do to each chosen case; `export` gives them as a file at once."""
    asked = cast("Request", request)
    chosen = _chosen(asked)
    if request.POST.get("act") == _EXPORT:
        return _export(asked, chosen)
    act = _act(asked)
    if not chosen:
        return doing.go_on(request, _back(request), said=_("先选几件：按 X，或点行首的方框。"))
    return _previewed(asked, act, chosen, client_id=doing.new_client_id())


@require_POST
@staff_only("cases.view", "cases.handle")
def do(request: HttpRequest) -> HttpResponse:
    """Take the act on each, and tell what became of each."""
    asked = cast("Request", request)
    act = _act(asked)
    given = _given(request.POST)
    batch_id = ids.parse(request.POST.get("client_id", ""), field="client_id")
    try:
        data = batching.told(act.name, request.POST)
    except Invalid as invalid:
        cases = batching.found(asked.actor, [each.number for each in given])
        return _previewed(asked, act, cases, client_id=str(batch_id), faults=invalid.fields)
    results = batching.take(asked, act, given, data, batch_id=batch_id)
    done = [result for result in results if not result.refusal]
    return page(
        request, "console/batch_done.html", door="console:seat", title=_("批量办理"), act=act, done=done,
        refused=[result for result in results if result.refusal], out=[each for each in done if each.is_out],
        back=_back(request), again_id=UUID(int=batch_id.int ^ 1),
    )  # fmt: skip


def _previewed(
    asked: Request, act: BatchAct, cases: Sequence[Case], *, client_id: str, faults: dict[str, str] | None = None
) -> HttpResponse:
    shown = batching.lines(asked, act, cases)
    able = [line for line in shown if not line.refusal]
    form = _form(asked, act, able[0].case if able else None)
    if form is not None and faults:
        form.blame(faults)
    return page(
        asked, "console/batch.html", door="console:seat", title=_("批量办理"), act=act, form=form,
        able=able, refused=[line for line in shown if line.refusal], client_id=client_id, back=_back(asked),
        most=MOST if len(cases) >= MOST else 0, status=422 if faults else 200,
    )  # fmt: skip


def _form(asked: Request, act: BatchAct, case: Case | None) -> ActForm | None:
    """Return what is told once for all of them."""
    schema = batching.schema_of(act.name)
    if schema is None or case is None:
        return None
    typed: Any = asked.POST if asked.path == reverse("console:batch_do") else None
    form = act_form(act.name, schema, Choosing(case, asked.actor, asked.at, asked.numbers), data=typed)
    shared = set(batching.shared_fields(schema))
    for name in list(form.fields):
        if name.split(".")[0] not in shared:
            del form.fields[name]
    return form


def _act(asked: Request) -> BatchAct:
    act = batching.ACTS.get(asked.POST.get("act", ""))
    if act is None:
        raise NotFound(_("没有这种操作。"))
    if not any(asked.actor.may(permission) for permission in act.permissions):
        raise NotAllowed("not_yours", _("“%(act)s”不由您的岗位来做。") % {"act": act.label})
    return act


def _chosen(asked: Request) -> list[Case]:
    """Return the ticked cases, or with `all` the first hundred of the list the words tell of."""
    if "all" not in asked.POST:
        return batching.found(asked.actor, asked.POST.getlist("case"))
    query = QueryDict(asked.POST.get("words", "")[:2000])
    read = reading.read_at_seat if asked.POST.get("page") == "seat" else reading.read
    filters = read(query, at=asked.at, numbers=asked.numbers)
    found = cut(queries.queue(asked.actor, filters, at=asked.at), order=filters.ordering, after=None, size=MOST)
    return batching.found(asked.actor, [case.number for case in found.items])


def _given(form: QueryDict) -> list[Chosen]:
    """Read lines of number, version seen and category, as the preview wrote them."""
    found = []
    for line in form.getlist("line")[:MOST]:
        number, version, code = [*line.split(" "), "", ""][:3]
        seen = int(version) if version.isdecimal() and len(version) < 10 else None
        found.append(Chosen(number, seen, code))
    return found


def _back(request: HttpRequest) -> str:
    return doing.next_url(request, reverse("console:seat"))


def _export(asked: Request, cases: Sequence[Case]) -> HttpResponse:
    """Give the chosen cases as a table, without who reported; what was taken out is recorded."""
    if not asked.actor.may("cases.export"):
        raise NotAllowed("not_yours", _("您的岗位不能导出案卷。"))
    shown = rows(cases, at=asked.at, numbers=asked.numbers)
    response = HttpResponse("".join(_csv(shown)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-{asked.at:%Y%m%d-%H%M}.csv"'
    audit.record(
        asked.actor, "cases.export", at=asked.at, subject_kind="case", subject_label=_("选出的 %(count)d 件") % {
            "count": len(shown)
        }, fields=("number", "title", "place"), address=address_of(asked), detail={"count": len(shown)},
    )  # fmt: skip
    return response


def _csv(shown: Sequence[Row]) -> Iterator[str]:
    yield "\ufeff"  # tells spreadsheets that it is UTF-8
    yield _line((
        _("编号"), _("标题"), _("地点"), _("分类"), _("阶段"), _("承办"), _("来源"), _("上报"), _("到期"), _("办结"),
    ))  # fmt: skip
    for row in shown:
        due = row.chip.due if row.chip else None
        yield _line((
            row.number, row.title, row.place, row.category, row.stage_label, row.unit, row.source,
            words.full_instant(row.reported_at), words.full_instant(due) if due else "",
            words.full_instant(row.ended_at) if row.ended_at else "",
        ))  # fmt: skip


def _line(values: Sequence[str]) -> str:
    # A cell that begins like a formula is none.
    safe = [f"'{value}" if value[:1] in {"=", "+", "-", "@"} else value for value in values]
    out = StringIO()
    csv.writer(out).writerow(safe)
    return out.getvalue()
