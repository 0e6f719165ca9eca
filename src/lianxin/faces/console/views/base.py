"""基础库: one search box, what is here by counts, my areas, and what waits for somebody."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import BASE, page, staff_only
from lianxin.faces.console.hub import Card, card, cards, concern
from lianxin.faces.console.portraying import Asking, kpis, told_below
from lianxin.faces.console.standing import portrait_url
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.insight.portraits import areas as portraits
from lianxin.registry.care import queries as care

_MOST_AREAS = 40
_COUNTED = 200  # beyond that the figure says 200+


@require_safe
@staff_only(*BASE)
def base(request: HttpRequest) -> HttpResponse:
    """Show where everything of the base data is found."""
    asked = cast("Request", request)
    context: dict[str, Any] = {"cards": cards(asked, on="base")}
    if asked.actor.may("places.view"):
        context |= {"words": "", "find_url": reverse("console:search"), **_mine(asked)}
    return page(request, "console/base/base.html", door="console:base", title=_("基础库"), **context)


def tops(asked: Request) -> list[AreaNode]:
    """Return the largest areas the person sees places in: the whole, or those of their posts."""
    scope = asked.actor.scope("places.view")
    atlas = areas.atlas(asked.at, asked.numbers)
    if scope.everywhere:
        return atlas.children(None)[:1]
    ids = scope.street_ids | scope.community_ids | scope.grid_ids
    found = [atlas.by_id[pk] for pk in ids if pk in atlas.by_id]
    return sorted((one for one in found if not ids & set(one.path_ids[:-1])), key=lambda one: one.code)


def _mine(asked: Request) -> dict[str, Any]:
    """Return figures and table of the areas that are one's own, or of those right below a single one."""
    own = tops(asked)
    if not own:
        return {}
    if len(own) > 1:
        return {"areas": [_row(asked, one, portraits.figures(one, asked.numbers)) for one in own[:_MOST_AREAS]]}
    node = own[0]
    asking = Asking(asked.actor, node, {"area": node.code})
    found = portraits.figures(node, asked.numbers)
    below = areas.atlas(asked.at, asked.numbers).children(node.id) if node.role != "grid" else []
    counts = portraits.below(node, below, asked.numbers) if below else {}
    rows = [_row(asked, node, found)] if not below else []
    return {
        "figures": kpis(asking, found),
        "as_of": found.as_of,
        "areas": [*rows, *told_below(asking, [(one, portrait_url(asked, one)) for one in below], counts)],
    }


def _row(asked: Request, node: AreaNode, found: portraits.Figures) -> dict[str, Any]:
    asking = Asking(asked.actor, node, {"area": node.code})
    counts = {"people": found.people, "households": found["households"], "dwellings": found.dwellings,
              "places": found.establishments}  # fmt: skip
    return told_below(asking, [(node, portrait_url(asked, node))], {node.id: counts})[0]


@card(10, on="base")
def people(asked: Request) -> Card | None:
    """人员."""
    if not asked.actor.may("people.view"):
        return None
    return Card(_("人员"), reverse("console:people"), "users", _("按区域、年龄、关照需要找；登记、核实、迁移、合并"))


@card(20, on="base")
def places(asked: Request) -> Card | None:
    """小区和房屋."""
    if not asked.actor.may("places.view"):
        return None
    return Card(
        _("小区和房屋"), reverse("console:estates"), "building", _("小区、楼栋、楼栋图、房屋；空置和多时没核实的")
    )


@card(30, on="base")
def establishments(asked: Request) -> Card | None:
    """单位场所."""
    if not asked.actor.may("places.view"):
        return None
    line = _("企业、商铺、学校、物业、业委会、社会组织")
    return Card(_("单位场所"), reverse("console:establishments"), "receipt", line)


@card(40, on="base")
def needs(asked: Request) -> Card | None:
    """关爱."""
    if not asked.actor.may("care.view"):
        return None
    due = care.reviews_due(asked.actor, at=asked.at)[:100].count() if asked.actor.may("care.tag") else 0
    visits = care.due_count(asked.actor, at=asked.at, most=_COUNTED)
    said = words.count(visits) if visits <= _COUNTED else f"{_COUNTED}+"
    concerns = [
        *concern(visits, _("{count} 人到了走访的日子").format(count=said)),
        *concern(due, _("%d 条标签该复核了")),
    ]
    people_cared = _("需要照应的人，只给为他们服务的岗位看")
    return Card(_("关爱"), reverse("console:care"), "heart", people_cared, concerns)
