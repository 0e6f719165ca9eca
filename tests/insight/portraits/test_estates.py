"""Estates and buildings counted when asked for, and the building chart."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import homes
from cast import Cast
from lianxin.insight.portraits import chart, estates
from lianxin.registry.places.models import Dwelling

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    """Return this instant: what homes.py makes is dated by it."""
    return datetime.now(UTC)


@pytest.fixture
def building(cast: Cast) -> Any:
    """A building of two entrances, three floors, two doors each, in grid 111."""
    made = homes.make_building(homes.make_estate(cast.county.grid(111)))
    homes.make_dwellings(made)
    return made


def test_an_estate_counts_its_people_dwellings_and_shops(cast: Cast, building: Any, at: datetime) -> None:
    home, let = building.dwellings.order_by("pk")[:2]
    Dwelling.objects.filter(pk=let.pk).update(use="let", confirmed_at=at - 2 * homes.YEAR)
    old = homes.make_person(home=home, birth_date=date(1930, 1, 1))
    homes.make_person("张三", home=let, sex="m", birth_date=None)
    homes.make_household(home, old)
    homes.make_care(old)
    homes.make_establishment(building.estate)
    homes.make_person("外人", home=homes.make_dwelling(homes.make_building(building.estate, 4, code="B4")))

    of_building = estates.figures(building, at=at)
    of_estate = estates.figures(building.estate, at=at)

    assert of_building.counts == {
        "people.f.80": 1, "people.m.na": 1, "dwellings.self": 11, "dwellings.let": 1, "dwellings.stale": 1,
        "households": 1, "care.lone_elder": 1,
    }  # fmt: skip
    assert of_building.share("dwellings.let") == pytest.approx(1 / 12)
    assert of_estate.people == 3
    assert of_estate["places.shop"] == 1


def test_the_trend_goes_by_who_lived_there_then(building: Any, at: datetime) -> None:
    home = building.dwellings.first()
    homes.make_person("旧人", home=home, since=at - timedelta(days=200))
    homes.make_person("新人", home=home, since=at - timedelta(hours=30))

    points = estates.trend(building.estate, at=at)

    assert len(points) == 13
    assert [points[0].count, points[10].count, points[-1].count] == [0, 1, 2]


def test_the_chart_stands_as_the_building_does(cast: Cast, building: Any, at: datetime) -> None:
    homes.make_dwelling(building, "2", "1003")  # a tenth floor at one entrance, out of order
    homes.make_dwelling(building, "1", "-101", floor=-1, use="business")

    drawn = chart.chart(cast.grid_worker, building, at=at)

    assert [entrance.name for entrance in drawn.entrances] == ["1", "2"]
    assert [floor.label for floor in drawn.floors] == ["10层", "3层", "2层", "1层", "地下1层"]
    third = drawn.floors[1]
    assert [[cell.number for cell in cells if cell] for cells in third.cells] == [["301", "302"], ["301", "302"]]
    assert drawn.floors[0].cells[0] == [None, None]
    assert drawn.total == 14
    assert drawn.counts["business"] == 1


def test_a_dwelling_long_unseen_wants_another_look(cast: Cast, building: Any, at: datetime) -> None:
    ids = list(building.dwellings.order_by("pk").values_list("pk", flat=True))
    Dwelling.objects.filter(pk=ids[0]).update(confirmed_at=None)
    Dwelling.objects.filter(pk=ids[1]).update(confirmed_at=at - timedelta(days=366))

    assert chart.chart(cast.grid_worker, building, at=at).counts["stale"] == 2


@pytest.mark.parametrize(("who", "sees"), [("grid_worker", 1), ("grid_worker_next_door", 0), ("leader", 0)])
def test_care_shows_only_to_who_serves_there(cast: Cast, building: Any, at: datetime, who: str, sees: int) -> None:
    homes.make_care(homes.make_person(home=building.dwellings.first()))

    assert chart.chart(getattr(cast, who), building, at=at).counts["care"] == sees


def test_a_building_without_dwellings_is_an_empty_chart(cast: Cast, at: datetime) -> None:
    empty = homes.make_building(homes.make_estate(cast.county.grid(111)))

    drawn = chart.chart(cast.grid_worker, empty, at=at)

    assert (drawn.entrances, drawn.floors, drawn.total) == ([], [], 0)
