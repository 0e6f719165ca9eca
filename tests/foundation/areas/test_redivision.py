"""Borders change on their day, history stays, and everything that lay there follows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from cast import Cast
from factories import SIDE, County, account_of, give_post, make_account, post_of, square
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts import queries as account_queries
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Account, DutyShift, Post
from lianxin.foundation.areas import actions, following, queries
from lianxin.foundation.areas.models import Area, Redivision
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.areas.redivision import Successor
from lianxin.foundation.organizations import actions as units
from lianxin.foundation.organizations import queries as organizations
from lianxin.foundation.organizations.actions import DutyRow
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, Refused, Stale
from lianxin.kernel.journal.listening import consumers, follow
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.journal.relay import relay_batch

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 30, 16, tzinfo=UTC)
LON, LAT = 117.0, 31.0


def halves(code: str = "34088100100101", second: str = "34088100100109") -> list[Successor]:
    """Return the two halves of grid 111, west and east."""
    return [
        Successor(code, "第一网格", square(LON, LAT, LON + SIDE / 2, LAT + SIDE), 210),
        Successor(second, "第九网格", square(LON + SIDE / 2, LAT, LON + SIDE, LAT + SIDE), 190),
    ]


def area(node: AreaNode) -> Area:
    """Return the row of a node."""
    return Area.objects.get(pk=node.id)


def plan(county: County, actor: Any = SYSTEM, **changes: Any) -> Redivision:
    """Plan to split grid 111 at midnight."""
    wanted: dict[str, Any] = {
        "kind": "split", "old": [area(county.grid(111))], "successors": halves(), "effective_at": MIDNIGHT,
        "reason": "桐政办〔2026〕31号", "at": NOW,
    }  # fmt: skip
    return actions.plan_redivision(actor, **wanted | changes)


def apply(at: datetime = MIDNIGHT) -> None:
    """Let the day come, and let the rooms above hear of it."""
    actions.apply_due_redivisions(SYSTEM, at=at)
    relay_batch()
    for name in ("organizations", "accounts"):
        while follow(consumers[name], at=at):
            pass


def code_at(lon: float, lat: float, at: datetime) -> str:
    """Return the code of the grid that held a point."""
    found = queries.locate(lon, lat, at)
    assert found is not None
    return found.code


def test_a_split_takes_effect_on_its_day_and_not_before(county: County) -> None:
    plan(county)
    actions.apply_due_redivisions(SYSTEM, at=MIDNIGHT - timedelta(seconds=1))
    assert code_at(LON + SIDE * 0.7, LAT + SIDE / 2, MIDNIGHT) == "34088100100101"

    apply()

    assert code_at(LON + SIDE * 0.7, LAT + SIDE / 2, MIDNIGHT) == "34088100100109"
    assert code_at(LON + SIDE * 0.3, LAT + SIDE / 2, MIDNIGHT) == "34088100100101"


def test_the_past_keeps_its_areas(county: County) -> None:
    plan(county)
    apply()

    before = queries.locate(LON + SIDE * 0.7, LAT + SIDE / 2, MIDNIGHT - timedelta(seconds=1))
    after = queries.locate(LON + SIDE * 0.3, LAT + SIDE / 2, MIDNIGHT)
    assert before is not None
    assert after is not None
    assert before.id == county.grid(111).id
    assert after.id != before.id  # the same code, but another area
    assert after.code == before.code
    ended = queries.node(before.id)
    assert ended is not None
    assert ended.valid_to == MIDNIGHT
    assert [queries.node(pk).code for pk in queries.successors(before.id)] == ["34088100100101", "34088100100109"]  # type: ignore[union-attr]


def test_a_merge_makes_one_of_many(county: County) -> None:
    whole = Successor("34088100100103", "合并网格", square(LON, LAT, LON + 2 * SIDE, LAT + SIDE), 800)
    plan(county, kind="merge", old=[area(county.grid(111)), area(county.grid(112))], successors=[whole])
    apply()

    assert code_at(LON + SIDE * 1.5, LAT + SIDE / 2, MIDNIGHT) == "34088100100103"
    assert [child.code for child in queries.children(county.community(11).id, MIDNIGHT)] == ["34088100100103"]


def test_neighbours_may_redraw_their_border(county: County) -> None:
    west = Successor("34088100100101", "第一网格", square(LON, LAT, LON + SIDE * 1.3, LAT + SIDE), 500)
    east = Successor("34088100100102", "第二网格", square(LON + SIDE * 1.3, LAT, LON + 2 * SIDE, LAT + SIDE), 300)
    plan(county, kind="redraw", old=[area(county.grid(111)), area(county.grid(112))], successors=[west, east])
    apply()

    assert code_at(LON + SIDE * 1.2, LAT + SIDE / 2, MIDNIGHT) == "34088100100101"
    # Each goes on as the one with its own code first.
    assert [queries.node(pk).code for pk in queries.successors(county.grid(112).id)] == [  # type: ignore[union-attr]
        "34088100100102",
        "34088100100101",
    ]


def test_grids_follow_when_their_community_is_divided(county: County) -> None:
    west = Successor("340881001001", "东苑社区", square(LON, LAT, LON + SIDE, LAT + SIDE), 400)
    east = Successor("340881001009", "东岭社区", square(LON + SIDE, LAT, LON + 2 * SIDE, LAT + SIDE), 400)
    plan(county, old=[area(county.community(11))], successors=[west, east])
    apply()

    moved = queries.locate(LON + SIDE * 1.5, LAT + SIDE / 2, MIDNIGHT)
    assert moved is not None
    assert moved.code == county.grid(112).code
    assert moved.breadcrumb[2] == "东岭社区"
    assert moved.community_id == queries.atlas(MIDNIGHT).by_code["340881001009"].id
    told = Entry.objects.filter(subject_kind="area", action="redivide").values_list("subject_id", flat=True)
    assert set(told) == {county.community(11).id, county.grid(111).id, county.grid(112).id}


GAP = [halves()[0]]
OVERLAP = [halves()[0], Successor("9", "重叠", square(LON, LAT, LON + SIDE, LAT + SIDE))]
OUTSIDE = [halves()[0], Successor("9", "越界", square(LON + SIDE / 2, LAT, LON + SIDE * 1.5, LAT + SIDE))]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"successors": GAP, "kind": "redraw"}, "area_gap"),
        ({"successors": OVERLAP}, "area_overlap"),
        ({"successors": OUTSIDE}, "area_outside"),
        ({"successors": halves(second="34088100100102")}, "area_code_taken"),
        ({"successors": halves(second="34088100100101")}, "invalid"),
        ({"successors": GAP}, "invalid"),
        ({"reason": " "}, "invalid"),
        ({"kind": "shuffle"}, "invalid"),
        ({"effective_at": NOW - timedelta(seconds=1)}, "invalid"),
        ({"successors": [*halves()[:1], Successor("9", "线", {"type": "LineString", "coordinates": []})]}, "invalid"),
        (
            {"successors": [*halves()[:1], Successor("9", "坏", {"type": "Polygon", "coordinates": [[["a"]]]})]},
            "invalid",
        ),
    ],
)
def test_plans_that_do_not_hold_are_refused_and_leave_nothing(county: County, changes: Any, code: str) -> None:
    with pytest.raises(LianxinError) as told:
        plan(county, **changes)

    assert told.value.code == code
    assert not Redivision.objects.exists()


def test_a_child_torn_apart_is_refused(county: County) -> None:
    line = LON + SIDE * 0.6
    west = Successor("340881001001", "东苑社区", square(LON, LAT, line, LAT + SIDE))
    east = Successor("340881001009", "东岭社区", square(line, LAT, LON + 2 * SIDE, LAT + SIDE))

    with pytest.raises(Refused, match="第一网格"):
        plan(county, old=[area(county.community(11))], successors=[west, east])


def test_an_area_is_in_one_plan_at_a_time_until_it_is_called_off(county: County) -> None:
    first = plan(county)
    with pytest.raises(Refused) as told:
        plan(county)
    assert told.value.rule == "area_in_plan"

    actions.cancel_redivision(SYSTEM, redivision=first, reason="批复撤回", at=NOW)
    with pytest.raises(Refused):
        actions.cancel_redivision(SYSTEM, redivision=first, reason="再撤一次", at=NOW)
    plan(county)
    apply()
    assert Redivision.objects.filter(applied_at=None, cancelled_at=None).count() == 0


def test_odd_household_counts_are_remarked_not_refused(county: County) -> None:
    remarks = plan(county).plan["remarks"]

    assert remarks == ["“第一网格”有 210 户，不在 300 至 500 户之间。", "“第九网格”有 190 户，不在 300 至 500 户之间。"]


@pytest.mark.parametrize(("who", "may"), [("admin", True), ("grid_worker", False), ("seat", False)])
def test_only_who_manages_areas_plans(cast: Cast, who: str, may: bool) -> None:
    if may:
        assert plan(cast.county, getattr(cast, who)).pk
    else:
        with pytest.raises(NotAllowed):
            plan(cast.county, getattr(cast, who))


def test_posts_and_shifts_follow_so_that_nobodys_ground_is_empty(cast: Cast) -> None:
    post = post_of(cast.grid_worker)
    accounts.add_shift(
        cast.admin, post=post, starts_at=MIDNIGHT - timedelta(hours=2), ends_at=MIDNIGHT + timedelta(hours=6), at=NOW
    )
    plan(cast.county)
    apply()

    new = [queries.atlas(MIDNIGHT).by_code[code] for code in ("34088100100101", "34088100100109")]
    worker = account_queries.actor_of(cast.grid_worker.account_id or 0, at=MIDNIGHT)
    assert worker is not None
    assert all(worker.may("cases.check", node) for node in new)
    assert not worker.may("cases.check", cast.county.grid(111))
    for node in new:
        assert account_queries.on_duty(at=MIDNIGHT, place=node) == [worker.account_id]
    assert DutyShift.objects.get(post=post).ends_at == MIDNIGHT
    held = Q(valid_to=None) | Q(valid_to__gt=MIDNIGHT)
    assert Post.objects.filter(held, account=account_of(worker)).count() == 2


def test_units_and_the_list_follow(county: County) -> None:
    units.add_responsibility(SYSTEM, row=DutyRow("9", "05", "grid", area=county.grid(111).code, lead="wuye"), at=NOW)
    plan(county)
    apply()

    for code in ("34088100100101", "34088100100109"):
        ruling = organizations.responsible("0501", queries.atlas(MIDNIGHT).by_code[code], "grid", at=MIDNIGHT)
        assert ruling is not None
        assert ruling.lead_unit.code == "wuye"


def test_hearing_of_it_twice_changes_nothing(cast: Cast) -> None:
    plan(cast.county)
    apply()
    count = Post.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE feed_cursor SET number = 0 WHERE consumer = 'accounts'")
    while follow(consumers["accounts"], at=MIDNIGHT):
        pass

    assert Post.objects.count() == count


def test_a_post_given_for_later_begins_later_in_the_successors(cast: Cast) -> None:
    later = MIDNIGHT + timedelta(days=3)
    account = make_account("houlai")
    give_post(account, "grid_worker", area=cast.county.grid(111), at=later)
    plan(cast.county)
    apply()

    node = queries.atlas(MIDNIGHT).by_code["34088100100109"]
    assert account.pk not in account_queries.holders("cases.check", at=MIDNIGHT, place=node)
    assert account.pk in account_queries.holders("cases.check", at=later, place=node)
    assert Account.objects.filter(pk=account.pk, posts__area_id=node.id).exists()


def test_borders_are_loaded_again_only_where_the_number_differs(county: County, django_assert_num_queries) -> None:
    numbers = {"areas": 1}
    queries.atlas(NOW, numbers)
    with django_assert_num_queries(0):
        queries.locate(LON + 0.01, LAT + 0.01, NOW, numbers)


def test_bad_requests_name_their_field(county: County) -> None:
    with pytest.raises(Invalid) as told:
        plan(county, reason="", effective_at=NOW - timedelta(days=1))
    assert set(told.value.fields) == {"reason", "effective_at"}


def test_a_plan_for_a_grid_survives_the_division_of_its_community(county: County) -> None:
    west = Successor("340881001001", "东苑社区", square(LON, LAT, LON + SIDE, LAT + SIDE), 400)
    east = Successor("340881001009", "东岭社区", square(LON + SIDE, LAT, LON + 2 * SIDE, LAT + SIDE), 400)
    plan(county, effective_at=MIDNIGHT + timedelta(days=1))
    plan(county, old=[area(county.community(11))], successors=[west, east])
    apply()
    apply(MIDNIGHT + timedelta(days=1))

    assert code_at(LON + SIDE * 0.7, LAT + SIDE / 2, MIDNIGHT) == "34088100100101"
    assert code_at(LON + SIDE * 0.7, LAT + SIDE / 2, MIDNIGHT + timedelta(days=1)) == "34088100100109"


def test_who_held_both_grids_holds_the_merged_one_once(cast: Cast) -> None:
    worker = account_of(cast.grid_worker)
    give_post(worker, "grid_worker", area=cast.county.grid(112))
    whole = Successor("34088100100103", "合并网格", square(LON, LAT, LON + 2 * SIDE, LAT + SIDE), 800)
    plan(cast.county, kind="merge", old=[area(cast.county.grid(111)), area(cast.county.grid(112))], successors=[whole])
    apply()

    node = queries.atlas(MIDNIGHT).by_code["34088100100103"]
    assert Post.objects.filter(account=worker, area_id=node.id).count() == 1
    assert worker.pk in account_queries.holders("cases.check", at=MIDNIGHT, place=node)


def test_what_another_changed_meanwhile_is_not_planned_over(county: County) -> None:
    grid = area(county.grid(111))
    with pytest.raises(Stale, match="刚被别人改过"):
        plan(county, seen={grid.pk: grid.version - 1})
    assert not Redivision.objects.exists()
    assert plan(county, seen={grid.pk: grid.version}).pk


def test_a_plan_may_take_effect_at_once_but_not_before_its_day(cast: Cast) -> None:
    later = plan(cast.county)
    with pytest.raises(Refused, match="还没有到"):
        actions.apply_redivision(cast.admin, redivision=later, at=NOW)
    actions.cancel_redivision(cast.admin, redivision=later, reason="改为立即", at=NOW)

    now = plan(cast.county, cast.admin, effective_at=NOW)
    actions.apply_redivision(cast.admin, redivision=now, at=NOW)

    assert code_at(LON + SIDE * 0.7, LAT + SIDE / 2, NOW) == "34088100100109"
    with pytest.raises(Refused, match="已经生效"):
        actions.apply_redivision(cast.admin, redivision=now, at=NOW)


def test_a_redivision_is_done_when_no_room_has_anything_left(cast: Cast) -> None:
    plan(cast.county)
    actions.apply_due_redivisions(SYSTEM, at=MIDNIGHT)
    ended = {cast.county.grid(111).id}

    # The grid worker's post has not moved yet: nothing is marked.
    assert following.left(ended) == {"个岗位": 1}
    assert actions.mark_all_rehomed(SYSTEM, at=MIDNIGHT) == 0
    apply()

    assert following.left(ended) == {}
    assert actions.mark_all_rehomed(SYSTEM, at=MIDNIGHT) == 1
    assert Redivision.objects.get().rehomed_at == MIDNIGHT
    assert actions.mark_all_rehomed(SYSTEM, at=MIDNIGHT) == 0


def test_a_code_that_a_plan_keeps_is_not_given_twice(county: County) -> None:
    plan(county)
    other = [
        Successor("34088100100102", "第二网格", square(LON + SIDE, LAT, LON + SIDE * 1.5, LAT + SIDE), 200),
        Successor("34088100100109", "第九网格", square(LON + SIDE * 1.5, LAT, LON + SIDE * 2, LAT + SIDE), 200),
    ]

    with pytest.raises(Refused) as told:
        plan(county, old=[area(county.grid(112))], successors=other)
    assert told.value.rule == "area_code_planned"
    node = actions.Node("34088100100109", "抢先的", "grid", "grid", "340881001001")
    with pytest.raises(Refused):
        actions.create_area(SYSTEM, node=node, at=NOW)


def test_a_plan_that_no_longer_holds_is_called_off_and_the_next_goes_on(county: County) -> None:
    # 111 is to take a strip that nobody has; before its day, somebody else gets the strip.
    narrow = square(LON, LAT, LON + SIDE * 0.8, LAT + SIDE)
    Area.objects.filter(pk=county.grid(111).id).update(boundary=narrow)
    wide = Successor("34088100100101", "第一网格", square(LON, LAT, LON + SIDE, LAT + SIDE), 400)
    late = plan(county, kind="redraw", successors=[wide])
    half = LON + SIDE * 2.5
    west = Successor("34088100200101", "第一网格", square(LON + SIDE * 2, LAT, half, LAT + SIDE), 200)
    east = Successor("34088100200109", "第九网格", square(half, LAT, LON + SIDE * 3, LAT + SIDE), 200)
    plan(county, old=[area(county.grid(211))], successors=[west, east])
    strip = square(LON + SIDE * 0.8, LAT, LON + SIDE, LAT + SIDE)
    actions.create_area(
        SYSTEM, node=actions.Node("34088100100108", "细条", "grid", "grid", "340881001001", "", strip, 1), at=NOW
    )

    apply()

    late.refresh_from_db()
    assert late.applied_at is None
    assert late.cancelled_at == MIDNIGHT
    assert "超出原来的区域" in late.plan["stopped"]
    assert code_at(LON + SIDE * 0.9, LAT + SIDE / 2, MIDNIGHT) == "34088100100108"
    assert code_at(LON + SIDE * 2.7, LAT + SIDE / 2, MIDNIGHT) == "34088100200109"
