"""Two at once, on connections of their own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from lianxin.kernel.configuration.actions import put
from lianxin.kernel.errors import Refused, Stale
from lianxin.registry.people import actions as people
from lianxin.registry.people import looks, queries
from lianxin.registry.people.models import Look, Merge, Person, Residence
from neighbours import DAY, NOW, WANG, WANG_ID, Street
from racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_register_one_number_one_is_led_to_the_other(street: Street) -> None:
    street.flat("101"), street.flat("102")

    found = at_once(lambda: street.lives(WANG, number="101"), lambda: street.lives(WANG, number="102"))

    [refusal] = [each for each in found if isinstance(each, Exception)]
    assert isinstance(refusal, people.AlreadyRegistered)
    assert refusal.key == Person.objects.get().key


def test_the_same_form_sent_three_times_at_once_is_one_person(street: Street) -> None:
    key, flat = uuid4(), street.flat()

    def send() -> Person:
        return people.register_person(street.cast.grid_worker, key=key, fields=WANG, dwelling=flat, at=NOW)

    found = at_once(send, send, send)

    assert {each.pk for each in found} == {Person.objects.get().pk}
    assert Residence.objects.count() == 1


def test_who_moves_to_two_places_at_once_lives_in_one(street: Street) -> None:
    person = street.lives(WANG)
    flats = [street.flat("102"), street.flat("201")]

    def move(flat) -> Callable[[], Any]:
        return lambda: people.move_in(street.cast.grid_worker, person=person, dwelling=flat, seen=1, at=NOW + DAY)

    found = at_once(*map(move, flats))

    assert [type(each) for each in found if isinstance(each, Exception)] == [Stale]
    person.refresh_from_db()
    assert [each.dwelling for each in queries.residences_of(person, at=NOW + DAY)] == [person.home]


def test_two_merges_of_one_pair_either_way_are_one(street: Street) -> None:
    one, other = street.lives({"name": "王秀英", "id_number": WANG_ID}), street.lives({"name": "王秀英"}, number="102")
    clerk = street.cast.community_clerk

    def merge(kept: Person, gone: Person) -> Callable[[], Any]:
        return lambda: people.merge(clerk, kept=kept, gone=gone, reason="核对过", at=NOW + DAY)

    found = at_once(merge(one, other), merge(other, one))

    assert [type(each) for each in found if isinstance(each, Exception)] == [Refused]
    assert Merge.objects.count() == 1
    assert Person.objects.now().count() == 1


def test_a_merge_and_a_move_at_once_leave_one_home(street: Street) -> None:
    one, other = street.lives({"name": "王秀英", "id_number": WANG_ID}), street.lives({"name": "王秀英"}, number="102")
    clerk, flat = street.cast.community_clerk, street.flat("301")

    at_once(
        lambda: people.merge(clerk, kept=one, gone=other, reason="核对过", at=NOW + DAY),
        lambda: people.move_in(clerk, person=other, dwelling=flat, at=NOW + DAY),
        lambda: people.move_in(clerk, person=one, dwelling=flat, at=NOW + DAY),
    )

    living = Residence.objects.filter(kind="lives", valid_to=None, person__ended_at=None)
    one.refresh_from_db()
    assert [stay.dwelling for stay in living] == [one.home]


def test_of_two_who_part_a_merge_one_is_told_it_is_done(street: Street) -> None:
    one, other = street.lives({"name": "王秀英", "id_number": WANG_ID}), street.lives({"name": "王秀英"}, number="102")
    clerk = street.cast.community_clerk
    merge = people.merge(clerk, kept=one, gone=other, reason="核对过", at=NOW + DAY)

    def part() -> Any:
        return people.unmerge(clerk, merge=merge, reason="不是", at=NOW + 2 * DAY)

    found = at_once(part, part)

    assert sorted(type(each).__name__ for each in found) == ["Parted", "Refused"]
    assert Person.objects.now().count() == 2


def test_looks_at_once_keep_to_the_limit(street: Street) -> None:
    put("people", {"looks_per_hour": 4}, at=NOW)
    person, worker = street.lives(WANG), street.cast.grid_worker

    def see() -> Look:
        return looks.look(worker, person=person, fields=["phone"], reason="visit", at=NOW)

    found = at_once(*[see] * 8)

    assert sum(isinstance(each, Look) for each in found) == 4
    assert Look.objects.count() == 4
    assert looks.revealed(worker, person, at=NOW + timedelta(seconds=30)) == {"phone": "13800001234"}
