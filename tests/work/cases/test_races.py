"""Two at once, on real connections of their own (laws 5 and 6)."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Max

from casework import GRID_111, MINUTE, NOW, Desk
from lianxin.kernel.errors import Refused, Stale
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases import actions as cases
from lianxin.work.cases import ticking
from lianxin.work.cases.actions import Report
from lianxin.work.cases.models import Assignment, Case, Clock
from lianxin.work.cases.replay import mismatches
from racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("_round", range(3))
def test_of_two_dispatches_that_saw_the_same_version_one_wins(desk: Desk, _round: int) -> None:
    case = desk.filed()

    def send(unit: str) -> Callable[[], Any]:
        return lambda: cases.dispatch(
            desk.cast.seat, case=case, seen=case.version, at=NOW + 5 * MINUTE, lead=desk.unit(unit)
        )

    found = at_once(send("cgj"), send("jiaojing"))

    assert [type(each) for each in found if isinstance(each, Exception)] == [Stale]
    assert next(each for each in found if isinstance(each, Stale)).changes == ["市网格中心 市级坐席：派遣"]
    assert Assignment.objects.filter(case=case).count() == 1
    assert Clock.objects.filter(case=case, subject="stage", stopped_at=None).count() == 1
    assert list(mismatches()) == []


@pytest.mark.parametrize("_round", range(3))
def test_the_same_report_sent_twice_at_once_is_one_case(desk: Desk, _round: int) -> None:
    client_id, told = uuid4(), Report(text="路灯不亮", point=GRID_111)

    def send() -> Case:
        return cases.report(desk.cast.resident, client_id=client_id, report=told, at=NOW)

    found = at_once(send, send, send)

    assert len({case.pk for case in found}) == 1
    assert Case.objects.count() == 1
    assert Entry.objects.filter(subject_kind="case").count() == 1


def test_two_workers_let_a_clock_fall_overdue_once(desk: Desk) -> None:
    made = [desk.filed() for _count in range(5)]
    late = Clock.objects.aggregate(last=Max("due_at"))["last"] + MINUTE

    counts = at_once(*[lambda: ticking.mark_overdue(at=late)] * 3)

    assert sum(counts) == len(made)
    assert Entry.objects.filter(action="overdue").count() == len(made)
    assert list(mismatches()) == []


@pytest.mark.parametrize("_round", range(4))
def test_merging_each_into_the_other_at_once_refuses_one(desk: Desk, _round: int) -> None:
    one, other = desk.filed(), desk.filed()

    def merge(case: Case, into: Case) -> Callable[[], Any]:
        return lambda: cases.merge(desk.cast.seat, case=case, seen=None, at=NOW + 5 * MINUTE, into=into)

    found = at_once(merge(one, other), merge(other, one))

    refusals = [each for each in found if isinstance(each, Exception)]
    assert [type(each) for each in refusals] == [Refused]
    assert Case.objects.filter(stage="merged").count() == 1
    assert list(mismatches()) == []


def test_children_that_end_at_once_close_their_parent_once(desk: Desk) -> None:
    parent = desk.filed()
    children = cases.split(
        desk.cast.seat, case=parent, seen=parent.version, at=NOW + 5 * MINUTE,
        parts=[(title, desk.filing()) for title in ("东", "西", "南")],
    )  # fmt: skip

    def end(child: Case) -> Callable[[], Any]:
        return lambda: cases.void(
            desk.cast.supervisor, case=child, seen=None, at=NOW + 6 * MINUTE, reason="test", note="演练"
        )

    found = at_once(*[end(child) for child in children])

    assert not [each for each in found if isinstance(each, Exception)]
    parent.refresh_from_db()
    assert (parent.stage, parent.children_open) == ("closed", 0)
    assert Entry.objects.filter(subject_id=parent.pk, action="close").count() == 1
    assert list(mismatches()) == []


def test_urging_at_once_loses_no_count(desk: Desk) -> None:
    case = desk.handling()

    at_once(*[lambda: cases.urge(desk.cast.resident, case=case, at=NOW + 9 * MINUTE)] * 4)

    case.refresh_from_db()
    assert (case.urges, case.supervisions_open) == (4, 1)
    assert list(mismatches()) == []
