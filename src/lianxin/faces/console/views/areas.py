"""Areas (网格): the tree beside the map, each area's page, the household check, planned changes."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_http_methods, require_safe

from lianxin.faces.console import land
from lianxin.faces.console.adding import levels_below
from lianxin.faces.console.forms_areas import AmendForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, NoteForm, Question, ask, save
from lianxin.faces.console.standing import portrait_url
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Page, Tab
from lianxin.foundation.areas import actions, queries
from lianxin.foundation.areas.models import Area, Redivision
from lianxin.foundation.areas.queries import AreaNode, Atlas
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import NotFound
from lianxin.work.cases import queries as cases
from lianxin.work.cases.queries import Filters
from lianxin.work.dispatch.queries import catalogue

DOOR = "console:areas"
SEEN_BY = ("cases.view", "areas.manage")
_ROWS = 50


def atlas_of(asked: Request) -> Atlas:
    """Return the tree as it is now."""
    return queries.atlas(asked.at, asked.numbers)


def node_or_404(asked: Request, code: str) -> AreaNode:
    """Return an area in force by its code, or the last one that had it."""
    found = atlas_of(asked).by_code.get(code)
    if found is None:
        past = [node for node in queries.index(asked.numbers).nodes.values() if node.code == code]
        found = max(past, key=lambda node: node.valid_from, default=None)
    if found is None:
        raise NotFound(_("没有这个区域。"))
    return found


@require_safe
@staff_only(*SEEN_BY)
def areas(request: HttpRequest) -> HttpResponse:
    """Show the area where the person works, or the whole place."""
    asked = cast("Request", request)
    atlas = atlas_of(asked)
    post = asked.actor.post
    own = atlas.by_id.get(post.area_id) if post and post.area_id else None
    chosen = own or next(iter(atlas.children(None)), None)
    if chosen is None:
        return page(request, "console/areas/none.html", door=DOOR, title=_("网格"))
    return _show(asked, chosen, atlas)


@require_safe
@staff_only(*SEEN_BY)
def area(request: HttpRequest, code: str) -> HttpResponse:
    """Show one area."""
    asked = cast("Request", request)
    return _show(asked, node_or_404(asked, code), atlas_of(asked))


def _show(asked: Request, node: AreaNode, atlas: Atlas) -> HttpResponse:
    row = Area.objects.defer("boundary").get(pk=node.id)
    within = () if node.is_whole else (node.id,)
    filters, late = Filters(area_ids=within), Filters(area_ids=within, clock="overdue")
    may_see = asked.actor.may("cases.view")
    counts = cases.counts(asked.actor, {"open": filters, "late": late}, at=asked.at) if may_see else {}
    to_list = f"{reverse('console:cases')}?{urlencode({'area': node.code})}"
    known = organizations.directory(asked.numbers)
    duties = [one for one in known.rows if one.area_id == node.id and one.in_force(asked.at)]
    return page(
        asked,
        "console/areas/area.html",
        door=DOOR,
        title=node.name,
        node=node,
        row=row,
        crumbs=land.crumbs(node, asked.numbers),
        tree=land.tree(atlas, node),
        level=land.labels("levels", asked.numbers).get(node.level, node.level),
        kind=land.labels("grid_kinds", asked.numbers).get(node.kind, ""),
        households=land.households(atlas, node),
        remark=_remark(asked, node),
        below=[(one, land.households(atlas, one)) for one in atlas.children(node.id)],
        holders=land.holders(asked.at, area_id=node.id),
        units=[one for one in organizations.unit_tree(asked.at, asked.numbers) if one.area_id == node.id][:30],
        duties=[_duty(asked, one) for one in duties],
        counts=counts,
        list_url=to_list,
        late_url=f"{to_list}&clock=overdue",
        history=_history(node, asked),
        plans=[plan for plan in queries.planned_redivisions() if node.id in plan.plan["old"]],
        may_manage=node.valid_to is None and asked.actor.may("areas.manage", row),
        has_parent=node.parent_id is not None,
        may_add=bool(levels_below(node, asked.numbers)),
        square_kilometres=round(row.square_metres / 1e6, 2) if row.square_metres else None,
        center=f"{node.center.lon},{node.center.lat}" if node.center else "",
        portrait_url=portrait_url(asked, node) if node.valid_to is None else "",
        **tabs(asked),
    )


def tabs(asked: Request) -> dict[str, Any]:
    """Return the tabs of 网格, the current one marked."""
    named = [
        ("console:check", "边界检查", None),
        ("console:households", "户数核对", len(queries.household_check(asked.at, asked.numbers))),
        ("console:plans", "边界调整", None),
    ]
    found = [Tab(reverse(name), label, count, current=asked.path == reverse(name)) for name, label, count in named]
    first = Tab(reverse("console:areas"), "网格与地图", current=not any(tab.current for tab in found))
    return {"tabs": [first, *found]}


def _remark(asked: Request, node: AreaNode) -> queries.HouseholdRemark | None:
    if node.role != "grid":
        return None
    found = queries.household_check(asked.at, asked.numbers)
    return next((remark for remark in found if remark.area.id == node.id), None)


def _duty(asked: Request, row: Any) -> dict[str, Any]:
    known = organizations.directory(asked.numbers)
    category = catalogue(asked.numbers).by_code.get(row.category)
    kinds = land.labels("unit_kinds", asked.numbers)
    lead = known.by_id.get(row.lead_id) if row.lead_id else None
    return {
        "number": row.number,
        "category": category.name if category else (row.category or "所有分类"),
        "lead": lead,
        "lead_kind": "" if lead else f"本区域的{kinds.get(row.lead_kind, row.lead_kind)}",
    }


def _history(node: AreaNode, asked: Request) -> list[dict[str, Any]]:
    """Return the changes of borders that made or ended this area, in words."""
    gathered: dict[int, dict[str, Any]] = {}
    for one in queries.changes_of(node.id):
        change = one.redivision
        said = gathered.setdefault(
            change.pk,
            {
                "at": change.effective_at,
                "what": change.get_kind_display(),
                "reason": change.reason,
                "from": [],
                "to": [],
            },
        )
        other_id, side = (one.new_id, "to") if one.old_id == node.id else (one.old_id, "from")
        other = queries.node(other_id, asked.numbers) if other_id is not None else None
        if other is not None:
            said[side].append(other)
    return list(gathered.values())


def _etag(request: HttpRequest, code: str) -> str:
    asked = cast("Request", request)
    return f'"{asked.numbers.get("areas", 0)}-{code}"'


@require_safe
@staff_only(*SEEN_BY)
@condition(etag_func=_etag)
def borders(request: HttpRequest, code: str) -> HttpResponse:
    """Give the borders of an area and of those right below it to the map."""
    asked = cast("Request", request)
    node = node_or_404(asked, code)
    found = land.features(node, queries.children(node.id, asked.at, asked.numbers))
    return JsonResponse({"type": "FeatureCollection", "features": found})


@require_safe
@staff_only(*SEEN_BY)
def buildings(request: HttpRequest, code: str) -> HttpResponse:
    """Give the buildings in and around an area, as far as the person may see them, to the map below it."""
    asked = cast("Request", request)
    return JsonResponse(
        {"type": "FeatureCollection", "features": land.buildings(asked.actor, node_or_404(asked, code))}
    )


@require_safe
@staff_only(*SEEN_BY)
def households(request: HttpRequest) -> HttpResponse:
    """List the grids whose household count is missing or out of range."""
    asked = cast("Request", request)
    remarks = queries.household_check(asked.at, asked.numbers)
    wanted = request.GET.get("kind", "")
    groups = {
        "missing": [one for one in remarks if one.area.households is None],
        "few": [one for one in remarks if one.area.households is not None and one.area.households < one.low],
        "many": [one for one in remarks if one.area.households is not None and one.area.households > one.high],
    }
    shown = groups.get(wanted, remarks)
    kinds = [
        ("", "全部", len(remarks)),
        ("missing", "没有填", len(groups["missing"])),
        ("few", "偏少", len(groups["few"])),
        ("many", "偏多", len(groups["many"])),
    ]
    after = request.GET.get("after", "")
    rest = [one for one in shown if one.area.code > after]
    first = len(shown) - len(rest)
    cut = rest[:_ROWS]
    pager = Page(
        first + 1 if cut else 0,
        first + len(cut),
        len(shown),
        previous_url=_at(request, wanted, "" if first <= _ROWS else shown[first - _ROWS - 1].area.code)
        if first
        else "",
        next_url=_at(request, wanted, cut[-1].area.code) if len(rest) > _ROWS else "",
    )
    return page(
        request,
        "console/areas/households.html",
        door=DOOR,
        title=_("户数核对"),
        rows=cut,
        pager=pager,
        segments=[Tab(_at(request, kind, ""), label, count, current=kind == wanted) for kind, label, count in kinds],
        total=len([one for one in atlas_of(asked) if one.role == "grid"]),
        **tabs(asked),
    )


def _at(request: HttpRequest, kind: str, after: str) -> str:
    query = urlencode({name: value for name, value in (("kind", kind), ("after", after)) if value})
    return f"{request.path}?{query}" if query else request.path


@require_http_methods(["GET", "POST"])
@staff_only("areas.manage")
def amend(request: HttpRequest, code: str) -> HttpResponse:
    """Change an area's name, household count or kind."""
    asked = cast("Request", request)
    node = node_or_404(asked, code)
    kinds = list(land.labels("grid_kinds", asked.numbers).items()) if node.role == "grid" else []
    initial = {"name": node.name, "households": node.households, "kind": node.kind, "seen": node.version}
    form = AmendForm(request.POST or None, kinds=kinds, initial=initial)
    if not kinds:
        form.fields.pop("kind")
    to = reverse("console:area", args=[code])

    def act(values: dict[str, Any]) -> Done:
        found = Area.objects.get(pk=node.id)
        values.setdefault("kind", node.kind)
        actions.amend_area(asked.actor, area=found, at=asked.at, **values)
        return Done(to, f"{values['name']}已改好")

    return save(
        request,
        form,
        act,
        template="console/areas/amend.html",
        door=DOOR,
        title=_("改{name}的资料").format(name=node.name),
        node=node,
        crumbs=land.crumbs(node, asked.numbers),
        back_url=to,
    )


@require_http_methods(["GET", "POST"])
@staff_only("areas.manage")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a planned change of borders off."""
    asked = cast("Request", request)
    plan = Redivision.objects.filter(pk=pk).first()
    if plan is None:
        raise NotFound(_("没有这次调整。"))
    nodes = [found for old in plan.plan["old"] if (found := queries.node(old, asked.numbers))]
    to = land.area_url(nodes[0]) if nodes else reverse("console:areas")
    names = "、".join(node.name for node in nodes)
    question = Question("取消这次调整", f"{names}的边界不变，计划作废。", "取消调整", to)

    def act(values: dict[str, Any]) -> Done:
        actions.cancel_redivision(asked.actor, redivision=plan, reason=values["note"], at=asked.at)
        return Done(to, "调整已取消，边界不变")

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)
