"""The responsibility list as a matrix: category × community, who leads where, with gaps and contradictions."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.forms_units import LEVELS, CellForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.lookups import area_name
from lianxin.faces.console.paging_in_memory import paged
from lianxin.faces.console.saving import Done, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import actions, queries
from lianxin.foundation.organizations.queries import Ruling
from lianxin.kernel.errors import NotAllowed, NotFound
from lianxin.work.dispatch.proposals import CategoryNode
from lianxin.work.dispatch.queries import catalogue

from .duties import found_in
from .units import DOOR, SEEN_BY, tabs

_ROWS = 30
_LABELS = dict(LEVELS)


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring communities in which the same holds: who leads, or that nobody does."""

    span: int
    lead: str
    tone: str  # "", gap, conflict, below (another level leads)
    url: str
    where: str


def _level(asked: Request) -> str:
    given = asked.GET.get("level") or asked.POST.get("level") or ""
    return given if given in _LABELS else "city"


def _columns(asked: Request) -> list[AreaNode]:
    """Return the communities, of one street or all."""
    atlas = areas.atlas(asked.at, asked.numbers)
    found = [node for node in atlas if node.role == "community"]
    street = atlas.by_code.get(asked.GET.get("street", ""))
    return [node for node in found if street is None or street.id in node.path_ids]


@require_safe
@staff_only(*SEEN_BY)
def matrix(request: HttpRequest) -> HttpResponse:
    """Show the matrix of one level; neighbours with the same answer are drawn as one."""
    asked = cast("Request", request)
    level, columns = _level(asked), _columns(asked)
    missing, doubled = found_in(asked)
    bare = {(gap.category, gap.area.id) for gap in missing}
    leaves = _wanted(asked, bare, {(one.category, one.area.id) for one in doubled})
    shown, pager = paged(request, leaves, size=_ROWS)
    atlas = areas.atlas(asked.at, asked.numbers)
    street = asked.GET.get("street", "")
    return page(
        request,
        "console/units/matrix.html",
        door=DOOR,
        title=_("权责矩阵"),
        tabs=tabs(asked),
        levels=[Tab(_to(asked, level=code), label, current=code == level) for code, label in LEVELS],
        streets=[(node.code, node.name, node.code == street) for node in atlas if node.role == "street"],
        columns=columns,
        rows=[(leaf, _runs(asked, leaf, columns, level, bare)) for leaf in shown],
        pager=pager,
        gap_count=len(missing),
        conflict_count=len(doubled),
        only=asked.GET.get("only", ""),
        level=level,
        may_manage=asked.actor.scope("organizations.manage").everywhere,
    )


def _to(asked: Request, **changes: str) -> str:
    query = {name: value for name, value in (asked.GET.dict() | changes).items() if value and name != "from"}
    return f"{asked.path}?{urlencode(query)}"


def _wanted(asked: Request, bare: set[tuple[str, int]], doubled: set[tuple[str, int]]) -> Sequence[CategoryNode]:
    leaves = catalogue(asked.numbers).leaves
    chosen = {"gap": bare, "conflict": doubled}.get(asked.GET.get("only", ""))
    if chosen is None:
        return leaves
    codes = {code for code, _area in chosen}
    return [leaf for leaf in leaves if leaf.code in codes]


def _runs(
    asked: Request, leaf: CategoryNode, columns: Sequence[AreaNode], level: str, bare: set[tuple[str, int]]
) -> list[Run]:
    cells = [(node, _cell(asked, leaf, node, level, bare)) for node in columns]
    runs = []
    for (lead, tone), grouped in groupby(cells, key=lambda cell: cell[1]):
        nodes = [node for node, _cell in grouped]
        query = {"category": leaf.code, "level": level, **({"area": nodes[0].code} if len(nodes) < len(cells) else {})}
        where = _("全域") if len(nodes) == len(cells) else nodes[0].name
        if 1 < len(nodes) < len(cells):
            where = _("{first}等 {count} 处").format(first=nodes[0].name, count=len(nodes))
        runs.append(Run(len(nodes), lead, tone, f"{reverse('console:duty_cell')}?{urlencode(query)}", where))
    return runs


def _cell(
    asked: Request, leaf: CategoryNode, node: AreaNode, level: str, bare: set[tuple[str, int]]
) -> tuple[str, str]:
    ruling = queries.responsible(leaf.code, node, level, at=asked.at, numbers=asked.numbers)
    if ruling is None:
        return ("", "gap") if (leaf.code, node.id) in bare else ("", "below")
    # A unit of the area's own kind has another name everywhere: said by its kind, so that neighbours stand together.
    lead = _("当地") if ruling.lead_unit.level != "city" else ruling.lead_unit.short_name
    return lead, "conflict" if ruling.contradicted_by else ""


@require_http_methods(["GET", "POST"])
@staff_only(*SEEN_BY)
def cell(request: HttpRequest) -> HttpResponse:
    """Say who leads for a category at a place, and let it be changed there or for the whole place."""
    asked = cast("Request", request)
    given = request.POST if request.method == "POST" and "category" in request.POST else request.GET
    category = catalogue(asked.numbers).by_code.get(given.get("category", ""))
    if category is None:
        raise NotFound(_("没有这个分类。"))
    level = _level(asked)
    area = areas.atlas(asked.at, asked.numbers).by_code.get(given.get("area", ""))
    back = f"{reverse('console:duty_matrix')}?{urlencode({'level': level})}"
    ruling = _ruling(asked, category, area, level)

    def act(values: dict[str, Any]) -> Done:
        row = _row(asked, category, values, level)
        actions.load_responsibilities(asked.actor, [row], at=asked.at)
        return Done(back, _("{category}改由{lead}牵头").format(category=category.name, lead=values["lead"].short_name))

    may_manage = asked.actor.scope("organizations.manage").everywhere
    if request.method == "POST" and not may_manage:
        raise NotAllowed("organizations.manage", _("您的岗位不能改权责清单。"))
    form = CellForm(
        request.POST or None,
        asked=asked,
        initial={"area": area_name(area) if area else "", "lead": ruling.lead_unit.name if ruling else ""},
    )
    return save(
        request,
        form,
        act,
        template="console/units/cell.html",
        door=DOOR,
        title=_("谁牵头：{category}").format(category=category.name),
        category=category,
        area=area,
        level=level,
        level_label=_LABELS[level],
        ruling=ruling,
        rivals=list(ruling.contradicted_by) if ruling else [],
        may_manage=may_manage,
        back_url=back,
    )


def _ruling(asked: Request, category: CategoryNode, area: AreaNode | None, level: str) -> Ruling | None:
    place = area or next(iter(_columns(asked)), None)
    if place is None:
        return None
    return queries.responsible(category.code, place, level, at=asked.at, numbers=asked.numbers)


def _row(asked: Request, category: CategoryNode, values: dict[str, Any], level: str) -> actions.DutyRow:
    """Return the row of exactly this category and place, or a new one with the next number."""
    known = [row for row in queries.directory(asked.numbers).rows if row.in_force(asked.at)]
    area = values["area"]
    exact = next(
        (row for row in known if (row.category, row.area_id, row.level) == (category.code, area and area.id, level)),
        None,
    )
    numbers = {row.number for row in known}
    number = exact.number if exact else next(f"补-{one}" for one in range(1, 100_000) if f"补-{one}" not in numbers)
    return actions.DutyRow(
        number=number,
        category=category.code,
        level=level,
        area=area.code if area else None,
        lead=values["lead"].code,
        assists=values["assists"],
        basis=values["basis"],
    )
