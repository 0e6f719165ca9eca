"""Areas and points: the tree, its borders as GeoJSON, which grid holds a point."""

from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from lianxin.faces.acts.kinds import AreaCode, Input, PointIn
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid

from .calling import Call, answer, is_unchanged, unchanged
from .routes import Route, route
from .shapes import AreaOut, Out

router = Router(tags=["区域"])


class AreasOut(Out):
    """Areas in the order of a tree view."""

    items: list[AreaOut]


class AreasIn(Input):
    """Which part of the tree."""

    below: Annotated[AreaCode | None, Field(title="只看它和下级")] = None


def _node(call: Call, code: str) -> AreaNode:
    found = areas.atlas(call.at, call.numbers).by_code.get(code)
    if found is None:
        raise Invalid({"below": _("没有这个区域，请核对编码。")})
    return found


def _out(call: Call, node: AreaNode) -> AreaOut:
    parent = areas.node(node.parent_id, call.numbers) if node.parent_id is not None else None
    return AreaOut.of(node, parent)


def _etag(call: Call, part: str = "") -> str:
    return f"{call.numbers.get('areas', 0)}{part}"


@route(router, "GET", "/areas", "区域树", out=AreasOut, status=(200, 304), rules=Route(query=AreasIn))
def tree(call: Call, query: AreasIn) -> HttpResponse:
    """List all areas in force, each parent before its children."""
    etag = _etag(call, f"-{query.below or ''}")
    if is_unchanged(call, etag):
        return unchanged(etag)
    atlas = areas.atlas(call.at, call.numbers)
    nodes = list(atlas.descend(_node(call, query.below).id)) if query.below else areas.tree(call.at, call.numbers)
    return answer(AreasOut(items=[_out(call, node) for node in nodes]), etag=etag)


class FeatureOut(Out):
    """One area with its border."""

    type: str = "Feature"
    id: str
    geometry: dict[str, Any] | None
    properties: AreaOut


class FeaturesOut(Out):
    """GeoJSON, WGS-84."""

    type: str = "FeatureCollection"
    features: list[FeatureOut]


class BordersIn(Input):
    """Which borders."""

    below: Annotated[AreaCode, Field(title="它和直接下级的边界")]


@route(router, "GET", "/areas.geojson", "边界", out=FeaturesOut, status=(200, 304), rules=Route(query=BordersIn))
def borders(call: Call, query: BordersIn) -> HttpResponse:
    """Give the borders of an area and of the areas right below it."""
    etag = _etag(call, f"-g-{query.below}")
    if is_unchanged(call, etag):
        return unchanged(etag)
    above = _node(call, query.below)
    nodes = [above, *areas.children(above.id, call.at, call.numbers)]
    shapes = dict(Area.objects.filter(pk__in=[node.id for node in nodes]).values_list("pk", "boundary"))
    features = [FeatureOut(id=node.code, geometry=shapes.get(node.id), properties=_out(call, node)) for node in nodes]
    return answer(FeaturesOut(features=features), etag=etag)


class LocatedOut(BaseModel):
    """The smallest area that holds a point, with all above it; empty outside."""

    area: AreaOut | None
    path: list[AreaOut]


@route(router, "GET", "/locate", "这个点归哪个网格", out=LocatedOut, rules=Route(query=PointIn))
def locate(call: Call, query: PointIn) -> HttpResponse:
    """Tell which area holds a point."""
    found = areas.locate(query.lon, query.lat, call.at, call.numbers)
    above = [areas.node(pk, call.numbers) for pk in found.path_ids] if found else []
    path = [_out(call, node) for node in above if node is not None]
    return answer(LocatedOut(area=path[-1] if path else None, path=path))
