"""Ground cut along lines: prolonged to the border once, slivers kept with a neighbour, nothing lost."""

import pytest
from shapely.geometry import LineString, Polygon, box

from lianxin.foundation.areas.cutting import cut, join, missed, read_lines, touches
from lianxin.kernel.errors import Invalid

SQUARE = box(117.0, 31.0, 117.02, 31.02)


def test_a_line_that_ends_inside_goes_on_to_the_border() -> None:
    pieces = cut(SQUARE, [LineString([(117.008, 31.005), (117.008, 31.015)])])

    assert [round(piece.area / SQUARE.area, 3) for piece in pieces] == [0.6, 0.4]
    assert join(pieces).symmetric_difference(SQUARE).area < 1e-12


def test_a_bay_is_not_cut_twice_by_one_line() -> None:
    horseshoe = Polygon([(0, 0), (5, 0), (5, 5), (4, 5), (4, 1), (1, 1), (1, 5), (0, 5)])

    pieces = cut(horseshoe, [LineString([(0.2, 3), (0.8, 3)])])

    assert len(pieces) == 2  # the left arm only, though the line points at the right one


def test_two_lines_make_four_pieces() -> None:
    lines = read_lines("117.01,31.005 117.01,31.015; 117.005,31.01 117.015,31.01")

    assert len(cut(SQUARE, lines)) == 4


def test_a_sliver_stays_with_its_neighbour() -> None:
    pieces = cut(SQUARE, [LineString([(116.99, 31.000001), (117.03, 31.000001)])])

    assert len(pieces) == 1
    assert pieces[0].area == pytest.approx(SQUARE.area)


def test_only_a_shared_border_makes_neighbours() -> None:
    assert touches(SQUARE, box(117.02, 31.0, 117.04, 31.02))
    assert not touches(SQUARE, box(117.02, 31.02, 117.04, 31.04))


@pytest.mark.parametrize("text", ["x", "1,2", "1,2 3", "nan,1 2,3", "inf,1 2,3", "1,2 181,3"])
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="切分线读不懂"):
        read_lines(text)


def test_a_line_that_crosses_itself_is_told() -> None:
    with pytest.raises(Invalid, match="第 2 条切分线自己交叉了"):
        read_lines("117,31 117.1,31; 117.00,31.00 117.02,31.02 117.02,31.00 117.00,31.02")


def test_lines_that_part_nothing_are_named() -> None:
    lines = read_lines("117.01,31.005 117.01,31.015; 118,31 118,32; 117.0,31.0 117.02,31.0")

    assert missed(SQUARE, lines) == [2, 3]
