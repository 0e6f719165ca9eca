import json
from math import cos, radians, sin
from typing import Any

import pytest
from shapely.geometry import Polygon, box

from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.polygons import area, cover_faults, read_outline, to_geojson

SQUARE: list[list[list[float]]] = [[[116, 31], [116.01, 31], [116.01, 31.01], [116, 31.01], [116, 31]]]


def polygon(coordinates: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": coordinates}


def test_an_outline_is_read_and_written() -> None:
    outline = read_outline(json.dumps(polygon(SQUARE)))

    assert outline.equals(box(116, 31, 116.01, 31.01))
    assert read_outline(to_geojson(outline)).equals(outline)
    assert read_outline({"type": "Feature", "geometry": polygon(SQUARE)}).equals(outline)
    both = {"type": "MultiPolygon", "coordinates": [SQUARE, [[[x + 1, y] for x, y in SQUARE[0]]]]}
    assert read_outline(both).geom_type == "MultiPolygon"


def test_heights_are_left_out() -> None:
    assert not read_outline(polygon([[[*point, 12.5] for point in SQUARE[0]]])).has_z


BOW = [[[116, 31], [116.01, 31.01], [116.01, 31], [116, 31.01], [116, 31]]]


@pytest.mark.parametrize(
    ("geojson", "words"),
    [
        ("{", "GeoJSON"),
        ([], "GeoJSON"),
        ({"type": "Point", "coordinates": [1, 2]}, "面"),
        (polygon(None), "空"),
        (polygon([[["116", "31"]]]), "格式"),
        (polygon([[[116]]]), "格式"),
        (polygon([]), "空"),
        ({"type": "MultiPolygon", "coordinates": []}, "空"),
        (polygon([[]]), "闭合"),
        (polygon([SQUARE[0][:-1]]), "闭合"),
        (polygon([[[116, 31], [116.01, 31], [116, 31]]]), "三个"),
        (polygon([[[31, 116], [31, 116.01], [31.01, 116.01], [31, 116]]]), "写反"),
        (polygon([[[float("nan"), 31], *SQUARE[0]]]), "地球"),
        (polygon(BOW), "交叉了，在经度 116.005"),
        (polygon([[[116, 31], [117, 31], [116, 31], [116, 31]]]), "不正确|交叉"),
    ],
)
def test_each_fault_is_told(geojson: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read_outline(geojson)


def test_too_many_points_are_told_with_the_number() -> None:
    with pytest.raises(Invalid, match="5 个点，太多了。请简化到 4"):
        read_outline(polygon(SQUARE), most_points=4)


def test_the_size_on_the_ground() -> None:
    # A hundredth of a degree each way, from the two radii of curvature in its middle.
    step, flat = radians(0.01), 1 - 0.00669437999014 * sin(radians(31.005)) ** 2
    expected = 6378137**2 * (1 - 0.00669437999014) / flat**2 * cos(radians(31.005)) * step**2

    assert area(box(116, 31, 116.01, 31.01)) == pytest.approx(expected, rel=1e-7)
    assert area(box(-180, -90, 180, 90)) == pytest.approx(5.10065622e14, rel=1e-6)


def halves() -> dict[str, Polygon]:
    return {"01": box(116, 31, 116.005, 31.01), "02": box(116.005, 31, 116.01, 31.01)}


def test_children_that_tile_have_no_fault() -> None:
    assert cover_faults(box(116, 31, 116.01, 31.01), halves()) == []


def test_gaps_overlaps_and_overhangs_are_found_with_size_and_place() -> None:
    children = halves() | {"02": box(116.004, 31, 116.009, 31.01), "03": box(116, 31.01, 116.001, 31.011)}

    faults = cover_faults(box(116, 31, 116.01, 31.01), children)

    told = {(fault.kind, fault.codes) for fault in faults}
    assert told == {("gap", ()), ("overlap", ("01", "02")), ("outside", ("03",))}
    gap = next(fault for fault in faults if fault.kind == "gap")
    assert 116.009 < gap.where.lon < 116.01
    assert gap.square_metres == pytest.approx(105_857, rel=1e-3)
    assert [fault.square_metres for fault in faults] == sorted((f.square_metres for f in faults), reverse=True)


def test_a_parent_without_children_is_one_gap() -> None:
    assert [fault.kind for fault in cover_faults(box(116, 31, 116.01, 31.01), {})] == ["gap"]


def test_slivers_of_rounding_are_no_fault() -> None:
    children = halves() | {"02": box(116.00500000001, 31, 116.01, 31.01)}

    assert cover_faults(box(116, 31, 116.01, 31.01), children) == []
