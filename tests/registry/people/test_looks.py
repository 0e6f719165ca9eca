"""A look opens what is sealed: for a reason, for a minute, on the record."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import factories
from casework import make_desk
from lianxin.foundation.audit.models import AuditEntry
from lianxin.kernel.configuration.actions import put
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound
from lianxin.registry.people import actions as people
from lianxin.registry.people import looks
from lianxin.registry.people.models import Look
from lianxin.registry.people.settings import people_settings
from neighbours import MINUTE, NOW, WANG, WANG_ID, Street

SECOND = timedelta(seconds=1)


def test_a_look_opens_the_fields_asked_for_and_no_others(street: Street) -> None:
    person, worker = street.lives(WANG), street.cast.grid_worker

    looks.look(worker, person=person, fields=["id_number"], reason="visit", at=NOW)

    assert looks.revealed(worker, person, at=NOW + SECOND) == {"id_number": WANG_ID}


def test_after_a_minute_it_is_closed_again(street: Street) -> None:
    person, worker = street.lives(WANG), street.cast.grid_worker
    looks.look(worker, person=person, fields=["phone"], reason="notify", at=NOW)

    assert looks.revealed(worker, person, at=NOW + MINUTE - SECOND)
    assert looks.revealed(worker, person, at=NOW + MINUTE) == {}


def test_a_look_is_of_its_session_and_of_its_account(street: Street) -> None:
    person, worker = street.lives(WANG), street.cast.grid_worker
    looks.look(worker, person=person, fields=["phone"], reason="notify", at=NOW)

    assert looks.revealed(replace(worker, session_key="another"), person, at=NOW) == {}
    assert looks.revealed(street.cast.community_clerk, person, at=NOW) == {}


def test_leaving_the_post_ends_what_was_open(street: Street) -> None:
    person, worker = street.lives(WANG), street.cast.grid_worker
    looks.look(worker, person=person, fields=["phone"], reason="notify", at=NOW)
    post = factories.post_of(worker)
    post.valid_to = NOW + SECOND
    post.save()

    later = NOW + 2 * SECOND
    assert looks.revealed(factories.act_as(factories.account_of(worker), later), person, at=later) == {}


def test_a_look_is_written_down_and_audited_without_values(street: Street) -> None:
    person = street.lives(WANG)

    look = looks.look(street.cast.grid_worker, person=person, fields=["phone", "name"], reason="visit", at=NOW)

    assert (look.actor_label, look.post_label, look.fields) == ("王格", "第一网格 网格员", ["name", "phone"])
    entry = AuditEntry.objects.get(action="people.look")
    assert (entry.subject_id, entry.fields, entry.reason) == (person.pk, ["name", "phone"], "上门走访、核实信息")
    assert "王秀英" not in f"{vars(entry)}"
    assert [each.pk for each in looks.looks_at([person.pk])] == [look.pk]


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"fields": [], "reason": "visit"}, "fields"),
        ({"fields": ["grid_id"], "reason": "visit"}, "fields"),
        ({"fields": ["phone"], "reason": "curious"}, "reason"),
        ({"fields": ["phone"], "reason": "other"}, "note"),
        ({"fields": ["phone"], "reason": "case"}, "case_number"),
        ({"fields": ["phone"], "reason": "case", "case_number": "340881-20261121-000001"}, "case_number"),
    ],
)
def test_a_look_needs_its_reason(street: Street, asked: dict[str, Any], fault: str) -> None:
    person = street.lives(WANG)

    with pytest.raises(Invalid) as told:
        looks.look(street.cast.grid_worker, person=person, at=NOW, **asked)

    assert set(told.value.fields) == {fault}
    assert not Look.objects.exists()


def test_a_case_is_a_reason_for_who_sees_it(street: Street) -> None:
    person = street.lives(WANG)
    case = make_desk(street.cast).filed()

    look = looks.look(
        street.cast.grid_worker, person=person, fields=["phone"], reason="case", case_number=case.number, at=NOW
    )

    assert look.case_number == case.number


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("grid_worker_next_door", NotFound), ("handler", NotFound), ("leader", NotFound), ("resident", NotFound)],
)
def test_who_does_not_serve_there_sees_nobody(street: Street, who: str, refusal: type[Exception]) -> None:
    person = street.lives(WANG)

    with pytest.raises(refusal):
        looks.look(getattr(street.cast, who), person=person, fields=["phone"], reason="visit", at=NOW)


def test_who_may_view_but_not_reveal_is_told_so(street: Street) -> None:
    person = street.lives(WANG)
    worker = replace(street.cast.grid_worker, allowed=frozenset({"people.view"}))

    with pytest.raises(NotAllowed):
        looks.look(worker, person=person, fields=["phone"], reason="visit", at=NOW)


def test_too_many_looks_are_stopped_with_a_word_for_whom_to_ask(street: Street) -> None:
    put("people", {"looks_per_hour": 3}, at=NOW)
    person, worker = street.lives(WANG), street.cast.grid_worker
    for _time in range(3):
        looks.look(worker, person=person, fields=["phone"], reason="visit", at=NOW)

    with pytest.raises(looks.TooManyLooks, match=r"60 分钟后.*数据专员"):
        looks.look(worker, person=person, fields=["phone"], reason="visit", at=NOW)
    assert Look.objects.count() == 3


def test_contacts_are_masked_until_they_are_opened(street: Street) -> None:
    person, worker = street.lives(WANG), street.cast.grid_worker
    people.add_contact(worker, person=person, name="赵大妈", phone="13700001111", relation="邻居", at=NOW)

    [masked] = looks.contacts_shown(person, looks.open_fields(worker, person, at=NOW))
    looks.look(worker, person=person, fields=["contacts"], reason="visit", at=NOW)
    [plain] = looks.contacts_shown(person, looks.open_fields(worker, person, at=NOW))

    assert (masked.name, masked.phone) == ("赵**", "137****1111")
    assert (plain.name, plain.phone) == ("赵大妈", "13700001111")


@pytest.mark.django_db
def test_a_place_decides_within_what_the_law_leaves_it() -> None:
    put("people", {"keep_look_days": 1, "ask_work_days": 90, "look_seconds": 30}, at=NOW)

    found = people_settings()
    assert (found.keep_look_days, found.ask_work_days, found.look_seconds) == (183, 15, 30)
