"""Put points together by a grid that lies still on the ground: what one draws when there are too many. Pure.

Cells are squares of pixels at a whole zoom, so that a cluster neither moves nor changes its number while one pans.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Box

from .layers import Flags, Floats

TILE = 512  # pixels; the map's own measure
LIMIT = 85.05112878  # degrees; the end of the Mercator map
MOST_CELLS = 360  # what fits 150 kB, and an eye
DEEPEST = 22
_WIDTHS = ((17, 20), (15, 36), (0, 64))  # from this zoom on, so many pixels a cell
_COARSER = 4  # windows are cut along cells so much larger, so that they stay whole when cells must grow


@dataclass(frozen=True, slots=True)
class Cluster:
    """Points that share a cell: how many, how many of them late, their middle, and the box around them."""

    count: int
    late: int
    lon: float
    lat: float
    box: Box


@dataclass(frozen=True, slots=True)
class Clustered:
    """What is drawn of a layer: clusters, and places in the arrays of those that stand alone."""

    clusters: tuple[Cluster, ...]
    alone: tuple[int, ...]


def read_box(words: str) -> Box:
    """Return a window from `west,south,east,north`. Raises Invalid for anything else."""
    try:
        west, south, east, north = (float(word) for word in words.split(","))
    except ValueError:
        raise Invalid({"bbox": "范围应是四个数：西、南、东、北。"}) from None
    # Written so that NaN fails.
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise Invalid({"bbox": "范围不在地图上：西应小于东，南应小于北。"})
    return Box(west, south, east, north)


def read_zoom(words: str) -> int:
    """Return the whole zoom of a number in words; what is no number is looked at from far."""
    try:
        zoom = float(words)
    except ValueError:
        return 0
    return int(min(max(zoom, 0), DEEPEST)) if math.isfinite(zoom) else 0


def cell_width(zoom: int, box: Box | None = None) -> float:
    """Return the pixels of a cell: wide enough that a window has no more than some hundred of them."""
    width = float(next(pixels for least, pixels in _WIDTHS if zoom >= least))
    if box is not None:
        x, y = _plane(np.array([box.west, box.east]), np.array([box.south, box.north]), zoom)
        while abs(x[1] - x[0]) / width * abs(y[1] - y[0]) / width > MOST_CELLS * 2:
            width *= 2
    return width


def whole_cells(box: Box, zoom: int) -> Box:
    """Return the window widened to whole cells: clusters at its edge are whole, too."""
    width = cell_width(zoom, box) * _COARSER
    x, y = _plane(np.array([box.west, box.east]), np.array([box.south, box.north]), zoom)
    west, east = math.floor(x[0] / width), math.ceil(x[1] / width)
    north, south = math.floor(y[1] / width), math.ceil(y[0] / width)
    lons, lats = _ground(np.array([west, east]) * width, np.array([south, north]) * width, zoom)
    return Box(
        max(lons[0], -180.0), max(lats[0], -LIMIT), min(lons[1], 180.0), min(lats[1], LIMIT)
    )  # fmt: skip


def cluster(lons: Floats, lats: Floats, late: Flags, zoom: int, *, width: float | None = None) -> Clustered:
    """Put points of one cell together; each point is in one cluster, or alone."""
    width = width or cell_width(zoom)
    while True:
        clusters = _Cells(lons, lats, late, zoom, width)
        if len(clusters) <= MOST_CELLS or width >= TILE * 2**zoom:
            return clusters.told()
        width *= 2


class _Cells:
    """Points sorted by the cell they lie in."""

    def __init__(self, lons: Floats, lats: Floats, late: Flags, zoom: int, width: float) -> None:
        self.lons, self.lats, self.late = lons, lats, late
        x, y = _plane(lons, lats, zoom)
        cells = np.floor(y / width).astype(np.int64) * (1 << 31) + np.floor(x / width).astype(np.int64)
        self.order = np.argsort(cells, kind="stable")
        _, self.starts, self.counts = np.unique(cells[self.order], return_index=True, return_counts=True)

    def __len__(self) -> int:
        return len(self.starts)

    def told(self) -> Clustered:
        alone = self.order[self.starts[self.counts == 1]]
        return Clustered(tuple(self._clusters()), tuple(int(place) for place in np.sort(alone)))

    def _clusters(self) -> Iterator[Cluster]:
        if not len(self):
            return
        lons, lats = self.lons[self.order], self.lats[self.order]
        late = np.add.reduceat(self.late[self.order].astype(np.int64), self.starts)
        west, east = (each.reduceat(lons, self.starts) for each in (np.minimum, np.maximum))
        south, north = (each.reduceat(lats, self.starts) for each in (np.minimum, np.maximum))
        middle = [np.add.reduceat(values, self.starts) / self.counts for values in (lons, lats)]
        for place in np.flatnonzero(self.counts > 1):
            yield Cluster(
                int(self.counts[place]), int(late[place]), float(middle[0][place]), float(middle[1][place]),
                Box(float(west[place]), float(south[place]), float(east[place]), float(north[place])),
            )  # fmt: skip


def _plane(lons: NDArray[np.float64], lats: NDArray[np.float64], zoom: int) -> tuple[Floats, Floats]:
    """Return the pixels of a Mercator map, from its north-west corner."""
    sine = np.sin(np.radians(np.clip(lats, -LIMIT, LIMIT)))
    size = TILE * 2.0**zoom
    return (lons + 180) / 360 * size, (0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)) * size


def _ground(x: NDArray[np.float64], y: NDArray[np.float64], zoom: int) -> tuple[list[float], list[float]]:
    size = TILE * 2.0**zoom
    lats = np.degrees(2 * np.arctan(np.exp((0.5 - y / size) * 2 * np.pi)) - np.pi / 2)
    return [float(lon) for lon in x / size * 360 - 180], [float(lat) for lat in lats]
