"""Cut sheets into vector tiles: per zoom simplified to half a pixel, what is too small left out, gzipped as sent.

A tile holds the themes as source layers (land, green, water, road, building); beyond the deepest zoom the map
stretches the deepest tile. Pure but for reading features: who calls keeps the tiles.
"""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray

from .models import Theme
from .rules import LEAST_ZOOM, MOST_ZOOM, least_zoom

EXTENT = 4096
_MARGIN = 80  # of the extent around a tile, so that lines and rims do not end at its edge
_HALF_PIXEL = EXTENT / 512 / 2
_SMALLEST = 10.0  # square units of the extent at the least; smaller areas are not seen
_ORDER = (Theme.LAND, Theme.GREEN, Theme.WATER, Theme.ROAD, Theme.BUILDING)
Shapes = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Layer:
    """A theme's features on the unit square of the Mercator map, with what is told of each."""

    theme: str
    shapes: Shapes
    told: Sequence[Mapping[str, Any]]
    from_zoom: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cut:
    """One tile as it is kept and sent."""

    z: int
    x: int
    y: int
    data: bytes


def layer(theme: str, rows: Sequence[tuple[str, str, float | None, bytes | memoryview]]) -> Layer:
    """Return a theme from rows of kind, name, height and WKB."""
    shapes = shapely.transform(shapely.from_wkb([bytes(row[3]) for row in rows]), _plane)
    told = [_told(theme, kind, name, height) for kind, name, height, _shape in rows]
    zooms = np.array([least_zoom(theme, row[0]) for row in rows], dtype=np.int64)
    return Layer(theme, shapes, told, zooms)


def cut(layers: Sequence[Layer], *, zooms: Sequence[int] | None = None) -> Iterator[Cut]:
    """Yield the tiles of all zooms in which anything lies."""
    ordered = sorted(layers, key=lambda each: _ORDER.index(Theme(each.theme)))
    for z in zooms or range(LEAST_ZOOM, MOST_ZOOM + 1):
        tiles: dict[tuple[int, int], dict[str, list[dict[str, Any]]]] = {}
        for each in ordered:
            for where, features in _layer_at(each, z):
                tiles.setdefault(where, {})[each.theme] = features
        for (x, y), found in sorted(tiles.items()):
            yield Cut(z, x, y, gzip.compress(_encoded(found), compresslevel=6, mtime=0))


def _told(theme: str, kind: str, name: str, height: float | None) -> dict[str, Any]:
    if theme == Theme.ROAD:
        return {"class": kind, **({"name": name} if name else {})}
    if theme == Theme.BUILDING:
        return {"height": height or 6.0}
    return {**({"kind": kind} if kind else {}), **({"name": name} if name else {})}


def _plane(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project degrees onto the unit square of the Mercator map, north at the top."""
    sine = np.sin(np.radians(np.clip(points[:, 1], -85.05112878, 85.05112878)))
    return np.column_stack((points[:, 0] / 360 + 0.5, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)))


def _layer_at(layer: Layer, z: int) -> Iterator[tuple[tuple[int, int], list[dict[str, Any]]]]:
    """Yield, tile by tile, the features of a theme at a zoom, in units of the tile's extent."""
    chosen = np.flatnonzero(layer.from_zoom <= z)
    if not len(chosen):
        return
    unit = EXTENT * 2.0**z
    shapes = shapely.transform(layer.shapes[chosen], lambda points: points * unit)
    if z < MOST_ZOOM:
        shapes = shapely.simplify(shapes, _HALF_PIXEL)
    areas = shapely.get_dimensions(shapes) == 2
    seen = ~shapely.is_empty(shapes) & (~areas | (shapely.area(shapes) >= _SMALLEST))
    shapes, chosen = shapes[seen], chosen[seen]
    for (x, y), places in _tiles_of(shapes).items():
        left, top = x * EXTENT, y * EXTENT
        clipped = shapely.clip_by_rect(
            shapes[places], left - _MARGIN, top - _MARGIN, left + EXTENT + _MARGIN, top + EXTENT + _MARGIN
        )
        moved = shapely.transform(clipped, _Onto(left, top))
        features = [
            {"geometry": drawn, "properties": layer.told[chosen[place]]}
            for drawn, place in zip(moved, places, strict=True)
            if not drawn.is_empty
        ]
        if features:
            yield (x, y), features


@dataclass(frozen=True, slots=True)
class _Onto:
    """Moves points into a tile's own units, on whole ones."""

    left: int
    top: int

    def __call__(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        moved: NDArray[np.float64] = np.round(points - (self.left, self.top))
        return moved


def _tiles_of(shapes: Shapes) -> dict[tuple[int, int], NDArray[np.int64]]:
    """Return which shapes may lie in which tile, by their boxes."""
    boxes = shapely.bounds(shapes)
    lows = np.floor((boxes[:, :2] - _MARGIN) / EXTENT).astype(np.int64)
    highs = np.floor((boxes[:, 2:] + _MARGIN) / EXTENT).astype(np.int64)
    found: dict[tuple[int, int], list[int]] = {}
    for place, ((west, north), (east, south)) in enumerate(zip(lows.tolist(), highs.tolist(), strict=True)):
        for x in range(west, east + 1):
            for y in range(north, south + 1):
                found.setdefault((x, y), []).append(place)
    return {where: np.array(places, dtype=np.int64) for where, places in found.items()}


def _encoded(found: Mapping[str, list[dict[str, Any]]]) -> bytes:
    layers = [{"name": theme, "features": features} for theme, features in found.items()]
    # Already in the tile's own units, north at the top: nothing to turn or to scale.
    data: bytes = mapbox_vector_tile.encode(layers, default_options={"extents": EXTENT, "y_coord_down": True})
    return data
