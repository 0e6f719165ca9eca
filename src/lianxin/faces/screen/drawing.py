"""Areas as paths of one drawing: projected, simplified, fitted into a frame. Kept while borders stay as they are."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

import shapely
from shapely.geometry.base import BaseGeometry

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.geometry.points import Point

WIDTH, HEIGHT = 856, 790
_RIM = 14
_DETAIL = 0.0016  # of the drawing's larger side: what is smaller is left out
_BELOW: Mapping[str, str] = {"city": "community", "street": "community", "community": "grid"}
_LINED: Mapping[str, str] = {"city": "street", "street": "street", "community": "community"}


@dataclass(frozen=True, slots=True)
class Shape:
    """An area as a path, with where its name stands."""

    area_id: int
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Ground:
    """The drawing of a place: the areas below, the lines of the larger ones, and how points fall on it."""

    lands: Sequence[Shape]
    lines: Sequence[Shape]
    frame: tuple[float, float, float, float, float]  # west, north, shrinking of longitude, scale, left margin
    top: float

    def spot(self, point: Point) -> tuple[float, float]:
        """Return where a point falls."""
        west, north, narrow, scale, left = self.frame
        return round(left + (point.lon - west) * narrow * scale, 1), round(self.top + (north - point.lat) * scale, 1)

    def holds(self, spot: tuple[float, float]) -> bool:
        """Tell whether a spot lies within the frame."""
        return 0 <= spot[0] <= WIDTH and 0 <= spot[1] <= HEIGHT


def ground(node: AreaNode, *, at: datetime, numbers: Mapping[str, int]) -> Ground | None:
    """Return the drawing of an area; None where nothing below it has borders."""
    tree = areas.atlas(at, numbers)
    inside = list(tree.descend(node.id))
    role = "city" if node.is_whole else node.role
    lands = tuple(each.id for each in inside if each.role == _BELOW.get(role))
    lines = tuple(each.id for each in inside if each.role == _LINED.get(role))
    return _drawn(numbers["areas"], lands, lines) if lands else None


@lru_cache(maxsize=64)
def _drawn(_version: int, lands: tuple[int, ...], lines: tuple[int, ...]) -> Ground | None:
    found = Area.objects.filter(pk__in={*lands, *lines}, boundary__isnull=False).values_list("pk", "boundary")
    borders = {pk: shapely.geometry.shape(cast("dict[str, Any]", boundary)) for pk, boundary in found}
    shown = [borders[pk] for pk in lands if pk in borders]
    if not shown:
        return None
    west, south, east, north = (float(each) for each in shapely.total_bounds(shown))
    narrow = math.cos(math.radians((south + north) / 2))
    scale = min((WIDTH - 2 * _RIM) / ((east - west) * narrow), (HEIGHT - 2 * _RIM) / (north - south))
    left = (WIDTH - (east - west) * narrow * scale) / 2
    top = (HEIGHT - (north - south) * scale) / 2
    empty = Ground((), (), (west, north, narrow, scale, left), top)
    shapes = {pk: _shape(pk, border, empty) for pk, border in borders.items()}
    return Ground(
        [shapes[pk] for pk in lands if pk in shapes], [shapes[pk] for pk in lines if pk in shapes], empty.frame, top
    )


def _shape(area_id: int, border: BaseGeometry, frame: Ground) -> Shape:
    detail = _DETAIL * WIDTH / frame.frame[3]
    parts = shapely.get_parts(border.simplify(detail))
    paths = []
    for part in parts:
        for ring in (part.exterior, *part.interiors):
            spots = [frame.spot(Point(lon, lat)) for lon, lat in ring.coords[:-1]]
            paths.append("M" + " ".join(f"{x:g},{y:g}" for x, y in spots) + "z")
    middle = border.representative_point()
    x, y = frame.spot(Point(middle.x, middle.y))
    return Shape(area_id, "".join(paths), x, y)
