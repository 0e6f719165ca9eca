"""Which area does a point lie in? An immutable index in memory, shared by all threads."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from lianxin.kernel.geometry.polygons import Outline


class IndexedArea(NamedTuple):
    """An area with its rank: 0 at the top of the tree, larger further down."""

    id: int
    code: str
    rank: int
    outline: Outline


class AreaIndex:
    """Finds the deepest area that holds a point; on a shared border the lowest code wins."""

    def __init__(self, areas: Iterable[IndexedArea | tuple[int, str, int, Outline]]) -> None:
        rows = sorted((IndexedArea(*area) for area in areas), key=lambda area: (-area.rank, area.code))
        # The best answer stands first, so the smallest position among hits is the answer.
        self._ids = np.array([area.id for area in rows], dtype=np.int64)
        self._ranks = np.array([area.rank for area in rows], dtype=np.int64)
        self._outlines = np.array([area.outline for area in rows], dtype=object)
        shapely.prepare(self._outlines)
        self._tree = shapely.STRtree(self._outlines)

    def __len__(self) -> int:
        return len(self._ids)

    def locate(self, lon: float, lat: float, *, rank: int | None = None) -> int | None:
        """Return the id of the deepest area that holds the point, or of the one of this rank; None outside all."""
        for place in self._hits(lon, lat):
            if rank is None or self._ranks[place] == rank:
                return int(self._ids[place])
        return None

    def locate_all(self, lon: float, lat: float) -> list[int]:
        """Return the ids of the areas that hold the point, deepest first, one for each rank."""
        found: dict[int, int] = {}
        for place in self._hits(lon, lat):
            found.setdefault(int(self._ranks[place]), int(self._ids[place]))
        return list(found.values())

    def locate_many(self, lons: ArrayLike, lats: ArrayLike, *, missing: int = -1) -> NDArray[np.int64]:
        """Return for each point what `locate` would, with `missing` outside all areas."""
        x, y = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        nobody = len(self._ids)
        best = np.full(len(x), nobody, dtype=np.int64)
        points, places = self._tree.query(shapely.points(x, y))
        inside = shapely.intersects_xy(self._outlines[places], x[points], y[points])
        np.minimum.at(best, points[inside], places[inside])
        return np.append(self._ids, missing)[best]

    def _hits(self, lon: float, lat: float) -> list[int]:
        near = np.sort(self._tree.query(shapely.Point(lon, lat)))
        if not len(near):
            return []
        return [int(place) for place in near[shapely.intersects_xy(self._outlines[near], lon, lat)]]
