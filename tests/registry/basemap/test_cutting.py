"""Tiles: what is cut decodes, lies where it was, covers the sheet without a seam, and is lighter from far."""

import gzip
import math
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from lianxin.registry.basemap.cutting import EXTENT, Cut, Layer, cut, layer

LAKE = Polygon([(117, 31), (117.05, 31.004), (117.06, 31.05), (117.01, 31.06), (117, 31)])
ROAD = LineString([(116.99 + step * 0.0005, 31.03 + 0.002 * math.sin(step)) for step in range(200)])


def sheet(theme: str, *drawn: tuple[str, BaseGeometry]) -> Layer:
    return layer(theme, [(kind, "名字", None, shapely.to_wkb(shape)) for kind, shape in drawn])


def decoded(tile: Cut) -> dict[str, Any]:
    found: dict[str, Any] = mapbox_vector_tile.decode(
        gzip.decompress(tile.data), default_options={"y_coord_down": True}
    )
    return found


def on_the_ground(tile: Cut, shape: BaseGeometry) -> BaseGeometry:
    """Return a geometry of a tile in degrees, cut to the tile itself."""
    inside = shape.intersection(box(0, 0, EXTENT, EXTENT))
    size = EXTENT * 2**tile.z

    def degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = (points[:, 0] + tile.x * EXTENT) / size, (points[:, 1] + tile.y * EXTENT) / size
        return np.column_stack((x * 360 - 180, np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y))))))

    return shapely.transform(inside, degrees)


def test_the_tiles_of_a_zoom_cover_a_lake_where_it_is() -> None:
    tiles = list(cut([sheet("water", ("area", LAKE))], zooms=[15]))
    pieces = [
        on_the_ground(tile, shapely.geometry.shape(one["geometry"]))
        for tile in tiles
        for one in decoded(tile)["water"]["features"]
    ]
    together = shapely.union_all(pieces)

    assert len(tiles) > 20
    assert together.symmetric_difference(LAKE).area < LAKE.area * 0.001
    assert sum(piece.area for piece in pieces) < LAKE.area * 1.001  # no piece twice


def test_from_far_lines_are_lighter_small_things_gone_and_classes_wait_for_their_zoom() -> None:
    house = box(117.02, 31.02, 117.0201, 31.0201)
    sheets = [
        sheet("road", ("main", ROAD), ("lane", ROAD)), sheet("building", ("", house)), sheet("green", ("", house)),
    ]  # fmt: skip

    def told(zoom: int) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for tile in cut(sheets, zooms=[zoom]):
            for theme, each in decoded(tile).items():
                assert each["extent"] == EXTENT
                found.setdefault(theme, []).extend(each["features"])
        return found

    far, near = told(8), told(15)
    assert set(far) == {"road"}
    assert {one["properties"]["class"] for one in far["road"]} == {"main"}
    assert sum(len(one["geometry"]["coordinates"]) for one in far["road"]) < 80  # of two hundred
    assert set(near) == {"road", "building", "green"}
    assert {one["properties"]["class"] for one in near["road"]} == {"main", "lane"}
    assert near["road"][0]["properties"]["name"] == "名字"
    assert near["building"][0]["properties"] == {"height": 6.0}


def test_where_nothing_lies_there_is_no_tile() -> None:
    places = {(tile.x, tile.y) for tile in cut([sheet("water", ("area", LAKE))], zooms=[12])}

    assert places == {(3379, 1674), (3380, 1674)} or 1 <= len(places) <= 4
