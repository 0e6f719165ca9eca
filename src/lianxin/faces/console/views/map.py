"""一张图: the page, and the layers it fetches."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from lianxin.faces.console import battle, mapping
from lianxin.faces.console.filtering import CLOCKS
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.mapping import DOOR, SEEN_BY, look_of
from lianxin.faces.console.rows import labels
from lianxin.faces.identity.request import Request
from lianxin.faces.maps import actions, drawing, drawn
from lianxin.faces.maps.clustering import read_box, read_zoom
from lianxin.faces.maps.layers import Layer, Look, layer_or_404, layers
from lianxin.faces.parts.shapes import Page
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.errors import NotFound
from lianxin.kernel.geometry.coordinates import System, from_wgs
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.geometry.polygons import to_geojson
from lianxin.registry.basemap import queries as basemap
from lianxin.registry.basemap.rules import LEAST_ZOOM, MOST_ZOOM
from lianxin.registry.components.classes import catalogue as component_classes
from lianxin.registry.components.models import State
from lianxin.work.dispatch.queries import catalogue

from .imports import SEEN_BY as IMPORT

_FIRST_ZOOM = 14


@require_safe
@staff_only(*SEEN_BY)
def one_map(request: HttpRequest) -> HttpResponse:
    """Show the one map."""
    return _page(cast("Request", request), None)


@require_safe
@staff_only(*SEEN_BY)
def shared(request: HttpRequest, key: str) -> HttpResponse:
    """Show the map as somebody shared it, with the rights of who opens it."""
    asked = cast("Request", request)
    view = actions.opened(key, at=asked.at)
    shown = actions.read_state(asked.actor, {**view.state, "at": None}) | {"at": view.state.get("at")}
    return _page(asked, {"key": view.key, "name": view.name, **shown})


def _page(asked: Request, view: dict[str, Any] | None) -> HttpResponse:
    node, box = mapping.home(asked)
    look = Look(asked.actor, asked.at, asked.numbers)
    listed = [_told(each, look) for each in layers(asked.actor)]
    if view is not None:
        listed = [{**each, "on": each["code"] in view["layers"]} for each in listed]
    center = node.center if node else None
    drawn_on = basemap.ground(asked.numbers)
    config = {
        **_addresses(),
        "center": list(center) if center else [104.0, 35.0],
        "zoom": _FIRST_ZOOM if center else 4,
        "box": list(box) if box else None,
        "now": asked.at.isoformat(),
        "earliest": (asked.at - mapping.LONG_AGO).isoformat(),
        "tiles": _tiles(drawn_on),
        "background": _behind(drawn_on),
        "live": bool(asked.actor.scope("cases.view")),
        "view": view,
        "title": node.name if node else "",
        "drawn": _drawn(asked),
        "states": [
            {"code": code, "label": str(label), "marked": str(battle.MARKED_LABELS[code])}
            for code, label in battle.STATES.items()
        ],
    }  # fmt: skip
    title = _("一张图") + (f" · {node.name}" if node and not node.is_whole else "")
    response = page(
        asked, "console/map/map.html", door=DOOR, title=title, config=config, layers=listed,
        groups=_grouped(listed), filters=_filters(asked), view=view, levels=_levels(asked),
        missing=_missing(asked, drawn_on, listed),
    )  # fmt: skip
    if drawn_on.behind is not None:
        # The browser may fetch pictures from the host that was set, and from no other.
        host = [drawn_on.behind.host]
        response._csp_update = {"img-src": host, "connect-src": host}  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def _missing(asked: Request, ground: basemap.Ground, listed: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return what a new place lacks on its map, and where to do it for who may."""
    nothing = {each["code"] for each in listed if not each["count"]}
    lacks = (
        (ground.edition is None and ground.behind is None, _("还没有底图，图上只有边界和点。"), _("导入底图"),
         "map_base", ("basemap.manage",)),
        ("areas" in nothing, _("还没有画区域边界。"), _("画边界"), "areas", ("areas.manage",)),
        ("buildings" in nothing, _("还没有登记楼栋。"), _("导入楼栋"), "imports", IMPORT),
    )  # fmt: skip
    return [
        {"said": said, "act": act, "url": reverse(f"console:{name}") if any(map(asked.actor.may, may)) else ""}
        for is_so, said, act, name, may in lacks
        if is_so
    ]


def _drawn(asked: Request) -> dict[str, Any] | None:
    """Return the shape the address names, to be drawn again; what is gone is left out."""
    key = asked.GET.get("drawn", "")
    try:
        return to_geojson(drawn.opened(key, at=asked.at), digits=15) if key else None
    except NotFound:
        return None


def _tiles(ground: basemap.Ground) -> dict[str, Any] | None:
    if ground.edition is None:
        return None
    mark = reverse("console:map_tile", args=[ground.edition, 0, 0, 0]).removesuffix("0/0/0.mvt")
    return {
        "url": f"{mark}{{z}}/{{x}}/{{y}}.mvt", "minzoom": LEAST_ZOOM, "maxzoom": MOST_ZOOM, "bounds": ground.box,
        "attribution": ground.attribution,
    }  # fmt: skip


def _behind(ground: basemap.Ground) -> dict[str, Any] | None:
    behind = ground.behind
    if behind is None:
        return None
    return {
        "name": behind.name, "url": behind.url, "shift": behind.shift, "attribution": behind.attribution,
        "maxzoom": behind.most_zoom, "tileSize": 256,
    }  # fmt: skip


def _addresses() -> dict[str, str]:
    named = {
        "layers": "map_layers", "areas": "map_borders", "buildings": "map_buildings", "count": "map_count",
        "find": "map_find", "views": "map_views", "shift": "map_shift",
    }  # fmt: skip
    found = {name: reverse(f"console:{address}") for name, address in named.items()}
    return {
        **found,
        "points": f"{found['layers']}/",
        "portrait": reverse("console:map") + "portrait/",
        "building": reverse("console:map") + "building/",
    }


def _told(layer: Layer, look: Look) -> dict[str, Any]:
    return {
        "code": layer.code,
        "label": str(layer.label),
        "group": str(layer.group),
        "kind": layer.kind,
        "shape": layer.shape,
        "count": layer.count(look),
        "on": layer.is_on,
        "minzoom": layer.least_zoom,
        "at": layer.follows_time,
        "covers": layer.covers is not None,
        "empty": str(layer.empty),
        "url": reverse("console:map_points", args=[layer.code]),
        "list": reverse("console:map_list", args=[layer.code]),
    }


def _grouped(listed: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in listed:
        groups.setdefault(each["group"], []).append(each)
    return list(groups.items())


def _filters(asked: Request) -> list[dict[str, Any]]:
    """Return what cases and components on the map are chosen by."""
    return [*_case_filters(asked), *_component_filters(asked)]


def _component_filters(asked: Request) -> list[dict[str, Any]]:
    known = component_classes(asked.numbers)
    if not asked.actor.may("components.view") or not known.majors:
        return []
    majors = [(major, known.major_name(major)) for major in sorted(known.majors)]
    states = [("amiss", _("有问题的")), *((value, str(label)) for value, label in State.choices)]
    return [
        {"name": "component_class", "label": _("部件大类"), "choices": majors},
        {"name": "component_state", "label": _("部件状态"), "choices": states},
    ]


def _case_filters(asked: Request) -> list[dict[str, Any]]:
    if not (asked.actor.may("cases.view") or asked.actor.may("cases.handle")):
        return []
    said = labels(asked.numbers)
    majors = {code: each.name for code, each in sorted(catalogue(asked.numbers).by_code.items()) if len(code) == 2}
    return [
        {"name": "stage", "label": _("阶段"), "choices": list(said["stage"].items())},
        {"name": "clock", "label": _("时限"), "choices": [(code, str(label)) for code, label in CLOCKS.items()]},
        {"name": "severity", "label": _("等级"), "choices": list(said["severity"].items())},
        {"name": "category", "label": _("类别"), "choices": list(majors.items())},
    ]


def _levels(asked: Request) -> list[tuple[str, str]]:
    roles = {node.role for node in areas.atlas(asked.at, asked.numbers)}
    named = (("street", _("街道乡镇")), ("community", _("社区村")), ("grid", _("网格")), ("micro", _("微网格")))
    return [(role, label) for role, label in named if role in roles]


@require_GET
@staff_only(*SEEN_BY)
def ground(request: HttpRequest) -> JsonResponse:
    """Tell what every map of the console is drawn on, the small ones too: null where there is no base map yet."""
    return JsonResponse({"tiles": _tiles(basemap.ground(cast("Request", request).numbers))})


@require_GET
@staff_only(*SEEN_BY)
def map_layers(request: HttpRequest) -> JsonResponse:
    """List the layers one may see, with how many things each holds."""
    asked = cast("Request", request)
    look = look_of(asked)
    return JsonResponse({"layers": [_told(each, look) for each in layers(asked.actor)]}, json_dumps_params=_COMPACT)


_COMPACT = {"ensure_ascii": False, "separators": (",", ":")}


@never_cache
@require_GET
@staff_only(*SEEN_BY)
def points(request: HttpRequest, code: str) -> JsonResponse:
    """Give what of a layer lies in a window: clusters and points."""
    asked = cast("Request", request)
    layer = layer_or_404(asked.actor, code)
    box, zoom = read_box(request.GET.get("bbox", "")), read_zoom(request.GET.get("zoom", ""))
    words_left = asked.GET.copy()
    for name in ("bbox", "zoom"):
        words_left.pop(name, None)
    address = reverse("console:map_list", args=[code]) + (f"?{words_left.urlencode()}" if words_left else "")
    told = drawing.drawn(layer, look_of(asked), box, zoom, links=mapping.links, list_url=address)
    return JsonResponse({**told, "asOf": asked.at.isoformat()}, json_dumps_params=_COMPACT)


@require_safe
@staff_only(*SEEN_BY)
def listed(request: HttpRequest, code: str) -> HttpResponse:
    """List what of a layer lies in a window; without one everywhere. A piece for the panel, a page without script."""
    asked = cast("Request", request)
    layer = layer_or_404(asked.actor, code)
    words_of_box, key, is_late = request.GET.get("bbox", ""), request.GET.get("drawn", ""), "late" in request.GET
    rows = drawing.listed(
        layer, look_of(asked), read_box(words_of_box) if words_of_box else None,
        outline=drawn.opened(key, at=asked.at) if key else None, only_late=is_late, after=request.GET.get("after", ""),
    )  # fmt: skip
    context: dict[str, Any] = {
        "layer": layer, "label": _("{label} · 超时").format(label=layer.label) if is_late else str(layer.label),
        "rows": [{"mark": mark, **mapping.links(layer, mark)} for mark in rows.marks],
        "pager": _pager(asked, rows), "drawn_url": _back(asked, key) if key else "",
    }  # fmt: skip
    if request.headers.get("X-Requested-With") == "fetch" or request.headers.get("HX-Request"):
        return render(request, "console/map/list_piece.html", {**context, "is_piece": True})
    return page(request, "console/map/list.html", door=DOOR, title=f"{layer.label} · {_('一张图')}", **context)


def _pager(asked: Request, rows: drawing.Rows) -> Page:
    def to(cursor: str | None) -> str:
        if cursor is None:
            return ""
        asking = asked.GET.copy()
        asking.pop("after", None)
        if cursor:
            asking["after"] = cursor
        return f"{asked.path}?{asking.urlencode()}"

    last = rows.first + len(rows.marks) - 1
    return Page(rows.first if rows.marks else 0, last, rows.total, to(rows.previous), to(rows.next))


def _back(asked: Request, key: str) -> str:
    """Return the address of the counts of a drawn shape, seen as its list is."""
    asking = asked.GET.copy()
    for name in ("drawn", "late", "after"):
        asking.pop(name, None)
    return reverse("console:map_drawn", args=[key]) + (f"?{asking.urlencode()}" if asking else "")


@require_GET
@staff_only(*SEEN_BY)
def shift(request: HttpRequest) -> JsonResponse:
    """Tell where a background in GCJ-02 puts a point of ours."""
    point = Point.checked(request.GET.get("lon"), request.GET.get("lat"))
    moved = from_wgs(*point, System.GCJ02)
    return JsonResponse({"lon": moved.lon, "lat": moved.lat})
