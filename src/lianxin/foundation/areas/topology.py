"""Borders as one net: every corner that lies on a neighbour's edge becomes a corner of the neighbour, too.

Then a shared border is the same row of corners on both sides, and whoever moves one moves it for both.
Pure geometry, lon/lat WGS-84.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon

from lianxin.kernel.geometry.polygons import Outline

NEAR = 2e-6  # degrees, some twenty centimetres: what lies so close is meant to be the same corner

Corners = NDArray[np.float64]


def noded(outlines: Sequence[Outline], near: float = NEAR) -> list[Outline]:
    """Return the outlines with common corners: near ones made one, those on a neighbour's edge put into it."""
    corners = _common(np.concatenate([shapely.get_coordinates(outline) for outline in outlines]), near)
    net = _net(corners)
    return [_valid_or(_through(outline, net, corners, near), outline) for outline in outlines]


def _net(corners: Corners) -> shapely.STRtree:
    return shapely.STRtree(np.asarray(shapely.points(corners)))


def _common(corners: Corners, near: float) -> Corners:
    """Return the different corners, the first of each that lie near each other."""
    different = np.unique(np.round(corners, 7), axis=0)
    ones, others = _net(different).query(np.asarray(shapely.points(different)), predicate="dwithin", distance=near)
    first = np.arange(len(different))
    np.minimum.at(first, ones, others)
    return cast("Corners", different[first == np.arange(len(different))])


def _through(outline: Outline, net: shapely.STRtree, corners: Corners, near: float) -> Outline:
    polygons = [
        Polygon(
            _ring(polygon.exterior, net, corners, near),
            [_ring(hole, net, corners, near) for hole in polygon.interiors],
        )
        for polygon in shapely.get_parts(outline)
    ]
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def _ring(ring: Any, net: shapely.STRtree, corners: Corners, near: float) -> list[tuple[float, float]]:
    places = shapely.get_coordinates(ring)
    own = [corners[net.nearest(shapely.Point(place))] for place in places]
    walked: list[tuple[float, float]] = []
    for begin, end in pairwise(own):
        walked.append((float(begin[0]), float(begin[1])))
        walked += _between(begin, end, net, corners, near)
    kept = [place for at, place in enumerate(walked) if place != walked[at - 1]]
    return [*kept, kept[0]] if len(kept) > 2 else [(float(x), float(y)) for x, y in places]


def _between(
    begin: Corners, end: Corners, net: shapely.STRtree, corners: Corners, near: float
) -> list[tuple[float, float]]:
    along = end - begin
    length = float(along @ along)
    if not length:
        return []
    edge = shapely.LineString([begin, end])
    found = [(float((corners[place] - begin) @ along) / length, corners[place])
             for place in net.query(edge, predicate="dwithin", distance=near)]  # fmt: skip
    inner = [(share, corner) for share, corner in found
             if 0 < share < 1 and not np.array_equal(corner, begin) and not np.array_equal(corner, end)]  # fmt: skip
    return [(float(corner[0]), float(corner[1])) for _share, corner in sorted(inner, key=lambda pair: pair[0])]


def _valid_or(outline: Outline, otherwise: Outline) -> Outline:
    """Return the noded outline, or the one it came from where pulling corners together has broken it."""
    return outline if outline.is_valid and not outline.is_empty else otherwise


def united(one: Outline, other: Outline) -> Outline:
    """Return two grounds as one, hair-wide seams between them closed."""
    whole = shapely.union_all(noded([one, other]), grid_size=1e-8)
    return whole if isinstance(whole, Polygon | MultiPolygon) else one


def without(one: Outline, other: Outline) -> Outline:
    """Return a ground less another; what is left of it as area, the largest part kept if it falls apart into crumbs."""
    rest = shapely.difference(one, other, grid_size=1e-8)
    parts = [part for part in shapely.get_parts(rest) if isinstance(part, Polygon)]
    least = one.area * 1e-6
    kept = [part for part in parts if part.area > least] or sorted(parts, key=lambda part: -part.area)[:1]
    return kept[0] if len(kept) == 1 else MultiPolygon(kept)
