"""Places read as people look at them: the chart of a building, what is near, who sees what."""

from datetime import UTC, datetime

import pytest

from casework import GRID_111, GRID_222, NOW
from factories import SIDE, County, make_staff, square
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas import following
from lianxin.foundation.areas import queries as atlas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.redivision import Successor
from lianxin.kernel.errors import NotFound
from lianxin.kernel.geometry.points import Point
from lianxin.registry.places import actions as places
from lianxin.registry.places import jobs, queries
from lianxin.registry.places.actions import BuildingIn, EstablishmentIn, EstateIn, Layout
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate

MIDNIGHT = datetime(2026, 11, 30, 16, tzinfo=UTC)


@pytest.fixture
def worker(county: County) -> Actor:
    Role.objects.create(code="surveyor", label="采集员", scope="area", permissions=["places.view"], sort=90)
    return make_staff("caiji", "蔡集", "surveyor", area=county.grid(111))


@pytest.fixture
def building(county: County) -> Building:
    estate = places.register_estate(SYSTEM, told=EstateIn(name="和平小区", point=GRID_111), at=NOW)
    told = BuildingIn(name="3幢", estate_id=estate.pk, point=GRID_111)
    layout = Layout(("1", "2"), 3, 2)
    return places.register_building(SYSTEM, told=told, layout=layout, at=NOW)


@pytest.fixture
def elsewhere(county: County) -> Estate:
    return places.register_estate(SYSTEM, told=EstateIn(name="西郊花园", point=GRID_222), at=NOW)


def test_a_building_is_shown_by_entrance_from_the_top_floor_down(building: Building, worker: Actor) -> None:
    shafts = queries.building_chart(worker, building)

    assert [shaft.entrance for shaft in shafts] == ["1", "2"]
    assert [floor for floor, _flats in shafts[0].floors] == [3, 2, 1]
    assert [flat.number for flat in shafts[0].floors[0][1]] == ["301", "302"]


def test_what_lies_elsewhere_is_not_there(building: Building, elsewhere: Estate, worker: Actor) -> None:
    assert [estate.name for estate in queries.estates_of(worker)] == ["和平小区"]
    assert queries.estates_of(SYSTEM).count() == 2
    with pytest.raises(NotFound):
        queries.get_estate(worker, elsewhere.code)
    assert queries.get_building(worker, building.code) == building
    assert queries.nearby(worker, GRID_222, 500) == []


def test_an_estate_tells_what_stands_in_it(building: Building, worker: Actor, county: County) -> None:
    told = EstablishmentIn(kind="shop", name="老王小吃", building_id=building.pk)
    places.register_establishment(SYSTEM, told=told, at=NOW)

    found = queries.in_estate(worker, Estate.objects.get())

    assert (found.buildings, found.dwelling_counts) == ((building,), {building.pk: 12})
    assert [each.name for each in found.establishments] == ["老王小吃"]
    assert list(queries.estates_of(worker, county.community(11))) == [building.estate]
    assert list(queries.estates_of(worker, county.community(12))) == []


def test_what_is_near_comes_nearest_first(building: Building, worker: Actor) -> None:
    told = EstablishmentIn(kind="shop", name="老王小吃", point=Point(GRID_111.lon + 0.001, GRID_111.lat))
    places.register_establishment(SYSTEM, told=told, at=NOW)

    found = queries.nearby(worker, GRID_111, 300)

    assert [str(near.metres) for near in found] == ["0.0", "0.0", "95.3"]
    assert queries.nearby(worker, GRID_111, 50)[-1].metres == 0.0


def test_homes_are_counted_without_the_vacant(building: Building, county: County) -> None:
    grid = county.grid(111).id
    assert queries.homes_by_grid([grid]) == {grid: 12}
    Dwelling.objects.filter(building=building, number="101").update(use="vacant")
    assert queries.homes_by_grid([grid]) == {grid: 10}


def test_places_follow_a_grid_that_was_split(building: Building, county: County) -> None:
    east = Point(117.0 + SIDE * 0.75, GRID_111.lat)
    shop = places.register_establishment(SYSTEM, told=EstablishmentIn(kind="shop", name="东店", point=east), at=NOW)
    west = square(117.0, 31.0, 117.0 + SIDE / 2, 31.0 + SIDE)
    rest = square(117.0 + SIDE / 2, 31.0, 117.0 + SIDE, 31.0 + SIDE)
    areas.plan_redivision(
        SYSTEM, kind="split", old=[Area.objects.get(pk=county.grid(111).id)], effective_at=MIDNIGHT,
        successors=[
            Successor("34088100100101", "第一网格", west, 210), Successor("34088100100109", "第九网格", rest, 190)
        ],
        reason="桐政办〔2026〕31号", at=NOW,
    )  # fmt: skip
    areas.apply_due_redivisions(SYSTEM, at=MIDNIGHT)

    ended = [county.grid(111).id]
    assert sum(following.left(ended).values()) == 15  # an estate, a building, twelve flats, a shop

    jobs.rehome(int(MIDNIGHT.timestamp()))

    assert following.left(ended) == {}

    by_code = atlas.atlas(MIDNIGHT).by_code
    shop.refresh_from_db()
    building.refresh_from_db()
    assert shop.grid_id == by_code["34088100100109"].id
    assert building.grid_id in {by_code["34088100100101"].id, by_code["34088100100109"].id}
    assert set(building.dwellings.values_list("grid_id", flat=True)) == {building.grid_id}
    for model in (Estate, Building, Dwelling, Establishment):
        assert not model.objects.filter(grid_id=county.grid(111).id).exists()
