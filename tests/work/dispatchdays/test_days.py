"""A dispatch day from its list to the next one: proposals, answers, decisions whole or not at all, promises."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework import NOW, Desk, make_desk
from cast import Cast
from factories import post_of
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal import listening, relay
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Assignment, Case, Clock, Supervision
from lianxin.work.dispatchdays import actions as days
from lianxin.work.dispatchdays import queries, reminding, rules
from lianxin.work.dispatchdays.models import Decision, DispatchDay, Item
from lianxin.work.dispatchdays.rules import Outcome

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOW + 6 * DAY  # a Sunday; what was dispatched on Monday is late by now
MEETS = LATER + 2 * DAY


@dataclass
class Room:
    """The cast around one case that 市城管局 has let fall overdue, and a prepared day that lists it."""

    desk: Desk
    case: Case
    day: DispatchDay

    @property
    def cast(self) -> Cast:
        return self.desk.cast

    def unit(self, code: str) -> int:
        return self.cast.county.units[code].id

    def item(self) -> Item:
        return Item.objects.get(day=self.day, case=self.case)

    def open(self, at: datetime = MEETS) -> None:
        days.announce(self.cast.seat, day=self.day, at=at - DAY)
        days.start(self.cast.leader, day=self.day, at=at)

    def decide(self, words: str = "三天内修好，市住建局牵头。", *, at: datetime = MEETS, **more: Any) -> Decision:
        verdict = days.Verdict(words, more.pop("lead", None), more.pop("assists", ()), more.pop("due_at", None))
        told: dict[str, Any] = {"key": uuid4(), "item": self.item()} | more
        return days.decide(self.cast.leader, day=self.day, verdict=verdict, at=at, **told)


def wanted(cast: Cast, at: datetime = MEETS, *units: str) -> days.Wanted:
    """Return a day of two hours, led by the leader."""
    ids = [cast.county.units[code].id for code in units or ("cgj",)]
    return days.Wanted(
        at, at + timedelta(hours=2), at - timedelta(hours=12), post_of(cast.leader).pk, ids, "三楼会议室"
    )


def tell_everybody() -> None:
    """Let messages follow the feed to its end."""
    while relay.relay_batch():
        pass
    while listening.follow_all(at=MEETS, only=["dispatchdays.messages", "cases.messages"]):
        pass


def prepared(cast: Cast, at: datetime = MEETS, *, now: datetime = LATER) -> DispatchDay:
    return days.prepare(cast.seat, key=uuid4(), area=cast.county.city, wanted=wanted(cast, at), at=now)


@pytest.fixture
def room(cast: Cast) -> Room:
    desk = make_desk(cast)
    case = desk.handling("paishui")
    day = prepared(cast)
    days.add_cases(cast.seat, day=day, cases=[case], at=LATER)
    return Room(desk, case, day)


def test_each_proposal_says_why(cast: Cast) -> None:
    desk, at = make_desk(cast), NOW + 20 * DAY
    quiet = desk.reported(at=at)
    late = desk.handling(at=NOW)
    joint = desk.handling("paishui", "jiaojing", at=NOW)
    pressed = desk.handling(at=at)
    cases.supervise(cast.leader, case=pressed, seen=None, at=at + HOUR, note="抓紧")
    now = at + 2 * DAY

    told = {each.case.pk: [one.code for one in each.why] for each in queries.proposals(cast.leader, at=now)}

    assert told == {
        joint.pk: ["overdue", "cross"],
        late.pk: ["overdue"],
        pressed.pk: ["supervised"],
        quiet.pk: ["overdue"],
    }
    assert next(iter(told)) == joint.pk  # what several rules speak for stands on top
    only = queries.proposals(cast.leader, at=now, code="supervised")
    assert [each.case.pk for each in only] == [pressed.pk]
    assert rules.said(only[0].why[-1]) == "督办 1 天没答复"


def test_a_decision_takes_the_case_from_who_has_it_and_gives_it_to_the_named_unit(room: Room) -> None:
    room.open()
    due = MEETS + 3 * DAY

    decision = room.decide(lead=room.unit("zjj"), assists=[room.unit("cgj")], due_at=due, seen_case=room.case.version)

    case = Case.objects.get(pk=room.case.pk)
    assert (decision.act, case.stage, case.lead_unit_id, case.is_ruled) == (
        "hand_over", "dispatched", room.unit("zjj"), True,
    )  # fmt: skip
    open_parts = Assignment.objects.filter(case=case, state="offered").values_list("unit_id", "part")
    assert set(open_parts) == {(room.unit("zjj"), "lead"), (room.unit("cgj"), "assist")}
    trace = Entry.objects.filter(subject_kind="case", subject_id=case.pk).order_by("version")
    assert [entry.action for entry in trace][-2:] == ["hand_over", "rule"]
    assert trace.last().actor_id == room.cast.leader.account_id  # type: ignore[union-attr]
    assert Supervision.objects.get(case=case).due_at == due
    assert room.item().state == Item.State.DECIDED
    tell_everybody()
    assert Message.objects.filter(kind="cases.ruled").exists()


def test_words_and_a_deadline_alone_press_for_the_case_and_shorten_it(room: Room) -> None:
    fresh = room.desk.dispatched(at=MEETS - HOUR)
    days.add_cases(room.cast.seat, day=room.day, cases=[fresh], at=LATER)
    room.open()
    item = Item.objects.get(case=fresh)
    due = MEETS + timedelta(hours=5)

    decision = room.decide("今天下班前修好。", item=item, due_at=due)
    fresh.refresh_from_db()
    cases.accept(room.cast.handler, case=fresh, seen=fresh.version, at=MEETS + timedelta(minutes=5))

    assert decision.act == "supervise"
    clock = Clock.objects.get(case=fresh, subject="stage", stopped_at=None)
    assert clock.due_at == due  # said while the case was on its way, it holds once the unit has it


def test_a_decision_is_whole_or_not_at_all(room: Room) -> None:
    room.open()
    cases.progress(room.cast.handler, case=room.case, seen=room.case.version, at=MEETS, note="在修")
    before = Entry.objects.count()

    with pytest.raises(Stale):  # the case moved on since the leader saw it
        room.decide(lead=room.unit("zjj"), seen_case=room.case.version)
    with pytest.raises(Invalid):  # no such instant to come
        room.decide(due_at=MEETS - DAY)
    with pytest.raises(Invalid):  # the unit is in it already, twice
        room.decide("电话 13812345678 找他", lead=room.unit("zjj"))
    cases.handle(room.cast.handler, case=room.case, seen=None, at=MEETS, note="修好了")
    after_acts = Entry.objects.count()
    Assignment.objects.filter(case=room.case).update(state="done")
    Case.objects.filter(pk=room.case.pk).update(stage="handled")
    with pytest.raises(Refused):  # done with: nobody can be given it
        room.decide(lead=room.unit("zjj"))

    assert room.item().state == Item.State.LISTED
    assert not Decision.objects.exists()
    assert Entry.objects.count() == after_acts > before
    assert not Supervision.objects.exists()


def test_nothing_is_decided_twice(room: Room) -> None:
    room.open()
    key = uuid4()

    first = room.decide(key=key)
    again = room.decide(key=key)
    with pytest.raises(Refused, match="已决定"):
        room.decide("另一个决定。")

    assert first.pk == again.pk
    assert Supervision.objects.filter(case=room.case).count() == 1


def test_only_the_leader_decides_and_only_units_asked_speak(room: Room) -> None:
    cast, item, cgj = room.cast, room.item(), room.unit("cgj")
    said: dict[str, Any] = {"day": room.day, "item": item, "key": uuid4(), "words": "配件周三到。", "at": LATER}
    with pytest.raises(NotFound):  # not told yet, so the day is not there for the unit
        days.answer(cast.handler, unit_id=cgj, **said)
    days.announce(cast.seat, day=room.day, at=LATER)

    assert days.answer(cast.handler, unit_id=cgj, **said).is_live is False
    assert days.answer(cast.handler, unit_id=cgj, **said).item.positions.count() == 1
    with pytest.raises(NotFound):
        days.answer(cast.handler_next_door, unit_id=room.unit("jiaojing"), **said | {"key": uuid4()})
    with pytest.raises(NotAllowed):  # of the day, but not of that unit
        days.answer(cast.handler, unit_id=room.unit("paishui"), **said | {"key": uuid4()})
    assert not DispatchDay.objects.visible_to(cast.handler_next_door).exists()
    assert not DispatchDay.objects.visible_to(cast.street_seat).exists()

    days.start(cast.seat, day=room.day, at=MEETS)
    for other in (cast.seat, cast.handler):
        with pytest.raises(NotAllowed):
            days.decide(other, day=room.day, item=item, key=uuid4(), verdict=days.Verdict("就这样办。"), at=MEETS)


def test_the_next_day_opens_with_what_was_promised_and_what_was_left(room: Room) -> None:
    cast, desk = room.cast, room.desk
    kept, left = desk.handling(at=NOW), desk.reported(at=NOW)
    days.add_cases(cast.seat, day=room.day, cases=[kept, left], at=LATER)
    question = days.ask(
        cast.seat, day=room.day, key=uuid4(), title="老城区停车难", words="", unit_ids=[room.unit("cgj")], at=LATER
    )
    room.open()
    by_case = {item.case_id: item for item in room.day.items.all()}
    promised: dict[str, Any] = {"day": room.day, "unit_id": room.unit("cgj"), "at": MEETS}
    due = (MEETS + 3 * DAY).date()
    for item in (by_case[room.case.pk], by_case[kept.pk], question):
        key = uuid4()
        for _again in range(2):
            days.promise(cast.handler, item=item, key=key, words="三天内办好", due_on=due, **promised)
    room.decide()
    days.close(cast.leader, day=room.day, words="按时办结。", at=MEETS + HOUR)

    cases.handle(cast.handler, case=kept, seen=None, at=MEETS + DAY, note="修好了")
    now = MEETS + 20 * DAY
    upcoming = prepared(cast, MEETS + 30 * DAY, now=now)

    told = {each.promise.item_id: each.outcome for each in queries.promised_before(upcoming, at=now)}
    assert told == {
        by_case[room.case.pk].pk: Outcome.BROKEN, by_case[kept.pk].pk: Outcome.KEPT, question.pk: Outcome.BROKEN,
    }  # fmt: skip
    listed = {item.title: item.why[0][0] for item in upcoming.items.all()}
    assert listed[left.title] == listed["老城区停车难"] == "carried"
    assert upcoming.items.filter(case=room.case).count() == 0  # decided: only its promise comes back
    # Sent back for rework, what was kept is not done any more.
    kept.refresh_from_db()
    cases.rework(cast.verifier, case=kept, seen=kept.version, at=now, note="又坏了")
    again = {each.promise.item_id: each.outcome for each in queries.promised_before(upcoming, at=now)}
    assert again[by_case[kept.pk].pk] == Outcome.BROKEN
    promise = question.promises.get()
    days.judge(cast.seat, promise=promise, is_kept=True, remark="新增 40 个车位", at=now)
    with pytest.raises(Refused):  # of a case, its facts tell
        days.judge(cast.seat, promise=by_case[kept.pk].promises.get(), is_kept=True, remark="", at=now)


def test_what_a_leader_puts_waits_for_a_day_and_stands_on_its_list(cast: Cast) -> None:
    desk = make_desk(cast)
    one, two = desk.reported(at=NOW), desk.reported(at=NOW, text="井盖翘起来了，车过去咣当响。")
    days.put(cast.leader, area=cast.county.city, cases=[one], at=LATER)
    days.put(cast.leader, area=cast.county.city, cases=[one], at=LATER)
    with pytest.raises(NotAllowed):
        days.put(cast.handler, area=cast.county.city, cases=[one], at=LATER)

    day = prepared(cast)
    days.put(cast.leader, area=cast.county.city, cases=[one, two], at=LATER)

    assert list(day.items.order_by("place").values_list("case_id", flat=True)) == [one.pk, two.pk]
    assert {tuple(item.why[0]) for item in day.items.all()} == {("leader", 0, 0)}
    tell_everybody()
    assert Message.objects.filter(kind="dispatchdays.put", recipient_id=cast.seat.account_id).count() == 1
    days.call_off(cast.seat, day=day, reason="领导出差", at=LATER)
    assert Item.objects.filter(day=None).count() == 2  # nothing a leader asked for gets lost


def test_one_day_at_a_time_and_units_are_reminded_once(room: Room) -> None:
    days.announce(room.cast.seat, day=room.day, at=LATER)
    soon = room.day.answers_until - timedelta(hours=3)

    assert [reminding.remind(at=soon) for _twice in range(2)] == [2, 0]  # 市城管局 and 排水所
    days.start(room.cast.leader, day=room.day, at=MEETS)
    other = prepared(room.cast, MEETS + DAY)
    days.add_cases(room.cast.seat, day=other, cases=[room.desk.reported(at=NOW)], at=LATER)
    with pytest.raises(Refused, match="还没有结束"):
        days.start(room.cast.leader, day=other, at=MEETS + DAY)
    assert reminding.forget(at=MEETS + 400 * DAY) == 0


def test_the_journal_learns_no_words(room: Room) -> None:
    room.open()
    days.promise(
        room.cast.handler, day=room.day, item=room.item(), unit_id=room.unit("cgj"), key=uuid4(),
        words="配件一到就换", due_on=date(2026, 12, 20), at=MEETS,
    )  # fmt: skip
    room.decide("请市住建局牵头。", lead=room.unit("zjj"))

    entries = Entry.objects.filter(subject_kind="dispatch_day")
    assert entries.filter(action="decide", after__act="hand_over").count() == 1
    assert not any(
        "配件" in f"{entry.note}{entry.after}" or "牵头" in f"{entry.note}{entry.after}" for entry in entries
    )
