"""Which words of which sources mean which class, how tall a building is, and from which zoom on what is drawn. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from .models import Theme

LEAST_ZOOM, MOST_ZOOM = 8, 15
STOREY = 3.0  # metres
_TALLEST = 900.0

_CLASS_FIELDS = {
    Theme.ROAD: ("class", "highway", "fclass", "kind_detail", "kind", "type", "等级", "道路等级", "类型"),
    Theme.WATER: ("class", "waterway", "natural", "kind", "type", "类型"),
    Theme.GREEN: ("class", "leisure", "landuse", "kind", "type", "类型"),
    Theme.LAND: ("class", "landuse", "kind", "type", "类型"),
    Theme.BUILDING: (),
}
_NAME_FIELDS = ("name", "名称", "NAME", "name:zh", "道路名称")
_HEIGHT_FIELDS = ("height", "高度", "HEIGHT", "building:height")
_FLOOR_FIELDS = ("floors", "levels", "building:levels", "层数", "楼层", "FLOOR")
ROADS = {
    "main": ("motorway", "trunk", "primary", "secondary", "motorway_link", "trunk_link", "primary_link", "main",
             "secondary_link", "高速", "国道", "省道", "快速路", "主干道", "次干道", "一级", "二级"),
    "street": ("tertiary", "residential", "unclassified", "living_street", "tertiary_link", "street", "country",
               "县道", "乡道", "支路", "街道", "三级", "四级"),
    "lane": ("service", "track", "alley", "lane", "村道", "巷道", "小区道路"),
    "path": ("footway", "path", "cycleway", "pedestrian", "steps", "corridor", "人行道", "小路"),
}  # fmt: skip
_ROAD_OF = {word: kind for kind, words in ROADS.items() for word in words}
_RIVERS = frozenset({"river", "stream", "canal", "ditch", "drain", "河流", "沟渠", "水渠"})

# From which zoom on a class is drawn.
_FROM: Mapping[tuple[str, str], int] = {
    (Theme.ROAD, "main"): 8, (Theme.ROAD, "street"): 11, (Theme.ROAD, "lane"): 13, (Theme.ROAD, "path"): 14,
    (Theme.BUILDING, ""): 13, (Theme.WATER, "river"): 10,
}  # fmt: skip
_PATTERN = re.compile(r"-?\d+(?:\.\d+)?")
_MAKES_AREA = {Theme.LAND, Theme.GREEN, Theme.BUILDING}
FITS: Mapping[str, frozenset[str]] = {
    Theme.ROAD: frozenset({"LineString", "MultiLineString"}),
    Theme.WATER: frozenset({"LineString", "MultiLineString", "Polygon", "MultiPolygon"}),
    **{theme: frozenset({"Polygon", "MultiPolygon"}) for theme in _MAKES_AREA},
}


def least_zoom(theme: str, kind: str) -> int:
    """Return from which zoom on a class is drawn."""
    return _FROM.get((theme, kind), LEAST_ZOOM)


def kind_of(theme: str, told: Mapping[str, Any], *, is_line: bool) -> str:
    """Return the class of a feature from what its source says of it."""
    words = [str(told[name]).strip().lower() for name in _CLASS_FIELDS[Theme(theme)] if told.get(name)]
    if theme == Theme.ROAD:
        return next((_ROAD_OF[word] for word in words if word in _ROAD_OF), "street")
    if theme == Theme.WATER:
        return "river" if is_line or any(word in _RIVERS for word in words) else "area"
    return ""


def name_of(told: Mapping[str, Any]) -> str:
    """Return the name a source gives, or nothing."""
    found = next((told[name] for name in _NAME_FIELDS if told.get(name)), "")
    return str(found).replace("\0", "").strip()[:80]


def height_of(told: Mapping[str, Any]) -> float | None:
    """Return the metres of a building, from its height or its floors; None where nobody says."""
    for names, each in ((_HEIGHT_FIELDS, 1.0), (_FLOOR_FIELDS, STOREY)):
        for name in names:
            number = _PATTERN.match(str(told.get(name) or "").strip())
            if number and 0 < (metres := float(number[0]) * each) <= _TALLEST:
                return round(metres, 1)
    return None
