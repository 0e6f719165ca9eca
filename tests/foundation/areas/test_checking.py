"""Borders that do not hold are found, and each can be mended by what is proposed."""

from datetime import UTC, datetime

import pytest
from shapely.geometry import box

from factories import SIDE, County, square
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import actions, rules
from lianxin.foundation.areas.checking import Finding, findings, is_out_of_order
from lianxin.foundation.areas.mending import remedies
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.redivision import Successor
from lianxin.kernel import versions
from lianxin.kernel.geometry.polygons import to_geojson

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
LON, LAT = 117.0, 31.0


def redraw(county: County, number: int, *corners: float) -> int:
    """Put a border where no act would: as data of years ago came in."""
    pk = county.grid(number).id
    Area.objects.filter(pk=pk).update(boundary=square(*corners))
    versions.bump("areas")
    return pk


def found() -> list[Finding]:
    return [one for one in findings() if one.kind != "order"]


def test_squares_that_tile_have_nothing_to_be_found(county: County) -> None:
    assert found() == []


def test_a_gap_an_overlap_and_an_overhang_are_told_with_whose_and_where(county: County) -> None:
    gap = redraw(county, 111, LON, LAT, LON + SIDE * 0.9, LAT + SIDE)
    (one,) = found()
    assert (one.kind, one.area_ids, one.parent_id) == ("gap", (), county.community(11).id)
    assert one.where is not None
    assert LON + SIDE * 0.9 < one.where.lon < LON + SIDE

    redraw(county, 111, LON, LAT, LON + SIDE * 1.1, LAT + SIDE)
    (one,) = found()
    assert one.kind == "overlap"
    assert set(one.area_ids) == {gap, county.grid(112).id}

    redraw(county, 111, LON - SIDE * 0.1, LAT, LON + SIDE, LAT + SIDE)
    (one,) = found()
    assert (one.kind, one.area_ids) == ("outside", (gap,))
    assert one.square_metres == pytest.approx(SIDE * 0.1 * 111_000 * SIDE * 95_000, rel=0.05)


def test_what_is_long_and_thin_is_a_sliver(county: County) -> None:
    redraw(county, 111, LON, LAT, LON + SIDE - 0.00001, LAT + SIDE)  # a metre wide, two kilometres long

    (one,) = found()
    assert (one.kind, one.what) == ("sliver", "gap")


def test_a_grid_without_border_among_others_with_one(county: County) -> None:
    pk = county.grid(111).id
    Area.objects.filter(pk=pk).update(boundary=None)
    versions.bump("areas")

    assert {one.kind for one in found()} == {"no_border", "gap"}


@pytest.mark.parametrize("share", [0.9, 1.1])
def test_each_remedy_can_be_planned_and_then_nothing_is_found(county: County, share: float) -> None:
    redraw(county, 111, LON, LAT, LON + SIDE * share, LAT + SIDE)
    (one,) = found()
    best, *_others = remedies(one)

    _plan_and_apply(best.borders)

    assert found() == []


def test_an_overhang_is_cut_off(county: County) -> None:
    redraw(county, 111, LON - SIDE * 0.1, LAT, LON + SIDE, LAT + SIDE)
    (one,) = found()

    _plan_and_apply(remedies(one)[0].borders)

    assert found() == []
    grid = Area.objects.get(code=county.grid(111).code, valid_to=None)
    outline = rules.outline(grid.boundary)
    assert outline is not None
    assert outline.bounds[0] == LON


def _plan_and_apply(borders) -> None:
    old = [Area.objects.get(pk=pk) for pk in borders]
    new = [Successor(area.code, area.name, to_geojson(borders[area.pk]), area.households) for area in old]
    plan = actions.plan_redivision(
        SYSTEM, kind="redraw", old=old, successors=new, effective_at=NOW, reason="补空隙", at=NOW
    )
    actions.apply_redivision(SYSTEM, redivision=plan, at=NOW)


def test_ground_that_another_holds_is_not_open(county: County) -> None:
    # The gap lies between 111 and 112; 111 may take it, but not what 112 has.
    redraw(county, 111, LON, LAT, LON + SIDE * 0.9, LAT + SIDE)
    old = Area.objects.get(pk=county.grid(111).id)
    wide = Successor(old.code, old.name, square(LON, LAT, LON + SIDE * 1.2, LAT + SIDE), 400)

    with pytest.raises(Exception, match="超出原来的区域"):
        actions.plan_redivision(
            SYSTEM, kind="redraw", old=[old], successors=[wide], effective_at=NOW, reason="补空隙", at=NOW
        )


def test_codes_count_from_the_north_west() -> None:
    row = [box(x, 0, x + 1, 1) for x in range(4)]

    assert not is_out_of_order(["1", "2", "3", "4"], row)
    assert not is_out_of_order(["1", "3", "2", "4"], row)  # next to each other: nobody is led astray
    assert is_out_of_order(["4", "2", "3", "1"], row)
