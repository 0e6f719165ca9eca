"""Stories that people tell of: returned thrice, one late assist, Spring Festival, two in the morning, new borders."""

from datetime import UTC, datetime, timedelta

import pytest

import factories
from casework import GRID_111, MINUTE, NOW, Desk
from factories import SIDE, square
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import node
from lianxin.foundation.areas.redivision import Successor
from lianxin.kernel.errors import Refused
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases import actions as cases
from lianxin.work.cases import ticking
from lianxin.work.cases.models import Assignment, Case, Clock
from lianxin.work.cases.replay import mismatches


def stage_clock(case: Case) -> Clock:
    """Return the one that runs."""
    return Clock.objects.get(case=case, subject="stage", stopped_at=None)


def local(*when: int) -> datetime:
    """Return an instant by the place's wall clock."""
    return datetime(*when, tzinfo=ZONE)  # type: ignore[arg-type, misc]


def test_a_case_returned_thrice_goes_to_the_supervisor_whose_unit_cannot_return_it(desk: Desk) -> None:
    case = desk.dispatched()
    who = [desk.cast.handler, desk.cast.handler_next_door, desk.cast.handler]
    for count, (handler, following) in enumerate(zip(who, ["jiaojing", "cgj", ""], strict=True), start=1):
        at = NOW + count * 10 * MINUTE
        case = cases.give_back(handler, case=case, seen=case.version, at=at, reason="not_ours", note="不归我们管")
        assert (case.stage, case.returns, case.lead_unit_id) == ("filed", count, None)
        if following:
            case = cases.dispatch(desk.cast.seat, case=case, seen=case.version, at=at, lead=desk.unit(following))

    with pytest.raises(Refused) as told:
        cases.dispatch(desk.cast.seat, case=case, seen=case.version, at=NOW + 40 * MINUTE, lead=desk.unit("cgj"))
    assert told.value.rule == "needs_ruling"

    ruled = cases.rule(
        desk.cast.supervisor,
        case=case,
        seen=case.version,
        at=NOW + 41 * MINUTE,
        lead=desk.unit("jiaojing"),
        note="交警主办",
    )
    assert (ruled.stage, ruled.is_ruled) == ("dispatched", True)
    with pytest.raises(Refused) as told:
        cases.give_back(
            desk.cast.handler_next_door,
            case=ruled,
            seen=ruled.version,
            at=NOW + 42 * MINUTE,
            reason="not_ours",
            note="还是不归我们",
        )
    assert told.value.rule == "ruled"
    done = cases.accept(desk.cast.handler_next_door, case=ruled, seen=ruled.version, at=NOW + 43 * MINUTE)
    assert done.stage == "handling"
    assert list(mismatches()) == []


def test_a_joint_case_waits_for_its_late_assist(desk: Desk) -> None:
    case = desk.handling("paishui")
    case = cases.accept(desk.cast.assist_handler, case=case, seen=case.version, at=NOW + 5 * MINUTE)
    case = cases.handle(desk.cast.handler, case=case, seen=case.version, at=NOW + 10 * MINUTE, note="路面已清")
    assert case.stage == "handling", "the lead is done, the assist is not"

    late = NOW + timedelta(days=10)
    assert ticking.mark_overdue(at=late) == 2

    case.refresh_from_db()
    clock = Clock.objects.get(case=case, subject="assignment", stopped_at=None)
    assist = Assignment.objects.get(pk=clock.subject_id or 0)
    assert (assist.part, clock.overdue_at, case.is_overdue) == ("assist", late, True)
    case = cases.handle(desk.cast.assist_handler, case=case, seen=case.version, at=late + MINUTE, note="管道疏通了")
    assert (case.stage, case.is_overdue) == ("handled", False)
    lead_clock = Clock.objects.get(case=case, subject="assignment", name="handle", overdue_at=None)
    assert Assignment.objects.get(pk=lead_clock.subject_id or 0).part == "lead", "the lead was in time"
    overdue = Entry.objects.filter(subject_id=case.pk, action="overdue")
    assert sorted(entry.after["subject"] for entry in overdue) == ["assignment", "stage"]
    assert list(mismatches()) == []


def test_a_clock_across_spring_festival_counts_the_make_up_saturday_and_no_holiday(desk: Desk) -> None:
    case = desk.dispatched(at=local(2026, 2, 13, 8, 30))

    case = cases.accept(desk.cast.handler, case=case, seen=case.version, at=local(2026, 2, 13, 9))

    # 7 hours on Friday, 8 on the make-up Saturday, nine days off, 8 each from Tuesday 24 to Thursday 26, one hour left.
    assert stage_clock(case).due_at == local(2026, 2, 27, 9)
    assert case.due_at == local(2026, 2, 27, 9)


def test_an_urgent_report_at_two_in_the_morning_is_not_left_until_eight(desk: Desk) -> None:
    night = local(2026, 11, 23, 2)
    urgent, normal = desk.reported(at=night, severity="urgent"), desk.reported(at=night, severity="normal")

    assert urgent.due_at == night + timedelta(minutes=30)
    assert normal.due_at == local(2026, 11, 23, 8, 30)

    assert ticking.mark_overdue(at=night + timedelta(minutes=31)) == 1
    urgent.refresh_from_db()
    assert urgent.is_overdue
    filing = desk.filing("020301", severity="urgent")
    filed = cases.file(
        desk.cast.seat, case=urgent, seen=urgent.version, at=night + timedelta(minutes=32), filing=filing
    )
    sent = cases.dispatch(
        desk.cast.seat, case=filed, seen=filed.version, at=night + timedelta(minutes=33), lead=desk.unit("jiaojing")
    )
    assert sent.due_at == night + timedelta(minutes=33, hours=2), "two hours to accept, by night too"
    taken = cases.accept(desk.cast.handler_next_door, case=sent, seen=sent.version, at=night + timedelta(minutes=40))
    assert taken.due_at == night + timedelta(minutes=40, hours=2), "the urgent row of the standard"


def test_a_redivision_at_midnight_takes_open_cases_along_and_leaves_history(desk: Desk) -> None:
    county = desk.cast.county
    west, east = Point(117.002, 31.01), Point(117.018, 31.01)
    in_west, in_east = desk.handling(point=west), desk.filed(point=east)
    ended = desk.closed(point=east)
    grid = county.grid(111)
    no_point = desk.reported(point=None, area_id=grid.id)
    asked = cases.check(desk.cast.seat, case=no_point, seen=no_point.version, at=NOW + MINUTE)
    midnight = local(2026, 11, 24, 0)
    half = 117.0 + SIDE / 2
    areas.plan_redivision(
        SYSTEM, kind="split", old=[Area.objects.get(pk=grid.id)], effective_at=midnight, reason="户数太多", at=NOW,
        successors=[
            Successor(grid.code, "第一网格", square(117.0, 31.0, half, 31.0 + SIDE), 310),
            Successor(f"{grid.code[:-2]}09", "第九网格", square(half, 31.0, 117.0 + SIDE, 31.0 + SIDE), 320),
        ],
    )  # fmt: skip
    assert ticking.rehome(at=midnight - MINUTE, ended_area_ids=frozenset()) == 0

    areas.apply_due_redivisions(SYSTEM, at=midnight)
    moved = ticking.rehome(at=midnight, ended_area_ids=frozenset({grid.id}))

    assert moved == 3
    assert ticking.rehome(at=midnight, ended_area_ids=frozenset({grid.id})) == 0
    now = {case.pk: Case.objects.get(pk=case.pk) for case in (in_west, in_east, ended, no_point)}
    names = {pk: found.name for pk, case in now.items() if (found := node(case.area_now_id or 0))}
    assert names == {in_west.pk: "第一网格", in_east.pk: "第九网格", ended.pk: "第一网格", no_point.pk: "第一网格"}
    assert now[ended.pk].grid_id == grid.id, "what has ended stays where it was"
    assert {case.area_id for case in now.values()} == {grid.id}, "as reported, for statistics"
    assert now[in_west.pk].grid_id not in {None, grid.id}
    assert now[in_west.pk].community_id == county.community(11).id
    task = asked.field_tasks.get()
    assert task.grid_id == now[no_point.pk].grid_id
    moves = Entry.objects.filter(action="rehome", subject_id=in_east.pk)
    assert [entry.before["grid_id"] for entry in moves] == [grid.id]
    assert list(mismatches()) == []
    new_worker = factories.make_staff("xinge", "辛格", "grid_worker", area=node(now[in_east.pk].grid_id or 0))
    assert set(Case.objects.visible_to(new_worker).open().values_list("pk", flat=True)) == {in_east.pk}
    # A case reported a minute later lies in the new grid from the start.
    later = desk.reported(point=east, at=midnight + MINUTE)
    assert later.grid_id == now[in_east.pk].grid_id


def test_a_report_goes_by_the_borders_of_its_own_time(desk: Desk) -> None:
    assert desk.reported(point=GRID_111, at=datetime(2026, 6, 1, tzinfo=UTC)).grid_id == desk.cast.county.grid(111).id
