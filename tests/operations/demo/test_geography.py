"""The made-up county tiles at every level, keeps the place's numbers, and is the same for the same seed."""

import time
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import STRtree, union_all

from lianxin.operations.demo.county import Geography
from lianxin.operations.demo.geography import make_geography
from lianxin.operations.demo.people import masked, people
from lianxin.operations.profiles.reader import read

# Square degrees; a square centimetre is 1e-14. Shared corners leave nothing but the noise of the union.
NOTHING = 1e-13


@pytest.fixture(scope="module")
def tongcheng() -> Geography:
    return make_geography(read("tongcheng"), 1)


@pytest.fixture(scope="module")
def zuoyun() -> Geography:
    return make_geography(read("zuoyun"), 1)


def assert_tiles(county: Geography) -> None:
    """Check that the areas below each area cover it, and do not cover each other."""
    for area in county.areas:
        assert area.polygon.is_valid, area.name
        below = [child.polygon for child in county.children(area.code)]
        if not below:
            continue
        assert union_all(below).symmetric_difference(area.polygon).area < NOTHING, area.name
        tree = STRtree(below)
        for one, other in zip(*tree.query(below, predicate="intersects"), strict=True):
            if one < other:
                assert below[one].intersection(below[other]).area < NOTHING, area.name


def test_tongcheng_has_its_numbers(tongcheng: Geography) -> None:
    grids = tongcheng.of_role("grid")

    assert len(tongcheng.of_role("street")) == 5
    assert sum(area.kind == "urban" for area in tongcheng.of_role("community")) == 23
    assert sum(area.kind == "rural" for area in tongcheng.of_role("community")) == 39
    assert sum(area.kind == "urban" for area in grids) == 105
    assert sum(area.kind == "rural" for area in grids) == 199


def test_zuoyun_has_its_numbers_and_a_unit_for_each_micro_grid(zuoyun: Geography) -> None:
    micro = zuoyun.of_role("micro")
    units = {unit.code for unit in read("zuoyun").units}

    assert len(zuoyun.of_role("community")) == 7
    assert len(zuoyun.of_role("grid")) == 89
    assert len(micro) == 573
    assert all(area.unit in units for area in micro)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(["tongcheng", "zuoyun"]), seed=st.integers(0, 10**6))
def test_every_level_tiles_the_one_above(name: str, seed: int) -> None:
    assert_tiles(make_geography(read(name), seed))


def test_neighbours_share_their_corners(tongcheng: Geography) -> None:
    edges: dict[tuple[tuple[float, ...], tuple[float, ...]], int] = {}
    for grid in tongcheng.of_role("grid"):
        for start, end in pairwise(grid.polygon.exterior.coords):
            key = (min(start, end), max(start, end))
            edges[key] = edges.get(key, 0) + 1
    outline = tongcheng.by_code[tongcheng.division].polygon.exterior.length
    alone = sum(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 for (a, b), count in edges.items() if count == 1)

    # An edge of one grid only is the county's own border; all others are the edge of exactly two.
    assert set(edges.values()) == {1, 2}
    assert alone == pytest.approx(outline)


def test_places_have_seven_decimals(tongcheng: Geography) -> None:
    for area in tongcheng.areas:
        for lon, lat in area.polygon.exterior.coords:
            assert (round(lon, 7), round(lat, 7)) == (lon, lat)


def test_the_same_seed_gives_the_same_county_quickly(tongcheng: Geography) -> None:
    begun = time.perf_counter()
    again = make_geography(read("tongcheng"), 1)
    took = time.perf_counter() - begun

    assert again == tongcheng
    assert make_geography(read("tongcheng"), 2) != tongcheng
    assert took < 5


def test_codes_are_national_and_run_from_north_to_south_and_west_to_east(tongcheng: Geography) -> None:
    for community in tongcheng.of_role("community"):
        grids = tongcheng.children(community.code)

        assert [grid.code for grid in grids] == [f"{community.code}{number:03d}" for number in range(1, len(grids) + 1)]
        assert len(grids[0].code) == 15
        first, last = grids[0].polygon.centroid, grids[-1].polygon.centroid
        assert len(grids) < 4 or (first.x, -first.y) < (last.x, -last.y) or first.y > last.y


@pytest.mark.parametrize("name", ["tongcheng", "zuoyun"])
def test_households_add_up_and_a_few_grids_stand_out(name: str, request: pytest.FixtureRequest) -> None:
    county: Geography = request.getfixturevalue(name)
    grids = county.of_role("grid")
    homes = dict.fromkeys((grid.code for grid in grids), 0)
    for building in county.buildings:
        homes[building.grid] += building.households

    assert homes == {grid.code: grid.households for grid in grids}
    outside = [grid for grid in grids if not 300 <= grid.households <= 500]
    assert 0 < len(outside) < len(grids) / 10
    for community in county.of_role("community"):
        assert community.households == sum(grid.households for grid in county.children(community.code))


def test_town_is_dense_and_country_is_wide(tongcheng: Geography) -> None:
    sizes = {
        kind: sorted(grid.polygon.area for grid in tongcheng.of_role("grid") if grid.kind == kind)
        for kind in ("urban", "rural")
    }

    assert sizes["rural"][len(sizes["rural"]) // 2] > 4 * sizes["urban"][len(sizes["urban"]) // 2]


def test_buildings_stand_in_their_grid(tongcheng: Geography) -> None:
    for building in tongcheng.buildings:
        grid = tongcheng.by_code[building.grid].polygon
        assert grid.intersects(building.footprint)
    inside = sum(
        tongcheng.by_code[building.grid].polygon.contains(building.footprint) for building in tongcheng.buildings
    )
    assert inside > 0.97 * len(tongcheng.buildings)


def test_every_place_has_an_address_in_words(tongcheng: Geography, zuoyun: Geography) -> None:
    rng = Random(3)
    for county in (tongcheng, zuoyun):
        told = []
        for grid in rng.choices(county.of_role("grid"), k=150):
            lon, lat = county.point_in(grid.code, rng)
            found = county.grid_at(lon, lat)
            assert found is not None
            told.append(county.address_near(lon, lat))
        assert all(2 < len(address) < 30 and not address[0].isdigit() for address in told)
        assert len(set(told)) > 90


def test_crossroads_buildings_and_school_gates_are_named(tongcheng: Geography) -> None:
    school = next(mark for mark in tongcheng.landmarks if mark.kind == "小学")
    building = next(each for each in tongcheng.buildings if each.estate.endswith("苑"))
    middle = building.footprint.centroid

    assert tongcheng.address_near(middle.x, middle.y) == f"{building.estate}{building.name}"
    near_school = tongcheng.address_near(school.point.x, school.point.y)
    assert near_school
    main = next(road for road in tongcheng.roads if road.kind == "main" and road.name != "环城路")
    start = main.line.coords[0]
    assert "路口" in tongcheng.address_near(start[0], start[1])


def test_outside_the_county_there_is_no_grid(tongcheng: Geography) -> None:
    assert tongcheng.grid_at(100.0, 20.0) is None
    assert "100.0" in tongcheng.address_near(100.0, 20.0)


def test_people_have_names_and_phones_of_nobody() -> None:
    crowd = [person for person, _ in zip(people(Random(1)), range(2000), strict=False)]

    assert len({person.phone for person in crowd}) == 2000
    assert all(person.phone.startswith("1990000") and len(person.phone) == 11 for person in crowd)
    assert len({person.name for person in crowd}) > 500
    assert masked("王小明") == "王*"
    assert crowd[:50] == [person for person, _ in zip(people(Random(1)), range(50), strict=False)]
