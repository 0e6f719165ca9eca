"""A grid is split: homes move, then the people in them, their households, asks and tags."""

from uuid import uuid4

import pytest

import factories
from factories import SIDE, square
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas import following
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.redivision import Successor
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.journal.models import Entry
from lianxin.registry.care import actions as care
from lianxin.registry.care import jobs as care_jobs
from lianxin.registry.care import rehoming as care_rehoming
from lianxin.registry.people import actions as people
from lianxin.registry.people import jobs as people_jobs
from lianxin.registry.people import rehoming
from lianxin.registry.people.models import Ask, Household, Person
from lianxin.registry.places import jobs as place_jobs
from lianxin.registry.places import rehoming as places
from lianxin.registry.places.models import Building
from neighbours import DAY, LI, NOW, WANG, Street

WEST, EAST = Point(117.0 + SIDE * 0.25, 31.0 + SIDE / 2), Point(117.0 + SIDE * 0.75, 31.0 + SIDE / 2)
LATER = NOW + 2 * DAY


def split(street: Street) -> frozenset[int]:
    """Split grid 111 into a west that keeps its code and an east; return what ended."""
    old = Area.objects.get(pk=street.cast.county.grid(111).id)
    halves = [
        Successor(old.code, "第一网格", square(117.0, 31.0, 117.0 + SIDE / 2, 31.0 + SIDE), 400),
        Successor("34088100100109", "第九网格", square(117.0 + SIDE / 2, 31.0, 117.0 + SIDE, 31.0 + SIDE), 400),
    ]
    areas.plan_redivision(
        SYSTEM, kind="split", old=[old], successors=halves, effective_at=NOW + DAY, reason="桐政办〔2026〕31号", at=NOW
    )
    areas.apply_due_redivisions(SYSTEM, at=NOW + DAY)
    return places.ended_areas(at=LATER)


def move_places(ended: frozenset[int]) -> None:
    for step in places.STEPS:
        while step(at=LATER, ended_area_ids=ended):
            pass


def move_people(ended: frozenset[int]) -> list[int]:
    moved = [step(at=LATER, ended_area_ids=ended) for step in rehoming.STEPS]
    rehoming.rehome_asks(ended_area_ids=ended)
    care_rehoming.rehome(ended_area_ids=ended)
    return moved


def grid(code: str) -> int:
    return Area.objects.get(code=code, valid_to=None).pk


@pytest.fixture
def wang(street: Street) -> Person:
    """王秀英, head of a household in a house in the east of grid 111, with a tag and an open ask."""
    person = street.lives(WANG)
    Building.objects.update(point=EAST)
    people.form_household(street.cast.grid_worker, key=uuid4(), dwelling=street.flat(), head=person, at=NOW)
    care.set_tag(
        street.cast.community_clerk, key=uuid4(), person=person, need="lone_elder", evidence="入户走访", at=NOW
    )
    place = {level: getattr(person, level) for level in ("street_id", "community_id", "grid_id")}
    Ask.objects.create(key=uuid4(), person_id=person.pk, account_id=1, kind="copy", asked_at=NOW, due_at=NOW, **place)
    return person


def test_people_follow_their_house(street: Street, wang: Person) -> None:
    ended = split(street)
    move_places(ended)

    assert move_people(ended) == [1, 1]

    east = grid("34088100100109")
    wang.refresh_from_db()
    assert (wang.grid_id, wang.area_id) == (east, east)
    assert Household.objects.get().grid_id == east
    assert Ask.objects.get().grid_id == east
    assert wang.care_tags.get().grid_id == east
    assert move_people(ended) == [0, 0]


def test_people_wait_for_their_house(street: Street, wang: Person) -> None:
    ended = split(street)

    assert move_people(ended) == [0, 0]
    assert following.left(ended)["份人员和户的档案"] == 2
    assert following.left(ended)["个关爱标签"] == 1
    move_places(ended)
    move_people(ended)
    assert {"份人员和户的档案", "个关爱标签"} & set(following.left(ended)) == set()


def test_who_has_no_house_goes_where_the_grid_went(street: Street) -> None:
    grid_111 = street.cast.county.grid(111)
    person = people.register_person(street.cast.grid_worker, key=uuid4(), fields=LI, area=grid_111, at=NOW)

    move_people(split(street))

    person.refresh_from_db()
    assert person.grid_id == grid("34088100100101")


def test_who_left_is_still_found_there(street: Street) -> None:
    person = street.lives(WANG)
    people.end_person(street.cast.grid_worker, person=person, end="left", at=NOW)
    ended = split(street)
    move_places(ended)

    assert rehoming.rehome_ended(at=LATER, ended_area_ids=ended) == 1
    person.refresh_from_db()
    assert person.grid_id not in ended


def test_a_batch_is_one_entry_of_the_journal(street: Street) -> None:
    for number in range(5):
        street.lives({"name": "李" + "一二三四五"[number]}, number="102")
    ended = split(street)
    move_places(ended)

    assert rehoming.rehome_people(at=LATER, ended_area_ids=ended, limit=3) == 3
    assert rehoming.rehome_people(at=LATER, ended_area_ids=ended, limit=3) == 2
    entries = Entry.objects.filter(subject_kind="person", action="rehome")
    assert [entry.after["count"] for entry in entries.order_by("id")] == [3, 2]
    assert Person.objects.filter(version=1).count() == 5  # nobody's form is out of date


def test_the_worker_of_the_new_grid_sees_them(street: Street, wang: Person) -> None:
    ended = split(street)
    move_places(ended)
    move_people(ended)
    account = factories.make_account("xinge", "辛格")
    assert list(Person.objects.visible_to(factories.act_as(account))) == []
    Post.objects.create(account=account, role_id="grid_worker", area_id=grid("34088100100109"), valid_from=NOW)

    assert list(Person.objects.visible_to(factories.act_as(account, LATER))) == [wang]


def test_the_worker_moves_places_people_and_tags_each_minute(street: Street, wang: Person) -> None:
    split(street)
    stamp = int(LATER.timestamp())

    for job in (place_jobs.rehome, people_jobs.rehome, care_jobs.rehome):
        job(stamp)

    east = grid("34088100100109")
    wang.refresh_from_db()
    assert (wang.grid_id, wang.care_tags.get().grid_id, Ask.objects.get().grid_id) == (east, east, east)


def test_the_worker_lets_go_by_night_what_is_over(street: Street, wang: Person) -> None:
    much_later = int((NOW + 3 * 365 * DAY).timestamp())
    people.end_person(street.cast.grid_worker, person=wang, end="left", at=NOW)

    care_jobs.expire(much_later)
    people_jobs.retain(much_later)

    wang.refresh_from_db()
    assert wang.end == "erased"
    assert not wang.care_tags.exists()
