"""After an erasure no value of the person is anywhere in the database."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

import factories
from lianxin.foundation.audit.queries import verify_chain
from lianxin.kernel.configuration.actions import put
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from lianxin.kernel.journal import listening, relay
from lianxin.registry.care import actions as care
from lianxin.registry.people import actions as people
from lianxin.registry.people import looks, queries, retention, rights
from lianxin.registry.people.models import Look, Person
from lianxin.registry.people.owning import owned
from lianxin.registry.sources.models import Revision
from neighbours import DAY, NOW, Street, identity

BORN = NOW.date().replace(year=1957, month=3, day=17)
NUMBER = identity(BORN, 468)
HERS: dict[str, Any] = {"name": "欧阳璎珞", "id_number": NUMBER, "phone": "13955512345", "is_party_member": True}
SECRETS = (
    "欧阳璎珞",
    "璎珞",
    "ouyangyingluo",
    NUMBER,
    "13955512345",
    "13955599999",
    "1957-03-17",
    "赫连大姐",
    "13877766655",
)


def dump() -> str:
    """Return every row of every table, as text; bytes are hexadecimal there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [f"{table}: {row[0]}" for row in cursor.fetchall()]
    return "\n".join(found)


def traces(text: str, sealed: list[str]) -> list[str]:
    """Return the lines that still hold a value, in plain, as the bytes of a text, or sealed or hashed as before."""
    forms = [*SECRETS, *(value.encode().hex() for value in SECRETS), *sealed]
    return [line[:160] for line in text.splitlines() if any(form in line for form in forms)]


def sealed_now(person_ids: list[int]) -> list[str]:
    """Return all sealed values and hashes of these people, as a dump shows them."""
    statements = {
        "SELECT id_number, id_hash, phone, phone_hash FROM person WHERE id = ANY(%s)": 4,
        "SELECT before FROM revision WHERE subject = 'person' AND subject_id = ANY(%s)": 1,
        "SELECT phone FROM contact WHERE person_id = ANY(%s)": 1,
        "SELECT wish FROM person_ask WHERE person_id = ANY(%s)": 1,
        "SELECT kept_before FROM person_merge WHERE kept_id = ANY(%s)": 1,
    }
    found = []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, [person_ids])
            found += [bytes(value).hex() for row in cursor.fetchall() for value in row if value is not None]
    return found


@pytest.fixture
def lived(street: Street) -> Person:
    """Somebody with everything a file can hold, from two records, with a claimed account."""
    worker, clerk = street.cast.grid_worker, street.cast.community_clerk
    person = street.lives({"name": HERS["name"], "id_number": NUMBER, "is_party_member": True})
    other = street.lives({"name": HERS["name"], "phone": HERS["phone"]}, number="102")
    people.form_household(worker, key=uuid4(), dwelling=street.flat(), head=person, at=NOW)
    people.add_contact(worker, person=person, name="赫连大姐", phone="13877766655", relation="妹妹", at=NOW)
    neighbour = street.lives({"name": "李建国"}, number="201")
    people.add_contact(worker, person=neighbour, other=person, relation="邻居", at=NOW)
    looks.look(worker, person=person, fields=["name"], reason="other", note="欧阳璎珞的水表", at=NOW)
    care.set_tag(clerk, key=uuid4(), person=person, need="medicine", evidence="问过赫连大姐", consent_by="self", at=NOW)
    people.merge(clerk, kept=person, gone=other, reason="欧阳璎珞本人确认", at=NOW)
    people.amend_person(clerk, person=person, fields={"phone": "13955599999"}, reason="欧阳璎珞来电", at=NOW)
    people.amend_person(clerk, person=person, fields={"phone": HERS["phone"]}, at=NOW)
    account = factories.make_resident("居民")
    account.phone = HERS["phone"]
    account.save()
    resident = factories.act_as(account)
    rights.link_account(resident, name=HERS["name"], last_four=NUMBER[-4:], at=NOW)
    rights.ask(resident, key=uuid4(), kind="correct", field="name", wish="欧阳璎珞", words="欧阳璎珞", at=NOW)
    account.phone, account.phone_hash = None, None  # the account is her own, not the registry's
    account.save()
    heard()
    person.refresh_from_db()
    return person


def heard() -> None:
    relay.relay_batch()
    while listening.follow_all(at=NOW):
        pass


def test_nothing_of_the_person_is_left(street: Street, lived: Person) -> None:
    ids = queries.family(lived.pk)
    sealed = sealed_now(ids)
    before = dump()
    assert len(traces(before, sealed)) > 10
    assert all(any(value in part for part in (before,)) for value in ("欧阳璎珞", "1957-03-17"))

    people.erase_person(street.cast.community_clerk, person=lived, reason="asked", at=NOW + DAY)
    heard()

    assert traces(dump(), sealed) == []


def test_a_tombstone_stays_and_the_log_of_who_looked(street: Street, lived: Person) -> None:
    people.erase_person(street.cast.community_clerk, person=lived, reason="asked", at=NOW + DAY)

    lived.refresh_from_db()
    assert (lived.name, lived.end, lived.home_id) == ("", "erased", None)
    [look] = Look.objects.all()
    assert (look.actor_label, look.reason, look.note) == ("王格", "other", "")
    assert [revision.act for revision in Revision.objects.filter(subject="person", subject_id=lived.pk)] == ["erase"]
    assert verify_chain().whole
    with pytest.raises(NotFound):
        queries.person_by_key(street.cast.data_officer, lived.key)
    with pytest.raises(NotFound):
        looks.look(street.cast.data_officer, person=lived, fields=["name"], reason="visit", at=NOW + DAY)


def test_an_ask_to_delete_does_it(street: Street) -> None:
    person = street.lives(HERS)
    account = factories.make_resident("居民")
    account.phone = HERS["phone"]
    account.save()
    resident = factories.act_as(account)
    rights.link_account(resident, name=HERS["name"], last_four=NUMBER[-4:], at=NOW)
    asked = rights.ask(resident, key=uuid4(), kind="delete", at=NOW)

    rights.answer(street.cast.community_clerk, ask=asked, agree=True, words="", at=NOW + DAY)

    person.refresh_from_db()
    assert person.end == "erased"
    assert rights.own_file(resident) is None


@pytest.mark.parametrize(
    ("who", "refusal"), [("grid_worker", NotAllowed), ("grid_worker_next_door", NotFound), ("admin", NotFound)]
)
def test_only_who_answers_for_people_erases(street: Street, who: str, refusal: type[Exception]) -> None:
    person = street.lives(HERS)

    with pytest.raises(refusal):
        people.erase_person(getattr(street.cast, who), person=person, reason="asked", at=NOW)
    with pytest.raises(Invalid):
        people.erase_person(street.cast.community_clerk, person=person, reason="because", at=NOW)


def test_a_merged_record_is_erased_with_the_one_that_was_kept(street: Street, lived: Person) -> None:
    gone = Person.objects.get(merged_into=lived)

    with pytest.raises(Refused, match="那一份"):
        people.erase_person(street.cast.community_clerk, person=gone, reason="asked", at=NOW)


def test_who_left_is_erased_when_the_period_is_over(street: Street) -> None:
    put("people", {"keep_ended_days": 30}, at=NOW)
    person = street.lives(HERS)
    people.end_person(street.cast.grid_worker, person=person, end="left", at=NOW)
    clerk = street.cast.community_clerk

    assert retention.preview(clerk, at=NOW + 10 * DAY)[0] == retention.Due("已去世、已迁出的人", 30, 0, 1)
    assert retention.erase_ended(at=NOW + 29 * DAY) == 0
    assert retention.preview(clerk, at=NOW + 30 * DAY)[0].now == 1
    assert retention.erase_ended(at=NOW + 30 * DAY) == 1
    assert retention.erase_ended(at=NOW + 30 * DAY) == 0
    assert traces(dump(), []) == []


def test_old_looks_and_old_values_go_but_not_that_something_was_changed(street: Street) -> None:
    person, worker = street.lives(HERS), street.cast.grid_worker
    people.amend_person(worker, person=person, fields={"phone": "13955599999"}, at=NOW)
    looks.look(worker, person=person, fields=["phone"], reason="visit", at=NOW)

    later = NOW + timedelta(days=1095)
    assert retention.drop_looks(at=later - DAY) == 0
    assert retention.drop_looks(at=later) == 1
    assert retention.drop_values(at=later) == 1
    assert [each.what for each in queries.history(person)] == ["修改", "登记"]
    assert not Revision.objects.filter(before__isnull=False).exists()


def test_who_does_not_answer_sees_no_periods(street: Street) -> None:
    with pytest.raises(NotAllowed):
        retention.preview(street.cast.grid_worker, at=NOW)


# What names people without belonging to one: seen to by the acts themselves.
SEEN_TO = {
    ("person", "merged_into_id"), ("person_merge", "kept_id"), ("person_merge", "gone_id"),
    ("person_distinct", "one_id"), ("person_distinct", "other_id"), ("household", "head_id"),
}  # fmt: skip


@pytest.mark.django_db
def test_every_table_that_names_people_is_moved_and_erased() -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT conrelid::regclass::text, attname FROM pg_constraint
            JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
            WHERE contype = 'f' AND confrelid = 'person'::regclass
            UNION SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND column_name = 'person_id'""")
        naming = set(cursor.fetchall())

    known = {(table.table, table.column) for table in owned()}
    assert naming - known - SEEN_TO == set(), "say in owning.py, or in the room's own, what a merge and an erasure do"
