"""Wedges on the ground: what they hold, where their corners lie, what a mast takes away."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.kernel.geometry.points import Point, distance
from lianxin.registry.cameras import coverage
from lianxin.registry.cameras.coverage import ahead, bearing, on_ground, turn, wedge, wind

AT = Point(117.01, 31.01)
angles, reaches, bearings = st.integers(1, 360), st.integers(5, 3_000), st.integers(0, 359)
places = st.tuples(st.floats(-170, 170), st.floats(-70, 70)).map(lambda pair: Point(*pair))


@pytest.mark.parametrize(
    ("direction", "said"),
    [
        (0, "正北"),
        (44, "东北"),
        (90, "正东"),
        (180, "正南"),
        (270, "正西"),
        (338, "北偏西"),
        (350, "正北"),
        (285, "西偏北"),
        (100, "正东"),
        (111, "东偏南"),
        (225, "西南"),
        (315.4, "西北"),
    ],
)
def test_directions_have_words(direction: int, said: str) -> None:
    assert wind(direction) == said


def test_what_lies_ahead_is_held_and_what_lies_behind_is_not() -> None:
    found = wedge(AT, bearing=90, angle=60, reach_m=100)
    assert found is not None

    assert found.holds(ahead(AT, 90, 99))
    assert found.holds(ahead(AT, 119.9, 50))
    assert found.holds(AT)
    assert not found.holds(ahead(AT, 121, 50))
    assert not found.holds(ahead(AT, 270, 5))
    assert not found.holds(ahead(AT, 90, 101))


def test_north_is_no_seam() -> None:
    found = wedge(AT, bearing=355, angle=30, reach_m=50)
    assert found is not None

    assert found.holds(ahead(AT, 5, 40))
    assert not found.holds(ahead(AT, 15, 40))


@given(places, bearings, angles, reaches)
def test_the_ring_is_closed_at_the_reach_and_inside_the_wedge(at: Point, turned: int, angle: int, reach: int) -> None:
    found = wedge(at, bearing=turned, angle=angle, reach_m=reach)
    assert found is not None
    ring = found.ring()

    assert ring[0] == ring[-1]
    for corner in ring[:-1]:
        away = distance(at, corner)
        assert away < 0.2 or abs(away - reach) < 0.2, "a corner lies at the mast or at the reach"
        # Corners are rounded to a decimetre.
        near = math.degrees(0.2 / max(away, 0.2))
        assert away < 0.2 or angle == 360 or turn(found.bearing, bearing(at, corner)) <= angle / 2 + near


@given(places, st.floats(0, 359.9), st.floats(1, 3_000))
def test_ahead_goes_as_far_and_where_it_says(at: Point, direction: float, metres: float) -> None:
    there = ahead(at, direction, metres)

    assert distance(at, there) == pytest.approx(metres, rel=1e-4)
    assert turn(bearing(at, there), direction) < 0.05


def test_a_circle_needs_no_bearing() -> None:
    found = wedge(AT, bearing=None, angle=360, reach_m=30)
    assert found is not None

    assert found.is_circle
    assert all(found.holds(ahead(AT, direction, 29)) for direction in range(0, 360, 15))


def test_what_is_not_told_is_not_drawn() -> None:
    assert wedge(AT, bearing=None, angle=60, reach_m=100) is None
    assert wedge(AT, bearing=90, angle=None, reach_m=100) is None
    assert wedge(AT, bearing=90, angle=60, reach_m=None) is None


def test_from_a_mast_the_ground_is_reached_less_far() -> None:
    assert on_ground(100, None) == 100
    assert on_ground(100, 60) == pytest.approx(80)
    assert 0 < on_ground(10, 300) < 10, "never nothing"
    assert coverage.turn(10, 350) == 20
