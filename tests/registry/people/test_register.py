"""Who comes on the books, is amended, confirmed, and leaves them."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal.models import Entry
from lianxin.registry.people import actions as people
from lianxin.registry.people import queries
from lianxin.registry.people.models import Person, Residence
from lianxin.registry.sources.fields import FieldRow, load_fields
from lianxin.registry.sources.models import Confirmation, Revision
from neighbours import DAY, LI, MINUTE, NOW, WANG, WANG_ID, Street


def test_a_grid_worker_registers_a_neighbour(street: Street) -> None:
    person = street.lives(WANG)

    person.refresh_from_db()
    assert (person.name, person.initials, person.spelling) == ("王秀英", "wxy", "wangxiuying")
    assert (person.sex, person.birth_date, person.id_kind) == ("f", date(1949, 12, 31), "citizen")
    assert (person.id_number, person.phone) == (WANG_ID, "13800001234")
    assert (person.home, person.grid_id) == (street.flat(), street.cast.county.grid(111).id)
    assert [each.kind for each in queries.residences_of(person, at=NOW)] == ["lives"]


def test_the_journal_hears_names_of_fields_and_no_values(street: Street) -> None:
    street.lives(WANG)

    entry = Entry.objects.get(subject_kind="person", action="create")
    text = f"{entry.before}{entry.after}{entry.note}{entry.reason}"
    assert "id_number" in text
    assert not any(value in text for value in ("王秀英", WANG_ID, "13800001234"))


def test_the_same_form_sent_twice_is_one_person(street: Street) -> None:
    key = uuid4()
    sent: dict[str, Any] = {"key": key, "fields": WANG, "dwelling": street.flat(), "at": NOW}

    first, second = (people.register_person(street.cast.grid_worker, **sent) for _time in range(2))

    assert first.pk == second.pk
    assert Person.objects.count() == 1


def test_a_number_on_the_books_opens_the_record_there_is(street: Street) -> None:
    there = street.lives(WANG)

    with pytest.raises(people.AlreadyRegistered) as refusal:
        street.lives({"name": "王秀莹", "id_number": WANG_ID.lower()}, number="102")

    assert refusal.value.key == there.key
    assert "王**" in refusal.value.sentence
    assert "王秀英" not in refusal.value.sentence


def test_a_number_on_the_books_elsewhere_tells_no_name(street: Street) -> None:
    street.lives(WANG, grid=112)

    with pytest.raises(people.AlreadyRegistered) as refusal:
        street.lives(WANG, grid=111)

    assert refusal.value.key is None
    assert "王" not in refusal.value.sentence


def test_who_moved_here_is_received_by_name_and_number(street: Street) -> None:
    there = street.lives(WANG, grid=112, at=NOW - DAY)

    person = people.receive_person(
        street.cast.grid_worker, name="王秀英", id_number=WANG_ID, dwelling=street.flat("102"), at=NOW
    )

    assert person.pk == there.pk
    assert queries.person_by_key(street.cast.grid_worker, there.key).home == street.flat("102")
    with pytest.raises(NotFound):
        queries.person_by_key(street.cast.grid_worker_next_door, there.key)


def test_nobody_is_received_by_a_number_alone(street: Street) -> None:
    street.lives(WANG, grid=112, at=NOW - DAY)

    with pytest.raises(Refused, match="都相符"):
        people.receive_person(
            street.cast.grid_worker, name="王秀莹", id_number=WANG_ID, dwelling=street.flat("102"), at=NOW
        )


@pytest.mark.parametrize("who", ["grid_worker_next_door", "handler", "leader", "seat", "resident"])
def test_only_who_serves_the_grid_registers_there(street: Street, who: str) -> None:
    with pytest.raises(NotAllowed):
        street.lives(WANG, actor=getattr(street.cast, who))

    assert not Person.objects.exists()


def test_amending_keeps_what_stood_there_sealed(street: Street) -> None:
    person = street.lives(WANG)

    person = people.amend_person(
        street.cast.grid_worker, person=person, seen=1, fields={"phone": "139 0000 0001", "name": "王秀英"}, at=NOW
    )

    revision = Revision.objects.get(subject="person", act="amend")
    assert (person.version, person.phone, revision.fields) == (2, "13900000001", ["phone"])
    assert revision.before == '{"phone": "13800001234"}'
    assert (
        people.amend_person(street.cast.grid_worker, person=person, fields={"phone": "13900000001"}, at=NOW).version
        == 2
    )


def test_who_saw_an_older_version_is_told_what_came_since(street: Street) -> None:
    person = street.lives(WANG)
    people.amend_person(street.cast.community_clerk, person=person, seen=1, fields={"phone": "13900000001"}, at=NOW)

    with pytest.raises(Stale) as stale:
        people.amend_person(street.cast.grid_worker, person=person, seen=1, fields={"name": "王秀"}, at=NOW)

    assert stale.value.changes == ["佘曲：修改 电话"]


def test_a_number_is_not_amended_into_somebody_elses(street: Street) -> None:
    street.lives(WANG)
    person = street.lives(LI, number="102")

    with pytest.raises(people.AlreadyRegistered):
        people.amend_person(
            street.cast.grid_worker, person=person, at=NOW,
            fields={"id_number": WANG_ID, "birth_date": None, "sex": ""},
        )  # fmt: skip


def test_a_new_number_must_agree_with_the_birth_date_on_the_books(street: Street) -> None:
    person = street.lives({"name": "王秀英", "birth_date": "1950-01-01", "sex": "女"})

    person = people.amend_person(street.cast.grid_worker, person=person, fields={"id_number": WANG_ID}, at=NOW)

    assert person.birth_date == date(1949, 12, 31)  # the card is right


def test_a_person_next_door_is_not_there(street: Street) -> None:
    person = street.lives(WANG)

    with pytest.raises(NotFound):
        people.amend_person(street.cast.grid_worker_next_door, person=person, fields={"name": "李"}, at=NOW)


def test_confirming_dates_the_fields_the_register_knows(street: Street) -> None:
    row = FieldRow("person.phone", "电话", "person", sensitivity=2, purpose="联系本人", legal_basis="居委会组织法")
    load_fields(SYSTEM, [row], at=NOW)
    person = street.lives(WANG)

    later = NOW + DAY
    people.confirm_person(street.cast.grid_worker, person=person, fields=["phone", "name"], at=later)

    assert list(Confirmation.objects.values_list("field_id", "at")) == [("person.phone", later)]
    assert queries.confirmed(person) == {"phone": later}
    person.refresh_from_db()
    assert person.confirmed_at == later


@pytest.mark.parametrize("end", ["died", "left"])
def test_who_died_or_left_lives_nowhere_any_more(street: Street, end: str) -> None:
    person = street.lives(WANG)
    people.form_household(street.cast.grid_worker, key=uuid4(), dwelling=street.flat(), head=person, at=NOW)

    people.end_person(street.cast.grid_worker, person=person, end=end, at=NOW + DAY)

    assert not Residence.objects.filter(valid_to=None).exists()
    assert queries.household_of(person, at=NOW + 2 * DAY) is None
    assert queries.household_of(person, at=NOW + MINUTE) is not None
    with pytest.raises(Refused, match="不能再改"):
        people.amend_person(street.cast.grid_worker, person=person, fields={"name": "王"}, at=NOW + 2 * DAY)


def test_a_number_is_free_again_after_its_holder_left(street: Street) -> None:
    person = street.lives(WANG)
    people.end_person(street.cast.grid_worker, person=person, end="left", at=NOW + DAY)

    assert street.lives(WANG, at=NOW + 2 * DAY).pk != person.pk


def test_nobody_is_put_on_the_books_for_a_day_to_come(street: Street) -> None:
    with pytest.raises(Invalid, match="不能晚于今天"):
        street.lives(WANG, since=NOW + timedelta(days=3))


def test_a_page_shows_a_person_masked(street: Street) -> None:
    found = queries.shown(street.lives(WANG), today=NOW.date())

    assert (found.name, found.id_number, found.phone, found.born) == (
        "王**", "340*************" + WANG_ID[-2:], "138****1234", "1949 年",
    )  # fmt: skip
    assert found.age == 76


def test_who_was_ended_by_mistake_is_as_before(street: Street) -> None:
    person = street.lives(WANG)
    worker = street.cast.grid_worker
    household = people.form_household(worker, key=uuid4(), dwelling=street.flat(), head=person, at=NOW)
    people.end_person(worker, person=person, end="died", at=NOW + DAY)

    people.restore_person(worker, person=person, reason="登记错了人", at=NOW + 2 * DAY)

    person.refresh_from_db()
    household.refresh_from_db()
    assert (person.ended_at, person.end, person.home) == (None, "", street.flat())
    assert [stay.valid_to for stay in queries.residences_of(person)] == [None]
    assert (household.head, household.valid_to) == (person, None)
    assert [member.person for member in queries.members_of(household, at=NOW + 2 * DAY)] == [person]


def test_nobody_is_put_back_beside_who_has_the_number_now(street: Street) -> None:
    person = street.lives(WANG)
    worker = street.cast.grid_worker
    people.end_person(worker, person=person, end="left", at=NOW + DAY)
    again = street.lives(WANG, at=NOW + 2 * DAY)

    with pytest.raises(people.AlreadyRegistered) as refusal:
        people.restore_person(worker, person=person, reason="又回来了", at=NOW + 3 * DAY)
    assert refusal.value.key == again.key


def test_only_what_was_ended_is_restored_and_with_a_reason(street: Street) -> None:
    person = street.lives(WANG)

    with pytest.raises(Refused, match="不是注销的"):
        people.restore_person(street.cast.grid_worker, person=person, reason="恢复", at=NOW)
    with pytest.raises(Invalid):
        people.restore_person(street.cast.grid_worker, person=person, reason=" ", at=NOW)
