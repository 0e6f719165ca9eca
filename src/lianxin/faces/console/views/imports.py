"""Imports (导入): the wizard of five steps, each of which may be left and taken up again."""

from datetime import datetime, time
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console import flash, importing
from lianxin.faces.console.forms_imports import FileForm, PlaceForm, WhenForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.hub import Card, card, concern
from lianxin.faces.console.importing import url
from lianxin.faces.console.lookups import area_name
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, faults_into
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.words import PLACE
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound
from lianxin.kernel.paging import page as cut
from lianxin.registry.imports import actions, papers, queries, working
from lianxin.registry.imports.models import ImportRun
from lianxin.registry.imports.targets.registry import TARGETS, fields_of, target

DOOR = "console:base"
State = ImportRun.State
SEEN_BY = (*dict.fromkeys(each.permission for each in TARGETS.values()), "sources.manage")
_BUSY = {State.READING, State.CHECKING, State.APPLYING, State.UNDOING}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@card(80, on="base")
def imports_card(asked: Request) -> Card | None:
    """导入."""
    if not any(map(asked.actor.may, SEEN_BY)):
        return None
    mine = ImportRun.objects.filter(account_id=asked.actor.account_id)
    open_ones = mine.filter(state__in=[State.UPLOADED, State.CHECKED]).count()
    line = _("人口、房屋、单位、网格表格，查好再进库")
    return Card(_("导入"), reverse("console:imports"), "upload", line, concern(open_ones, "%d 次导入还没办完"))


def _allowed(asked: Request) -> list[Any]:
    return [each for each in TARGETS.values() if asked.actor.may(each.permission)]


def _run(asked: Request, key: UUID) -> ImportRun:
    return actions.owned(asked.actor, key)


def _mine(asked: Request, run: ImportRun) -> bool:
    return run.account_id == asked.actor.account_id


@require_safe
@staff_only(*SEEN_BY)
def imports(request: HttpRequest) -> HttpResponse:
    """Show what may be brought in, and the runs so far."""
    asked = cast("Request", request)
    found = ImportRun.objects.visible_to(asked.actor).exclude(state=State.DISCARDED).defer("glimpse", "words")
    rows = cut(found, order=["-id"], after=request.GET.get("after"), size=20)
    runs = [
        {"run": run, "url": importing.home(run), "target": TARGETS[run.target].label, "good": importing.good(run),
         "is_mine": _mine(asked, run), "todo": run.counts.get("wrong", 0) + run.counts.get("ask", 0)}
        for run in rows.items
        if run.target in TARGETS
    ]  # fmt: skip
    return page(
        request, "console/imports/imports.html", door=DOOR, title=_("导入"), targets=_allowed(asked), runs=runs,
        next_url=f"?{urlencode({'after': rows.next})}" if rows.next else "",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(*SEEN_BY)
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Step 1: choose the file."""
    asked, wanted = cast("Request", request), target(code)
    if not asked.actor.may(wanted.permission):
        raise NotAllowed("not_yours", _("您的岗位不能导入{label}。").format(label=wanted.label))
    is_sent = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if is_sent else FileForm()
    if is_sent and form.is_valid():
        with faults_into(form):
            file = form.cleaned_data["file"]
            post = asked.actor.post
            run = actions.bring(
                asked.actor, target_code=code, name=file.name, data=file.read(), at=asked.at,
                area_id=_own_area(asked), unit_id=post.unit_id if post else None,
            )  # fmt: skip
            return HttpResponseRedirect(url(run, "import_columns"))
    return page(
        request, "console/imports/file.html", door=DOOR, title=_("导入{label}").format(label=wanted.label), form=form,
        target=wanted, steps=importing.steps(None), status=422 if form.errors else 200,
    )  # fmt: skip


def _own_area(asked: Request) -> int | None:
    post = asked.actor.post
    return post.area_id if post and post.area_level in {"grid", "community"} else None


@require_safe
@staff_only(*SEEN_BY)
def template(request: HttpRequest, code: str) -> HttpResponse:
    """Give the empty table with its heads, examples and words."""
    wanted = target(code)
    if not cast("Request", request).actor.may(wanted.permission):
        raise NotAllowed("not_yours", _("您的岗位不能导入{label}。").format(label=wanted.label))
    return _file(papers.template(code), f"{wanted.label}导入模板.xlsx")


@require_safe
@staff_only(*SEEN_BY)
def how(request: HttpRequest, code: str) -> HttpResponse:
    """Tell how a table is filled in."""
    wanted = target(code)
    return page(
        request, "console/imports/how.html", door=DOOR, title=_("怎样填{label}表").format(label=wanted.label),
        target=wanted, fields=wanted.fields,
    )  # fmt: skip


def _file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=_XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{urlencode({'': name})[1:]}"
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@staff_only(*SEEN_BY)
def run(request: HttpRequest, key: UUID) -> HttpResponse:
    """Lead to where a run goes on."""
    return HttpResponseRedirect(importing.home(_run(cast("Request", request), key)))


def _step(request: HttpRequest, run: ImportRun, number: int, template_name: str, **context: Any) -> HttpResponse:
    asked = cast("Request", request)
    return page(
        request, f"console/imports/{template_name}.html", door=DOOR,
        title=_("导入{label}").format(label=target(run.target).label), run=run, target=target(run.target),
        steps=importing.steps(run), step=number, is_mine=_mine(asked, run), is_busy=run.state in _BUSY,
        share=run.progress / run.total if run.total else 0.0, **context,
    )  # fmt: skip


@require_safe
@staff_only(*SEEN_BY)
def progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say how far a job is; once it is done, lead the page on."""
    asked = cast("Request", request)
    run = _run(asked, key)
    actions.wake(run, at=asked.at)
    if run.state not in _BUSY and request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = importing.home(run)
        return response
    if run.state not in _BUSY:
        return HttpResponseRedirect(importing.home(run))
    share = run.progress / run.total if run.total else 0.0
    return render(request, "console/imports/progress.html", {"run": run, "share": share})


@require_http_methods(["GET", "POST"])
@staff_only(*SEEN_BY)
def columns(request: HttpRequest, key: UUID) -> HttpResponse:
    """Step 2: which column is which."""
    asked = cast("Request", request)
    run = _run(asked, key)
    if run.state not in {State.READING, State.UNREADABLE, State.UPLOADED, State.CHECKED}:
        return HttpResponseRedirect(importing.home(run))
    if run.state in {State.READING, State.UNREADABLE}:
        return _step(request, run, 2, "columns")
    faults: dict[str, str] = {}
    given = {code: request.POST.get(f"column-{code}", "") for code in fields_of(run.target)}
    own = areas.node(run.area_id, asked.numbers) if run.area_id else None
    place = PlaceForm(request.POST or None, asked=asked, initial={"area": area_name(own) if own else ""})
    if request.method == "POST":
        wanted = {code: int(text) for code, text in given.items() if text.isdecimal() and len(text) < 4}
        if place.is_valid():
            area = place.cleaned_data["area"]
            try:
                actions.choose_columns(
                    asked.actor, run=run, mapping=wanted, at=asked.at, area_id=area.id if area else None
                )
            except Invalid as invalid:
                faults = dict(invalid.fields)
            else:
                return HttpResponseRedirect(url(run, "import_check"))
    matched = queries.matches(run)
    seen = working.glimpse_of(run)
    fields = [_matched(field, given if request.method == "POST" else None, matched, seen, faults)
              for field in fields_of(run.target).values()]  # fmt: skip
    used = {one["column"] for one in fields}
    return _step(
        request, run, 2, "columns", fields=fields, seen=seen, form=place,
        rest=[name for number, name in enumerate(seen.get("columns", [])) if number not in used], faults=faults,
        heads=list(range(1, 21)), status=422 if faults or place.errors else 200,
    )  # fmt: skip


def _matched(field: Any, given: Any, matched: Any, seen: dict[str, Any], faults: dict[str, str]) -> dict[str, Any]:
    match = matched.get(field.code)
    column = match.column if match else None
    if given is not None:
        column = int(given[field.code]) if given[field.code].isdecimal() else None
    rows = [cells for _number, cells in seen.get("rows", [])]
    samples = [] if column is None else [cells[column] for cells in rows if column < len(cells) and cells[column]]
    mask = importing.MASKS.get(field.mask)
    shown = list(dict.fromkeys(mask(one) if mask else one for one in samples))[:3]
    why = {"name": _("按列名"), "last": _("上次这样选"), "content": _("按内容")}
    return {
        "field": field, "column": column, "samples": shown, "fault": faults.get(field.code, ""),
        "why": why.get(match.why, "") if match and match.column == column else "",
    }  # fmt: skip


@require_POST
@staff_only(*SEEN_BY)
def sheet(request: HttpRequest, key: UUID) -> HttpResponse:
    """Read another sheet, or another row as the head."""
    asked = cast("Request", request)
    run = _run(asked, key)
    given = request.POST.get("head_row", "")
    head = int(given) if given.isdecimal() and len(given) < 4 else None
    actions.choose_sheet(asked.actor, run=run, sheet=request.POST.get("sheet", ""), head_row=head, at=asked.at)
    return HttpResponseRedirect(url(run, "import_columns"))


def _number(request: HttpRequest, name: str) -> int:
    given = request.GET.get(name) or request.POST.get(name) or ""
    return int(given) if given.isdecimal() and len(given) < 9 else 0


@require_safe
@staff_only(*SEEN_BY)
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """Step 3: what is right, what is not, and what to do about it."""
    asked = cast("Request", request)
    run = _run(asked, key)
    if run.state not in {State.CHECKING, State.CHECKED}:
        return HttpResponseRedirect(importing.home(run))
    if run.state == State.CHECKING:
        return _step(request, run, 3, "check")
    todo = run.counts.get("wrong", 0) + run.counts.get("ask", 0)
    show = request.GET.get("show", "todo" if todo else "all")
    mark = request.GET.get("mark", "")[:120]
    found = queries.window(run, show, mark=mark, after=_number(request, "after"), before=_number(request, "before"))
    kept = {name: request.GET[name] for name in ("show", "mark") if name in request.GET}
    return _step(
        request, run, 3, "check", good=importing.good(run), todo=todo, counts=run.counts, show=show, mark=mark,
        tabs=importing.tabs(run, show),
        columns=importing.columns(run, importing.troubled(found.rows)), groups=queries.groups(run),
        lines=importing.lines(run, found.rows, is_mine=_mine(asked, run), editing=_number(request, "edit")),
        here=request.get_full_path(),
        next_url=url(run, "import_check", **kept, after=found.after) if found.after else "",
        previous_url=url(run, "import_check", **kept, before=found.before) if found.before else "",
    )  # fmt: skip


def _back(request: HttpRequest, run: ImportRun, said: str = "") -> HttpResponse:
    """Lead back to where the row was pressed."""
    wanted = request.POST.get("next", "")
    own = url(run, "import_check")
    response = HttpResponseRedirect(wanted if wanted.startswith((f"{own}?", f"{own}#")) else own)
    if said:
        flash.say(request, response, said)
    return response


@require_POST
@staff_only(*SEEN_BY)
def row(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Write into a row, press what it offers, or leave it out."""
    asked = cast("Request", request)
    run = _run(asked, key)
    if "choice" in request.POST or "every" in request.POST:
        everywhere = "every" in request.POST
        place, choice = _pair(request.POST.get("every") or request.POST.get("choice") or "")
        mended = actions.remedy(
            asked.actor, run=run, number=number, problem=place, choice=choice, everywhere=everywhere, at=asked.at
        )
        return _back(request, run, _("{count} 行照此办了").format(count=mended) if everywhere else "")
    if "out" in request.POST:
        actions.leave_out(asked.actor, run=run, number=number, at=asked.at, out=request.POST["out"] == "1")
        return _back(request, run)
    cells = {name.removeprefix("cell-"): str(text) for name, text in request.POST.items() if name.startswith("cell-")}
    actions.edit(asked.actor, run=run, number=number, cells=cells, at=asked.at)
    return _back(request, run)


def _pair(text: str) -> tuple[int, int]:
    place, _dot, choice = text.partition(".")
    if not (place.isdecimal() and choice.isdecimal() and len(text) < 8):
        raise NotFound(_("没有这个选择。"))
    return int(place), int(choice)


@require_POST
@staff_only(*SEEN_BY)
def group(request: HttpRequest, key: UUID) -> HttpResponse:
    """Do the first thing offered for all rows with one kind of problem."""
    asked = cast("Request", request)
    run = _run(asked, key)
    mended = actions.remedy_all(asked.actor, run=run, group=request.POST.get("mark", "")[:120], at=asked.at)
    return _back(request, run, _("{count} 行照此办了").format(count=mended))


@require_safe
@staff_only(*SEEN_BY)
def wrong_rows(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the rows that are wrong, each with what is wrong with it; who brought them gets them as they were."""
    asked = cast("Request", request)
    run = _run(asked, key)
    if not _mine(asked, run):
        raise NotAllowed("import_of_another", _("有错的行只给导入人本人下载。"))
    return _file(papers.wrong_rows(run), f"有错的行-{run.file_name.rsplit('.', 1)[0]}.xlsx")


@require_safe
@staff_only(*SEEN_BY)
def preview(request: HttpRequest, key: UUID) -> HttpResponse:
    """Step 4: what would change."""
    asked = cast("Request", request)
    run = _run(asked, key)
    if run.state != State.CHECKED:
        return HttpResponseRedirect(importing.home(run))
    samples = {
        show: importing.lines(run, queries.window(run, show).rows[:8], is_mine=False) for show in ("change", "new")
    }
    todo = run.counts.get("wrong", 0) + run.counts.get("ask", 0)
    left = queries.left(run, at=asked.at) if not todo else []
    form = WhenForm(initial={"is_whole": False})
    if not left:
        del form.fields["is_whole"]
    return _step(
        request, run, 4, "preview", good=importing.good(run), counts=run.counts, summary=importing.summary(run),
        todo=todo, columns=importing.columns(run), samples=samples, form=form, left=left[:12], left_count=len(left),
    )  # fmt: skip


@require_POST
@staff_only(*SEEN_BY)
def let_in(request: HttpRequest, key: UUID) -> HttpResponse:
    """Step 5: bring in what is right, now or on a day."""
    asked = cast("Request", request)
    run = _run(asked, key)
    form = WhenForm(request.POST)
    values = form.cleaned_data if form.is_valid() else {}
    day = values.get("starts")
    starts = datetime.combine(day, time.min, PLACE) if day else None
    actions.let_in(asked.actor, run=run, at=asked.at, is_whole=bool(values.get("is_whole")), starts_at=starts)
    return HttpResponseRedirect(url(run, "import_done"))


@require_POST
@staff_only(*SEEN_BY)
def call_off(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a planned import back before its day."""
    asked = cast("Request", request)
    run = _run(asked, key)
    actions.call_off(asked.actor, run=run, at=asked.at)
    return HttpResponseRedirect(url(run, "import_preview"))


@require_safe
@staff_only(*SEEN_BY)
def finished(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how it went, and the way back."""
    asked = cast("Request", request)
    run = _run(asked, key)
    if run.state not in {State.PLANNED, State.APPLYING, State.DONE, State.UNDOING, State.UNDONE}:
        return HttpResponseRedirect(importing.home(run))
    may_undo = run.state == State.DONE and run.undo_until is not None and asked.at <= run.undo_until
    return _step(
        request, run, 6 if run.state in {State.DONE, State.UNDONE} else 5, "done", counts=run.counts,
        may_undo=may_undo and _mine(asked, run), summary=importing.summary(run), good=importing.good(run),
        todo=run.counts.get("wrong", 0) + run.counts.get("ask", 0),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(*SEEN_BY)
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take the whole import back."""
    asked = cast("Request", request)
    run = _run(asked, key)
    effect = _("新增的 {new} 行会删掉，改过的 {change} 行恢复原样；之后又有人动过的会留着，并告诉您有多少。")
    told = effect.format(new=run.counts.get("new", 0), change=run.counts.get("change", 0))
    question = Question(_("整批撤回这次导入"), told, _("撤回"), url(run, "import_done"))

    def act(_values: dict[str, Any]) -> Done:
        actions.take_back(asked.actor, run=run, at=asked.at)
        return Done(url(run, "import_done"), _("正在撤回"))

    return ask(request, NothingForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(*SEEN_BY)
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a run up before anything was written."""
    asked = cast("Request", request)
    run = _run(asked, key)
    question = Question(
        _("放弃这次导入"), _("上传的表和改过的格子都会删掉，库里什么也没有写。"), _("放弃"), importing.home(run)
    )  # fmt: skip

    def act(_values: dict[str, Any]) -> Done:
        actions.discard(asked.actor, run=run, at=asked.at)
        return Done(reverse("console:imports"), _("已放弃"))

    return ask(request, NothingForm(request.POST or None), question, act, door=DOOR)
