import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, box

from lianxin.kernel.geometry.index import AreaIndex
from lianxin.kernel.geometry.polygons import Outline

CITY, STREET, FIRST, SECOND, ISLAND = 1, 2, 31, 32, 33
AREAS: list[tuple[int, str, int, Outline]] = [
    (CITY, "34", 0, box(116, 31, 117, 32)),
    (STREET, "3401", 1, box(116, 31, 116.5, 32)),
    (SECOND, "340102", 2, box(116.2, 31, 116.4, 32)),
    (FIRST, "340101", 2, box(116, 31, 116.2, 32)),
    (ISLAND, "340103", 2, MultiPolygon([box(116.41, 31.1, 116.42, 31.2), box(116.45, 31.1, 116.46, 31.2)])),
]


@pytest.fixture(scope="module")
def index() -> AreaIndex:
    return AreaIndex(AREAS)


@pytest.mark.parametrize(
    ("lon", "lat", "found"),
    [
        (116.1, 31.5, FIRST),
        (116.3, 31.5, SECOND),
        (116.2, 31.5, FIRST),  # on the border: the lowest code
        (116.0, 31.0, FIRST),  # at the corner
        (116.455, 31.15, ISLAND),
        (116.43, 31.15, STREET),  # between the parts
        (116.7, 31.5, CITY),
        (118.0, 31.5, None),
        (float("nan"), 31.5, None),
    ],
)
def test_the_deepest_area_holds_the_point(index: AreaIndex, lon: float, lat: float, found: int | None) -> None:
    assert index.locate(lon, lat) == found
    assert index.locate_many([lon], [lat])[0] == (found or -1)


def test_a_rank_can_be_asked_for(index: AreaIndex) -> None:
    assert index.locate(116.1, 31.5, rank=1) == STREET
    assert index.locate(116.7, 31.5, rank=2) is None
    assert index.locate_all(116.2, 31.5) == [FIRST, STREET, CITY]


def test_an_empty_index_knows_nothing() -> None:
    empty = AreaIndex([])

    assert empty.locate(116, 31) is None
    assert list(empty.locate_many([116, 117], [31, 31], missing=0)) == [0, 0]


@given(st.lists(st.tuples(st.integers(11590, 11710), st.integers(3090, 3210)), min_size=1, max_size=30))
def test_bulk_single_and_plain_search_agree(places: list[tuple[int, int]]) -> None:
    index = AreaIndex(AREAS)
    points = [(lon / 100, lat / 100) for lon, lat in places]

    def plain(lon: float, lat: float) -> int:
        hits = [area for area in AREAS if area[3].intersects(Point(lon, lat))]
        return min(hits, key=lambda area: (-area[2], area[1]))[0] if hits else -1

    expected = [plain(*point) for point in points]
    assert [index.locate(*point) or -1 for point in points] == expected
    assert list(index.locate_many(*np.array(points).T)) == expected


def test_five_thousand_grids_answer_at_once() -> None:
    grids: list[tuple[int, str, int, Outline]] = [(9999, "34", 0, box(115, 30, 118, 33))]
    for number in range(5000):
        west, south = 116 + number % 70 / 100, 31 + number // 70 / 100
        grids.append((number + 1, f"{number:06d}", 3, box(west, south, west + 0.01, south + 0.01)))
    index = AreaIndex(grids)
    lons, lats = np.random.default_rng(1).uniform((116, 31), (116.7, 31.7), (20_000, 2)).T

    begun = time.perf_counter()
    found = index.locate_many(lons, lats)
    bulk = time.perf_counter() - begun
    begun = time.perf_counter()
    singly = [index.locate(lon, lat) for lon, lat in zip(lons[:1000], lats[:1000], strict=True)]
    single = (time.perf_counter() - begun) / 1000

    assert list(found[:1000]) == singly
    assert (found > 0).all()
    assert bulk < 2  # about 30 ms on an idle core
    assert single < 500e-6  # about 20 µs
