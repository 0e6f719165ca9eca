"""Borders as a net: what is cut tiles, what is joined comes back, a shared corner moves for all who share it."""

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from lianxin.foundation.areas.cutting import cut, join
from lianxin.foundation.areas.topology import noded, united, without

SQUARE = box(117.0, 31.0, 117.02, 31.02)
TINY = SQUARE.area * 1e-6
# Corners of lines across and around the square.
corner = st.tuples(st.floats(116.99, 117.03), st.floats(30.99, 31.03))
lines = st.lists(corner, min_size=2, max_size=5, unique=True).map(LineString).filter(lambda line: line.is_simple)


def overlap(pieces: Sequence[BaseGeometry]) -> float:
    """Return how much ground two pieces share."""
    return sum(a.intersection(b).area for i, a in enumerate(pieces) for b in pieces[i + 1 :])


def corners(ground: BaseGeometry) -> set[tuple[float, ...]]:
    """Return the corners of an outline."""
    return {tuple(place) for place in shapely.get_coordinates(ground)}


@settings(deadline=None, max_examples=120)
@given(st.lists(lines, min_size=1, max_size=3))
def test_pieces_tile_what_was_cut_and_joined_they_are_it_again(wanted) -> None:
    pieces = cut(SQUARE, wanted)

    assert sum(piece.area for piece in pieces) == pytest.approx(SQUARE.area, rel=1e-9)
    assert overlap(pieces) < TINY
    assert join(pieces).symmetric_difference(SQUARE).area < TINY


@settings(deadline=None, max_examples=80)
@given(st.integers(2, 4), st.integers(2, 4), st.data())
def test_moving_a_common_corner_keeps_the_tiling(columns: int, rows: int, data) -> None:
    step = 0.01
    cells = [
        box(117 + step * c, 31 + step * r, 117 + step * (c + 1), 31 + step * (r + 1))
        for c in range(columns)
        for r in range(rows)
    ]
    net = noded(cells)
    inner = (117 + step * data.draw(st.integers(1, columns - 1)), 31 + step * data.draw(st.integers(1, rows - 1)))
    offset = np.array([data.draw(st.floats(-0.004, 0.004)), data.draw(st.floats(-0.004, 0.004))])

    def moved(places):
        return places + np.where((np.abs(places - inner) < 1e-9).all(axis=1)[:, None], offset, 0)

    after = [shapely.transform(cell, moved) for cell in net]

    assert sum(cell.area for cell in after) == pytest.approx(sum(cell.area for cell in cells), rel=1e-9)
    assert overlap(after) < TINY
    assert shapely.union_all(after).symmetric_difference(shapely.union_all(cells)).area < TINY


def test_a_corner_on_a_neighbours_edge_becomes_its_corner() -> None:
    west = box(117.0, 31.0, 117.01, 31.02)
    north, south = box(117.01, 31.01, 117.02, 31.02), box(117.01, 31.0, 117.02, 31.01)

    whole, *_rest = noded([west, north, south])

    assert (117.01, 31.01) in corners(whole)
    assert whole.area == pytest.approx(west.area)


def test_corners_a_hand_apart_become_one() -> None:
    west = box(117.0, 31.0, 117.01, 31.02)
    east = Polygon([(117.010001, 31.0), (117.02, 31.0), (117.02, 31.02), (117.0100005, 31.02)])

    one, other = noded([west, east])

    assert len(corners(one) & corners(other)) == 2


def test_two_grounds_with_a_hair_between_become_one_piece() -> None:
    west = box(117.0, 31.0, 117.01, 31.02)
    east = box(117.0100008, 31.0, 117.02, 31.02)

    assert united(west, east).geom_type == "Polygon"


def test_what_is_cut_away_leaves_no_crumbs() -> None:
    ground = MultiPolygon([SQUARE, box(117.05, 31.0, 117.0500001, 31.0000001)])

    rest = without(ground, box(117.01, 30.9, 117.1, 31.1))

    assert rest.geom_type == "Polygon"
    assert rest.area == pytest.approx(SQUARE.area / 2)
