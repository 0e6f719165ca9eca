"""Which area a place lies in, now and then, and how areas hang together."""

from datetime import UTC, datetime, timedelta

import pytest

from factories import BEGIN, SIDE, County
from lianxin.foundation.areas import queries as areas

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


def test_a_point_lies_in_its_grid_with_all_levels_above(county: County) -> None:
    found = areas.locate(117.0 + SIDE * 0.5, 31.0 + SIDE * 0.5, NOW)

    assert found is not None
    assert found.code == county.grid(111).code
    assert found.full_name == "桐城市龙眠街道东苑社区第一网格"
    assert found.breadcrumb == ("桐城市", "龙眠街道", "东苑社区", "第一网格")
    assert (found.street_id, found.community_id, found.grid_id) == (
        county.street(1).id, county.community(11).id, found.id,
    )  # fmt: skip


def test_a_point_on_a_border_goes_to_the_lowest_code(county: County) -> None:
    corner = areas.locate(117.0 + SIDE, 31.0 + SIDE, NOW)

    assert corner is not None
    assert corner.code == county.grid(111).code


@pytest.mark.parametrize(("lon", "lat"), [(116.9, 31.01), (117.01, 30.9), (0, 0)])
def test_a_point_outside_lies_nowhere(county: County, lon: float, lat: float) -> None:
    assert areas.locate(lon, lat, NOW) is None


def test_before_the_tree_began_nothing_lay_anywhere(county: County) -> None:
    assert areas.locate(117.01, 31.01, BEGIN - timedelta(days=1)) is None


def test_everything_below_a_street_descends_from_it(county: County) -> None:
    below = areas.descend(county.street(1).id, NOW)

    assert county.grid(122).id in below
    assert county.grid(211).id not in below
    assert len(below) == 1 + 2 + 4


def test_the_tree_comes_in_the_order_of_a_tree_view(county: County) -> None:
    names = [(found.depth, found.name) for found in areas.tree(NOW)][:5]

    assert names == [(1, "桐城市"), (2, "龙眠街道"), (3, "东苑社区"), (4, "第一网格"), (4, "第二网格")]
