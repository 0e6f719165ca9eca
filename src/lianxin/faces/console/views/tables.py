"""Self-service tables (自助表): ask, look, take along, keep under a name, let it come by the clock."""

from io import BytesIO
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console import tabling, taking
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.rows import rows
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Crumb
from lianxin.insight.statistics.figures import FEW
from lianxin.insight.statistics.indicators import PRIVATE
from lianxin.insight.statistics.places import PERMISSION
from lianxin.insight.tables import asking, counting, files, lists, telling
from lianxin.insight.tables.asking import Asked, label, measures_of
from lianxin.insight.tables.counting import ALL, Number
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.text import mask_name
from lianxin.work.cases.models import Case

DOOR = "console:tables"
_SIZE = 20


def asked_for(request: Request, given: asking.Words) -> Asked:
    """Return what the words ask for, as who looks may see it."""
    return asking.read(given, request.actor, at=request.at, numbers=request.numbers)


@require_safe
@staff_only(PERMISSION)
def make(request: HttpRequest) -> HttpResponse:
    """Ask for a table, and show it."""
    request_ = cast("Request", request)
    given = tabling.words_of(request_)
    faults: dict[str, str] = {}
    try:
        asked = asked_for(request_, given)
    except Invalid as refused:
        # The form stays with what can be told; the faults stand above it.
        faults = refused.fields
        kept = {name: given[name] for name in ("area", "unit") if name in given}
        asked = asked_for(request_, kept)
    answer = {} if faults else answered(request_, asked, base="cases")
    return page(
        request, "console/tables/make.html", door=DOOR, title=_("做一张表"), asked=asked,
        faults=list(faults.values()),
        form=tabling.TableForm(request_, asked), figures=tabling.figures_offered(asked),
        filters=tabling.filters_offered(asked), narrows=bool(asked.filters) or "more" in request.GET,
        narrow_url=f"?{asked.query}{same(request_)}&more=1#narrow", is_told=bool(given) and not faults,
        status=422 if faults else 200,
        crumbs=[Crumb(_("自助表"), reverse("console:tables")), Crumb(_("做一张表"))],
        save_url=f"{reverse('console:table_save')}?{asked.query}{same(request_)}", **answer,
    )  # fmt: skip


def same(request: Request) -> str:
    """Keep which saved table is being changed."""
    key = request.GET.get("table", "")
    return f"&table={key}" if key and len(key) <= 36 else ""


@require_safe
@staff_only(PERMISSION)
def answer(request: HttpRequest) -> HttpResponse:
    """Give the counted table as a piece, for who was told that it takes a moment."""
    request_ = cast("Request", request)
    base = "cases" if "saved" not in request.GET else "../cases"
    asked = asked_for(request_, tabling.words_of(request_))
    return render(
        request,
        "console/tables/answer.html",
        {"now": request_.at, "asked": asked, **answered(request_, asked, base=base, is_run=True)},
    )


def answered(request: Request, asked: Asked, *, base: str, is_run: bool = False) -> dict[str, Any]:
    """Return the table as drawn; when it takes more than a moment first only that it does."""
    plan = counting.plan(asked)
    files_ = {name: f"{reverse('console:table_file')}?{asked.query}&format={name}" for name in ("xlsx", "csv")}
    told: dict[str, Any] = {
        "looks": tabling.looks(asked), "files": files_, "plan": plan,
        "narrowed": tabling.chosen(asked, request.numbers),
        "definitions": telling.definitions(asked), "few": FEW,
    }  # fmt: skip
    if plan.is_long and not is_run and "run" not in request.GET:
        return told | {
            "waits": f"{reverse('console:table_answer')}?{asked.query}{'' if base == 'cases' else '&saved=1'}",
            "run_url": f"?{asked.query}&run=1",
        }
    table = telling.told(asked, at=request.at, numbers=request.numbers)
    told |= {"shown": table, "as_of": table.as_of}
    if asked.chart:
        here = words.local(table.as_of)
        as_of = _("数据截至 {day} {hour}").format(day=f"{here.year}年{here.month}月{here.day}日", hour=words.hour(here))
        drawn, note = tabling.chart(table, base=base, as_of=as_of)
        return told | {"chart": drawn, "note": note}
    first = _whole(request, "first")
    lines, size = tabling.cut(table, first)
    link = f"?{asked.query}&first="
    return told | {
        "rows": tabling.rows(table, [*lines, table.total], base=base),
        "heads": _heads(asked, table.heads),
        "earlier_url": f"{link}{max(0, first - size)}#answer" if first else "",
        "later_url": f"{link}{first + size}#answer" if first + size < len(table.lines) else "",
        "part": (first + 1, first + len(lines), len(table.lines)),
    }


def _heads(asked: Asked, heads: Any) -> list[tuple[str, str, str]]:
    """Return headings with the address that sorts by them and how they sort now."""
    if asked.across:
        return [(head, "", "") for head in heads]
    return [
        (head, f"?{asking.written({**asked.words, 'sort': [figure]})}", "descending" if asked.sort == figure else "")
        for head, figure in zip(heads, asked.figures, strict=True)
    ]


def _whole(request: Request, name: str) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 7 else 0


@require_safe
@staff_only(PERMISSION)
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases behind a number of a table: as many as it says."""
    request_ = cast("Request", request)
    number = _number(request_)
    total = counting.count_behind(number)
    if not PRIVATE.isdisjoint(measures_of(number.figure)) and _asked_of(number) < FEW:
        raise NotFound(_("评价的不到 {few} 件，不列出来。").format(few=FEW))
    seen = counting.cases(number).filter(pk__in=Case.objects.visible_to(request_.actor).values("pk"))
    found = listed(request, seen, order=("-reported_at", "-id"), size=_SIZE, is_counted=False)
    return page(
        request, "console/tables/cases.html", door=DOOR, title=_title(number, request_), where=number.asked.place,
        period=number.asked.period, total=total,
        hidden=0 if request_.actor.scope("cases.view").everywhere else total - seen.count(),
        rows=rows(found.items, at=request_.at, numbers=request_.numbers), pager=found.pager,
        back_url=f"{reverse('console:table_make')}?{number.asked.query}",
        export_url=taking.export_url(request_, lists.of_cell(number), _about(number, request_)),
    )  # fmt: skip


def _asked_of(number: Number) -> int:
    of = {"solved": "asked_solved", "satisfied": "asked_satisfied"}
    measure = measures_of(number.figure)[-1]
    return counting.count_behind(Number(number.asked, of.get(measure, measure), number.row, number.column))


def _about(number: Number, request: Request) -> str:
    asked = number.asked
    return f"{asked.place.name} · {asked.period.label} · {_title(number, request)}"


def _number(request: Request) -> Number:
    given = tabling.words_of(request)
    figure = request.GET.get("what", "")
    asked = asked_for(request, {**given, "f": [figure or "-"], "chart": [], "sort": []})
    try:
        row = counting.key_of(asked.rows, request.GET.get("row"))
        column = counting.key_of(asked.across, request.GET.get("col")) if asked.across else ALL
    except ValueError:
        raise NotFound(_("表里没有这一格。")) from None
    return Number(asked, figure, row, column)


def _title(number: Number, request: Request) -> str:
    said = [label(number.figure)]
    for dimension, key in zip(number.asked.by, (number.row, number.column), strict=False):
        if key is not ALL:
            said.append(telling.name(dimension, key, request.numbers))
    return " · ".join(said)


@require_safe
@staff_only(PERMISSION)
def file(request: HttpRequest) -> HttpResponse:
    """Give the table as CSV or Excel."""
    request_ = cast("Request", request)
    asked = asked_for(request_, tabling.words_of(request_))
    format_ = request.GET.get("format", "xlsx")
    if format_ not in files.TYPES:
        raise NotFound(_("没有这种格式。"))
    table = telling.told(asked, at=request_.at, numbers=request_.numbers)
    content = BytesIO()
    files.write(content, table, format=format_, title=table.title, by=mask_name(request_.actor.name))
    response = HttpResponse(content.getvalue(), content_type=files.TYPES[format_])
    response["Content-Disposition"] = f'attachment; filename="table-{asked.period.first:%Y%m%d}.{format_}"'
    return response
