"""Files that are brought: what can be drawn is read with its class, what cannot is told by its number, in words."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, mapping

from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.coordinates import from_wgs
from lianxin.registry.basemap.reading import read

BOX = Polygon([(117, 31), (117.001, 31), (117.001, 31.001), (117, 31.001), (117, 31)])
ROAD = LineString([(117, 31), (117.01, 31.01)])
Keep = Callable[[bytes], Path]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    def write(data: bytes) -> Path:
        path = tmp_path / "sheet"
        path.write_bytes(data)
        return path

    return write


def collection(*rows: tuple[Any, dict[str, Any]], **more: Any) -> bytes:
    features = [{"type": "Feature", "geometry": drawn and mapping(drawn), "properties": told} for drawn, told in rows]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}, ensure_ascii=False).encode()


def test_roads_of_any_source_get_our_classes(keep: Keep) -> None:
    told = [{"highway": "trunk", "name": "龙眠大道"}, {"kind_detail": "residential"}, {"等级": "村道"},
            {"fclass": "footway"}, {"what": "ever"}]  # fmt: skip
    found = read(keep(gzip.compress(collection(*((ROAD, one) for one in told)))), "road", "wgs84")

    assert [one.kind for one in found.features] == ["main", "street", "lane", "path", "street"]
    assert found.features[0].name == "龙眠大道"
    assert found.box == [117, 31, 117.01, 31.01]


def test_heights_come_from_metres_or_floors_and_nonsense_is_none(keep: Keep) -> None:
    told: list[dict[str, Any]] = [
        {"height": "23.5 m"},
        {"层数": 6},
        {"building:levels": "11"},
        {"height": -4},
        {"height": "tall"},
        {},
    ]
    found = read(keep(collection(*((BOX, one) for one in told))), "building", "wgs84")

    assert [one.height for one in found.features] == [23.5, 18.0, 33.0, None, None, None]


def test_what_cannot_be_drawn_is_told_by_its_number_and_left_out(keep: Keep) -> None:
    bow = Polygon([(117, 31), (117.002, 31.002), (117.002, 31), (117, 31.002), (117, 31)])
    swapped = Polygon([(31, 117), (31.1, 117), (31.1, 117.1), (31, 117)])
    found = read(
        keep(collection((BOX, {}), (Point(117, 31), {}), (bow, {}), (swapped, {}), (BOX, {}), (BOX, {}))),
        "building",
        "wgs84",
    )

    assert [fault.split("：")[0] for fault in found.faults] == ["第 2 个要素", "第 4 个要素"]
    assert "是 Point" in found.faults[0]
    assert "写反了" in found.faults[1]
    assert all(one.shape.is_valid for one in found.features)
    assert len(found.features) == 4


def test_a_sheet_in_gcj_02_lies_where_it_is(keep: Keep) -> None:
    moved = shapely.transform(ROAD, lambda points: np.array([from_wgs(x, y, "gcj02") for x, y in points]))
    (one,) = read(keep(collection((moved, {}))), "road", "gcj02").features

    assert shapely.hausdorff_distance(one.shape, ROAD) < 1e-8


def test_a_shapefile_and_a_geopackage_are_read_like_geojson(keep: Keep, tmp_path: Path) -> None:
    def table(name: str, crs: str) -> Path:
        path = tmp_path / name
        pyogrio.raw.write(
            path, np.array([shapely.to_wkb(BOX)], dtype=object), [np.array([7])], ["floors"], geometry_type="Polygon",
            crs=crs,
        )  # fmt: skip
        return path

    table("houses.shp", "EPSG:4490")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in tmp_path.glob("houses.*"):
            archive.write(part, f"../../etc/{part.name}")  # a path that must lead nowhere

    of_zip = read(keep(packed.getvalue()), "building", "cgcs2000")
    of_package = read(table("houses.gpkg", "EPSG:4326"), "building", "wgs84")
    assert [one.height for one in (*of_zip.features, *of_package.features)] == [21.0, 21.0]
    with pytest.raises(Invalid, match=r"不是经纬度.*EPSG:4490"):
        read(table("flat.gpkg", "EPSG:3857"), "building", "wgs84")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'{"type": "FeatureCollection",\n "features": [', "第 2 行第 15 列"),
        (b'{"type": "Polygon"}', "FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": []}', "没有要素"),
        (b'{"type": "FeatureCollection", "features": [7, null, {"geometry": {"type": "Polygon"}}]}', "没有图形"),
        (b"\xff\xfe\x00 not a map", "不是认得的格式"),
        (b"\x1f\x8b\x08 broken", "压缩包坏了"),
        (b"PK\x03\x04 broken", "压缩包坏了"),
        (b"SQLite format 3\x00 broken", "读不出来"),
        (collection((ROAD, {}), (ROAD, {}), (BOX, {})), "一半以上"),
        (collection((BOX, {}), crs={"properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}), "不是经纬度"),
        (b"", "GeoJSON"),
    ],
)
def test_a_broken_file_is_refused_with_clear_words(keep: Keep, data: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read(keep(data), "building", "wgs84")


def test_an_archive_without_a_shapefile_is_refused(keep: Keep) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "nothing")

    with pytest.raises(Invalid, match="一份 Shapefile"):
        read(keep(packed.getvalue()), "road", "wgs84")
