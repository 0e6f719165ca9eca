"""Collect once: only what is missing or stale is asked, an owner's value stands, minutes add up."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound
from lianxin.registry.collecting import actions as collecting
from lianxin.registry.collecting import forms, rules, worklist
from lianxin.registry.collecting.actions import Seen
from lianxin.registry.collecting.forms import Form
from lianxin.registry.collecting.models import Collected, Share
from lianxin.registry.people import actions as people
from lianxin.registry.people.models import Person
from lianxin.registry.quality import checking
from lianxin.registry.sources import actions as sources
from lianxin.registry.sources import requests
from lianxin.registry.sources.models import Confirmation, Conflict, DataRequest, Source
from lianxin.registry.sources.recording import open_source
from lianxin.registry.sources.requests import Wanted
from neighbours import DAY, LI, NOW, WANG, Street


@pytest.fixture
def wang(street: Street) -> Person:
    return street.lives(WANG)


def form(actor: Actor, person: Person, **more: Any) -> Form:
    """Return the form of a person."""
    return forms.form(actor, subject="person", key=str(person.key), **({"at": NOW} | more))


def asked(found: Form) -> set[str]:
    """Return what a form asks."""
    return {line.name for line in found.asked}


def save(
    actor: Actor, person: Person, values: Mapping[str, str | None] | None = None, confirmed: tuple[str, ...] = (),
    *, key: UUID | None = None, seconds: int = 60, at: Any = NOW, **more: Any,
) -> Collected:  # fmt: skip
    """Save what was seen of a person."""
    seen = Seen(values or {}, confirmed, at - timedelta(seconds=seconds), seconds, more.pop("made_at", at))
    return collecting.save(actor, key=key or uuid4(), subject="person", record_key=str(person.key), seen=seen, at=at)


def ask(street: Street, fields: tuple[str, ...], *, unit: str = "cgj", actor: Actor | None = None,
        **more: Any) -> DataRequest:  # fmt: skip
    """Let a department ask, and let it in."""
    told: dict[str, Any] = {
        "title": "电话摸底", "subject": "person", "fields": fields, "purpose": "上门收大件", "legal_basis": "某条例",
        "minutes_each": 5, "expected_count": 10, "from_date": NOW.date(), "until_date": NOW.date() + 30 * DAY,
    } | more  # fmt: skip
    made = requests.ask(
        actor or street.cast.handler, unit_id=street.cast.county.units[unit].id, wanted=Wanted(**told), at=NOW
    )
    return requests.decide(street.cast.data_officer, request=made, approve=True, reason="需要", at=NOW)


def test_only_what_is_stale_missing_or_wanted_is_asked(street: Street, wang: Person) -> None:
    worker = street.cast.grid_worker
    assert asked(form(worker, wang)) == set()
    assert asked(form(worker, wang, at=NOW + 366 * DAY)) == {"phone", "home"}  # a year old

    ask(street, ("person.phone", "person.is_party_member"), until_date=NOW.date() + 60 * DAY)
    found = form(worker, wang, at=NOW + DAY)

    assert asked(found) == {"is_party_member"}  # the phone was given that very day
    line = found.asked[0]
    assert (line.askers[0].unit, line.askers[0].why, line.askers[0].minutes) == ("市城管局", "上门收大件", 5)
    phone = next(line for line in found.lines if line.name == "phone")
    assert (phone.value, phone.owner) == ("138****1234", "属地社区")


def test_a_community_that_stays_out_is_not_asked(street: Street, wang: Person) -> None:
    request = ask(street, ("person.is_party_member",))
    assert asked(form(street.cast.grid_worker, wang)) == {"is_party_member"}

    requests.abstain(
        street.cast.community_clerk, request=request, area_id=street.cast.county.community(11).id, reason="人手不够",
        at=NOW,
    )  # fmt: skip

    assert asked(form(street.cast.grid_worker, wang)) == set()
    save(street.cast.grid_worker, wang, confirmed=("phone",))
    assert not Share.objects.exists()


def test_saved_values_come_from_a_visit_and_what_is_still_so_is_fresh(street: Street, wang: Person) -> None:
    when: dict[str, Any] = {"at": NOW + DAY, "made_at": NOW + DAY - timedelta(hours=3)}
    made = save(street.cast.grid_worker, wang, {"phone": "13911112222"}, ("sex",), **when)

    wang.refresh_from_db()
    assert wang.phone == "13911112222"
    assert made.source is not None
    assert (made.source.kind, made.changed_count, made.confirmed_count) == (Source.Kind.VISIT, 1, 1)
    again = save(street.cast.grid_worker, wang, {"phone": "13911112222"}, ("sex",), key=made.key, **when)
    assert again == made


def test_an_owners_value_is_never_overwritten(street: Street, wang: Person) -> None:
    police = open_source(street.cast.handler_next_door, Source.Kind.PUSH, name="户籍", at=NOW,
                         unit_id=street.cast.county.units["jiaojing"].id)  # fmt: skip
    offered: dict[str, Any] = {"source": police, "subject": "person", "record": wang.pk, "at": NOW + DAY}
    sources.offer(street.cast.handler_next_door, values={"name": "王秀英"}, **offered)
    worker = street.cast.grid_worker

    # Agreeing with the owner, by a tap or by the same words, does not take its word away.
    save(worker, wang, confirmed=("name",), at=NOW + 2 * DAY)
    save(worker, wang, {"name": "王秀英"}, at=NOW + 3 * DAY)
    made = save(worker, wang, {"name": "王秀瑛", "phone": "13911112222"}, at=NOW + 4 * DAY)

    wang.refresh_from_db()
    assert (wang.name, wang.phone) == ("王秀英", "13911112222")
    assert (made.conflicts, made.changed_count) == (["name"], 1)
    conflict = Conflict.objects.get(ruled_at=None)
    assert (conflict.field_id, conflict.offered) == ("person.name", "王秀瑛")
    owned = Confirmation.objects.get(subject_id=wang.pk, field="person.name")
    assert owned.unit_id == street.cast.county.units["jiaojing"].id


def test_minutes_and_records_count_once_for_who_asked(street: Street, wang: Person) -> None:
    li = street.lives(LI, number="102")
    lifts = ask(street, ("person.phone", "person.is_party_member"))
    lanes = ask(street, ("person.is_party_member",), unit="jiaojing", actor=street.cast.handler_next_door)
    worker = street.cast.grid_worker
    key = uuid4()

    for _again in range(2):
        save(worker, wang, {"is_party_member": "否"}, ("phone",), seconds=601, key=key)
    save(worker, wang, confirmed=("phone",), seconds=60, at=NOW + DAY)
    save(worker, li, confirmed=("sex",), seconds=500)  # nobody asked for that

    lifts.refresh_from_db()
    lanes.refresh_from_db()
    assert (lifts.done_count, lanes.done_count) == (1, 1)
    assert [lifts.spent_minutes, lanes.spent_minutes] == [6, 5]
    assert sum(Share.objects.values_list("seconds", flat=True)) == 661
    assert Collected.objects.count() == 3


def test_a_request_has_its_record_when_all_its_fields_are_known(street: Street, wang: Person) -> None:
    request = ask(street, ("person.phone", "person.is_party_member"), from_date=NOW.date() + DAY)

    save(street.cast.grid_worker, wang, confirmed=("phone",), at=NOW + DAY)
    request.refresh_from_db()
    assert request.done_count == 0

    save(street.cast.grid_worker, wang, {"is_party_member": "是"}, at=NOW + 2 * DAY)
    request.refresh_from_db()
    assert request.done_count == 1


@given(seconds=st.integers(0, 20_000), among=st.lists(st.integers(1, 99), unique=True, max_size=9))
def test_shares_add_up_to_the_whole(seconds: int, among: list[int]) -> None:
    shared = rules.parts(seconds, among)

    assert sum(shared.values()) == (min(seconds, rules.MOST_SECONDS) if among else 0)
    assert not shared or max(shared.values()) - min(shared.values()) <= 1


def test_faults_are_named_and_nothing_is_written(street: Street, wang: Person) -> None:
    with pytest.raises(Invalid) as caught:
        save(street.cast.grid_worker, wang, {"home": "x", "phone": "1", "faith": "x"}, ("phone", "height"))

    assert set(caught.value.fields) == {"home", "faith", "height", "phone"}
    with pytest.raises(Invalid):
        save(street.cast.grid_worker, wang)
    with pytest.raises(Invalid):
        save(street.cast.grid_worker, wang, {"phone": "1"})
    assert not Collected.objects.exists()


@pytest.mark.parametrize("name", ["grid_worker_next_door", "handler", "leader", "resident", "street_seat"])
def test_who_may_not_edit_there_sees_no_form_and_saves_nothing(street: Street, wang: Person, name: str) -> None:
    actor = getattr(street.cast, name)

    with pytest.raises((NotFound, NotAllowed)):
        form(actor, wang)
    with pytest.raises((NotFound, NotAllowed)):
        save(actor, wang, confirmed=("phone",))


def test_the_worklist_is_a_screenful_by_building_and_less_what_was_done_today(
    street: Street, django_assert_max_num_queries: Any
) -> None:
    for n in range(20):
        street.lives({"name": f"王{'一二三四五六七八九十'[n % 10]}", "birth_date": "1980-01-01"}, number=f"{101 + n}")
    ask(street, ("person.phone",))
    checking.run(at=NOW)
    worker = street.cast.grid_worker

    with django_assert_max_num_queries(16):
        found = worklist.worklist(worker, at=NOW)
    assert found is not None
    items = [item for stop in found.stops for item in stop.items]
    assert len(items) == rules.SCREENFUL
    assert found.waiting >= 8
    assert any("市城管局要用" in item.why for item in items)

    one = next(item.form.record for item in items if item.form.record.subject == "person")
    seen = Seen({"phone": "13911112222"}, (), NOW, 20, NOW)
    collecting.save(worker, key=uuid4(), subject=one.subject, record_key=one.key, seen=seen, at=NOW)
    after = worklist.worklist(worker, at=NOW)

    assert after is not None
    left = [(item.form.record.subject, item.form.record.id) for stop in after.stops for item in stop.items]
    assert len(left) == rules.SCREENFUL - 1
    assert (one.subject, one.id) not in left
    assert worklist.worklist(street.cast.seat, at=NOW) is None


def test_erasing_a_person_leaves_that_somebody_collected_not_of_whom(street: Street, wang: Person) -> None:
    save(street.cast.grid_worker, wang, confirmed=("phone",))

    people.erase_person(street.cast.community_clerk, person=wang, reason="asked", at=NOW)

    assert Collected.objects.get().subject_id is None
