"""The responsibility list (权责清单): rows with filters, gaps and conflicts, and a trial of what would be proposed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import land
from lianxin.faces.console.forms_units import DutyForm, TryForm, category_choices
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.lookups import area_name
from lianxin.faces.console.paging_in_memory import paged
from lianxin.faces.console.saving import Done, NoteForm, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Filter
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import actions, queries
from lianxin.foundation.organizations.models import Responsibility
from lianxin.foundation.organizations.rules import ListRow
from lianxin.kernel.errors import NotFound
from lianxin.work.dispatch.queries import catalogue
from lianxin.work.dispatch.routing import propose

from .units import DOOR, SEEN_BY, said, tabs


@require_safe
@staff_only(*SEEN_BY)
def duties(request: HttpRequest) -> HttpResponse:
    """List the rows in force, filtered by category, area and unit."""
    asked = cast("Request", request)
    known = queries.directory(asked.numbers)
    rows = [row for row in known.rows if row.in_force(asked.at)]
    found = [row for row in rows if _matches(asked, row)]
    shown, pager = paged(request, found, size=30)
    return page(
        request,
        "console/units/duties.html",
        door=DOOR,
        title=_("权责清单"),
        tabs=tabs(asked),
        rows=[said(asked, row) for row in shown],
        pager=pager,
        total=len(rows),
        found=len(found),
        filters=_filters(asked),
        clear_url=request.path,
        categories=category_choices(asked.numbers)
        if len(catalogue(asked.numbers).nodes) <= 60
        else [(one.code, one.name) for one in catalogue(asked.numbers).nodes if one.depth < 3],
        query=request.GET,
        may_manage=asked.actor.scope("organizations.manage").everywhere,
    )


def _matches(asked: Request, row: ListRow) -> bool:
    category, unit_words = asked.GET.get("category", ""), asked.GET.get("unit", "").strip()
    area = areas.atlas(asked.at, asked.numbers).by_code.get(asked.GET.get("area", ""))
    # A row for a wider class speaks for the narrower one too, and the other way round it is part of it.
    if category and not (row.category.startswith(category) or category.startswith(row.category)):
        return False
    if area is not None and row.area_id is not None and row.area_id not in area.path_ids:
        return False
    return not unit_words or _names(asked, row, unit_words)


def _names(asked: Request, row: ListRow, words: str) -> bool:
    known = queries.directory(asked.numbers)
    units = [known.by_id[pk] for pk in (row.lead_id, *row.assists) if pk in known.by_id]
    kind = land.labels("unit_kinds", asked.numbers).get(row.lead_kind, "")
    return words in kind or any(
        words in {unit.code} or words in unit.name or words in unit.short_name for unit in units
    )


def _filters(asked: Request) -> list[Filter]:
    chosen = []
    category = catalogue(asked.numbers).by_code.get(asked.GET.get("category", ""))
    area = areas.atlas(asked.at, asked.numbers).by_code.get(asked.GET.get("area", ""))
    unit = asked.GET.get("unit", "").strip()
    for name, label in (
        ("category", category.name if category else ""),
        ("area", area_name(area) if area else ""),
        ("unit", unit[:30]),
    ):
        if label:
            rest = asked.GET.copy()
            del rest[name]
            rest.pop("from", None)
            chosen.append(Filter(label, f"{asked.path}?{rest.urlencode()}"))
    return chosen


@require_http_methods(["GET", "POST"])
@staff_only("organizations.manage")
def add(request: HttpRequest) -> HttpResponse:
    """Add a row to the list."""
    asked = cast("Request", request)

    def act(values: dict[str, Any]) -> Done:
        row = actions.DutyRow(
            **{name: values[name] for name in ("number", "category", "level", "lead_kind", "assists", "basis")},
            area=values["area"].code if values["area"] else None,
            lead=values["lead"].code if values["lead"] else None,
        )
        actions.add_responsibility(asked.actor, row=row, at=asked.at)
        return Done(reverse("console:duties"), f"第 {row.number} 条已生效")

    initial = {name: request.GET.get(name, "") for name in ("category", "area", "level")}
    form = DutyForm(request.POST or None, asked=asked, initial=initial)
    return save(
        request,
        form,
        act,
        template="console/units/form.html",
        door=DOOR,
        title=_("添加权责条目"),
        verb=_("添加"),
        back_url=reverse("console:duties"),
    )


@require_http_methods(["GET", "POST"])
@staff_only("organizations.manage")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a row off the list."""
    asked = cast("Request", request)
    row = Responsibility.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("没有这一条。"))
    to = reverse("console:duties")
    question = Question(f"停用第 {row.number} 条", "以后派遣不再看这一条；已派出的案件不变。", "停用", to)

    def act(values: dict[str, Any]) -> Done:
        actions.end_responsibility(asked.actor, row=row, reason=values["note"], at=asked.at)
        return Done(to, f"第 {row.number} 条已停用")

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)


@require_safe
@staff_only(*SEEN_BY)
def gaps(request: HttpRequest) -> HttpResponse:
    """List where nobody is named, and where rows contradict each other, by community."""
    asked = cast("Request", request)
    missing, doubled = found_in(asked)
    by_category: dict[str, list[AreaNode]] = {}
    for gap in missing:
        by_category.setdefault(gap.category, []).append(gap.area)
    nodes = catalogue(asked.numbers).by_code
    rows = [
        {"category": nodes[code], "areas": places[:6], "count": len(places)} for code, places in by_category.items()
    ]
    conflicts: dict[tuple[str, str, tuple[str, ...]], list[AreaNode]] = {}
    for one in doubled:
        conflicts.setdefault((one.category, one.level, one.numbers), []).append(one.area)
    shown, pager = paged(request, rows, size=40)
    return page(
        request,
        "console/units/gaps.html",
        door=DOOR,
        title=_("空白与冲突"),
        tabs=tabs(asked),
        rows=shown,
        pager=pager,
        conflicts=[
            {"category": nodes[code], "level": level, "numbers": numbers, "areas": places[:6], "count": len(places)}
            for (code, level, numbers), places in list(conflicts.items())[:40]
        ],
        gap_count=len(missing),
        conflict_count=len(doubled),
        categories=len(catalogue(asked.numbers).leaves),
        areas=len(communities(asked)),
        may_manage=asked.actor.scope("organizations.manage").everywhere,
    )


def communities(asked: Request) -> list[AreaNode]:
    """Return the areas for which the list is checked: communities and villages."""
    return _communities(asked.numbers, asked.at)


def _communities(numbers: Mapping[str, int], at: datetime) -> list[AreaNode]:
    return [node for node in areas.atlas(at, numbers) if node.role == "community"]


def found_in(asked: Request) -> tuple[list[queries.Gap], list[queries.Conflict]]:
    """Return the gaps and conflicts of the list in force."""
    return gaps_of(asked.numbers, asked.at)


def gaps_of(numbers: Mapping[str, int], at: datetime) -> tuple[list[queries.Gap], list[queries.Conflict]]:
    """Return the gaps and conflicts in force, from memory until the list, areas or categories change."""
    key = tuple(numbers.get(name, 0) for name in ("areas", "organizations", "categories"))
    found = _checked.get(key)
    if found is None:
        leaves = [leaf.code for leaf in catalogue(numbers).leaves]
        found = queries.gaps_and_conflicts(
            leaves, _communities(numbers, at), levels=("city", "street", "community"), at=at, numbers=numbers
        )
        _checked.clear()
        _checked[key] = found
    return found


_checked: dict[tuple[int, ...], tuple[list[queries.Gap], list[queries.Conflict]]] = {}


@require_http_methods(["GET", "POST"])
@staff_only(*SEEN_BY)
def trial(request: HttpRequest) -> HttpResponse:
    """Say what would be proposed for some words at a place, and why. Writes nothing."""
    asked = cast("Request", request)
    form = TryForm(request.POST or None, asked=asked)
    proposal = None
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        proposal = propose(
            values["text"], area=values["area"], level=values["level"], at=asked.at, numbers=asked.numbers
        )
    return page(
        request,
        "console/units/try.html",
        door=DOOR,
        title=_("试一试"),
        status=422 if form.errors else 200,
        tabs=tabs(asked),
        form=form,
        proposal=proposal,
    )
