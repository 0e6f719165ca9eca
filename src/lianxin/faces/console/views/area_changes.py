"""New areas, ended ones, what became of them, and every change of borders: planned, in force, called off."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import adding, ages, land
from lianxin.faces.console.forms_areas import AddForm, EndForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Page
from lianxin.foundation.areas import actions, following, queries
from lianxin.foundation.areas.models import Area, Redivision
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound

from .areas import DOOR, SEEN_BY, atlas_of, node_or_404, tabs

_ROWS = 30


@require_safe
@staff_only(*SEEN_BY)
def plans(request: HttpRequest) -> HttpResponse:
    """List all changes of borders, the latest first, with what has not moved yet."""
    asked = cast("Request", request)
    after = request.GET.get("after", "")
    found = queries.plans(after=int(after) if after.isdecimal() and len(after) < 18 else None, limit=_ROWS + 1)
    cut = found[:_ROWS]
    total = Redivision.objects.count()
    first = total - Redivision.objects.filter(pk__lte=cut[0].pk).count() if cut else 0
    pager = Page(
        first + 1 if cut else 0,
        first + len(cut),
        total,
        previous_url=request.path if after else "",
        next_url=f"?after={cut[-1].pk}" if len(found) > _ROWS else "",
    )
    rows = [_row(asked, plan) for plan in cut]
    return page(
        request, "console/areas/plans.html", door=DOOR, title=_("边界调整"), rows=rows, pager=pager, **tabs(asked)
    )


def _row(asked: Request, plan: Redivision) -> dict[str, Any]:
    nodes = [node for pk in plan.plan["old"] if (node := queries.node(pk, asked.numbers))]
    is_moving = plan.applied_at is not None and plan.rehomed_at is None
    if plan.cancelled_at:
        state = f"没能生效：{plan.plan['stopped']}" if plan.plan.get("stopped") else "已取消"
    elif plan.applied_at is None:
        state = "等着生效"
    else:
        state = "已生效，正在跟过去" if is_moving else "已生效，都跟过去了"
    return {
        "plan": plan,
        "old": [{"name": node.name, "url": f"{reverse('console:area_history', args=[node.code])}?at={node.id}"}
                for node in nodes],
        "new": list(dict.fromkeys(new["name"] for new in plan.plan["successors"])),
        "state": state,
        "left": following.left(queries.ended_by(plan)) if is_moving else {},
        "may_cancel": plan.applied_at is None and plan.cancelled_at is None and asked.actor.may("areas.manage"),
    }  # fmt: skip


@require_safe
@staff_only(*SEEN_BY)
def history(request: HttpRequest, code: str) -> HttpResponse:
    """Show what an area followed and what followed it, with the borders of any of these times."""
    asked = cast("Request", request)
    node = node_or_404(asked, code)
    found = ages.of(asked, node)
    shown = ages.chosen(asked, node, found)
    return page(
        request,
        "console/areas/history.html",
        door=DOOR,
        title=_("{name}的沿革").format(name=node.name),
        node=node,
        crumbs=land.crumbs(node, asked.numbers),
        ages=[age.shown(is_shown=age.node.id == shown.id) for age in found],
        map_url=f"{reverse('console:area_then', args=[code])}?at={shown.id}",
    )


@require_safe
@staff_only(*SEEN_BY)
def then(request: HttpRequest, code: str) -> HttpResponse:
    """Give the borders of one of an area's times, with its neighbours of then, to the map."""
    asked = cast("Request", request)
    node = node_or_404(asked, code)
    shown = ages.chosen(asked, node, ages.of(asked, node))
    return JsonResponse({"type": "FeatureCollection", "features": ages.features(asked, shown)})


@require_http_methods(["GET", "POST"])
@staff_only("areas.manage")
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Make a new area below one that is in force, by form or by drawing."""
    asked = cast("Request", request)
    parent = node_or_404(asked, code)
    if parent.valid_to is not None:
        raise NotFound(_("这个区域已经撤销，下面不能再建。"))
    if not asked.actor.may("areas.manage", parent):
        raise NotAllowed("areas.manage", _("您的岗位不能在这里建区域。"))
    levels = adding.levels_below(parent, asked.numbers)
    if not levels:
        raise Invalid({"level": _("“{name}”已是最下一级，下面不能再建。").format(name=parent.name)})
    kinds = list(land.labels("grid_kinds", asked.numbers).items()) if any(one.role == "grid" for one in levels) else []
    form = AddForm(
        request.POST or None,
        levels=[(one.key, one.label) for one in levels],
        kinds=kinds,
        initial=adding.proposed(parent, atlas_of(asked), queries.index(asked.numbers), levels),
    )

    def act(values: dict[str, Any]) -> Done:
        made = actions.create_area(asked.actor, node=adding.node_of(parent, levels, values), at=asked.at)
        return Done(reverse("console:area", args=[made.code]), f"{made.name}已建好")

    return save(
        request,
        form,
        act,
        template="console/areas/add.html",
        door=DOOR,
        title=_("在{name}下面新建").format(name=parent.name),
        node=parent,
        crumbs=land.crumbs(parent, asked.numbers),
        back_url=reverse("console:area", args=[code]),
    )


@require_http_methods(["GET", "POST"])
@staff_only("areas.manage")
def end(request: HttpRequest, code: str) -> HttpResponse:
    """End an area that nothing follows, after asking."""
    asked = cast("Request", request)
    node = node_or_404(asked, code)
    parent = queries.node(node.parent_id or 0, asked.numbers)
    to = reverse("console:area", args=[code])
    moving = following.left(queries.descend(node.id, asked.at, asked.numbers))
    said = "、".join(f"{count:,} {label}" for label, count in moving.items())
    effect = (
        f"{node.name}从现在起不再是网格，它的地归{parent.name if parent else '上级'}；岗位到此为止"
        f"{f'（现有{said}）' if said else ''}，在办案件转到上级。历史仍归它。要把地交给邻居，请改用合并。"
    )
    question = Question(f"撤销{node.name}", effect, "撤销", to)

    def act(values: dict[str, Any]) -> Done:
        area = Area.objects.get(pk=node.id)
        actions.end_area(asked.actor, area=area, seen=values["seen"], reason=values["note"], at=asked.at)
        return Done(reverse("console:area", args=[parent.code]) if parent else to, f"{node.name}已撤销")

    form = EndForm(request.POST or None, initial={"seen": node.version})
    return ask(request, form, question, act, door=DOOR)
