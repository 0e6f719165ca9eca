"""Units (单位): by kind with search, one unit's page, new ones, new names, ends."""

from collections import Counter
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import land
from lianxin.faces.console.branches import Branch
from lianxin.faces.console.forms_units import RenameForm, UnitForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.paging_in_memory import paged
from lianxin.faces.console.saving import Done, NoteForm, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import actions, queries
from lianxin.foundation.organizations.models import Unit
from lianxin.foundation.organizations.queries import UnitNode
from lianxin.foundation.organizations.rules import ListRow
from lianxin.kernel.errors import NotFound
from lianxin.work.cases import queries as cases
from lianxin.work.cases.queries import Filters
from lianxin.work.dispatch.queries import catalogue

DOOR = "console:units"
SEEN_BY = ("cases.view", "organizations.manage")


def tabs(asked: Request) -> list[Tab]:
    """Return the pages of this place in the rail."""
    pages = (
        ("console:units", "单位"),
        ("console:duties", "权责清单"),
        ("console:duty_matrix", "矩阵"),
        ("console:gaps", "空白与冲突"),
        ("console:try", "试一试"),
    )
    return [Tab(reverse(name), label, current=asked.path == reverse(name)) for name, label in pages]


def unit_or_404(asked: Request, code: str) -> UnitNode:
    """Return a unit by its code, ended ones too."""
    found = queries.directory(asked.numbers).by_code.get(code)
    if found is None:
        raise NotFound(_("没有这个单位。"))
    return found


@require_safe
@staff_only(*SEEN_BY)
def units(request: HttpRequest) -> HttpResponse:
    """List units by kind, with search."""
    asked = cast("Request", request)
    everyone = queries.unit_tree(asked.at, asked.numbers)
    kinds = land.labels("unit_kinds", asked.numbers)
    kind, words = request.GET.get("kind", ""), request.GET.get("words", "").strip()[:40]
    found = [one for one in everyone if kind in {"", one.kind} and (words in one.name or words in one.short_name)]
    counts = Counter(one.kind for one in everyone)
    branches = [Branch("全部单位", request.path, str(len(everyone)), is_current=not kind)]
    branches += [
        Branch(kinds.get(each, each), f"{request.path}?{urlencode({'kind': each})}", str(counts[each]), each == kind)
        for each in [*kinds, *sorted(counts.keys() - kinds.keys())]
        if counts[each]
    ]
    shown, pager = paged(request, found, size=40)
    people = Counter(
        current_posts(asked.at).filter(unit_id__in=[one.id for one in shown]).values_list("unit_id", flat=True)
    )
    leads = Counter(row.lead_id for row in queries.directory(asked.numbers).rows if row.in_force(asked.at))
    rows = [
        {
            "unit": one,
            "kind": kinds.get(one.kind, one.kind),
            "area": areas.node(one.area_id, asked.numbers) if one.area_id else None,
            "people": people[one.id],
            "leads": leads[one.id],
        }
        for one in shown
    ]
    return page(
        request,
        "console/units/units.html",
        door=DOOR,
        title=_("单位"),
        tabs=tabs(asked),
        branches=branches,
        rows=rows,
        pager=pager,
        words=words,
        kind=kind,
        total=len(found),
        may_add=asked.actor.scope("organizations.manage").everywhere,
    )


@require_safe
@staff_only(*SEEN_BY)
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """Show one unit: its people, what it answers for, what lies with it now."""
    asked = cast("Request", request)
    node = unit_or_404(asked, code)
    known = queries.directory(asked.numbers)
    rows = [row for row in known.rows if row.in_force(asked.at)]
    area = areas.node(node.area_id, asked.numbers) if node.area_id else None
    wanted = {"open": Filters(unit_id=node.id), "late": Filters(unit_id=node.id, clock="overdue")}
    counts = cases.counts(asked.actor, wanted, at=asked.at) if asked.actor.may("cases.view") else {}
    to_list = f"{reverse('console:cases')}?{urlencode({'unit': node.code})}"
    above = [known.by_id[pk] for pk in node.path_ids[:-1] if pk in known.by_id]
    return page(
        request,
        "console/units/unit.html",
        door=DOOR,
        title=node.name,
        unit=node,
        kind=land.labels("unit_kinds", asked.numbers).get(node.kind, node.kind),
        crumbs=[
            Crumb("单位", reverse(DOOR)),
            *(Crumb(one.short_name, _url(one)) for one in above),
            Crumb(node.short_name),
        ],
        area=area,
        below=[one for one in known.children(node.id) if one.in_force(asked.at)],
        holders=land.holders(asked.at, unit_id=node.id),
        leads=[said(asked, row) for row in rows if row.lead_id == node.id],
        by_kind=[said(asked, row) for row in rows if row.lead_kind and row.lead_kind == node.kind],
        assists=[said(asked, row) for row in rows if node.id in row.assists],
        counts=counts,
        list_url=to_list,
        late_url=f"{to_list}&clock=overdue",
        may_manage=node.valid_to is None and asked.actor.may("organizations.manage", area, node.id),
    )


def _url(node: UnitNode) -> str:
    return reverse("console:unit", args=[node.code])


def said(asked: Request, row: ListRow) -> dict[str, Any]:
    """Return a row of the responsibility list in words."""
    known, kinds = queries.directory(asked.numbers), land.labels("unit_kinds", asked.numbers)
    category = catalogue(asked.numbers).by_code.get(row.category)
    area = areas.node(row.area_id, asked.numbers) if row.area_id else None
    return {
        "id": row.id,
        "number": row.number,
        "category": " › ".join(category.path) if category else (row.category or "所有分类"),
        "area": area,
        "level": {"city": "市级", "street": "街道", "community": "社区", "grid": "网格"}.get(row.level, row.level),
        "lead": known.by_id.get(row.lead_id) if row.lead_id else None,
        "lead_kind": f"当地的{kinds.get(row.lead_kind, row.lead_kind)}" if row.lead_kind else "",
        "assists": [known.by_id[pk] for pk in row.assists if pk in known.by_id],
        "basis": row.basis,
    }


@require_http_methods(["GET", "POST"])
@staff_only("organizations.manage")
def create(request: HttpRequest) -> HttpResponse:
    """Add a unit."""
    asked = cast("Request", request)

    def act(values: dict[str, Any]) -> Done:
        row = actions.UnitRow(
            **{name: values[name] for name in ("code", "name", "kind", "level", "short_name", "duty_phone")},
            parent=values["parent"].code if values["parent"] else None,
            area=values["area"].code if values["area"] else None,
        )
        made = actions.create_unit(asked.actor, row=row, at=asked.at)
        return Done(reverse("console:unit", args=[made.code]), f"已添加{made.name}")

    form = UnitForm(request.POST or None, asked=asked)
    return save(
        request,
        form,
        act,
        template="console/units/form.html",
        door=DOOR,
        title=_("添加单位"),
        verb=_("添加"),
        back_url=reverse(DOOR),
    )


@require_http_methods(["GET", "POST"])
@staff_only("organizations.manage")
def rename(request: HttpRequest, code: str) -> HttpResponse:
    """Give a unit another name."""
    asked = cast("Request", request)
    node = unit_or_404(asked, code)

    def act(values: dict[str, Any]) -> Done:
        actions.rename_unit(asked.actor, unit=Unit.objects.get(pk=node.id), at=asked.at, **values)
        return Done(_url(node), f"已改名为{values['name']}")

    form = RenameForm(request.POST or None, initial={"name": node.name, "short_name": node.short_name})
    return save(
        request,
        form,
        act,
        template="console/units/form.html",
        door=DOOR,
        title=_("给%(name)s改名") % {"name": node.short_name},
        verb=_("改名"),
        back_url=_url(node),
    )


@require_http_methods(["GET", "POST"])
@staff_only("organizations.manage")
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Dissolve a unit."""
    asked = cast("Request", request)
    node = unit_or_404(asked, code)
    question = Question(f"撤销{node.name}", "以后不再派案件给它；它办过的案件和记录都保留。", "撤销单位", _url(node))

    def act(values: dict[str, Any]) -> Done:
        actions.end_unit(asked.actor, unit=Unit.objects.get(pk=node.id), reason=values["note"], at=asked.at)
        return Done(reverse(DOOR), f"{node.name}已撤销")

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)
