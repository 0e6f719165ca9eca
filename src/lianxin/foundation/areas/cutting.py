"""Cut and join ground for a re-division: pure geometry, lon/lat WGS-84."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, cast

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import LineString, Point

from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.polygons import Outline

from .rules import TOLERANCE

MOST_LINES, MOST_CORNERS, MOST_RING = 6, 200, 2000
_STEP = 1e-9  # degrees, a tenth of a millimetre


def read_lines(text: str, *, field: str = "line") -> list[LineString]:
    """Read `117.01,31.02 117.03,31.02; …`: corners as lon,lat, lines parted by semicolons. Raises Invalid."""
    lines = _corners(text)
    whole = all(len(line) >= 2 and _are_places(line) for line in lines)
    if not whole or len(lines) > MOST_LINES or sum(map(len, lines)) > MOST_CORNERS:
        raise Invalid({field: _("切分线读不懂。请在图上点出两个以上的点，或写成“经度,纬度 经度,纬度”。")})
    found = [LineString(line) for line in lines]
    for number, line in enumerate(found, start=1):
        if not line.is_simple:
            raise Invalid(
                {field: _("第 {number} 条切分线自己交叉了。请去掉交叉的点，让它不绕圈。").format(number=number)}
            )
    return found


def read_ring(text: str, *, field: str = "border") -> list[tuple[float, ...]]:
    """Read one ring of corners, `117.01,31.02 117.03,31.02 117.03,31.04`, closed or not. Raises Invalid."""
    rings = _corners(text)
    if len(rings) != 1 or not _are_places(rings[0]) or len(set(rings[0])) < 3 or len(rings[0]) > MOST_RING:
        raise Invalid({field: _("边界读不懂。请在图上点出三个以上的点，或写成“经度,纬度 经度,纬度 经度,纬度”。")})
    return rings[0]


def _corners(text: str) -> list[list[tuple[float, ...]]]:
    try:
        return [
            [tuple(float(number) for number in corner.split(",")) for corner in line.split()]
            for line in text.split(";")
            if line.strip()
        ]
    except ValueError:
        return [[()]]


def _are_places(line: Sequence[Sequence[float]]) -> bool:
    return all(len(corner) == 2 and _is_on_earth(corner) for corner in line)


def _is_on_earth(corner: Sequence[float]) -> bool:
    return -180 <= corner[0] <= 180 and -90 <= corner[1] <= 90


def cut(ground: Outline, lines: Iterable[LineString]) -> list[Outline]:
    """Return the pieces of a ground along lines; each line is prolonged at both ends until it leaves the ground.

    The largest piece comes first. Slivers that the hand did not mean stay with the neighbour they touch longest.
    """
    through = [_prolonged(line, ground) for line in lines]
    if not through:
        return [ground]
    # All crossings become corners at once, on one grid: pieces cut one after the other would overlap by hairs.
    net = shapely.union_all([ground.boundary, *through], grid_size=_STEP)
    faces = shapely.get_parts(shapely.polygonize([net]))
    pieces = [face for face in faces if ground.contains(face.representative_point())]
    pieces = _without_slivers(pieces, ground.area * TOLERANCE)
    return sorted(pieces, key=lambda piece: -piece.area) or [ground]


def missed(ground: Outline, lines: Iterable[LineString]) -> list[int]:
    """Return which lines (from 1) do not part the ground: they miss it, or only touch its border."""
    return [number for number, line in enumerate(lines, start=1) if len(cut(ground, [line])) < 2]


def _prolonged(line: LineString, ground: Outline) -> LineString:
    corners = list(line.coords)
    return LineString([*_onward(corners[1], corners[0], ground), *corners, *_onward(corners[-2], corners[-1], ground)])


def _onward(before: Sequence[float], end: Sequence[float], ground: Outline) -> list[tuple[float, float]]:
    """Return the place just beyond the border where a line that ends inside would leave the ground, if it does."""
    x, y = end[0] - before[0], end[1] - before[1]
    length = math.hypot(x, y)
    if not length or not ground.contains(Point(end)):
        return []
    west, south, east, north = ground.bounds
    reach = (east - west) + (north - south)
    ray = LineString([(end[0], end[1]), (end[0] + x / length * reach, end[1] + y / length * reach)])
    # No farther than the first border: a ground with bays must not be cut twice by one line.
    out = ray.intersection(ground.boundary).distance(Point(end)) + _STEP
    return [(end[0] + x / length * out, end[1] + y / length * out)]


def _without_slivers(pieces: Sequence[Any], least: float) -> list[Outline]:
    kept = [piece for piece in pieces if piece.area > least]
    for sliver in pieces:
        if sliver.area <= least and kept:
            longest = max(range(len(kept)), key=lambda place: kept[place].intersection(sliver).length)
            kept[longest] = shapely.union(kept[longest], sliver)
    return kept


def join(pieces: Sequence[Outline]) -> Outline:
    """Return several pieces as one outline."""
    return cast("Outline", pieces[0] if len(pieces) == 1 else shapely.union_all(list(pieces)))


def touches(one: Outline, other: Outline) -> bool:
    """Tell whether two grounds share a border, not only a corner."""
    return bool(one.intersection(other).length > 0)
