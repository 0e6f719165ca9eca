"""Clusters: no point is lost or counted twice at any zoom, and none moves while one pans."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianxin.faces.maps.clustering import (
    MOST_CELLS,
    cell_width,
    cluster,
    read_box,
    read_zoom,
    whole_cells,
)
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Box

SPOTS = st.lists(st.tuples(st.floats(73, 135), st.floats(18, 53.5), st.booleans()), max_size=300)


def columns(spots: list[tuple[float, float, bool]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = np.array([(lon, lat) for lon, lat, _late in spots], dtype=np.float64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1], np.array([late for _lon, _lat, late in spots], dtype=bool)


@settings(max_examples=60, deadline=None)
@given(SPOTS, st.integers(0, 22))
def test_clusters_and_lone_points_sum_to_all_at_every_zoom(spots: list[tuple[float, float, bool]], zoom: int) -> None:
    lons, lats, late = columns(spots)

    told = cluster(lons, lats, late, zoom)

    assert sum(one.count for one in told.clusters) + len(told.alone) == len(spots)
    assert sum(one.late for one in told.clusters) + int(late[list(told.alone)].sum()) == int(late.sum())
    assert len(set(told.alone)) == len(told.alone)
    for one in told.clusters:
        west, south, east, north = one.box
        inside = (lons >= west) & (lons <= east) & (lats >= south) & (lats <= north)
        assert inside.sum() >= one.count > 1
        assert west <= one.lon + 1e-9
        assert one.lon - 1e-9 <= east


def test_a_hundred_thousand_points_are_few_clusters_that_stay_where_they_are() -> None:
    dice = np.random.default_rng(1)
    lons, lats = 117 + dice.normal(0, 0.05, 100_000), 31 + dice.normal(0, 0.04, 100_000)
    late = dice.random(100_000) < 0.1

    def seen(west: float) -> dict[tuple[float, float], int]:
        box = whole_cells(Box(west, 30.95, west + 0.12, 31.05), 13)
        held = (lons >= box.west) & (lons <= box.east) & (lats >= box.south) & (lats <= box.north)
        window = Box(west, 30.95, west + 0.12, 31.05)
        found = cluster(lons[held], lats[held], late[held], 13, width=cell_width(13, window))
        assert len(found.clusters) + len(found.alone) <= MOST_CELLS
        return {(round(one.lon, 9), round(one.lat, 9)): one.count for one in found.clusters}

    first, panned = seen(116.93), seen(116.96)
    shared = {at: count for at, count in first.items() if 117.0 < at[0] < 117.04}
    assert shared
    assert all(panned[at] == count for at, count in shared.items())


@pytest.mark.parametrize(
    "words", ["", "1,2,3", "a,b,c,d", "117,31,116,32", "179,31,-179,32", "nan,31,118,32", "0,-91,1,1"]
)
def test_a_window_that_is_none_is_refused(words: str) -> None:
    with pytest.raises(Invalid, match="范围"):
        read_box(words)


@pytest.mark.parametrize(("words", "zoom"), [("14.7", 14), ("", 0), ("-3", 0), ("99", 22), ("nan", 0), ("inf", 0)])
def test_any_words_are_some_zoom(words: str, zoom: int) -> None:
    assert read_zoom(words) == zoom
