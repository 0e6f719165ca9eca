"""Portraits (画像) of areas: counts and trends, every count with its list; no names."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console import facilities, land
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.portraying import Asking, Count, line, portrait, told_below
from lianxin.faces.console.standing import crumbs, portrait_url
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Kpi
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.insight.portraits import areas as portraits
from lianxin.insight.portraits import measures
from lianxin.kernel.errors import NotFound
from lianxin.work.cases import queries as cases
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries import Filters
from lianxin.work.dispatch.queries import catalogue

DOOR = "console:base"
_MOST = 8


def seen_node_or_404(asked: Request, code: str) -> AreaNode:
    """Return an area in force where the person may see places; for a micro grid the grid it lies in."""
    node = areas.atlas(asked.at, asked.numbers).by_code.get(code)
    if node is not None and node.role == "micro":
        node = areas.node(node.parent_id, asked.numbers) if node.parent_id is not None else None
    if node is None or not portrait_url(asked, node):
        raise NotFound(_("没有这个区域，或不在您的辖区。"))
    return node


@require_safe
@staff_only("places.view")
def area(request: HttpRequest, code: str) -> HttpResponse:
    """Show what an area consists of, and how that went over twelve months."""
    asked = cast("Request", request)
    node = seen_node_or_404(asked, code)
    asking = Asking(asked.actor, node, {"area": node.code})
    found = portraits.figures(node, asked.numbers)
    may_see_cases = asked.actor.may("cases.view")
    lines = portraits.trend(
        node, {"people": [measures.ALL_PEOPLE], "open": [measures.OPEN_CASES]}, at=asked.at, numbers=asked.numbers
    )
    drawn = [line(_("登记人口"), _("人"), lines["people"], at=asked.at, has_purpose=asking.sees_people)]
    if may_see_cases:
        drawn.append(line(_("在办案件"), _("件"), lines["open"], at=asked.at))
    return page(
        request,
        "console/portraits/area.html",
        door=DOOR,
        title=_("{name}画像").format(name=node.name),
        node=node,
        level=land.labels("levels", asked.numbers).get(node.level, node.level),
        crumbs=crumbs(asked, node),
        portrait=portrait(asking, found, drawn, extra=_cases(asked, node) if may_see_cases else ()),
        categories=_categories(asked, node) if may_see_cases else (),
        below=_below(asked, asking, node),
        establishments=words.count(found.establishments),
        list_urls={name: asking.to(name) for name in ("estates", "buildings", "establishments")}
        | ({"people": asking.to("people")} if asking.sees_people else {}),
        estates=words.count(found[measures.ESTATES]),
        buildings=words.count(found[measures.BUILDINGS]),
        components=facilities.count_in(asked, node),
    )


def _filters(node: AreaNode, **more: Any) -> Filters:
    return Filters(area_ids=() if node.is_whole else (node.id,), **more)


def _to_cases(node: AreaNode, **more: str) -> str:
    return f"{reverse('console:cases')}?{urlencode({'area': node.code, **more})}"


def _cases(asked: Request, node: AreaNode) -> list[Kpi]:
    wanted = {"open": _filters(node), "late": _filters(node, clock="overdue")}
    counts = cases.counts(asked.actor, wanted, at=asked.at)
    late = _("其中 {late} 件超时").format(late=words.count(counts["late"]))
    return [Kpi(_("在办案件"), words.count(counts["open"]), _("件"), late, url=_to_cases(node))]


def _categories(asked: Request, node: AreaNode) -> list[Count]:
    """Return open cases by the broad category, the most frequent first. One statement."""
    open_now = Case.objects.filter(pk__in=cases.queue(asked.actor, _filters(node), at=asked.at).values("pk"))
    known = catalogue(asked.numbers)
    sums: dict[str, int] = {}
    for category_id in open_now.exclude(category=None).values_list("category_id", flat=True):
        found = known.by_id.get(category_id)
        if found is not None:
            sums[found.code[:2]] = sums.get(found.code[:2], 0) + 1
    most = max(sums.values(), default=1)
    ranked = sorted(sums.items(), key=lambda pair: -pair[1])[:_MOST]
    return [
        Count(known.by_code[code].name, words.count(count), count / most, _to_cases(node, category=code))
        for code, count in ranked
        if code in known.by_code
    ]


def _below(asked: Request, asking: Asking, node: AreaNode) -> list[dict[str, str]]:
    """Return what lies right below an area, each with its portrait."""
    children = areas.atlas(asked.at, asked.numbers).children(node.id)
    if not children or node.role == "grid":
        return []
    found = portraits.below(node, children, asked.numbers)
    return told_below(asking, [(child, portrait_url(asked, child)) for child in children], found)
