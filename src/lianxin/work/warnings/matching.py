"""Which of our areas a warning falls on: by its polygons and circles, by codes of divisions, by names.

The answer is as few areas as say it: an area that is wholly touched stands for all below it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Area as Ground
from lianxin.foundation.areas.queries import AreaNode, Atlas
from lianxin.kernel.geometry.points import metres_per_degree

from . import rules
from .cap import Area, Circle, Info, Ring

WHOLE = 0.98  # of an area's ground: then it is touched as a whole
LEAST = 0.01  # of the smaller of both: less is two borders that were drawn apart
_CORNERS = 48


@dataclass(frozen=True, slots=True)
class Fall:
    """Where a warning falls: our areas with their colours; `is_sure` unless a place was named that we do not know."""

    colours: Mapping[int, str]
    is_sure: bool = True


def fall(infos: Sequence[Info], reach: AreaNode, at: datetime) -> Fall:
    """Return where a warning falls within `reach`; all of it where the message names no place. Few statements."""
    ground = _Ground(reach, at)
    found: dict[int, str] = {}
    is_sure = True
    for info in infos:
        colour = rules.BY_SEVERITY[info.severity]
        for area in info.areas:
            touched = ground.of(area)
            is_sure = is_sure and touched is not None
            for node in [reach] if touched is None else touched:
                found[node.id] = rules.gravest([found.get(node.id, colour), colour])
        if not info.areas:
            found[reach.id] = rules.gravest([found.get(reach.id, colour), colour])
    return Fall(_fewest(found, ground.atlas), is_sure)


def outlines(infos: Iterable[Info]) -> list[dict[str, object]]:
    """Return the polygons and circles of a message as GeoJSON, for the map."""
    shapes = [each for info in infos for area in info.areas for each in _shapes(area)]
    return [dict(mapping(each)) for each in shapes if isinstance(each, Polygon | MultiPolygon) and not each.is_empty]


def few(area_ids: Iterable[int], at: datetime, most: int) -> list[int]:
    """Return the areas, or where they are too many those above them: rather told to a neighbour than not at all."""
    atlas = areas.atlas(at)
    found = {pk: atlas.by_id[pk] for pk in area_ids if pk in atlas.by_id}
    while len(found) > most:
        deepest = max(node.depth for node in found.values())
        lifted = (node.parent_id if node.depth == deepest and node.parent_id else node.id for node in found.values())
        found = {pk: atlas.by_id[pk] for pk in lifted}
    return sorted(pk for pk, node in found.items() if not found.keys() & set(node.path_ids[:-1]))


class _Ground:
    """Our areas within the reach of a source, with their borders, loaded when first asked for."""

    def __init__(self, reach: AreaNode, at: datetime) -> None:
        self.reach = reach
        self.atlas = areas.atlas(at)
        self.nodes = list(self.atlas.descend(reach.id))
        self._borders: dict[int, BaseGeometry] | None = None

    @property
    def borders(self) -> dict[int, BaseGeometry]:
        """Return the borders by area."""
        if self._borders is None:
            rows = Ground.objects.filter(pk__in=[node.id for node in self.nodes], boundary__isnull=False)
            self._borders = {pk: shape(border) for pk, border in rows.values_list("pk", "boundary") if border}
        return self._borders

    def of(self, area: Area) -> list[AreaNode] | None:
        """Return what an area of a message touches; None where it says where, but not so that we know."""
        shapes, codes = list(_shapes(area)), [code.value for code in area.geocodes]
        if shapes and not self.borders:
            return None
        touched = self._touched(shapely.union_all(shapes), self.reach) if shapes else []
        coded = [node for code in codes for node in self._coded(code)]
        if shapes or any(_stem(code) for code in codes):
            return touched + coded
        named = [node for node in self.nodes if area.description in {node.name, node.full_name}]
        return named or None

    def _touched(self, geometry: BaseGeometry, node: AreaNode) -> list[AreaNode]:
        border, children = self.borders.get(node.id), self.atlas.children(node.id)
        if border is None:
            return self._lifted(node, [each for child in children for each in self._touched(geometry, child)])
        if not geometry.intersects(border):
            return []
        shared = geometry.intersection(border).area
        if shared < LEAST * min(border.area, geometry.area):
            return []
        if shared >= WHOLE * border.area or not any(child.id in self.borders for child in children):
            return [node]
        below = [each for child in children for each in self._touched(geometry, child)]
        return self._lifted(node, below) or [node]

    def _lifted(self, node: AreaNode, below: list[AreaNode]) -> list[AreaNode]:
        children = {child.id for child in self.atlas.children(node.id)}
        return [node] if children and children <= {each.id for each in below} else below

    def _coded(self, code: str) -> Iterator[AreaNode]:
        """Yield the areas of a code: those it begins, else the nearest that holds it below the whole."""
        stem = _stem(code)
        if not stem:
            return
        if self.reach.code.startswith(stem):
            yield self.reach
            return
        begun = [node for node in self.nodes if node.code.startswith(stem)]
        if begun:
            least = min(node.depth for node in begun)
            yield from (node for node in begun if node.depth == least)
            return
        holding = [node for node in self.nodes if not node.is_whole and stem.startswith(_stem(node.code) or "-")]
        if holding:
            yield max(holding, key=lambda node: node.depth)


def _stem(code: str) -> str:
    """Return what the code of a division shares with all below it: 340881000000 is 340881, 340800 is 3408."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 24):
        return ""
    for size in (12, 9):
        if len(digits) == size and digits.endswith("000"):
            digits = digits[:-3]
    for size in (6, 4):
        if len(digits) == size and digits.endswith("00"):
            digits = digits[:-2]
    return digits


def _fewest(found: Mapping[int, str], atlas: Atlas) -> dict[int, str]:
    """Leave out what lies in an area that is warned of at least as gravely."""
    kept = {}
    for pk, colour in found.items():
        above = [found[each] for each in atlas.by_id[pk].path_ids[:-1] if each in found]
        if not any(rules.rank(each) <= rules.rank(colour) for each in above):
            kept[pk] = colour
    return kept


def _shapes(area: Area) -> Iterator[BaseGeometry]:
    yield from map(_polygon, area.polygons)
    yield from map(_round, area.circles)


def _polygon(ring: Ring) -> BaseGeometry:
    return shapely.make_valid(Polygon([(lon, lat) for lat, lon in ring]))


def _round(circle: Circle) -> BaseGeometry:
    """Return a circle as a polygon of degrees; near a pole, where degrees shrink to nothing, as a box of latitudes."""
    if circle.radius_km == 0:
        return shapely.Point(circle.lon, circle.lat)
    lat = min(max(circle.lat, -89.0), 89.0)
    east, north = metres_per_degree(lat)
    wide, high = circle.radius_km * 1000 / east, circle.radius_km * 1000 / north
    angles = [2 * math.pi * step / _CORNERS for step in range(_CORNERS)]
    return Polygon([(circle.lon + wide * math.cos(one), circle.lat + high * math.sin(one)) for one in angles])
