from hypothesis import given
from hypothesis import strategies as st

from lianxin.faces.parts import drawing

spans = st.floats(min_value=0, max_value=1e9)


def test_the_limit_stands_at_the_same_place_whatever_the_limit() -> None:
    assert drawing.bar(1800, 1800).width == drawing.LIMIT_AT == drawing.bar(86400, 86400).width


def test_only_a_dwell_beyond_its_limit_is_late() -> None:
    assert not drawing.bar(7200, 7200).late
    assert drawing.bar(7201, 7200).late
    assert not drawing.bar(7201, 0).late


@given(spans, spans, spans)
def test_no_bar_leaves_its_ground(used: float, limit: float, p90: float) -> None:
    bar = drawing.bar(used, limit, p90)

    assert 0 <= bar.width <= 100
    assert 0 <= bar.thin <= 100


def test_a_spark_line_rises_where_the_figure_rises() -> None:
    heights = [float(point.split(",")[1]) for point in drawing.spark((1, 2, 3)).split()]

    assert heights == sorted(heights, reverse=True)


def test_a_level_line_runs_in_the_middle_and_one_point_is_none() -> None:
    assert {point.split(",")[1] for point in drawing.spark((7, 7, 7)).split()} == {"15.0"}
    assert drawing.spark((7,)) == ""
