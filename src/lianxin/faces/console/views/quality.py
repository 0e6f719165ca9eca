"""The quality board (数据质量): what is wrong by check and area, lists with a way to mend, tasks for the grid."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.hub import Card, card, concern
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, Question, ask, done, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import drawing
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import NotAllowed, NotFound
from lianxin.registry.quality import actions, checking, queries
from lianxin.registry.quality.checks import BY_CODE, CHECKS, FAMILIES, Check
from lianxin.registry.quality.models import Finding, Task
from lianxin.registry.sources import queries as sources
from lianxin.registry.sources.requests import today

from .sources import DOOR

SEEN_BY = ("people.view", "places.view", "care.view")
_BELOW = {"city": "street", "street": "community", "community": "grid"}
_SIZE = 40
_COLUMNS = 9  # areas beside each other; more are summed under the last
_PAGES = {
    "person": "console:resident", "dwelling": "console:dwelling", "building": "console:building",
    "estate": "console:estate", "establishment": "console:establishment", "household": "console:dwelling",
    "care": "console:resident",
}  # fmt: skip


def tabs(asked: Request) -> list[Tab]:
    """Return the pages about quality."""
    pages = [("console:quality", "数据质量")]
    if asked.actor.may("people.edit") or asked.actor.may("quality.assign"):
        pages.append(("console:quality_tasks", "核实任务"))
    here = "console:quality_tasks" if asked.path.startswith(reverse("console:quality_tasks")) else "console:quality"
    return [Tab(reverse(name), label, current=name == here) for name, label in pages]


def area_of(asked: Request) -> AreaNode | None:
    """Return the area the address asks for, else the smallest that holds all the person sees; None for the whole."""
    code = asked.GET.get("area", "")
    found = areas.atlas(asked.at, asked.numbers).by_code.get(code)
    if found is not None:
        return None if found.is_whole else found
    held = {one.area_id for one in asked.actor.holdings if one.area_id and set(SEEN_BY) & one.permissions}
    own = areas.node(held.pop(), asked.numbers) if len(held) == 1 else None
    return None if own is None or own.is_whole else own


@require_safe
@staff_only(*SEEN_BY)
def board(request: HttpRequest) -> HttpResponse:
    """Show open findings by check and by the areas below the chosen one."""
    asked = cast("Request", request)
    area = area_of(asked)
    level = _BELOW.get(area.role if area else "city", "grid")
    counts = queries.counts(asked.actor, level, below=area)  # type: ignore[arg-type]
    columns = _columns(asked, counts)
    line = queries.trend(asked.at, community_ids=_communities(asked, area))
    wrong = {code for code, _area in counts}
    shown = [one for one in CHECKS if _sees(asked, one)]
    dirty = [one for one in shown if one.code in wrong]
    families = [
        (label, rows)
        for family, label in FAMILIES.items()
        if (rows := [_line(one, area, columns, counts, line) for one in dirty if one.family == family])
    ]
    total = sum(counts.values())
    return page(
        request, "console/quality/board.html", door=DOOR, title=_("数据质量"), tabs=tabs(asked), area=area,
        above=_above(asked, area), columns=[node for node in columns if node], families=families, total=total,
        clean=[one.label for one in shown if one.code not in wrong],
        may_run=asked.actor.may("quality.assign"), last_run=_last_run(),
    )  # fmt: skip


def _sees(asked: Request, check: Check) -> bool:
    permission = {"care": "care.view", "person": "people.view", "household": "people.view"}
    return asked.actor.may(permission.get(check.subject, "places.view"))


def _last_run() -> Any:
    return Finding.objects.order_by("-found_at").values_list("found_at", flat=True).first()


def _communities(asked: Request, area: AreaNode | None) -> list[int] | None:
    if area is None:
        return None
    if area.role == "grid":
        return []
    return [node.id for node in areas.atlas(asked.at, asked.numbers).descend(area.id) if node.role == "community"]


def _columns(asked: Request, counts: dict[tuple[str, int | None], int]) -> list[AreaNode]:
    """Return the areas with most to mend, in the order of the tree."""
    sums: dict[int, int] = {}
    for (_check, area_id), count in counts.items():
        if area_id is not None:
            sums[area_id] = sums.get(area_id, 0) + count
    most = sorted(sums, key=lambda pk: -sums[pk])[:_COLUMNS]
    found = [node for pk in most if (node := areas.node(pk, asked.numbers)) is not None]
    return sorted(found, key=lambda node: node.code)


def _line(
    check: Check, area: AreaNode | None, columns: list[AreaNode], counts: dict[tuple[str, int | None], int],
    line: dict[str, list[int]],
) -> dict[str, Any]:  # fmt: skip
    points = line.get(check.code, [])
    total = sum(count for (code, _area), count in counts.items() if code == check.code)
    shown = [(node, counts.get((check.code, node.id), 0)) for node in columns]
    return {
        "check": check,
        "total": total,
        "url": _list_url(check.code, area),
        "cells": [(count, _list_url(check.code, node)) for node, count in shown],
        "spark": drawing.spark(points) if total and len(points) > 1 else "",
        "was": points[0] if len(points) > 1 else None,
    }


def _list_url(code: str, area: AreaNode | None) -> str:
    url = reverse("console:findings", args=[code])
    return f"{url}?{urlencode({'area': area.code})}" if area else url


def _above(asked: Request, area: AreaNode | None) -> list[Crumb]:
    if area is None:
        return []
    board_url = reverse("console:quality")
    nodes = [node for pk in area.path_ids[:-1] if (node := areas.node(pk, asked.numbers))]
    return [*(Crumb(node.name, f"{board_url}?{urlencode({'area': node.code})}") for node in nodes), Crumb(area.name)]


def _check(code: str) -> Check:
    found = BY_CODE.get(code)
    if found is None:
        raise NotFound(_("没有这项检查。"))
    return found


@require_safe
@staff_only(*SEEN_BY)
def findings(request: HttpRequest, check: str) -> HttpResponse:
    """List what one check found, each with the page where it is mended."""
    asked = cast("Request", request)
    found, area = _check(check), area_of(asked)
    rows = queries.findings(asked.actor, check=check, below=area)
    shown = listed(request, rows, order=("id",), size=_SIZE)
    grid = area if area is not None and area.role == "grid" else None
    given = (
        Task.objects.filter(grid_id=grid.id, check_code=check, done_at=None, withdrawn_at=None).first()
        if grid
        else None
    )
    return page(
        request, "console/quality/findings.html", door=DOOR, title=found.label, check=found,
        rows=_rows(asked, shown.items), pager=shown.pager, total=shown.total, area=area, task=given,
        crumbs=[Crumb("数据质量", reverse("console:quality")), *_narrowing(area), Crumb(found.label)],
        may_assign=grid is not None and given is None and bool(shown.items)
        and asked.actor.may("quality.assign", grid),
        form=TaskForm(initial={"due_date": today(asked.at) + timedelta(days=7)}) if grid else None,
        grids=_grids(asked, area, check) if grid is None else [],
    )  # fmt: skip


def _narrowing(area: AreaNode | None) -> list[Crumb]:
    if area is None:
        return []
    return [Crumb(" ".join(area.breadcrumb[1:]), _board_url(area))]


def _grids(asked: Request, area: AreaNode | None, check: str) -> list[tuple[AreaNode, int, str]]:
    """Return the grids with most of it, so that they can be given to their workers."""
    counts = queries.counts(asked.actor, "grid", below=area)
    own = [(pk, count) for (code, pk), count in counts.items() if code == check and pk is not None]
    most = sorted(own, key=lambda pair: -pair[1])[:12]
    nodes = [(areas.node(pk, asked.numbers), count) for pk, count in most]
    return [(node, count, _list_url(check, node)) for node, count in nodes if node is not None]


def _rows(asked: Request, found: list[Finding]) -> list[dict[str, Any]]:
    names = queries.named(found[0].subject, [one.subject_id for one in found]) if found else {}
    return [_row(asked, one, names.get(one.subject_id)) for one in found]


def _row(asked: Request, one: Finding, named: queries.Named | None) -> dict[str, Any]:
    area = areas.node(one.grid_id or one.community_id or 0, asked.numbers)
    node = sources.field(one.detail, asked.numbers) if one.detail else None
    return {
        "one": one,
        "label": named.label if named else "已注销的记录",
        "url": reverse(_PAGES[one.subject], args=[named.key]) if named and named.key else "",
        "field": node.label if node else "",
        "area": " ".join(area.breadcrumb[1:]) if area else "没有定网格",
    }


class TaskForm(forms.Form):
    """By when, and a word to the grid worker."""

    due_date = forms.DateField(label=gettext_lazy("哪天前核实完"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)


@require_http_methods(["GET", "POST"])
@staff_only("quality.assign")
def assign(request: HttpRequest, check: str) -> HttpResponse:
    """Give the findings of a grid to its workers."""
    asked = cast("Request", request)
    found, grid = _check(check), area_of(asked)
    if grid is None or grid.role != "grid":
        raise NotFound(_("请先选一个网格。"))
    if not asked.actor.may("quality.assign", grid):
        raise NotAllowed("quality.assign", _("这个网格不在您的辖区。"))
    to = _list_url(check, grid)

    def act(values: dict[str, Any]) -> Done:
        actions.assign(asked.actor, grid=grid, check=check, at=asked.at, **values)
        return Done(to, f"已派给{grid.name}的网格员")

    form = TaskForm(request.POST or None, initial={"due_date": today(asked.at) + timedelta(days=7)})
    return save(
        request, form, act, template="console/units/form.html", door=DOOR, title=f"{grid.name}：{found.label}",
        verb=_("派给网格员"), back_url=to,
    )  # fmt: skip


@require_safe
@staff_only("people.edit", "quality.assign")
def tasks(request: HttpRequest) -> HttpResponse:
    """List the tasks that run, the first to fall due first."""
    asked = cast("Request", request)
    found = queries.open_tasks(asked.actor, "people.edit" if asked.actor.may("people.edit") else "quality.assign")
    return page(
        request, "console/quality/tasks.html", door=DOOR, title=_("核实任务"), tabs=tabs(asked),
        rows=[task_row(asked, one) for one in found],
    )  # fmt: skip


def task_row(asked: Request, one: queries.OpenTask) -> dict[str, Any]:
    """Return a task in words."""
    node = areas.node(one.task.grid_id or 0, asked.numbers)
    return {
        "task": one.task,
        "left": one.left,
        "check": BY_CODE.get(one.task.check_code),
        "area": " ".join(node.breadcrumb[1:]) if node else "",
        "is_late": one.task.due_date < today(asked.at),
    }


def _task(asked: Request, pk: int) -> Task:
    found = Task.objects.filter(pk=pk).first()
    if found is None or not (asked.actor.may("people.view", found) or asked.actor.may("quality.assign", found)):
        raise NotFound(_("没有这个任务，或不在您的辖区。"))
    return found


@require_safe
@staff_only(*SEEN_BY)
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is left of a task."""
    asked = cast("Request", request)
    found = _task(asked, pk)
    check = BY_CODE[found.check_code]
    left = Finding.objects.open().visible_to(asked.actor).filter(task=found)
    shown = listed(request, left, order=("id",), size=_SIZE)
    node = areas.node(found.grid_id or 0, asked.numbers)
    return page(
        request, "console/quality/task.html", door=DOOR, title=check.label, task=found, check=check,
        rows=_rows(asked, shown.items), pager=shown.pager, total=shown.total, area=node,
        crumbs=[Crumb("核实任务", reverse("console:quality_tasks")), Crumb(check.label)],
        is_late=found.done_at is None and found.due_date < today(asked.at),
        may_run=found.done_at is None and found.withdrawn_at is None and asked.actor.may("people.edit", found),
        may_withdraw=found.done_at is None and found.withdrawn_at is None
        and asked.actor.may("quality.assign", found),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("quality.assign")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a task back."""
    asked = cast("Request", request)
    found = _task(asked, pk)
    to = reverse("console:quality_task", args=[pk])
    question = Question(
        "收回任务", "网格员的工作台不再列出；没改的问题仍在数据质量清单里。", "收回", to, is_danger=False
    )

    def act(_values: dict[str, Any]) -> Done:
        actions.withdraw(asked.actor, task=found, at=asked.at)
        return Done(reverse("console:quality_tasks"), "已收回")

    return ask(request, forms.Form(request.POST if request.method == "POST" else None), question, act, door=DOOR)


@require_POST
@staff_only("quality.assign", "people.edit")
def run(request: HttpRequest) -> HttpResponse:
    """Check the community of a task or of the chosen area again now, so that what was mended leaves the list."""
    asked = cast("Request", request)
    task_id = request.POST.get("task", "")
    found = _task(asked, int(task_id)) if task_id.isdecimal() and len(task_id) < 10 else None
    area = areas.atlas(asked.at, asked.numbers).by_code.get(request.GET.get("area", ""))
    place: Task | AreaNode | None = found or area
    if place is None or place.community_id is None:
        raise NotFound(_("请先选一个社区，全域每晚自动检查。"))
    if not any(asked.actor.may(name, place) for name in ("quality.assign", "people.edit")):
        raise NotAllowed("quality.run", _("这里不在您的辖区。"))
    open_now, mended = checking.run_in(place.community_id, at=asked.at)
    back = reverse("console:quality_task", args=[found.pk]) if found else _board_url(area)
    return done(request, Done(back, f"查过了：改好 {mended} 条，社区还有 {open_now} 条"))


def _board_url(area: AreaNode | None) -> str:
    url = reverse("console:quality")
    return f"{url}?{urlencode({'area': area.code})}" if area else url


@card(63, on="base")
def _card(asked: Request) -> Card | None:
    """数据质量."""
    if not any(map(asked.actor.may, SEEN_BY)):
        return None
    total = Finding.objects.open().visible_to(asked.actor).count()
    line = f"{total:,} 条要核实" if total else "没有发现问题"
    late = [one for one in queries.open_tasks(asked.actor, "people.edit") if one.task.due_date < today(asked.at)]
    return Card("数据质量", reverse("console:quality"), "check", line, concern(len(late), "%d 个核实任务过了期"))
