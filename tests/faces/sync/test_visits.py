"""Visits, signs and forms as a device brings and carries them."""

from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from cast import Cast
from fieldwork import Device, record
from homes import make_care, make_household
from lianxin.faces.sync.packs.collecting import collect
from lianxin.faces.sync.packs.visits import VisitsPackOut, visits
from lianxin.faces.sync.records import State
from lianxin.kernel import versions
from lianxin.kernel.idempotency.models import ClientKey
from lianxin.kernel.journal.models import Entry
from lianxin.registry.care.models import CareTag
from lianxin.registry.collecting.models import Collected
from lianxin.registry.people.models import Person
from lianxin.work.visits.models import Sign, Visit, VisitVersion
from lianxin.work.visits.signs import days, keeping
from lianxin.work.visits.signs.keeping import Wish
from neighbours import DAY, LI, NOW, WANG, Street
from racing import at_once
from register import load_register

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def street(cast: Cast) -> Street:
    load_register()
    return Street(cast)


@pytest.fixture
def wang(street: Street) -> Person:
    return street.lives(WANG)


def visit(person: Person, **more: Any) -> dict[str, Any]:
    """Return a visit as a device makes it."""
    told = {"visit": str(uuid4()), "person": str(person.key), "words": "楼道灯坏了", "topics": ["house"]} | more
    return record("visit.save", told, made_at=NOW)


def test_a_visit_made_off_line_comes_once_and_what_follows_it_waits(street: Street, wang: Person) -> None:
    device = Device(street.cast.grid_worker)
    made = visit(wang, follow_up_on="2026-12-01")
    form = record(
        "collect.save", {"subject": "person", "key": str(wang.key), "confirmed": ["phone"], "seconds": 30},
        made_at=NOW, after=made["id"],
    )  # fmt: skip

    early = device.send(form, at=NOW)
    first = device.send(made, form, at=NOW)
    again = device.send(form, at=NOW)  # its visit came in an earlier batch

    assert early[0].state == State.WAITING
    assert [outcome.state for outcome in (*first, *again)] == [State.DONE] * 3
    assert (Visit.objects.count(), Collected.objects.count()) == (1, 1)
    assert Visit.objects.get().visited_at == NOW


def a_round_of_visits(street: Street) -> list[dict[str, Any]]:
    """Return visits to two people, one of whom is cared for, and to nobody in particular."""
    wang, li = street.lives(WANG), street.lives(LI, number="102")
    make_care(wang, visit_every_days=7, at=NOW - 30 * DAY)
    told = {"visit": str(uuid4()), "area": street.cast.county.grid(111).code, "words": "路上遇到"}
    met = record("visit.save", told, made_at=NOW)
    return [visit(wang, follow_up_on="2026-12-01"), visit(li, outcome="nobody"), met]


def stored() -> list[Any]:
    """Return what visits lead to, without ids."""
    told = Visit.objects.order_by("key").values_list(
        "key", "person_id", "outcome", "words", "follow_up_on", "followed_at", "grid_id", "by_id", "version"
    )
    versions_of = VisitVersion.objects.order_by("key").values_list("key", "visit__key", "number", "content", "by_label")
    keys = ClientKey.objects.order_by("key").values_list("key", "subject_kind", "action")
    entries = Entry.objects.filter(subject_kind__in=["visit", "care"]).order_by("id")
    acts = entries.values_list("subject_kind", "action", "version", "actor_label", "post_id", "after")
    tags = CareTag.objects.values_list("last_visited_at", "version")
    return [list(told), list(versions_of), list(keys), sorted(map(repr, acts)), list(tags)]


def test_visits_together_lead_to_what_each_alone_leads_to(street: Street, django_assert_max_num_queries: Any) -> None:
    device, made = Device(street.cast.grid_worker), a_round_of_visits(street)
    with transaction.atomic():
        alone = [device.send(each, at=NOW)[0] for each in made]
        meant = stored()
        transaction.set_rollback(True)

    with django_assert_max_num_queries(20):
        together = device.send(*made, at=NOW)

    assert together == alone
    assert stored() == meant
    assert device.send(*made[::-1], at=NOW) == alone[::-1]
    assert stored() == meant


def test_one_visit_that_is_refused_spoils_no_other_and_two_to_one_person_keep_their_order(
    street: Street, wang: Person
) -> None:
    device, nobody = Device(street.cast.grid_worker), visit(wang)
    nobody["data"]["person"] = str(uuid4())
    due = visit(wang, visited_at=(NOW - DAY).isoformat(), follow_up_on="2026-12-01")
    seen = visit(wang)

    told = device.send(due, nobody, seen, visit(wang, visited_at="2020-01-01T08:00:00Z"), at=NOW)

    assert [each.state.value for each in told] == ["done", "refused", "done", "refused"]
    assert Visit.objects.count() == VisitVersion.objects.count() == 2
    assert Visit.objects.get(key=due["data"]["visit"]).followed_at == NOW  # by the later one


@pytest.mark.django_db(transaction=True)
def test_the_same_visits_at_once_in_two_orders_are_written_once(street: Street) -> None:
    device, made = Device(street.cast.grid_worker), a_round_of_visits(street)

    found = at_once(*[lambda order=order: device.send(*made[::order], at=NOW) for order in (1, -1, 1)])

    assert {each.state for outcomes in found for each in outcomes} == {State.DONE}
    assert Visit.objects.count() == VisitVersion.objects.count() == 3
    assert Entry.objects.filter(subject_kind="visit", action="write").count() == 3


def test_two_devices_conflict_visibly_and_mine_settles_it(street: Street, wang: Person) -> None:
    one, other = Device(street.cast.grid_worker), Device(street.cast.community_clerk)
    made = visit(wang)
    one.send(made, at=NOW)
    key = made["data"]["visit"]
    theirs = record("visit.save", made["data"] | {"seen": 1, "words": "物业周三来修", "mood": "worried"}, made_at=NOW)
    mine = record("visit.save", made["data"] | {"seen": 1, "words": "我打过电话了"}, made_at=NOW)

    assert other.send(theirs, at=NOW)[0].version == 2
    clash = one.send(mine, at=NOW)[0]

    assert (clash.state, clash.subject, clash.version) == (State.CONFLICT, key, 2)
    assert clash.theirs is not None
    assert clash.theirs["lines"] == [["谈得怎样", "", "有担心"], ["日记", "我打过电话了", "物业周三来修"]]
    assert clash.theirs["by"] == "佘*"
    assert VisitVersion.objects.filter(is_apart=True).count() == 1  # kept, though the answer was a conflict

    mine["data"] |= {"overrides": clash.version}
    assert one.send(mine, at=NOW)[0].state == State.DONE
    assert Visit.objects.get().words == "我打过电话了"
    assert VisitVersion.objects.get(is_apart=True).settled_by == 4


def test_a_missed_sign_is_shown_to_who_is_asked_only_and_answered_once(street: Street, wang: Person) -> None:
    clerk, worker = street.cast.community_clerk, street.cast.grid_worker
    wish = Wish(time(10), ("tap",), "老赵", "13700001111", neighbour_agrees=True)
    sign = keeping.start(clerk, key=uuid4(), person=wang, wish=wish, at=NOW, consent_by="paper")
    due = NOW + 60 * MINUTE
    days.tick(at=due)
    assert pack(worker, at=due).signs == []  # the neighbour is asked

    days.tick(at=due + 40 * MINUTE)
    told = pack(worker, at=due + 41 * MINUTE).signs
    assert [(one.name, one.phone, one.neighbour) for one in told] == [("王秀英", "13800001234", "老赵")]
    assert pack(clerk, at=due + 41 * MINUTE).signs == []

    said = record("sign.answer", {"sign": str(sign.key), "day": "2026-11-23", "said": "nobody", "how": "call"})
    device = Device(worker)
    assert [device.send(said, at=due + 42 * MINUTE)[0].state for _again in range(2)] == [State.DONE] * 2
    assert len(pack(clerk, at=due + 43 * MINUTE).signs) == 1
    fine = record("sign.answer", {"sign": str(sign.key), "day": "2026-11-23", "said": "fine", "how": "visit"})
    assert Device(clerk).send(fine, at=due + 44 * MINUTE)[0].state == State.DONE
    assert pack(clerk, at=due + 45 * MINUTE).signs == pack(worker, at=due + 45 * MINUTE).signs == []
    assert any("没报平安" in why for one in pack(worker, at=due + DAY).whom for why in one.why) is False  # seen to


def pack(actor: Any, *, at: Any) -> Any:
    """Return the section of visits."""
    made = visits(actor, at=at, numbers=versions.read())
    assert made is not None
    return made


def test_the_pack_says_whom_next_and_why_masked_with_the_form_filled_in(
    street: Street, wang: Person, django_assert_max_num_queries: Any
) -> None:
    make_care(wang, visit_every_days=7, at=NOW - 30 * DAY)
    li = street.lives(LI, number="102")
    make_household(street.flat("102"), li)
    Device(street.cast.grid_worker).send(visit(wang, outcome="nobody", follow_up_on="2026-11-20"), at=NOW)
    numbers = versions.read()

    with django_assert_max_num_queries(16):
        made = visits(street.cast.grid_worker, at=NOW + 366 * DAY, numbers=numbers)

    assert isinstance(made, VisitsPackOut)
    first = made.whom[0]
    assert (first.name, first.needs) == ("王**", ["独居老人需照应"])
    assert any("约好" in why for why in first.why)
    assert first.form is not None
    assert [field.name for field in first.form.fields if field.is_asked] == ["phone", "home"]
    text = made.model_dump_json()
    assert "王秀英" not in text
    assert "13800001234" not in text
    assert [one.words for one in visits_of_today(street)] == ["楼道灯坏了"]


def visits_of_today(street: Street) -> Any:
    """Return the diary in the worker's pocket."""
    return pack(street.cast.grid_worker, at=NOW).diary


@pytest.mark.parametrize("name", ["seat", "street_seat", "handler", "leader", "resident"])
def test_others_carry_neither(street: Street, wang: Person, name: str) -> None:
    actor, numbers = getattr(street.cast, name), versions.read()

    assert visits(actor, at=NOW, numbers=numbers) is None
    assert collect(actor, at=NOW, numbers=numbers) is None
    assert Sign.objects.visible_to(actor).count() == 0
