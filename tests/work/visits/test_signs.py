"""Signs of life: given is given, missed goes neighbour, grid worker, community; once a day, whatever happens."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import factories
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.notifications.models import Delivery, Message
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, NotFound, Refused
from lianxin.kernel.journal import listening, relay
from lianxin.kernel.journal.models import Entry
from lianxin.registry.people import actions as people
from lianxin.registry.people import rights
from lianxin.registry.people.models import Consent, Person
from lianxin.work.visits.signs import days, doors, keeping
from lianxin.work.visits.signs.keeping import Wish
from lianxin.work.visits.signs.models import Pause, Sign, SignDay
from lianxin.work.visits.signs.rules import ASKING
from neighbours import DAY, NOW, Street
from racing import at_once

MINUTE = timedelta(minutes=1)
TEN = NOW + timedelta(hours=1)  # 10:00 there
WISH = Wish(time(10), ("tap",), "邻居老赵", "13700001111", neighbour_agrees=True)
State = SignDay.State


@pytest.fixture
def own(street: Street, wang: Person) -> Actor:
    """Mrs Wang at her own phone."""
    account = factories.make_resident("王秀英")
    Person.objects.filter(pk=wang.pk).update(account_id=account.pk)
    return factories.act_as(account)


@pytest.fixture
def sign(own: Actor, wang: Person) -> Sign:
    """Her sign, until ten."""
    wang.refresh_from_db()
    return keeping.start(own, key=uuid4(), person=wang, wish=WISH, at=NOW)


def state(sign: Sign, day: date | None = None) -> str:
    """Return how the day of a sign stands."""
    return SignDay.objects.get(sign=sign, day=day or NOW.date()).state


def test_one_begins_by_oneself_with_ones_consent_on_record(own: Actor, sign: Sign, wang: Person) -> None:
    assert Consent.objects.get(person_id=wang.pk, purpose="signs").given_by == "self"
    assert (sign.neighbour_agreed_at, sign.grid_id) == (NOW, wang.grid_id)
    with pytest.raises(Refused):
        keeping.start(own, key=uuid4(), person=Person.objects.get(pk=wang.pk), wish=WISH, at=NOW)
    assert keeping.start(own, key=sign.key, person=Person.objects.get(pk=wang.pk), wish=WISH, at=NOW) == sign


def test_a_neighbour_is_named_only_with_his_own_consent(own: Actor, wang: Person) -> None:
    wang.refresh_from_db()
    with pytest.raises(Invalid) as caught:
        keeping.start(
            own, key=uuid4(), person=wang, at=NOW,
            wish=Wish(time(4), (), "赵", "12", neighbour_agrees=False),
        )  # fmt: skip

    assert {"until", "ways", "neighbour_phone", "neighbour_agrees"} <= set(caught.value.fields)


def test_given_in_time_nobody_is_asked(own: Actor, sign: Sign) -> None:
    days.give(own, sign=sign, how="tap", at=NOW)

    assert days.tick(at=TEN + MINUTE) == 0
    assert state(sign) == State.GIVEN
    assert not Delivery.objects.exists()


def test_missed_it_goes_to_the_neighbour_then_the_worker_then_the_community(street: Street, sign: Sign) -> None:
    cast = street.cast
    assert days.tick(at=TEN - MINUTE) == 0
    assert (days.tick(at=TEN), days.tick(at=TEN), state(sign)) == (1, 0, State.NEIGHBOUR)
    text = Delivery.objects.get(kind="signs.neighbour")
    assert text.address == "13700001111"
    assert text.due_at == TEN  # at once, quiet hours or not
    assert "王" not in text.title + text.body
    assert not Message.objects.filter(recipient_id=cast.grid_worker.account_id).exists()

    assert (days.tick(at=TEN + 39 * MINUTE), days.tick(at=TEN + 40 * MINUTE)) == (0, 1)
    assert state(sign) == State.WORKER
    assert told(cast.grid_worker) == ["signs.worker"]
    assert told(cast.community_clerk) == []

    assert (days.tick(at=TEN + 99 * MINUTE), days.tick(at=TEN + 100 * MINUTE)) == (0, 1)
    assert (state(sign), told(cast.community_clerk)) == (State.CLERK, ["signs.clerk"])
    assert days.tick(at=TEN + 300 * MINUTE) == 0

    days.answer(cast.community_clerk, sign=sign, day=NOW.date(), said="helped", how="visit", at=TEN + 301 * MINUTE)
    assert (state(sign), days.tick(at=TEN + 302 * MINUTE)) == (State.HELPED, 0)
    acts = Entry.objects.filter(subject_kind="sign_day").order_by("id").values_list("action", flat=True)
    assert list(acts) == ["ask_neighbour", "ask_worker", "ask_clerk", "answer"]


def told(actor: Actor) -> list[str]:
    """Return of what somebody was told."""
    return list(Message.objects.filter(recipient_id=actor.account_id).order_by("pk").values_list("kind", flat=True))


def test_nobody_answers_calls_the_next_at_once(street: Street, sign: Sign) -> None:
    days.tick(at=TEN)
    day = SignDay.objects.get()

    days.neighbour_says(day=day, said="nobody", at=TEN + MINUTE)
    assert state(sign) == State.WORKER
    days.answer(street.cast.grid_worker, sign=sign, day=day.day, said="nobody", how="call", at=TEN + 2 * MINUTE)
    assert state(sign) == State.CLERK
    assert (
        days.neighbour_says(day=day, said="fine", at=TEN + 3 * MINUTE).state == State.CLERK
    )  # late words change nothing


def test_given_late_nobody_looks_any_more(street: Street, own: Actor, sign: Sign) -> None:
    days.tick(at=TEN)
    days.tick(at=TEN + 40 * MINUTE)

    days.give(own, sign=sign, how="tap", at=TEN + 41 * MINUTE)

    assert state(sign) == State.GIVEN
    assert not Message.objects.filter(recipient_id=street.cast.grid_worker.account_id, read_at=None).exists()
    assert days.tick(at=TEN + 200 * MINUTE) == 0


def test_paused_stopped_and_too_late_nobody_is_asked(own: Actor, sign: Sign) -> None:
    today = NOW.date()
    keeping.pause(own, sign=sign, from_date=today, until_date=today + DAY, reason="away", at=NOW)
    assert days.tick(at=TEN) == days.tick(at=TEN + DAY) == 0
    keeping.resume(own, sign=sign, at=NOW + DAY)
    assert days.tick(at=TEN + DAY) == 1
    assert days.tick(at=TEN + 2 * DAY + timedelta(hours=7)) == 1  # only yesterday's goes on; today's is long past
    assert not SignDay.objects.filter(day=today + 2 * DAY).exists()

    keeping.stop(own, sign=sign, at=TEN + 2 * DAY + timedelta(hours=8))

    sign.refresh_from_db()
    assert (sign.neighbour_name, sign.neighbour_phone) == (None, None)
    assert not SignDay.objects.filter(state__in=ASKING).exists()
    assert days.tick(at=TEN + 3 * DAY) == 0
    assert not Consent.objects.filter(purpose="signs", withdrawn_at=None).exists()


def test_a_job_that_was_down_over_midnight_still_asks(own: Actor, sign: Sign) -> None:
    keeping.amend(own, sign=sign, wish=Wish(time(22)), at=NOW)

    assert days.tick(at=datetime.combine(NOW.date(), time(17), NOW.tzinfo)) == 1  # 01:00 on the next day there
    assert state(sign) == State.WORKER  # there is no neighbour


def test_begun_after_its_time_it_counts_from_tomorrow(own: Actor, wang: Person) -> None:
    wang.refresh_from_db()
    sign = keeping.start(own, key=uuid4(), person=wang, wish=WISH, at=TEN + MINUTE)

    assert days.tick(at=TEN + 2 * MINUTE) == 0
    assert days.tick(at=TEN + DAY) == 1
    assert state(sign, NOW.date() + DAY) == State.NEIGHBOUR


def test_taking_the_consent_back_stops_it(own: Actor, sign: Sign) -> None:
    rights.withdraw_consent(own, purpose="signs", at=NOW)
    relay.relay_batch()
    while listening.follow_all(at=NOW):
        pass

    sign.refresh_from_db()
    assert (sign.ended_at, sign.end_reason) == (NOW, "consent")


def test_links_open_only_what_they_are_for(own: Actor, sign: Sign) -> None:
    token = doors.neighbour_token(sign)
    assert doors.neighbours_sign(token) == sign
    with pytest.raises(NotFound):
        doors.own_sign(token)
    keeping.amend(own, sign=sign, wish=Wish(time(10), ("tap",), "老孙", "13700002222", neighbour_agrees=True), at=NOW)
    with pytest.raises(NotFound):
        doors.neighbours_sign(token)


def test_the_link_of_the_day_is_sent_once_before_its_time(own: Actor, sign: Sign) -> None:
    keeping.amend(own, sign=sign, wish=Wish(time(10), ("link",)), at=NOW)

    sent = [days.remind(at=TEN - minutes * MINUTE) for minutes in (61, 60, 59, 0)]

    assert sent == [0, 1, 0, 0]
    assert Delivery.objects.get(kind="signs.remind").address == "13800001234"


@pytest.mark.parametrize("name", ["grid_worker_next_door", "handler", "leader", "resident"])
def test_strangers_neither_see_nor_answer(street: Street, sign: Sign, name: str) -> None:
    actor = getattr(street.cast, name)
    days.tick(at=TEN)

    assert not Sign.objects.visible_to(actor).exists()
    for act in (
        lambda: days.answer(actor, sign=sign, day=NOW.date(), said="fine", how="call", at=TEN),
        lambda: days.give(actor, sign=sign, how="call", at=TEN),
        lambda: keeping.stop(actor, sign=sign, at=TEN),
    ):
        with pytest.raises((NotFound, NotAllowed)):
            act()


def test_erasing_a_person_takes_the_sign_away(street: Street, own: Actor, sign: Sign, wang: Person) -> None:
    keeping.pause(own, sign=sign, from_date=NOW.date(), until_date=NOW.date(), reason="away", at=NOW)
    days.tick(at=TEN + DAY)

    people.erase_person(street.cast.community_clerk, person=wang, reason="asked", at=TEN + DAY)

    assert (Sign.objects.count(), SignDay.objects.count(), Pause.objects.count()) == (0, 0, 0)


ORDER: list[str] = [State.NEIGHBOUR, State.WORKER, State.CLERK]
STEP = st.sampled_from(["tick", "give", "fine", "nobody", "worker_fine", "worker_nobody", "clerk", "pause", "resume"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(STEP, st.integers(0, 90)), max_size=14))
def test_whatever_happens_the_steps_keep_their_order_and_what_is_given_stays_given(
    street: Street, own: Actor, sign: Sign, steps: list[tuple[str, int]]
) -> None:
    from django.db import transaction

    with transaction.atomic():
        at, seen = TEN - 30 * MINUTE, []
        for step, minutes in steps:
            at += minutes * MINUTE
            one_step(street, own, sign, step, at)
            if (day := SignDay.objects.filter(sign=sign, day=NOW.date()).first()) is not None:
                seen.append(day.state)
        asked = [each for n, each in enumerate(seen) if each in ORDER and each not in seen[:n]]
        assert asked == sorted(asked, key=ORDER.index)
        over = next((n for n, each in enumerate(seen) if each not in ORDER), None)
        assert over is None or set(seen[over:]) == {seen[over]}
        assert SignDay.objects.filter(sign=sign, day=NOW.date()).count() <= 1
        assert Delivery.objects.filter(kind="signs.neighbour").count() <= 1
        assert Message.objects.filter(kind="signs.worker").count() <= 1
        transaction.set_rollback(True)


def one_step(street: Street, own: Actor, sign: Sign, step: str, at: datetime) -> None:
    """Let one of them do something; a refusal is an answer too."""
    day = SignDay.objects.filter(sign=sign, day=NOW.date()).first()
    answer: dict[str, Any] = {"sign": sign, "day": NOW.date(), "at": at, "how": "call"}
    try:
        if step == "tick":
            days.tick(at=at)
        elif step == "give" and at.date() == NOW.date():
            days.give(own, sign=sign, how="tap", at=at)
        elif step in {"fine", "nobody"} and day is not None:
            days.neighbour_says(day=day, said=step, at=at)
        elif step.startswith("worker"):
            days.answer(street.cast.grid_worker, said=step.partition("_")[2], **answer)
        elif step == "clerk":
            days.answer(street.cast.community_clerk, said="helped", **answer)
        elif step == "pause":
            keeping.pause(own, sign=sign, from_date=NOW.date(), until_date=NOW.date(), reason="away", at=at)
        elif step == "resume":
            keeping.resume(own, sign=sign, at=at)
    except LianxinError:
        pass


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_the_person_at_once_make_one_day(own: Actor, sign: Sign) -> None:
    results = at_once(
        lambda: days.tick(at=TEN), lambda: days.tick(at=TEN), lambda: days.give(own, sign=sign, how="tap", at=TEN)
    )

    assert SignDay.objects.count() == 1
    assert state(sign) == State.GIVEN
    assert not [each for each in results if isinstance(each, LianxinError)]
    assert Delivery.objects.filter(kind="signs.neighbour").count() <= 1
