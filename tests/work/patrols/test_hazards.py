"""The ledger of hazards: nothing leaves it but by being struck off, by who may, with the photo it takes."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

import patrolling as ground
from cast import Cast
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.configuration import actions as configuration
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.files import actions as files
from lianxin.kernel.ids import uuid7
from lianxin.kernel.journal.models import Entry
from lianxin.operations.demo.pictures import draw
from lianxin.work.cases.models import Case
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.actions import Care, HazardIn, Look
from lianxin.work.patrols.listeners import look_again
from lianxin.work.patrols.models import FollowUp, Hazard, Point
from lianxin.work.patrols.words import IN_LEDGER, HazardState
from patrolling import DAY, clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def point(cast: Cast) -> Point:
    return ground.make_points(cast.community_clerk, cast.county, 1)[0]


@pytest.fixture
def hazard(cast: Cast, point: Point) -> Hazard:
    return noted(cast.grid_worker, point)


def noted(actor: Actor, point: Point, *, key: UUID | None = None) -> Hazard:
    given = HazardIn("消防通道停了车", "fire", point=point.key)
    return patrols.note(actor, key=key or uuid7(), given=given, at=clock(9))


def shot(actor: Actor) -> UUID:
    from random import Random

    return files.store(draw(Random(1), "整改后"), kind="photo", by_id=actor.account_id, at=clock(9)).key


def test_the_same_finding_again_is_the_same_hazard(cast: Cast, point: Point) -> None:
    key = uuid7()
    first, again = noted(cast.grid_worker, point, key=key), noted(cast.grid_worker, point, key=key)
    assert (first.pk, Hazard.objects.count()) == (again.pk, 1)
    assert first.due_date.isoformat() == "2026-12-08"


def test_no_words_about_people(cast: Cast, point: Point) -> None:
    given = HazardIn("13812345678 的车堵了通道", "fire", point=point.key)
    with pytest.raises(Invalid, match="只记事和物"):
        patrols.note(cast.grid_worker, key=uuid7(), given=given, at=clock(9))


def test_nothing_leaves_the_ledger_but_by_settling(cast: Cast, hazard: Hazard) -> None:
    worker, clerk = cast.grid_worker, cast.community_clerk
    patrols.assign(clerk, key=hazard.key, care=Care("major", DAY, cast.county.units["wuye"].id), at=clock(9))
    for found in ("still", "better", "gone", "still", "gone"):
        patrols.follow(worker, key=uuid7(), hazard_key=hazard.key, look=Look(found), at=clock(10))
    patrols.confirm(clerk, key=hazard.key, at=clock(10))
    patrols.remind(at=clock(10))
    hazard.refresh_from_db()
    assert hazard.state == HazardState.RECHECK
    assert hazard.state in IN_LEDGER

    patrols.settle(clerk, key=hazard.key, words="看过，没有了", at=clock(11))
    hazard.refresh_from_db()
    assert (hazard.state, hazard.settled_by_id) == (HazardState.SETTLED, clerk.account_id)
    late: tuple[Callable[[], object], ...] = (
        lambda: patrols.follow(worker, key=uuid7(), hazard_key=hazard.key, look=Look("still"), at=clock(12)),
        lambda: patrols.settle(clerk, key=hazard.key, words="再销", at=clock(12)),
        lambda: patrols.assign(clerk, key=hazard.key, care=Care("general", DAY), at=clock(12)),
    )
    for act in late:
        with pytest.raises(Refused, match="已经销号"):
            act()
    left = Entry.objects.filter(subject_kind="hazard", target__in=["settled", "dismissed"])
    assert [entry.action for entry in left] == ["settle"]


def test_the_database_keeps_the_law_too(hazard: Hazard) -> None:
    with pytest.raises(IntegrityError, match="hazard_settled_when_gone"), transaction.atomic():
        Hazard.objects.filter(pk=hazard.pk).update(state="settled")


def test_the_finder_strikes_off_with_a_photo_where_the_place_lets_them(cast: Cast, hazard: Hazard) -> None:
    worker = cast.grid_worker
    with pytest.raises(Refused, match="缺一张整改后的照片"):
        patrols.follow(worker, key=uuid7(), hazard_key=hazard.key, look=Look("gone", settles=True), at=clock(10))
    assert FollowUp.objects.count() == 0  # all or nothing

    configuration.put("patrols", {"finder_settles": False}, at=clock(10))
    look = Look("gone", settles=True, files=(shot(worker),))
    with pytest.raises(NotAllowed):
        patrols.follow(worker, key=uuid7(), hazard_key=hazard.key, look=look, at=clock(10))

    configuration.put("patrols", {"finder_settles": True}, at=clock(10))
    key = uuid7()
    for _time in range(2):
        patrols.follow(worker, key=key, hazard_key=hazard.key, look=look, at=clock(10))
    hazard.refresh_from_db()
    assert (hazard.state, FollowUp.objects.count()) == (HazardState.SETTLED, 1)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("grid_worker_next_door", NotFound), ("resident", NotFound), ("handler", NotFound), ("leader", NotAllowed),
     ("seat", NotAllowed)],
)  # fmt: skip
def test_who_may_not_strike_off(cast: Cast, hazard: Hazard, who: str, refusal: type[LianxinError]) -> None:
    with pytest.raises(refusal):
        patrols.settle(getattr(cast, who), key=hazard.key, words="没有了", at=clock(10))


def test_two_who_saw_the_same_version(cast: Cast, hazard: Hazard) -> None:
    patrols.follow(cast.grid_worker, key=uuid7(), hazard_key=hazard.key, look=Look("still"), at=clock(10))
    with pytest.raises(Stale):
        patrols.settle(cast.community_clerk, key=hazard.key, words="没有了", seen=hazard.version, at=clock(11))


def test_what_residents_find_waits_for_a_look(cast: Cast, point: Point) -> None:
    with pytest.raises(NotAllowed):
        noted(cast.resident, point)
    team = patrols.add_team(
        cast.community_clerk, key=uuid7(), name="红袖章", area_id=cast.county.community(11).id, at=clock(0)
    )
    patrols.join(cast.resident, code=team.code.lower(), at=clock(1))
    row = noted(cast.resident, point)
    assert (row.state, row.found_by_label) == (HazardState.REPORTED, "居民巡逻队")
    with pytest.raises(Refused, match="还没有人核实"):
        patrols.settle(cast.community_clerk, key=row.key, words="没有了", at=clock(10))
    with pytest.raises(NotAllowed):
        patrols.dismiss(cast.grid_worker, key=row.key, words="看错了", at=clock(10))

    patrols.dismiss(cast.community_clerk, key=row.key, words="是临时装卸，已开走", at=clock(10))
    row.refresh_from_db()
    assert row.state == HazardState.DISMISSED


def test_a_closed_case_is_not_believed_until_somebody_looked(cast: Cast, hazard: Hazard) -> None:
    key = uuid7()
    for _time in range(2):
        if Hazard.objects.get(pk=hazard.pk).case_id is None:
            patrols.hand_over(cast.grid_worker, key=key, hazard_key=hazard.key, at=clock(10))
    hazard.refresh_from_db()
    assert hazard.case_id is not None
    case = Case.objects.get(pk=hazard.case_id)
    assert (case.kind, case.point) == ("hazard", hazard.place)
    with pytest.raises(Refused, match="还在办"):
        patrols.hand_over(cast.grid_worker, key=uuid7(), hazard_key=hazard.key, at=clock(11))

    entry = Entry(id=1, at=clock(12), subject_kind="case", subject_id=case.pk, action="close", version=9)
    look_again(entry)
    look_again(entry)
    hazard.refresh_from_db()
    assert hazard.state == HazardState.RECHECK
    assert Entry.objects.filter(subject_kind="hazard", action="recheck").count() == 1


def test_who_walks_through_the_next_grid_speaks_of_what_is_there(cast: Cast) -> None:
    clerk = cast.community_clerk
    across = [*ground.make_points(clerk, cast.county, 1), *ground.make_points(clerk, cast.county, 1, grid=112)]
    row = ground.round_of(ground.make_plan(clerk, ground.make_route(clerk, across)))
    given = HazardIn("井盖松动", "road", point=across[1].key, round=row.key)

    assert patrols.note(cast.grid_worker, key=uuid7(), given=given, at=clock(9)).source == "patrol"
    with pytest.raises(NotAllowed):
        noted(cast.grid_worker, across[1])
