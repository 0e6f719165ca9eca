"""Who looks after which place: kept apart by post, without anybody's data, and following a re-division."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework import NOW
from cast import Cast
from factories import SIDE, square
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.redivision import Successor
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.places.rehoming import ended_areas
from lianxin.work.liaison import actions as liaison
from lianxin.work.liaison import lasting, queries, rehoming
from lianxin.work.liaison.models import Question, Tie, Visit

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = NOW.date()


def bound(cast: Cast, code: str = "community", number: int = 11, **more: Any) -> Tie:
    """Let the leader look after a community or a grid."""
    area = getattr(cast.county, code)(number)
    told: dict[str, Any] = {"key": uuid4(), "account_id": cast.leader.account_id, "area": area, "at": NOW}
    return liaison.bind(cast.seat, **told | more)


def test_only_the_office_binds_and_only_the_leader_or_the_office_notes(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        liaison.bind(
            cast.leader, key=uuid4(), account_id=cast.leader.account_id or 0, area=cast.county.community(11), at=NOW
        )
    with pytest.raises(Invalid):  # a handler is no leader
        bound(cast, account_id=cast.handler.account_id)
    tie = bound(cast)
    with pytest.raises(Refused):
        bound(cast)

    liaison.make_visit(cast.leader, tie=tie, key=uuid4(), on=TODAY, notes="看了两处楼道", at=NOW)
    with pytest.raises(NotFound):  # who may not look does not learn of it
        liaison.make_visit(cast.handler, tie=tie, key=uuid4(), on=TODAY, notes="看了两处楼道", at=NOW)
    with pytest.raises(NotAllowed):
        liaison.end(cast.leader, tie=tie, reason="忙", at=NOW)
    liaison.end(cast.seat, tie=tie, reason="领导调整", at=NOW)
    with pytest.raises(Refused):
        liaison.make_visit(cast.leader, tie=tie, key=uuid4(), on=TODAY, notes="又去了", at=NOW)


def test_visits_name_nobody_and_what_was_asked_waits_for_an_answer(cast: Cast) -> None:
    tie, key = bound(cast), uuid4()
    with pytest.raises(Invalid):
        liaison.make_visit(cast.leader, tie=tie, key=uuid4(), on=TODAY, notes="李家电话 13812345678", at=NOW)
    planned = liaison.plan_visit(cast.leader, tie=tie, key=uuid4(), on=TODAY + DAY, at=NOW, purpose="看充电桩")
    assert [lasting.remind(at=NOW) for _twice in range(2)] == [1, 0]
    assert Message.objects.filter(kind="liaison.visit", recipient_id=cast.leader.account_id).count() == 1

    for _twice in range(2):
        liaison.make_visit(
            cast.leader, tie=tie, key=key, on=TODAY, notes="充电桩装好了", at=NOW, questions=["电梯补助怎么申请？"],
        )  # fmt: skip
    done = liaison.make_visit(
        cast.leader, tie=tie, key=uuid4(), on=TODAY + DAY, notes="按约去了", at=NOW + DAY, planned=planned
    )

    assert done.pk == planned.pk
    assert Visit.objects.filter(tie=tie, state="made").count() == 2
    question = Question.objects.get(tie=tie)
    place = queries.places(cast.leader, [tie], at=NOW)[0]
    assert (place.questions, place.last_visit) == (1, TODAY + DAY)
    liaison.answer(cast.leader, question=question, words="下月起申请，材料见社区橱窗。", at=NOW)
    assert queries.places(cast.leader, [tie], at=NOW)[0].questions == 0
    entries = Entry.objects.filter(subject_kind="liaison", subject_id=tie.pk)
    assert not any("充电桩" in f"{entry.note}{entry.after}" for entry in entries)


def test_gaps_are_what_nobody_looks_after(cast: Cast) -> None:
    bound(cast)  # 东苑社区 as a whole
    bound(cast, "grid", 121)  # one of two grids of 北门社区

    names = [gap.name for gap in _gaps(cast)]
    assert not any("东苑社区" in name for name in names)
    assert [name for name in names if "北门社区" in name] == [f"{cast.county.street(1).name} 北门社区 第二网格"]
    assert {"南演社区", "西郊社区"} <= {name.split()[-1] for name in names}


def _gaps(cast: Cast) -> list[queries.Gap]:
    return queries.gaps(cast.seat, at=NOW)


def test_ties_follow_their_grids_through_a_redivision(cast: Cast) -> None:
    first, second = bound(cast, "grid", 111), bound(cast, "grid", 112)
    old = [Area.objects.get(pk=cast.county.grid(number).id) for number in (111, 112)]
    whole = Successor("34088100100109", "大网格", square(117.0, 31.0, 117.0 + 2 * SIDE, 31.0 + SIDE), 480)
    midnight = datetime(2026, 11, 24, tzinfo=ZONE)
    areas.plan_redivision(
        SYSTEM, kind="merge", old=old, successors=[whole], effective_at=midnight, reason="合并", at=NOW
    )
    areas.apply_due_redivisions(SYSTEM, at=midnight)
    ended = ended_areas(at=midnight)

    assert rehoming.waiting(ended) == 2
    while rehoming.rehome(at=midnight, ended_area_ids=ended):
        pass

    assert rehoming.waiting(ended) == 0
    standing = Tie.objects.now()
    assert standing.count() == 1  # of one leader's two that came together one goes on
    assert standing.get().name.endswith("大网格")
    gone = Tie.objects.get(pk={first.pk, second.pk}.difference(standing.values_list("pk", flat=True)).pop())
    assert gone.end_reason
    assert not [gap for gap in queries.gaps(cast.seat, at=midnight) if "东苑社区" in gap.name]
