import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.kernel.geometry.coordinates import System, from_wgs, to_wgs
from lianxin.kernel.geometry.points import Point, distance


def test_the_published_vectors() -> None:
    assert from_wgs(116.404, 39.915, System.GCJ02) == pytest.approx((116.4102445, 39.9164043), abs=5e-8)
    gcj = to_wgs(116.404, 39.915, System.GCJ02)
    assert from_wgs(*gcj, System.BD09) == pytest.approx((116.4103695, 39.9213370), abs=5e-8)


@given(st.floats(74, 134), st.floats(4, 53), st.sampled_from(System))
def test_there_and_back_is_the_same_place(lon: float, lat: float, system: System) -> None:
    there = from_wgs(lon, lat, system)

    assert distance(to_wgs(*there, system), (lon, lat)) < 0.01
    assert distance(there, (lon, lat)) < 2_500


def test_nothing_moves_outside_china_or_in_equal_systems() -> None:
    assert from_wgs(-71.06, 42.36, "gcj02") == Point(-71.06, 42.36)
    assert to_wgs(116.4, 39.9, "cgcs2000") == to_wgs(116.4, 39.9, "wgs84") == Point(116.4, 39.9)
    with pytest.raises(ValueError, match="utm"):
        to_wgs(1, 2, "utm")
