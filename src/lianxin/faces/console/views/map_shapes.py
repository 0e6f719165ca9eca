"""Shapes of the one map: borders and footprints; what is found, and views shared."""

import json
from typing import Any, cast

import shapely
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from shapely.geometry import shape as geometry_of

from lianxin.faces.console import battle
from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.mapping import SEEN_BY, box_of
from lianxin.faces.identity.request import Request
from lianxin.faces.maps import actions, finding
from lianxin.faces.maps.clustering import read_box, read_zoom
from lianxin.faces.maps.drawing import collection
from lianxin.faces.maps.layers import Look
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid, LianxinError
from lianxin.kernel.geometry.points import Box
from lianxin.kernel.geometry.polygons import to_geojson
from lianxin.registry.places.models import Building

_COMPACT = {"ensure_ascii": False, "separators": (",", ":")}
_BY_ZOOM = ((15.5, "micro"), (13, "grid"), (11, "community"), (0, "street"))
_MOST_BUILDINGS = 600  # what fits 150 kB
_DETAIL = 0.35  # degrees of half a pixel at zoom 0
_STOREY = 3.0  # metres


@require_GET
@staff_only(*SEEN_BY)
def borders(request: HttpRequest) -> JsonResponse:
    """Give the borders of a level of areas, of the level that suits the zoom when none is named."""
    asked = cast("Request", request)
    atlas = areas.atlas(asked.at, asked.numbers)
    there = {node.role for node in atlas}
    level = request.GET.get("level", "")
    if level not in there:
        zoom = read_zoom(request.GET.get("zoom", ""))
        level = next((role for least, role in _BY_ZOOM if zoom >= least and role in there), "street")
    words_of_box = request.GET.get("bbox", "")
    window = read_box(words_of_box) if words_of_box else None
    nodes = {node.id: node for node in atlas if node.role == level}
    rows = Area.objects.filter(pk__in=list(nodes), boundary__isnull=False).values_list("pk", "boundary")
    shapes = [(pk, shape) for pk, shape in rows if shape]
    shown = [(pk, shape) for pk, shape in shapes if window is None or _touches(shape, window)]
    degrees = _DETAIL / 2 ** read_zoom(request.GET.get("zoom", "") or "13")
    features = [_border(nodes[pk], _simplified(shape, degrees)) for pk, shape in shown]
    return JsonResponse(
        collection(features, level=level, label=_said(level), total=len(shapes)), json_dumps_params=_COMPACT
    )


def _said(level: str) -> str:
    named = {"street": _("街道边界"), "community": _("社区边界"), "grid": _("网格边界"), "micro": _("微网格边界")}
    return named.get(level, _("边界"))


def _simplified(drawn: Any, degrees: float) -> Any:
    """Return a border without what is smaller than a pixel. Neighbours share corners, so no gap is seen."""
    lighter = shapely.simplify(geometry_of(drawn), degrees, preserve_topology=True)
    return to_geojson(lighter, digits=6)  # type: ignore[arg-type]


def _touches(shape: Any, window: Box) -> bool:
    box = box_of(shape)
    return box is not None and not (
        box.east < window.west or box.west > window.east or box.north < window.south or box.south > window.north
    )


def _border(node: AreaNode, shape: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": node.id,
        "geometry": shape,
        "properties": {
            "key": node.code, "name": node.name, "level": node.role,
            "panel": reverse("console:map_portrait", args=["area", node.code]),
        },
    }  # fmt: skip


@require_GET
@staff_only("places.view")
def buildings(request: HttpRequest) -> JsonResponse:
    """Give the footprints of buildings in a window, with their heights, and with the share that is in a `state`."""
    asked = cast("Request", request)
    box = read_box(request.GET.get("bbox", ""))
    shown = Building.objects.visible_to(asked.actor).now().filter(point__within_box=box, footprint__isnull=False)
    rows = list(shown.select_related("estate")[: _MOST_BUILDINGS + 1])
    shares = battle.shares(asked, rows, request.GET.get("state", ""))
    features = [
        {
            "type": "Feature",
            "geometry": _rounded(row.footprint),
            "properties": {
                "key": row.code, "name": f"{row.estate.name} {row.name}" if row.estate else row.name,
                "floors": row.floors or 0, "units": len(row.entrances), "height": (row.floors or 2) * _STOREY,
                **_share(shares.get(row.pk)),
                "panel": reverse("console:map_portrait", args=["building", row.code]),
                "chart": reverse("console:map_chart", args=[row.code]),
            },
        }
        for row in rows[:_MOST_BUILDINGS]
    ]  # fmt: skip
    return JsonResponse(collection(features, more=len(rows) > _MOST_BUILDINGS), json_dumps_params=_COMPACT)


def _share(share: battle.Share | None) -> dict[str, Any]:
    if share is None or not share.total:
        return {}
    return {"share": round(share.marked / share.total, 3), "count": share.marked}


def _rounded(drawn: Any) -> Any:
    """Return a footprint to a decimetre, as is enough to be drawn."""
    return to_geojson(geometry_of(drawn), digits=6)  # type: ignore[arg-type]


@never_cache
@require_POST
@staff_only(*SEEN_BY)
def share(request: HttpRequest) -> JsonResponse:
    """Keep a view under a short key, to be opened by others with their own rights."""
    asked = cast("Request", request)
    try:
        sent = sent_by(asked)
        view = actions.share(asked.actor, state=sent, name=str(sent.get("name") or ""), at=asked.at)
    except LianxinError as error:
        return refused(error)
    return JsonResponse(
        {"key": view.key, "url": reverse("console:map_view", args=[view.key]), "until": view.until.isoformat()}
    )


def sent_by(asked: Request) -> dict[str, Any]:
    """Return the JSON object that was sent. Raises Invalid for anything else."""
    try:
        found = json.loads(asked.body)
    except (ValueError, RecursionError):
        raise Invalid({"body": _("没有看懂送来的内容。")}) from None
    if not isinstance(found, dict):
        raise Invalid({"body": _("没有看懂送来的内容。")})
    return found


def refused(error: LianxinError) -> JsonResponse:
    """Answer why not, in words of who asked."""
    return JsonResponse({"error": error.sentence}, status=error.status, json_dumps_params=_COMPACT)


@never_cache
@require_POST
@staff_only(*SEEN_BY)
def find(request: HttpRequest) -> JsonResponse:
    """Find things on the map by name or number. What is typed travels in the body: it may be somebody's name."""
    asked = cast("Request", request)
    look = Look(asked.actor, asked.at, asked.numbers)
    found = [
        {
            "kind": one.kind, "key": one.key, "label": one.label, "line": one.line, "lon": one.lon, "lat": one.lat,
            "panel": reverse("console:map_portrait", args=[one.kind, one.key]),
        }
        for one in finding.find(look, request.POST.get("q", ""))
    ]  # fmt: skip
    return JsonResponse({"found": found}, json_dumps_params=_COMPACT)
