"""Two at once, on real connections of their own: one key one effect, no circle of waiting, nothing noted twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from cast import Cast
from homes import ID_NUMBER, PHONE, make_building, make_dwelling, make_estate, make_person
from lianxin.kernel.errors import Refused
from lianxin.registry.people.models import Person
from lianxin.registry.quality import checking
from lianxin.registry.quality.models import Finding
from lianxin.registry.sources import actions as sources
from lianxin.registry.sources import pushing
from lianxin.registry.sources.models import Conflict, Revision
from lianxin.registry.sources.pushing import Delivered, Pushed
from racing import at_once
from register import load_register

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


@pytest.fixture
def person(cast: Cast) -> Person:
    """王秀英, whose name 市城管局 owns here."""
    load_register(owners={"person.name": "cgj"})
    home = make_dwelling(make_building(make_estate(cast.county.grid(111))))
    return make_person(home=home, id_number=ID_NUMBER, phone=PHONE)


def push(cast: Cast, record: Pushed, at: datetime = NOW) -> Delivered:
    unit = cast.county.units["cgj"].id
    return pushing.push(cast.handler, unit_id=unit, subject="person", name="名册", records=[record], as_of=at, at=at)


def test_the_same_record_sent_twice_at_once_is_taken_once(cast: Cast, person: Person) -> None:
    record = Pushed(uuid4(), {"id_number": ID_NUMBER}, {"name": "王秀瑛"})

    found = at_once(lambda: push(cast, record), lambda: push(cast, record))

    assert sorted(each.results[0].result for each in found) == ["applied", "same"]
    assert Revision.objects.filter(subject="person", subject_id=person.pk, act="amend").count() == 1


def test_a_ruling_and_an_offer_at_once_do_not_wait_for_each_other_in_a_circle(cast: Cast, person: Person) -> None:
    sources.confirm(cast.grid_worker, subject="person", ids=[person.pk], fields=["phone"], at=NOW)
    push(cast, Pushed(uuid4(), {"id_number": ID_NUMBER}, {"phone": "13900001111"}), NOW + timedelta(days=1))
    conflict = Conflict.objects.get()
    again = Pushed(uuid4(), {"id_number": ID_NUMBER}, {"phone": "13900002222"})

    ruled, offered = at_once(
        lambda: sources.rule_conflict(
            cast.community_clerk, conflict=conflict, ruling="held", reason="", at=NOW + timedelta(days=2)
        ),
        lambda: push(cast, again, NOW + timedelta(days=2)),
    )

    assert isinstance(ruled, Conflict)
    assert offered.results[0].result == "conflict"
    person.refresh_from_db()
    assert person.phone == PHONE


def test_of_two_rulings_at_once_one_is_told_that_it_is_ruled(cast: Cast, person: Person) -> None:
    sources.confirm(cast.grid_worker, subject="person", ids=[person.pk], fields=["phone"], at=NOW)
    push(cast, Pushed(uuid4(), {"id_number": ID_NUMBER}, {"phone": "13900001111"}), NOW + timedelta(days=1))
    conflict = Conflict.objects.get()

    def rule(ruling: str) -> Callable[[], Any]:
        return lambda: sources.rule_conflict(
            cast.community_clerk, conflict=conflict, ruling=ruling, reason="问过", at=NOW + timedelta(days=2)
        )

    found = at_once(rule("held"), rule("offered"))

    assert [type(each) for each in found if isinstance(each, Exception)] == [Refused]


def test_two_runs_of_the_checks_at_once_note_nothing_twice(cast: Cast, person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(birth_date=None)
    community = cast.county.community(11).id

    at_once(*(lambda: checking.run_in(community, at=NOW) for _ in range(3)))

    assert Finding.objects.filter(check_code="person_missing").count() == 1
