"""Areas counted ahead: what is in them, what changes, what is forgotten."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import homes
from cast import Cast
from lianxin.insight.portraits import areas, counting, jobs, listeners, measures
from lianxin.insight.portraits.models import AreaCount, DirtyArea
from lianxin.kernel.journal.models import Entry
from lianxin.registry.people.models import Person

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 2, tzinfo=UTC)  # ten in the morning in the place


@pytest.fixture
def home(cast: Cast) -> Any:
    """A dwelling in grid 111 with an old woman and a child."""
    building = homes.make_building(homes.make_estate(cast.county.grid(111)))
    home = homes.make_dwelling(building)
    old = homes.make_person("王秀英", home=home, birth_date=date(1946, 11, 22))
    homes.make_person("王小宝", home=home, sex="m", birth_date=date(2019, 11, 23))
    homes.make_care(old, at=AT - timedelta(days=9))
    return home


def test_an_area_holds_what_lies_in_it_and_below(cast: Cast, home: Any) -> None:
    homes.make_person("无家", sex="", birth_date=None)

    counting.count_all(at=AT)

    grid, next_door = areas.figures(cast.county.grid(111)), areas.figures(cast.county.grid(112))
    assert grid.counts == {
        "people.f.80": 1, "people.m.0": 1, "all_people": 2, "dwellings.self": 1, "estates": 1, "buildings": 1,
        "care": 1, "care.lone_elder": 1,
    }  # fmt: skip
    assert grid.as_of == AT
    assert next_door.counts == {}
    assert areas.figures(cast.county.community(11)).people == 2
    streets = [cast.county.street(1), cast.county.street(2)]
    below = areas.below(cast.county.city, streets)
    assert below[streets[0].id] == {"people": 2, "dwellings": 1}
    assert below[streets[1].id] == {}
    assert areas.figures(cast.county.street(2)).people == 0
    assert areas.figures(cast.county.city).people == 3  # who lives nowhere known counts for the whole
    assert areas.figures(cast.county.city)[measures.people("", "na")] == 1


def test_a_person_counts_in_the_band_of_that_day(cast: Cast, home: Any) -> None:
    counting.count_all(at=AT - timedelta(days=1))

    assert areas.figures(cast.county.grid(111))["people.f.70"] == 1  # eighty only tomorrow


def test_what_changed_is_counted_anew_and_nothing_else(cast: Cast, home: Any) -> None:
    counting.count_all(at=AT)
    other = homes.make_building(homes.make_estate(cast.county.grid(112), code="E2"), code="B9")
    person = homes.make_person("李强", home=homes.make_dwelling(other), sex="m", birth_date=date(1990, 1, 1))
    AreaCount.objects.filter(area_id=cast.county.grid(111).id).delete()  # to see that it is not counted again

    listeners.mark(entry("person", person.pk))
    counted = counting.count_dirty(at=AT)

    assert counted == 1
    assert areas.figures(cast.county.grid(112)).people == 1
    assert areas.figures(cast.county.grid(111)).people == 0
    assert not DirtyArea.objects.exists()


def test_who_moves_is_missed_where_they_were(cast: Cast, home: Any) -> None:
    counting.count_all(at=AT)
    other = homes.make_building(homes.make_estate(cast.county.grid(112), code="E2"), code="B9")
    person = Person.objects.get(name="王小宝")
    Person.objects.filter(pk=person.pk).update(home=homes.make_dwelling(other), **homes.placed(cast.county.grid(112)))

    listeners.mark(entry("person", person.pk, "move"))
    listeners.mark(entry("dwelling", other.dwellings.get().pk, "create"))
    counting.count_dirty(at=AT)

    assert areas.figures(cast.county.grid(111)).people == 1
    assert areas.figures(cast.county.grid(112)).people == 1


@pytest.mark.parametrize(
    ("kind", "pk", "action"), [("area", 1, "redivide"), ("import", 7, "undo"), ("household", 0, "rehome")]
)
def test_what_changes_many_at_once_has_all_counted(cast: Cast, home: Any, kind: str, pk: int, action: str) -> None:
    listeners.mark(entry(kind, pk, action))

    assert counting.count_dirty(at=AT) == 1
    assert areas.figures(cast.county.grid(111)).people == 2


def test_a_trend_shows_the_first_of_each_month_that_was_counted(cast: Cast, home: Any) -> None:
    for at in (AT - timedelta(days=400), AT.replace(month=10, day=1), AT.replace(day=3), AT):
        counting.count_all(at=at)

    line = areas.trend(cast.county.city, {"people": [measures.ALL_PEOPLE], "late": ["cases.late"]}, at=AT)

    assert [(point.day.isoformat(), point.count) for point in line["people"]] == [("2026-10-01", 2), ("2026-11-22", 2)]
    assert [point.count for point in line["late"]] == [0, 0]


def test_the_past_is_reckoned_from_who_lived_there(cast: Cast, home: Any) -> None:
    homes.make_person("新来的", home=home, since=datetime(2026, 10, 20, tzinfo=UTC), birth_date=date(1990, 1, 1))
    counting.count_all(at=AT)

    reckoned = counting.reckon_past(at=AT)
    again = counting.reckon_past(at=AT)

    line = areas.trend(cast.county.grid(111), {"people": [measures.ALL_PEOPLE]}, at=AT)["people"]
    late = areas.trend(cast.county.grid(111), {"late": ["cases.late"]}, at=AT)["late"]
    assert (reckoned, again) == (12, 0)
    assert len(late) == 1  # what has no valid time has no past
    assert [point.count for point in line] == [0, *[2] * 10, 3, 3]


def test_the_first_minute_counts_all(cast: Cast, home: Any) -> None:
    jobs.count_dirty(int(AT.timestamp()))

    assert areas.figures(cast.county.city).people == 2
    assert len(areas.trend(cast.county.city, {"people": [measures.ALL_PEOPLE]}, at=AT)["people"]) == 13


def test_old_days_are_forgotten_but_the_first_of_each_month(cast: Cast, home: Any) -> None:
    for day in (date(2026, 9, 1), date(2026, 9, 2), date(2026, 11, 20)):
        counting.count_all(at=datetime(day.year, day.month, day.day, 4, tzinfo=UTC))

    counting.forget(at=AT)

    assert set(AreaCount.objects.values_list("day", flat=True)) == {date(2026, 9, 1), date(2026, 11, 20)}


def test_a_tag_past_its_expiry_is_not_counted(cast: Cast, home: Any) -> None:
    counting.count_all(at=AT + timedelta(days=366))

    assert areas.figures(cast.county.city)["care"] == 0


def entry(kind: str, pk: int, action: str = "create") -> Entry:
    return Entry(id=1, at=AT, subject_kind=kind, subject_id=pk, action=action, version=1)
