"""Each check finds what it is for, leaves alone what is right, and closes what was mended."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from cast import Cast
from homes import (
    ID_NUMBER,
    PHONE,
    live,
    make_building,
    make_care,
    make_dwelling,
    make_establishment,
    make_estate,
    make_household,
    make_person,
    placed,
)  # fmt: skip
from lianxin.foundation.areas.models import Area
from lianxin.registry.people.models import Household, Membership, Person
from lianxin.registry.places.models import Building, Dwelling
from lianxin.registry.quality import checking
from lianxin.registry.quality.checks import CHECKS
from lianxin.registry.quality.models import DayCount, Finding
from lianxin.registry.sources import actions as sources
from lianxin.registry.sources.models import Conflict, Field
from register import load_register

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
BORN = date(1949, 12, 31)
YEARS = timedelta(days=365.25)


@pytest.fixture
def home(cast: Cast) -> Dwelling:
    """A dwelling in grid 111, with nothing wrong about it."""
    load_register()
    Field.objects.filter(code="dwelling.square_metres").update(is_required=False)
    estate = make_estate(cast.county.grid(111))
    return make_dwelling(make_building(estate))


def sound(home: Dwelling, name: str = "王秀英", **more: Any) -> Person:
    """Make a person with nothing wrong."""
    told: dict[str, Any] = {"id_number": ID_NUMBER, "phone": PHONE, "confirmed_at": NOW - timedelta(days=9)} | more
    return make_person(name, home=home, **told)


def open_now(at: datetime = NOW) -> set[tuple[str, int, str]]:
    checking.run(at=at)
    return set(Finding.objects.open().values_list("check_code", "subject_id", "detail"))


def test_a_sound_base_has_no_findings(cast: Cast, home: Dwelling) -> None:
    make_household(home, sound(home))

    assert open_now() == set()


def _no_birth_date(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    return "person_missing", sound(home, birth_date=None).pk, "person.birth_date"


def _unknown_use(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    return "dwelling_missing", make_dwelling(home.building, number="201", use="unknown").pk, "dwelling.use"


def _no_address(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    Building.objects.filter(pk=home.building_id).update(address="")
    return "building_missing", home.building_id, "building.address"


def _nameless(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    assert home.building.estate is not None
    made = make_establishment(home.building.estate, "", confirmed_at=NOW)
    return "establishment_missing", made.pk, "establishment.name"


def _stale_person(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    person = sound(home, since=NOW - 3 * YEARS, confirmed_at=NOW - timedelta(days=366))
    sources.confirm(cast.grid_worker, subject="person", ids=[person.pk], fields=["home"], at=NOW - timedelta(days=8))
    return "person_stale", person.pk, ""  # the phone is


def _stale_dwelling(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    Dwelling.objects.filter(pk=home.pk).update(
        confirmed_at=NOW - timedelta(days=400), valid_from=NOW - timedelta(days=500)
    )
    return "dwelling_stale", home.pk, ""


def _other_birth_date(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    return "birth_against_id", sound(home, birth_date=date(1949, 12, 13)).pk, ""


def _lived_in(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    sound(home)
    Dwelling.objects.filter(pk=home.pk).update(use="vacant")
    return "lived_in_vacant", home.pk, ""


def _let(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    Dwelling.objects.filter(pk=home.pk).update(use="let")
    return "let_without_tenant", home.pk, ""


def _two_heads(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    other = sound(home, "李强", id_number=None, birth_date=date(1980, 1, 1))
    return "heads_not_one", make_household(home, sound(home), (other, "head")).pk, ""


def _child_owner(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    child = sound(home, "王小宝", id_number=None, birth_date=date(2015, 5, 1))
    live(child, home, "owner")
    return "child_owner", child.pk, ""


def _dead_with_care(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    person = sound(home, ended_at=NOW - timedelta(days=1), end="died")
    return "care_of_ended", make_care(person, at=NOW - timedelta(days=60)).pk, ""


def _young_lone_elder(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    person = sound(home, "李强", id_number=None, birth_date=date(1990, 1, 1))
    return "care_against_age", make_care(person, at=NOW - timedelta(days=60)).pk, ""


def _neither(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    person = sound(home)
    Conflict.objects.create(
        subject="person", subject_id=person.pk, field_id="person.phone", at=NOW, ruling="neither", ruled_at=NOW
    )
    return "neither_was_right", person.pk, "person.phone"


def _no_home(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    lies: dict[str, Any] = placed(cast.county.grid(111))
    made = make_person("李强", id_number=None, phone=PHONE, confirmed_at=NOW, **lies)
    return "person_without_home", made.pk, ""


def _home_gone(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    person = sound(home)
    Dwelling.objects.filter(pk=home.pk).update(valid_to=NOW - timedelta(days=1))
    return "home_is_gone", person.pk, ""


def _empty_household(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    made = make_household(home, sound(home))
    Membership.objects.filter(household=made).update(valid_to=NOW - timedelta(days=1))
    return "household_empty", made.pk, ""


def _no_grid(cast: Cast, home: Dwelling) -> tuple[str, int, str]:
    Building.objects.filter(pk=home.building_id).update(grid_id=None)
    return "building_without_area", home.building_id, ""


@pytest.mark.parametrize(
    "make",
    [
        _no_birth_date, _unknown_use, _no_address, _nameless, _stale_person, _stale_dwelling, _other_birth_date,
        _lived_in, _let, _two_heads, _child_owner, _dead_with_care, _young_lone_elder, _neither, _no_home, _home_gone,
        _empty_household, _no_grid,
    ],
)  # fmt: skip
def test_each_check_finds_what_it_is_for_and_nothing_else(
    cast: Cast, home: Dwelling, make: Callable[[Cast, Dwelling], tuple[str, int, str]]
) -> None:
    assert open_now() == set()

    wrong = make(cast, home)

    assert open_now(NOW + timedelta(minutes=1)) == {wrong}


def test_a_person_who_looks_like_another_shows_on_both(cast: Cast, home: Dwelling) -> None:
    one, other = sound(home), sound(home, id_number=None, phone=None)
    # Who has another number is another person, however alike.
    sound(home, "李强", id_number=None, birth_date=BORN)

    assert open_now() == {("person_twice", one.pk, ""), ("person_twice", other.pk, "")}


def test_a_shop_entered_twice_shows_on_both(cast: Cast, home: Dwelling) -> None:
    assert home.building.estate is not None
    made = [make_establishment(home.building.estate, code=code, confirmed_at=NOW).pk for code in ("S1", "S2")]

    assert open_now() == {("establishment_twice", pk, "") for pk in made}


def test_who_stayed_in_an_area_that_ended_is_found(cast: Cast, home: Dwelling) -> None:
    person = sound(home)
    Area.objects.filter(pk=cast.county.grid(111).id).update(valid_to=NOW - timedelta(days=1))

    assert open_now() == {
        ("person_in_ended_area", person.pk, ""), ("building_in_ended_area", home.building_id, ""),
    }  # fmt: skip


def test_every_check_is_tried_here() -> None:
    tried = {
        "person_missing", "dwelling_missing", "building_missing", "establishment_missing", "person_stale",
        "dwelling_stale", "birth_against_id", "lived_in_vacant", "let_without_tenant", "heads_not_one", "child_owner",
        "care_of_ended", "care_against_age", "neither_was_right", "person_twice", "establishment_twice",
        "person_without_home", "home_is_gone", "household_empty", "building_without_area", "person_in_ended_area",
        "building_in_ended_area", "establishment_stale",
    }  # fmt: skip

    assert {check.code for check in CHECKS} == tried


def test_an_establishment_nobody_asked_for_long_is_stale(cast: Cast, home: Dwelling) -> None:
    assert home.building.estate is not None
    made = make_establishment(home.building.estate, contact="钱老板", confirmed_at=NOW - timedelta(days=366))
    type(made).objects.filter(pk=made.pk).update(valid_from=NOW - 2 * YEARS)

    assert open_now() == {("establishment_stale", made.pk, "")}


def test_what_is_mended_is_closed_and_what_comes_back_is_new(cast: Cast, home: Dwelling) -> None:
    person = sound(home, birth_date=None)
    checking.run(at=NOW)
    assert Finding.objects.open().count() == 1

    Person.objects.filter(pk=person.pk).update(birth_date=BORN)
    checking.run(at=NOW + timedelta(days=1))
    Person.objects.filter(pk=person.pk).update(birth_date=None)
    checking.run(at=NOW + timedelta(days=2))

    assert list(Finding.objects.order_by("pk").values_list("found_at", "fixed_at")) == [
        (NOW, NOW + timedelta(days=1)), (NOW + timedelta(days=2), None),
    ]  # fmt: skip
    days = DayCount.objects.order_by("day").values_list("day", "count")
    assert list(days) == [(date(2026, 11, 21), 1), (date(2026, 11, 23), 1)]


def test_what_was_mended_long_ago_is_forgotten(cast: Cast, home: Dwelling) -> None:
    person = sound(home, birth_date=None)
    checking.run(at=NOW)
    Person.objects.filter(pk=person.pk).update(birth_date=BORN)
    checking.run(at=NOW + timedelta(days=1))
    Person.objects.filter(pk=person.pk).update(confirmed_at=NOW + timedelta(days=402))
    Dwelling.objects.update(confirmed_at=NOW + timedelta(days=402))

    checking.run(at=NOW + timedelta(days=402))

    assert not Finding.objects.exists()


def test_a_finding_moves_with_its_record(cast: Cast, home: Dwelling) -> None:
    person = sound(home, birth_date=None)
    checking.run(at=NOW)

    Person.objects.filter(pk=person.pk).update(**placed(cast.county.grid(211)))
    checking.run(at=NOW + timedelta(days=1))

    found = Finding.objects.open().get()
    assert (found.community_id, found.grid_id) == (cast.county.community(21).id, cast.county.grid(211).id)


def test_an_empty_household_is_no_household_without_a_head(cast: Cast, home: Dwelling) -> None:
    Household.objects.create(key=uuid4(), dwelling=home, valid_from=NOW, **placed(cast.county.grid(111)))

    assert {code for code, _pk, _detail in open_now()} == {"household_empty"}
