"""Residents and their own file: claim it, read it, ask, agree, take back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

import factories
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from lianxin.kernel.journal import listening, relay
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.throttle.counting import TooMany
from lianxin.registry.care import actions as care
from lianxin.registry.care.models import CareTag
from lianxin.registry.people import actions as people
from lianxin.registry.people import looks, rights
from lianxin.registry.people.models import Ask, Consent, Person
from neighbours import DAY, LI, NOW, WANG, WANG_ID, Street, identity

LAST_FOUR = WANG_ID[-4:]


def heard() -> None:
    relay.relay_batch()
    while listening.follow_all(at=NOW):
        pass


@pytest.fixture
def person(street: Street) -> Person:
    return street.lives(WANG)


@pytest.fixture
def resident(street: Street) -> Actor:
    """A resident signed in by the phone in 王秀英's file."""
    account = factories.make_resident("王秀英")
    account.phone = WANG["phone"]
    account.save()
    return factories.act_as(account)


@pytest.fixture
def own(person: Person, resident: Actor) -> Person:
    """The file, claimed."""
    return rights.link_account(resident, name="王秀英", last_four=LAST_FOUR, at=NOW)


def test_a_file_is_claimed_by_phone_name_and_last_four(person: Person, resident: Actor) -> None:
    found = rights.link_account(resident, name=" 王 秀英", last_four=LAST_FOUR.lower(), at=NOW)

    assert found == person
    assert rights.own_file(resident) == person


@pytest.mark.parametrize(
    ("name", "last_four"), [("王秀莹", LAST_FOUR), ("王秀英", "0000"), ("王秀英", ""), ("", LAST_FOUR), ("<b>", "1")]
)
def test_what_did_not_match_is_not_told(person: Person, resident: Actor, name: str, last_four: str) -> None:
    with pytest.raises(Refused) as refusal:
        rights.link_account(resident, name=name, last_four=last_four, at=NOW)

    assert refusal.value.rule == "no_match"
    assert rights.own_file(resident) is None


def test_another_phone_claims_nothing(person: Person, street: Street) -> None:
    account = factories.make_resident("王秀英")
    account.phone = "13700000000"
    account.save()

    with pytest.raises(Refused, match="没有对上"):
        rights.link_account(factories.act_as(account), name="王秀英", last_four=LAST_FOUR, at=NOW)


def test_guessing_is_stopped(person: Person, resident: Actor) -> None:
    for guess in range(5):
        with pytest.raises(Refused):
            rights.link_account(resident, name="王秀英", last_four=f"999{guess}", at=NOW)

    with pytest.raises(TooMany):
        rights.link_account(resident, name="王秀英", last_four=LAST_FOUR, at=NOW)


def test_a_file_has_one_account(own: Person, street: Street) -> None:
    other = factories.make_resident("王秀英")
    other.phone = WANG["phone"]
    Account.objects.filter(kind="resident").exclude(pk=other.pk).update(phone_hash=None)
    other.save()

    with pytest.raises(Refused, match="另一个账号"):
        rights.link_account(factories.act_as(other), name="王秀英", last_four=LAST_FOUR, at=NOW)


def test_my_file_holds_everything_and_who_looked(own: Person, resident: Actor, street: Street) -> None:
    worker = street.cast.grid_worker
    people.add_contact(worker, person=own, name="赵大妈", phone="13700001111", relation="邻居", at=NOW)
    looks.look(worker, person=own, fields=["phone"], reason="other", note="核对水表户号", at=NOW)

    mine = rights.my_file(resident, at=NOW)

    values = {kept.name: kept.value for kept in mine.fields}
    assert values["id_number"] == WANG_ID
    assert (values["name"], values["sex"], values["phone"]) == ("王秀英", "女", "13800001234")
    assert values["home"] == street.flat().address
    assert [(look.who, look.fields, look.why) for look in mine.looks] == [
        ("第一网格 网格员 王格", "电话", "其他（请写明）：核对水表户号")
    ]
    assert [contact.name for contact in mine.contacts] == ["赵大妈"]
    assert [residence.kind for residence in mine.residences] == ["lives"]


def test_who_has_claimed_nothing_has_no_file(resident: Actor, person: Person) -> None:
    with pytest.raises(NotFound, match="认领"):
        rights.my_file(resident, at=NOW)


def wants(resident: Actor, **more: Any) -> Ask:
    given: dict[str, Any] = {"key": uuid4(), "kind": "correct", "at": NOW} | more
    return rights.ask(resident, **given)


def test_a_correction_is_due_in_fifteen_working_days(own: Person, resident: Actor, street: Street) -> None:
    asked = wants(resident, field="phone", wish="139 0000 0001")
    heard()

    assert asked.due_at.date().isoformat() == "2026-12-14"  # Monday to Monday, three weeks
    assert Message.objects.get(kind="people.asked").recipient_id == street.cast.community_clerk.account_id

    rights.answer(street.cast.community_clerk, ask=asked, agree=True, words="", at=NOW + DAY)
    heard()
    own.refresh_from_db()
    assert own.phone == "13900000001"
    assert Message.objects.get(kind="people.answered").recipient_id == resident.account_id
    assert rights.my_file(resident, at=NOW).asks[0].state == "done"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"kind": "burn"}, "kind"),
        ({"field": "grid_id"}, "field"),
        ({"field": "phone"}, "wish"),
        ({"field": "phone", "wish": "12"}, "wish"),
        ({"field": "id_number", "wish": "110105194912310021"}, "wish"),
        ({"field": "household"}, "words"),
        ({"kind": "withdraw", "field": "phone"}, "field"),
    ],
)
def test_an_ask_that_cannot_be_is_told_with_its_remedy(
    own: Person, resident: Actor, given: dict[str, Any], fault: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        wants(resident, **given)

    assert set(refusal.value.fields) == {fault}


def test_the_same_is_asked_once(own: Person, resident: Actor) -> None:
    key = uuid4()
    first = wants(resident, key=key, field="phone", wish="13900000001")

    assert wants(resident, key=key, field="phone", wish="13900000001") == first
    with pytest.raises(Refused, match="正在办理"):
        wants(resident, field="phone", wish="13900000002")


def test_a_no_needs_its_reason_and_comes_once(own: Person, resident: Actor, street: Street) -> None:
    asked, clerk = wants(resident, field="phone", wish="13900000001"), street.cast.community_clerk

    with pytest.raises(Invalid, match="理由"):
        rights.answer(clerk, ask=asked, agree=False, words="", at=NOW)
    rights.answer(clerk, ask=asked, agree=False, words="号码不是本人的", at=NOW)
    with pytest.raises(Refused, match="已经办过"):
        rights.answer(clerk, ask=asked, agree=True, words="", at=NOW)


@pytest.mark.parametrize(
    ("who", "refusal"), [("grid_worker", NotAllowed), ("grid_worker_next_door", NotFound), ("leader", NotFound)]
)
def test_who_answers_is_who_may(
    own: Person, resident: Actor, street: Street, who: str, refusal: type[Exception]
) -> None:
    asked = wants(resident, field="phone", wish="13900000001")

    assert rights.asks_waiting(getattr(street.cast, who)) == []
    assert rights.asks_waiting(street.cast.community_clerk) == [asked]
    with pytest.raises(refusal):
        rights.answer(getattr(street.cast, who), ask=asked, agree=True, words="", at=NOW)


def test_a_consent_taken_back_ends_what_stood_on_it_at_once(own: Person, resident: Actor, street: Street) -> None:
    clerk = street.cast.community_clerk
    for need, by in (("medicine", "self"), ("lone_elder", "")):
        care.set_tag(clerk, key=uuid4(), person=own, need=need, evidence="入户走访", consent_by=by, at=NOW)

    assert rights.withdraw_consent(resident, purpose="care", at=NOW + DAY) == 1
    heard()

    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert list(CareTag.objects.running().values_list("need", flat=True)) == ["lone_elder"]
    rights.give_consent(resident, purpose="care", at=NOW + 2 * DAY)
    assert care.set_tag(clerk, key=uuid4(), person=own, need="medicine", evidence="入户走访", at=NOW + 2 * DAY)


def test_the_wish_is_told_to_nobody_but_who_answers(own: Person, resident: Actor) -> None:
    number = identity(NOW.date() - timedelta(days=20000), 4)
    wants(resident, field="id_number", wish=number, words="写错了")
    heard()

    entries = "".join(f"{entry.before}{entry.after}{entry.note}" for entry in Entry.objects.all())
    told = "".join(f"{message.title}{message.body}" for message in Message.objects.all())
    assert number not in entries + told
    assert "写错了" not in entries + told


def test_li_reads_his_own_file_only(own: Person, street: Street) -> None:
    street.lives(LI, number="102")
    account = factories.make_resident("李建国")
    account.phone = LI["phone"]
    account.save()
    li = factories.act_as(account)
    rights.link_account(li, name="李建国", last_four=LI["id_number"][-4:], at=NOW)

    assert WANG_ID not in repr(rights.my_file(li, at=NOW))
