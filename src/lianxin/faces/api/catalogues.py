"""What things are called and who answers for them: categories, filing standards, units, responsibility list."""

from typing import Annotated

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from lianxin.faces.acts.inputs import HolderLevelIn
from lianxin.faces.acts.kinds import AreaCode, CategoryCode, Input, Line
from lianxin.faces.acts.resolving import Resolver
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid
from lianxin.work.cases.models import FilingStandard
from lianxin.work.dispatch import queries as dispatch

from .calling import Call, answer, is_unchanged, unchanged
from .routes import Route, route
from .shapes import NamedOut, Out

router = Router(tags=["分类和单位"])


class CategoryOut(Out):
    """A category in use."""

    code: str
    name: str
    public_name: str
    kind: str
    depth: int
    parent: str | None
    description: str
    is_leaf: bool


class CategoriesOut(Out):
    """Categories, each parent before its children."""

    items: list[CategoryOut]


@route(router, "GET", "/categories", "分类", out=CategoriesOut, status=(200, 304))
def categories(call: Call) -> HttpResponse:
    """List the categories in use."""
    etag = f"c{call.numbers.get('categories', 0)}"
    if is_unchanged(call, etag):
        return unchanged(etag)
    known = dispatch.catalogue(call.numbers)
    items = [
        CategoryOut(
            code=node.code,
            name=node.name,
            public_name=node.public_name,
            kind=node.kind,
            depth=node.depth,
            parent=known.by_id[node.parent_id].code if node.parent_id else None,
            description=node.description,
            is_leaf=node.is_leaf,
        )
        for node in known.nodes
    ]
    return answer(CategoriesOut(items=items), etag=etag)


class StandardOut(Out):
    """A row of the filing standard in force."""

    category: str
    row: str
    version: int
    condition: str
    severity: str
    limit: str
    closing_condition: str
    evidence: list[str]
    unit_kind: str
    basis: str
    verification: str


class StandardsOut(Out):
    """Rows of the filing standard."""

    items: list[StandardOut]


class StandardsIn(Input):
    """Of which category."""

    category: Annotated[CategoryCode, Field(title="分类编码")]


@route(router, "GET", "/standards", "立案标准", out=StandardsOut, rules=Route(query=StandardsIn, signed_in=True))
def standards(call: Call, query: StandardsIn) -> HttpResponse:
    """List the rows of the filing standard for a category."""
    category_id = Resolver(call.actor, call.numbers, call.at).category(query.category)
    rows = FilingStandard.objects.filter(category_id=category_id or 0, valid_to=None).order_by("row")
    items = [
        StandardOut(
            category=query.category,
            row=row.row,
            version=row.version,
            condition=row.condition,
            severity=row.severity,
            limit=f"{row.limit_value} {row.limit_unit}",
            closing_condition=row.closing_condition,
            evidence=row.evidence,
            unit_kind=row.unit_kind,
            basis=row.basis,
            verification=row.verification,
        )
        for row in rows
    ]
    return answer(StandardsOut(items=items))


class UnitOut(Out):
    """A unit in force."""

    code: str
    name: str
    short_name: str
    kind: str
    level: str
    parent: str | None
    depth: int
    area: str | None
    duty_phone: str


class UnitsOut(Out):
    """Units in the order of a tree view."""

    items: list[UnitOut]


class UnitsIn(Input):
    """Which units."""

    kind: Annotated[Line, Field(max_length=30, title="单位类型")] = ""
    words: Annotated[Line, Field(max_length=60, title="名称里的字")] = ""


@route(router, "GET", "/units", "单位", out=UnitsOut, rules=Route(query=UnitsIn, signed_in=True))
def units(call: Call, query: UnitsIn) -> HttpResponse:
    """List the units in force."""
    known = organizations.directory(call.numbers)
    found = [
        node
        for node in organizations.unit_tree(call.at, call.numbers)
        if query.kind in {"", node.kind} and query.words in f"{node.name} {node.short_name}"
    ]
    items = [
        UnitOut(
            code=node.code,
            name=node.name,
            short_name=node.short_name,
            kind=node.kind,
            level=node.level,
            parent=known.by_id[node.parent_id].code if node.parent_id else None,
            depth=node.depth,
            area=_area_code(call, node.area_id),
            duty_phone=node.duty_phone,
        )
        for node in found
    ]
    return answer(UnitsOut(items=items))


def _area_code(call: Call, area_id: int | None) -> str | None:
    found = areas.node(area_id, call.numbers) if area_id is not None else None
    return found.code if found else None


class ResponsibleIn(Input):
    """For what, where, and dispatched by which level. Either an area or a point."""

    category: Annotated[CategoryCode, Field(title="分类编码")]
    area: Annotated[AreaCode | None, Field(title="区域编码")] = None
    lon: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False, title="经度")] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False, title="纬度")] = None
    level: Annotated[HolderLevelIn, Field(title="由哪一级派遣")] = HolderLevelIn.CITY


class ResponsibleOut(Out):
    """Who answers, by which row, and why; empty when the list names nobody."""

    lead: NamedOut | None
    assists: list[NamedOut]
    row: str
    basis: str
    why: str
    contradicted_by: list[str]


@route(router, "GET", "/responsibility", "谁负责", out=ResponsibleOut, rules=Route(query=ResponsibleIn, signed_in=True))
def responsible(call: Call, query: ResponsibleIn) -> HttpResponse:
    """Ask the responsibility list."""
    Resolver(call.actor, call.numbers, call.at).category(query.category)
    found = organizations.responsible(query.category, _area(call, query), query.level, at=call.at, numbers=call.numbers)
    if found is None:
        return answer(ResponsibleOut(lead=None, assists=[], row="", basis="", why="", contradicted_by=[]))
    return answer(
        ResponsibleOut(
            lead=NamedOut(code=found.lead_unit.code, name=found.lead_unit.name),
            assists=[NamedOut(code=unit.code, name=unit.name) for unit in found.assists],
            row=found.number,
            basis=found.basis,
            why=found.why,
            contradicted_by=list(found.contradicted_by),
        )
    )


def _area(call: Call, query: ResponsibleIn) -> areas.AreaNode:
    node = None
    if query.area is not None:
        node = areas.atlas(call.at, call.numbers).by_code.get(query.area)
    elif query.lon is not None and query.lat is not None:
        node = areas.locate(query.lon, query.lat, call.at, call.numbers)
    if node is None:
        raise Invalid({"area": _("请给出本地的区域编码，或辖区内的经度和纬度。")})
    return node
