"""What each act does to a case, beside its place in the flow."""

from datetime import date, timedelta
from typing import Any

import pytest

import factories
from casework import GRID_112, GRID_222, MINUTE, NOW, Desk, configure, show
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotAllowed, Refused, Stale
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.kernel.worktime.models import CalendarDay, WorkCalendar, WorkSeason
from lianxin.work.cases import actions as cases
from lianxin.work.cases import ticking
from lianxin.work.cases.actions import Filing, Target
from lianxin.work.cases.models import Assignment, Call, Case, Clock, FieldTask, FilingStandard, Supervision
from lianxin.work.cases.replay import mismatches


@pytest.fixture(autouse=True)
def _journal_adds_up(desk: Desk) -> Any:
    """Whatever a test did: the journal tells the rows."""
    yield
    assert list(mismatches()) == []


def running(case: Case, subject: str) -> Clock:
    """Return the one running clock of a sort."""
    return Clock.objects.get(case=case, subject=subject, stopped_at=None)


def later(minutes: int) -> Any:
    """Return an instant after the report."""
    return NOW + minutes * MINUTE


def refused(rule: str) -> Any:
    """Expect a refusal by this rule."""
    return pytest.raises(Refused, check=lambda error: error.rule == rule)


def held_by_community(desk: Desk, **more: Any) -> Case:
    """Return a filed case that was handed down twice."""
    case = cases.delegate(desk.cast.seat, case=desk.filed(**more), seen=None, at=later(2))
    assert case.holder_level == "street"
    case = cases.delegate(desk.cast.street_seat, case=case, seen=None, at=later(2))
    assert case.holder_level == "community"
    return case


# Before filing.


def test_a_lost_report_is_placed_and_then_held_where_such_reports_enter(desk: Desk) -> None:
    lost = desk.reported(actor=desk.cast.grid_worker, channel="worker", point=None)
    assert (lost.holder_level, lost.area_id) == ("city", None)

    placed = cases.place(desk.cast.seat, case=lost, seen=lost.version, at=later(1), point=GRID_112, address="北门")

    assert placed.grid_id == desk.cast.county.grid(112).id
    assert (placed.area_id, placed.holder_level, placed.address) == (placed.grid_id, "community", "北门")


def test_the_field_looks_and_a_confirmed_hazard_cannot_be_withdrawn(desk: Desk) -> None:
    case = cases.check(desk.cast.seat, case=desk.reported(), seen=None, at=later(1), request="看看有没有积水")
    task = FieldTask.objects.get(case=case)
    assert running(case, "field_task").subject_id == task.pk

    case = cases.report_check(
        desk.cast.grid_worker, case=case, seen=case.version, at=later(9), passed=True, note="水深半米", is_hazard=True,
        point=case.point,
    )  # fmt: skip

    task.refresh_from_db()
    assert (task.passed, task.distance_metres, task.done_by_id) == (True, 0, desk.cast.grid_worker.account_id)
    with refused("hazard"):
        cases.withdraw(desk.cast.resident, case=case, at=later(10))


def test_an_answer_with_a_phone_number_is_held_for_the_seat(desk: Desk) -> None:
    case = desk.reported(kind="enquiry")

    ended = cases.answer(desk.cast.seat, case=case, seen=case.version, at=later(1), note="请打 13812345678 找小李")

    entry = Entry.objects.get(subject_id=case.pk, action="answer")
    assert (ended.stage, ended.answer, entry.public_note, ended.needs_follow_up) == ("answered", "", "", True)
    told = cases.reply(desk.cast.seat, case=ended, seen=ended.version, at=later(2), note="请到政务大厅 3 号窗口")
    assert told.needs_follow_up is False


def test_a_refusal_tells_its_reason_and_one_appeal_takes_it_up_again(desk: Desk) -> None:
    case = desk.at_stage("declined")
    assert case.answer == "不属于受理范围。"

    again = cases.appeal(desk.cast.resident, case=case, at=later(5), note="就在小区里")

    assert (again.stage, again.answer, again.appeals) == ("reported", "", 1)
    case = cases.decline(desk.cast.seat, case=again, seen=again.version, at=later(6), reason="unclear")
    with refused("appealed_already"):
        cases.appeal(desk.cast.resident, case=case, at=later(7), note="再看看")


def test_an_appeal_has_its_days(desk: Desk) -> None:
    case = desk.at_stage("declined")
    with refused("too_late"):
        cases.appeal(desk.cast.resident, case=case, at=NOW + timedelta(days=9), note="就在小区里")


def test_filing_fixes_standard_severity_and_clock(desk: Desk) -> None:
    case = desk.reported()
    filed = cases.file(
        desk.cast.seat, case=case, seen=case.version, at=later(1), filing=desk.filing("020301", severity="urgent")
    )
    assert filed.standard is not None
    assert (filed.standard.severity, filed.severity, filed.stage) == ("urgent", "urgent", "filed")
    assert filed.due_at == later(31), "an urgent case is dispatched within half an hour, day or night"


def test_resolved_on_the_spot_a_trivial_case_closes_without_a_check(desk: Desk) -> None:
    configure(trivial=["010102"])
    worker = desk.cast.grid_worker
    ends = set()
    for _count in range(12):
        case = desk.reported(actor=worker, channel="worker")
        pk = desk.categories["010102"].pk
        done = cases.resolve_on_spot(worker, case=case, seen=case.version, at=later(3), note="扫干净了", category_id=pk)
        ends.add(done.stage)
        assert worker.account_id in done.handler_ids
        assert FieldTask.objects.filter(case=case).exists() is (done.stage == "handled")
    assert "closed" in ends, "one in ten is checked, the rest closes"


def test_resolved_on_the_spot_but_not_well_goes_back_to_the_same_post(desk: Desk) -> None:
    worker = desk.cast.grid_worker
    case = desk.reported(actor=worker, channel="worker")
    pk = desk.categories["010101"].pk
    case = cases.resolve_on_spot(worker, case=case, seen=case.version, at=later(3), note="扫干净了", category_id=pk)
    actions = Entry.objects.filter(subject_id=case.pk).order_by("version").values_list("action", "source", "target")
    assert list(actions)[1:] == [("file", "reported", "filed"), ("resolve_on_spot", "filed", "handled")]

    case = cases.rework(desk.cast.verifier, case=case, seen=case.version, at=later(20), note="角落还有")
    case = cases.handle(worker, case=case, seen=case.version, at=later(40), note="角落也扫了")

    assert (case.stage, case.reworks, case.lead_post_id) == ("handled", 1, worker.holdings[0].post_id)


# Evidence.


def test_handling_and_closing_wait_for_the_evidence_that_the_standard_demands(desk: Desk) -> None:
    FilingStandard.objects.filter(category=desk.categories["010101"]).update(
        evidence=["before_near", "after_near", "receipt"]
    )
    case = desk.handling()
    with refused("evidence") as told:
        cases.handle(desk.cast.handler, case=case, seen=case.version, at=later(4), note="好了")
    assert told.value.sentence == "还缺处置前近景照片、处置后近景照片，补上再提交。"

    show(case, "before_near", "after_near")
    case = cases.handle(desk.cast.handler, case=case, seen=case.version, at=later(5), note="好了")
    case = cases.verify(desk.cast.verifier, case=case, seen=case.version, at=later(6))
    with refused("evidence"):
        cases.close(desk.cast.seat, case=case, seen=case.version, at=later(7))
    show(case, "receipt")
    assert cases.close(desk.cast.seat, case=case, seen=case.version, at=later(8)).stage == "closed"


def test_the_platform_closes_nothing_whose_papers_are_missing(desk: Desk) -> None:
    configure(auto_close=True)
    assert desk.verified().stage == "closed"
    FilingStandard.objects.filter(category=desk.categories["010101"]).update(evidence=["receipt"])
    assert desk.verified().stage == "verified"


def test_on_the_spot_too_the_evidence_is_demanded(desk: Desk) -> None:
    FilingStandard.objects.filter(category=desk.categories["010101"]).update(evidence=["after_near"])
    case, pk = desk.reported(), desk.categories["010101"].pk
    with refused("evidence"):
        cases.resolve_on_spot(desk.cast.grid_worker, case=case, seen=None, at=later(1), note="好了", category_id=pk)
    case.refresh_from_db()
    assert (case.stage, case.category_id) == ("reported", None)


# Whose it is.


def test_a_street_cannot_dispatch_to_a_department_where_the_profile_says_so(desk: Desk) -> None:
    configure(may_dispatch={"city": ["*"], "street": ["property", "community"], "community": ["property"]})
    case = held_by_community(desk)
    with refused("not_this_level"):
        cases.dispatch(desk.cast.community_clerk, case=case, seen=None, at=later(3), lead=desk.unit("cgj"))

    case = cases.escalate(desk.cast.community_clerk, case=case, seen=None, at=later(4), note="办不了")
    assert (case.holder_level, case.stage) == ("street", "filed")
    sent = cases.dispatch(desk.cast.street_seat, case=case, seen=None, at=later(5), lead=desk.unit("wuye"))
    assert sent.lead_unit_id == desk.unit("wuye").unit_id


def test_a_community_cannot_dispatch_to_its_neighbour(desk: Desk) -> None:
    case = held_by_community(desk, point=GRID_112)
    with refused("not_this_level"):
        cases.dispatch(desk.cast.community_clerk, case=case, seen=None, at=later(3), lead=desk.unit("community12"))
    post = desk.cast.grid_worker_next_door.holdings[0].post_id
    sent = cases.dispatch(desk.cast.community_clerk, case=case, seen=None, at=later(3), lead=Target(post_id=post))
    assert sent.lead_post_id == post
    assert cases.accept(desk.cast.grid_worker_next_door, case=sent, seen=None, at=later(4)).stage == "handling"


def test_a_post_elsewhere_is_not_this_levels(desk: Desk) -> None:
    elsewhere = factories.make_staff("yuange", "袁格", "grid_worker", area=desk.cast.county.grid(121))
    lead = Target(post_id=elsewhere.holdings[0].post_id)
    with refused("not_this_level"):
        cases.dispatch(desk.cast.community_clerk, case=held_by_community(desk), seen=None, at=later(3), lead=lead)


def test_a_recall_is_for_those_who_were_not_accepted(desk: Desk) -> None:
    case = cases.recall(desk.cast.seat, case=desk.dispatched("paishui"), seen=None, at=later(4))
    assert (case.stage, case.lead_unit_id, case.party_unit_ids) == ("filed", None, [])
    assert {each.state for each in case.assignments.all()} == {"withdrawn"}
    joint = desk.dispatched("paishui")
    cases.accept(desk.cast.assist_handler, case=joint, seen=None, at=later(4))
    with refused("accepted_already"):
        cases.recall(desk.cast.seat, case=joint, seen=None, at=later(5))


def test_an_assists_return_does_not_move_the_case(desk: Desk) -> None:
    case = desk.handling("paishui")
    case = cases.give_back(
        desk.cast.assist_handler, case=case, seen=None, at=later(5), reason="not_ours", note="无管道"
    )
    assert (case.stage, case.returns) == ("handling", 0)
    assert case.party_unit_ids == [desk.unit("cgj").unit_id]
    assert cases.handle(desk.cast.handler, case=case, seen=None, at=later(6), note="好了").stage == "handled"


def test_the_last_assists_return_lets_a_case_whose_lead_is_done_be_handled(desk: Desk) -> None:
    case = cases.handle(desk.cast.handler, case=desk.handling("paishui"), seen=None, at=later(5), note="好了")
    case = cases.give_back(
        desk.cast.assist_handler, case=case, seen=None, at=later(6), reason="not_ours", note="无管道"
    )
    assert case.stage == "handled"
    assert running(case, "field_task")


def test_a_unit_above_two_that_take_part_accepts_for_both(desk: Desk) -> None:
    housing = factories.make_staff("zhujian", "朱建", "handler", unit=desk.cast.county.units["zjj"])
    case = desk.dispatched("paishui", lead="zjj")
    for minute in (4, 5):
        case = cases.accept(housing, case=case, seen=None, at=later(minute))
    assert {each.state for each in case.assignments.all()} == {"accepted"}
    with refused("accepted_already"):
        cases.accept(housing, case=case, seen=None, at=later(6))


def test_work_is_handed_to_a_colleague_who_then_never_verifies(desk: Desk) -> None:
    both = factories.make_account("shuanggang", "双岗")
    factories.give_post(both, "handler", unit=desk.cast.county.units["cgj"])
    factories.give_post(both, "verifier", area=desk.cast.county.city)
    case = cases.assign(desk.cast.handler, case=desk.handling(), seen=None, at=later(5), handler=both)
    case = cases.handle(desk.cast.handler, case=case, seen=None, at=later(6), note="好了")
    with pytest.raises(NotAllowed) as told:
        cases.verify(factories.act_as(both), case=case, seen=None, at=later(7))
    assert told.value.rule == "own_handling"


def test_a_stranger_cannot_be_given_the_work(desk: Desk) -> None:
    stranger = Account.objects.get(pk=desk.cast.handler_next_door.account_id or 0)
    with pytest.raises(Invalid, match="本单位"):
        cases.assign(desk.cast.handler, case=desk.handling(), seen=None, at=later(5), handler=stranger)


def test_the_reporter_who_left_a_phone_is_contacted_within_a_day(desk: Desk) -> None:
    case = desk.dispatched(phone="13812345678")
    clock = running(case, "contact")
    assert clock.due_at == clock.started_at + timedelta(hours=24)

    case = cases.contact(desk.cast.handler, case=case, seen=None, at=later(30), note="打通了，约好下午看")

    assert case.contacted_at == later(30)
    assert not Clock.objects.filter(case=case, subject="contact", stopped_at=None).exists()
    assert not Clock.objects.filter(case=desk.dispatched(is_anonymous=True), subject="contact").exists()


# More time.


def test_an_extension_gives_stage_and_lead_more_time_once(desk: Desk) -> None:
    case = desk.handling()
    due = case.due_at
    with refused("nothing_asked"):
        cases.approve(desk.cast.supervisor, case=case, seen=None, at=later(5))
    more = Limit(2, Unit.WORK_DAY)
    case = cases.ask_extension(desk.cast.handler, case=case, seen=None, at=later(5), more=more, note="材料没到")
    assert running(case, "approval").name == "decide"

    case = cases.approve(desk.cast.supervisor, case=case, seen=None, at=later(6))

    assert due is not None
    assert case.due_at == due + timedelta(days=2)
    assert running(case, "assignment").due_at == case.due_at
    assert (case.extensions, case.approvals_open) == (1, 0)
    with refused("extended_already"):
        cases.ask_extension(desk.cast.handler, case=case, seen=None, at=later(7), more=more, note="还没到")


def test_whoever_is_late_cannot_ask_for_more(desk: Desk) -> None:
    case = desk.handling()
    with refused("too_late"):
        cases.ask_extension(
            desk.cast.handler,
            case=case,
            seen=None,
            at=NOW + timedelta(days=9),
            more=Limit(1, Unit.WORK_DAY),
            note="晚了",
        )


def test_nobody_decides_their_own_request(desk: Desk) -> None:
    both = factories.make_account("shuanggang", "双岗")
    factories.give_post(both, "handler", unit=desk.cast.county.units["cgj"])
    factories.give_post(both, "supervisor", area=desk.cast.county.city)
    actor = factories.act_as(both)
    more = Limit(1, Unit.WORK_DAY)
    case = cases.ask_extension(actor, case=desk.handling(), seen=None, at=later(5), more=more, note="材料没到")
    with refused("own_request"):
        cases.approve(actor, case=case, seen=None, at=later(6))


def test_a_suspended_case_stands_until_it_is_resumed(desk: Desk) -> None:
    case = desk.handling()
    due = case.due_at
    day = timedelta(days=7)
    case = cases.ask_suspension(
        desk.cast.handler, case=case, seen=None, at=later(5), review_at=NOW + 60 * day / 7, note="等资金"
    )
    case = cases.approve(desk.cast.supervisor, case=case, seen=None, at=later(6))
    assert (case.pause_kind, case.due_at) == ("suspend", None)
    assert ticking.mark_overdue(at=NOW + 2 * day) == 0
    with refused("paused"):
        cases.handle(desk.cast.handler, case=case, seen=None, at=later(7), note="好了")

    case = cases.resume(desk.cast.supervisor, case=case, seen=None, at=later(6) + day)

    assert due is not None
    assert (case.paused_at, case.due_at) == (None, due + day)


def test_a_postponed_case_goes_on_by_itself_and_a_suspended_one_is_looked_at(desk: Desk) -> None:
    review = NOW + timedelta(days=2)
    made = {}
    for kind, ask in (("postpone", cases.ask_postponement), ("suspend", cases.ask_suspension)):
        case = ask(desk.cast.handler, case=desk.handling(), seen=None, at=later(5), review_at=review, note="等雨停")
        made[kind] = cases.approve(desk.cast.supervisor, case=case, seen=None, at=later(6))
    assert ticking.resume_due(at=review - MINUTE) == 0

    assert ticking.resume_due(at=review) == 2

    for case in made.values():
        case.refresh_from_db()
    assert made["postpone"].paused_at is None
    assert (made["suspend"].pause_kind, made["suspend"].needs_follow_up) == ("suspend", True)


def test_a_case_that_leaves_its_unit_drops_pause_and_request(desk: Desk) -> None:
    review = NOW + timedelta(days=2)
    case = cases.ask_suspension(
        desk.cast.handler, case=desk.handling(), seen=None, at=later(5), review_at=review, note="等"
    )
    back = cases.give_back(desk.cast.handler, case=case, seen=None, at=later(6), reason="not_ours", note="不归我们")
    assert (back.approvals_open, back.approvals.get().state) == (0, "lapsed")
    case = cases.ask_suspension(
        desk.cast.handler, case=desk.handling(), seen=None, at=later(5), review_at=review, note="等"
    )
    case = cases.approve(desk.cast.supervisor, case=case, seen=None, at=later(6))
    back = cases.give_back(desk.cast.handler, case=case, seen=None, at=later(7), reason="not_ours", note="不归我们")
    assert (back.paused_at, back.pause_kind, back.stage) == (None, "", "filed")
    assert running(back, "stage").paused_at is None


# Is it done?


def test_rework_keeps_the_first_clock(desk: Desk) -> None:
    case = desk.handling()
    first, due = running(case, "stage").pk, case.due_at
    case = cases.handle(desk.cast.handler, case=case, seen=None, at=later(60), note="好了")

    case = cases.rework(desk.cast.verifier, case=case, seen=None, at=later(120), note="还有一处")

    assert (running(case, "stage").pk, case.due_at, case.reworks) == (first, due, 1)
    assert running(case, "assignment").due_at == due


def test_rework_after_a_reopening_keeps_the_clock_of_its_own_round(desk: Desk) -> None:
    case = cases.reopen(desk.cast.resident, case=desk.closed(), seen=None, at=NOW + timedelta(days=2), note="又坏了")
    assert (case.stage, case.reopens, case.lead_unit_id) == ("filed", 1, None)
    again = NOW + timedelta(days=2, minutes=5)
    case = cases.dispatch(desk.cast.seat, case=case, seen=None, at=again, lead=desk.unit("jiaojing"))
    case = cases.accept(desk.cast.handler_next_door, case=case, seen=None, at=again)
    second = running(case, "stage").pk
    case = cases.handle(desk.cast.handler_next_door, case=case, seen=None, at=again + MINUTE, note="好了")
    case = cases.rework(desk.cast.verifier, case=case, seen=None, at=again + 2 * MINUTE, note="没好")
    assert running(case, "stage").pk == second
    assert set(case.handler_ids) == {desk.cast.handler.account_id, desk.cast.handler_next_door.account_id}


def test_the_reporter_may_reopen_for_some_days_the_seat_later_too(desk: Desk) -> None:
    case, at = desk.closed(), NOW + timedelta(days=40)
    with refused("too_late"):
        cases.reopen(desk.cast.resident, case=case, seen=None, at=at, note="又坏了")
    assert cases.reopen(desk.cast.seat, case=case, seen=None, at=at, note="又坏了").stage == "filed"


def test_a_stage_that_is_switched_off_is_passed_by_the_system_with_its_own_entry(desk: Desk) -> None:
    configure(skipped=["handled", "verified"])
    case = desk.handled()
    assert case.stage == "closed"
    told = Entry.objects.filter(subject_id=case.pk, actor_label="系统").order_by("version")
    assert [(entry.action, entry.source, entry.target) for entry in told] == [
        ("verify", "handled", "verified"), ("close", "verified", "closed"),
    ]  # fmt: skip
    assert not FieldTask.objects.filter(case=case).exists()


# Together and apart.


def test_merging_and_taking_out_again(desk: Desk) -> None:
    into, case = desk.filed(), desk.handling()
    case = cases.merge(desk.cast.seat, case=case, seen=None, at=later(10), into=into)
    into.refresh_from_db()
    assert (case.stage, case.merged_into_id, into.merges) == ("merged", into.pk, 1)
    assert not Assignment.objects.filter(case=case, state__in=["offered", "accepted"]).exists()
    with refused("has_followers"):
        cases.merge(desk.cast.seat, case=into, seen=None, at=later(11), into=desk.filed())
    with refused("has_followers"):
        cases.withdraw(desk.cast.resident, case=into, at=later(11))
    with refused("not_over"):
        cases.evaluate(desk.cast.resident, case=case, at=later(12), stars=5)

    case = cases.unmerge(desk.cast.seat, case=case, seen=None, at=later(13))

    into.refresh_from_db()
    assert (case.stage, case.merged_into_id, case.ended_at, into.merges) == ("filed", None, None, 0)
    assert running(case, "stage").name == "dispatch"


def test_a_case_that_has_ended_takes_no_other_in(desk: Desk) -> None:
    with refused("not_open"):
        cases.merge(desk.cast.seat, case=desk.filed(), seen=None, at=later(10), into=desk.closed())


def test_a_split_case_waits_for_its_children_and_closes_with_the_last(desk: Desk) -> None:
    parent = desk.dispatched()
    children = cases.split(
        desk.cast.seat, case=parent, seen=None, at=later(5),
        parts=[("路面", desk.filing("010101")), ("井盖", desk.filing("020301"))],
    )  # fmt: skip
    parent.refresh_from_db()
    assert (parent.children_open, parent.pause_kind, parent.due_at) == (2, "split", None)
    assert [(child.stage, child.title, child.area_id) for child in children] == [
        ("filed", "路面", parent.area_id), ("filed", "井盖", parent.area_id),
    ]  # fmt: skip
    with refused("split"):
        cases.void(desk.cast.supervisor, case=parent, seen=None, at=later(6), reason="test", note="演练")
    cases.refer(desk.cast.seat, case=children[0], seen=None, at=later(7), reason="110")
    parent.refresh_from_db()
    assert (parent.children_open, parent.stage) == (1, "dispatched")

    cases.force_close(
        desk.cast.supervisor, case=children[1], seen=None, at=later(8), reason="decided", note="已另行解决"
    )

    parent.refresh_from_db()
    assert (parent.children_open, parent.stage, parent.pause_kind) == (0, "closed", "")
    cases.reopen(desk.cast.seat, case=children[1], seen=None, at=later(9), note="井盖又坏了")
    parent.refresh_from_db()
    assert (parent.children_open, parent.stage, parent.pause_kind) == (1, "filed", "split")
    cases.void(desk.cast.supervisor, case=children[1], seen=None, at=later(10), reason="repeated", note="重复")
    parent.refresh_from_db()
    assert parent.stage == "closed"
    cases.reopen(desk.cast.seat, case=parent, seen=None, at=later(11), note="整件重办")
    assert Case.objects.get(pk=parent.pk).stage == "filed"


def test_an_amendment_replans_the_clocks_and_moves_the_holder_up_where_it_must(desk: Desk) -> None:
    case = desk.handling()
    urgent = cases.amend(
        desk.cast.seat, case=case, seen=None, at=later(9), filing=desk.filing("020301", severity="urgent")
    )
    assert urgent.due_at == running(case, "stage").started_at + timedelta(hours=2)
    assert urgent.severity == "urgent"
    moved = cases.amend(desk.cast.seat, case=urgent, seen=None, at=later(10), point=GRID_222, title="井盖缺失")
    assert (moved.area_id, moved.title) == (desk.cast.county.grid(222).id, "井盖缺失")
    city = desk.cast.county.city.id
    below = held_by_community(desk)
    moved = cases.amend(desk.cast.community_clerk, case=below, seen=None, at=later(12), area_id=city)
    assert (moved.holder_level, moved.community_id) == ("city", None)


# Whistle.


def test_the_whistle_calls_units_in_and_counts_who_comes(desk: Desk) -> None:
    units = desk.cast.county.units
    case = cases.whistle(
        desk.cast.street_seat, case=desk.filed(), seen=None, at=later(5), note="请到现场", is_urgent=True,
        units=[units["cgj"].id, units["jiaojing"].id, units["zjj"].id], place="东门",
    )  # fmt: skip
    assert set(case.party_unit_ids) == {units["cgj"].id, units["jiaojing"].id, units["zjj"].id}
    with refused("whistled_already"):
        cases.whistle(desk.cast.street_seat, case=case, seen=None, at=later(6), note="再来", units=[units["cgj"].id])
    cases.report_in(desk.cast.handler, case=case, seen=None, at=later(20))
    cases.report_in(desk.cast.handler_next_door, case=case, seen=None, at=later(40))
    with pytest.raises(NotAllowed):
        cases.report_in(desk.cast.handler, case=case, seen=None, at=later(41))

    case = cases.consult(
        desk.cast.street_seat, case=case, seen=None, at=later(60), note="城管主办", plan="三日内清完",
        lead=desk.unit("cgj"), assists=[desk.unit("jiaojing")],
    )  # fmt: skip

    assert (case.stage, case.lead_unit_id) == ("dispatched", units["cgj"].id)
    calls = {call.unit_id: call for call in Call.objects.filter(whistle__case=case)}
    assert [calls[units[code].id].is_late for code in ("cgj", "jiaojing")] == [False, True]
    assert [calls[units[code].id].is_missing for code in ("cgj", "zjj")] == [False, True]
    assert not Clock.objects.filter(case=case, subject="call", stopped_at=None).exists()
    case = cases.rate(
        desk.cast.street_seat, case=case, seen=None, at=later(70), stars={units["cgj"].id: 5, units["zjj"].id: 1}
    )
    assert Call.objects.get(whistle__case=case, unit_id=units["zjj"].id).stars == 1


def test_a_case_that_is_handled_meanwhile_ends_its_whistle(desk: Desk) -> None:
    case = desk.handling()
    unit = desk.cast.county.units["jiaojing"].id
    case = cases.whistle(desk.cast.seat, case=case, seen=None, at=later(5), note="请到现场", units=[unit])
    case = cases.handle(desk.cast.handler, case=case, seen=None, at=later(9), note="好了")
    call = Call.objects.get(whistle__case=case)
    assert (call.is_missing, call.whistle.ended_at) == (True, later(9))


# Those who press, and those who speak.


def test_the_third_urging_goes_to_the_supervisor(desk: Desk) -> None:
    case = desk.handling()
    for count in (1, 2, 3):
        case = cases.urge(desk.cast.resident, case=case, at=later(10 + count))
        assert case.supervisions_open == (count == 3)
    assert Supervision.objects.get(case=case).by_id is None, "who urged is not told"


def test_a_leader_shortens_the_limit_and_is_answered(desk: Desk) -> None:
    case = cases.supervise(
        desk.cast.leader, case=desk.handling(), seen=None, at=later(5), note="今天办完", due_at=later(300)
    )
    assert (case.due_at, case.supervisions_open) == (later(300), 1)
    longer = cases.supervise(desk.cast.leader, case=case, seen=None, at=later(6), note="再说一遍", due_at=later(900))
    assert longer.due_at == later(300), "a limit is never lengthened this way"
    case = cases.answer_supervision(desk.cast.handler, case=longer, seen=None, at=later(7), note="下午办完")
    assert case.supervisions_open == 0
    assert set(Supervision.objects.filter(case=case).values_list("answer", flat=True)) == {"下午办完"}


def test_handing_over_changes_the_holder_and_lets_units_work_on(desk: Desk) -> None:
    case = cases.hand_over(
        desk.cast.leader, case=desk.handling(), seen=None, at=later(5), level="street", note="街道牵头"
    )
    assert (case.stage, case.holder_level, case.supervisions_open) == ("handling", "street", 1)
    assert cases.handle(desk.cast.handler, case=case, seen=None, at=later(6), note="好了").stage == "handled"


def test_words_that_look_personal_are_not_public_until_the_seat_has_read_them(desk: Desk) -> None:
    case = cases.progress(
        desk.cast.handler, case=desk.handling(), seen=None, at=later(5), note="业主电话 138 1234 5678", is_public=True
    )
    entry = Entry.objects.get(subject_id=case.pk, action="progress")
    assert (entry.public_note, entry.after["held"], case.needs_follow_up) == ("", True, True)


def test_an_unhappy_word_asks_for_a_follow_up(desk: Desk) -> None:
    case = cases.evaluate(desk.cast.resident, case=desk.closed(), at=later(9), stars=1, solved="not", note="没修好")
    assert (case.needs_follow_up, case.satisfaction) == (True, "not")
    changed = cases.evaluate(desk.cast.resident, case=case, at=later(10), stars=4, solved="solved")
    assert (changed.stars, case.feedback.count()) == (4, 2)
    with refused("too_late"):
        cases.evaluate(desk.cast.resident, case=case, at=NOW + timedelta(days=9), stars=5)


def test_a_resident_who_proves_number_and_phone_acts_as_the_reporter(desk: Desk) -> None:
    case = desk.reported(actor=Actor(), phone="13812345678")
    proved = Actor(kind="anonymous", case_ids=frozenset({case.pk}))
    case = cases.add(proved, case=case, at=later(5), note="路口东边")
    entry = Entry.objects.get(subject_id=case.pk, action="add")
    assert (case.additions, entry.actor_id, entry.actor_label) == (1, None, "居民")


def test_who_takes_a_call_is_not_who_reported(desk: Desk) -> None:
    case = desk.reported(actor=desk.cast.seat, channel="call", name="王阿姨", phone="13812345678")
    assert case.reporter_id is None
    with pytest.raises(NotAllowed):
        cases.withdraw(desk.cast.seat, case=case, at=later(1))


def test_staff_who_report_as_residents_show_no_post(desk: Desk) -> None:
    case = desk.reported(actor=desk.cast.handler)
    cases.urge(desk.cast.handler, case=case, at=later(1))
    told = Entry.objects.filter(subject_id=case.pk)
    assert {(entry.actor_label, entry.post_id) for entry in told} == {("居民", None)}


def test_a_stale_act_is_told_what_came_since(desk: Desk) -> None:
    case = desk.filed()
    seen = case.version
    cases.dispatch(desk.cast.seat, case=case, seen=seen, at=later(2), lead=desk.unit("cgj"))
    with pytest.raises(Stale) as told:
        cases.dispatch(desk.cast.seat, case=case, seen=seen, at=later(3), lead=desk.unit("jiaojing"))
    assert (told.value.version, told.value.changes) == (seen + 1, ["市网格中心 市级坐席：派遣"])


def test_a_changed_calendar_replans_open_clocks_and_no_ended_ones(desk: Desk) -> None:
    open_case, ended = desk.handling(), desk.closed()
    due = open_case.due_at
    before = set(Clock.objects.filter(case=ended).values_list("pk", "due_at"))
    calendar = WorkCalendar.objects.create(code="place", name="本地", is_default=True)
    _standard_season(calendar)
    CalendarDay.objects.create(
        calendar=calendar, day=date(2026, 11, 25), kind="holiday", name="停工", source="local", changed_at=NOW
    )
    versions.bump("worktime")

    assert ticking.replan_open_clocks(at=later(30)) is None

    open_case.refresh_from_db()
    assert due is not None
    assert open_case.due_at == due + timedelta(days=1)
    assert set(Clock.objects.filter(case=ended).values_list("pk", "due_at")) == before
    assert ticking.replan_open_clocks(at=later(31)) is None
    assert Entry.objects.filter(subject_id=open_case.pk, action="replan").count() == 1


def _standard_season(calendar: Any) -> None:
    WorkSeason.objects.create(
        calendar=calendar, position=0, name="全年", first_month=1, first_day=1, last_month=12, last_day=31,
        periods=[["08:00", "12:00"], ["14:00", "18:00"]],
    )  # fmt: skip


# What a profile may choose.


def test_where_nobody_accepts_the_system_does_with_its_own_entry(desk: Desk) -> None:
    configure(skipped=["dispatched"])
    case = desk.dispatched("paishui")
    assert (case.stage, case.handler_unit_ids) == (
        "handling",
        [desk.unit("cgj").unit_id, desk.unit("paishui").unit_id],
    )
    told = Entry.objects.get(subject_id=case.pk, action="accept")
    assert (told.source, told.target, told.actor_label) == ("dispatched", "handling", "系统")
    assert {clock.name for clock in Clock.objects.filter(case=case, subject="assignment")} == {"handle"}
    case = cases.handle(desk.cast.handler, case=case, seen=case.version, at=later(5), note="好了")
    assert cases.handle(desk.cast.assist_handler, case=case, seen=None, at=later(6), note="好了").stage == "handled"


def test_a_confidential_kind_hides_its_reporter_unasked(desk: Desk) -> None:
    configure(kinds={"dispute": {"confidential": True}})
    assert desk.reported(kind="dispute").is_confidential
    amended = cases.amend(desk.cast.seat, case=desk.reported(), seen=None, at=later(1), filing=Filing(kind="dispute"))
    assert amended.is_confidential


def test_a_kind_may_leave_out_contact_and_evaluation(desk: Desk) -> None:
    configure(kinds={"problem": {"off": ["contact", "evaluate"]}})
    case = desk.closed(phone="13812345678")
    assert not Clock.objects.filter(case=case, subject="contact").exists()
    with refused("not_invited"):
        cases.evaluate(desk.cast.resident, case=case, at=later(9), stars=5)


def test_a_place_without_streets_in_between_escalates_to_the_city(desk: Desk) -> None:
    configure(escalate_to={"community": "city"})
    case = held_by_community(desk)
    moved = cases.escalate(desk.cast.community_clerk, case=case, seen=None, at=later(4), note="办不了")
    assert moved.holder_level == "city"


def test_limits_may_be_the_kinds_own(desk: Desk) -> None:
    configure(kinds={"hazard": {"clocks": {"file": "5 minute"}}})
    assert desk.reported(kind="hazard").due_at == later(5)
    assert desk.reported(kind="demand").due_at == later(30)


def test_every_line_of_the_profile_is_read(desk: Desk) -> None:
    configure(appeal_days=30, extension_share=3.0, postpone_days=1, max_extensions=2, urgent_continuous=False)
    cases.appeal(desk.cast.resident, case=desk.at_stage("declined"), at=NOW + timedelta(days=20), note="就在小区里")
    more = Limit(15, Unit.WORK_DAY)
    cases.ask_extension(desk.cast.handler, case=desk.handling(), seen=None, at=later(5), more=more, note="材料没到")
    case, review = desk.handling(), NOW + timedelta(days=2)
    with pytest.raises(Invalid, match="1 天以内"):
        cases.ask_postponement(desk.cast.handler, case=case, seen=None, at=later(5), review_at=review, note="雨")
    night = NOW - timedelta(hours=7)
    assert desk.reported(severity="urgent", at=night).due_at == NOW - timedelta(minutes=30), "08:30, not 02:30"
