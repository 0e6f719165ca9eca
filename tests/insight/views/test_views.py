"""Saved views: whose they are, who uses them; a subscriber is told of each case once, and only of their own."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import factories
from casework import GRID_111, GRID_222, NOW, Desk
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.notifications.models import Message
from lianxin.insight.views import actions, matching, reading
from lianxin.insight.views.actions import Wanted
from lianxin.insight.views.models import SavedView, ViewUse
from lianxin.insight.views.queries import find, views_of
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries import Filters, queue
from work.cases.conftest import desk, made_desk

__all__ = ["desk", "made_desk"]
MINUTE = timedelta(minutes=1)


def _saved(actor: Actor, words: str = "stage=reported", share: str = "", **more: Any) -> SavedView:
    wanted = Wanted(more.pop("name", "待立案的"), share, QueryDict(words))
    return actions.save(actor, key=uuid4(), page=more.pop("page", "cases"), wanted=wanted, at=NOW)


def _told(actor: Actor) -> list[str]:
    return list(
        Message.objects.filter(recipient_id=actor.account_id, kind="views.came").values_list("title", flat=True)
    )


def test_a_shared_view_is_used_by_its_circle_and_changed_by_its_owner(desk: Desk) -> None:
    cast = desk.cast
    colleague = factories.make_staff("zuoxi2", "右夕", "seat", area=cast.county.city)
    view = _saved(cast.seat, share="role")

    assert find(colleague, view.key) == view
    with pytest.raises(NotFound):
        find(cast.street_seat, view.key)
    with pytest.raises(NotAllowed):
        actions.amend(colleague, view=view, wanted=Wanted("改名"), seen=None, at=NOW)
    with pytest.raises(Stale):
        actions.amend(cast.seat, view=view, wanted=Wanted("改名"), seen=view.version - 1, at=NOW)
    # What is seen by it is each one's own.
    desk.reported(point=GRID_111)
    desk.reported(point=GRID_222)
    area_view = _saved(cast.community_clerk, share="area", name="社区的")
    for actor, count in ((cast.seat, 2), (cast.community_clerk, 1)):
        filters = matching.filters_of(area_view, at=NOW)
        assert filters is not None
        assert queue(actor, filters, at=NOW).count() == count
    assert not area_view.is_seen_by(cast.seat)
    seen = {actor.name: {view.pk for view in SavedView.objects.visible_to(actor)} for actor in (cast.seat, colleague)}
    assert all(area_view.pk not in keys for keys in seen.values())


def test_order_and_default_are_each_viewers_own(desk: Desk) -> None:
    seat, colleague = desk.cast.seat, factories.make_staff("zuoxi3", "申夕", "seat", area=desk.cast.county.city)
    first, second = (_saved(seat, name=name, share="role") for name in ("甲", "乙"))

    actions.move(seat, view=second, up=True)
    actions.set_default(colleague, view=first, on=True)

    assert [seen.view.pk for seen in views_of(seat, "cases")] == [second.pk, first.pk]
    assert {seen.view.pk: seen.is_default for seen in views_of(colleague, "cases")} == {
        first.pk: True,
        second.pk: False,
    }
    assert not any(seen.is_default for seen in views_of(seat, "cases"))


def test_what_cannot_be_kept_is_told(desk: Desk) -> None:
    seat = desk.cast.seat
    with pytest.raises(Invalid):
        _saved(seat, words="")
    with pytest.raises(Invalid):
        _saved(seat, words="q=13812341234")  # no telephone in an address, and none in a view
    _saved(seat)
    with pytest.raises(Refused):
        _saved(seat)  # the name is taken
    for number in range(actions.MOST_VIEWS - 1):
        _saved(seat, name=f"视图 {number}")
    with pytest.raises(Refused):
        _saved(seat, name="再一个")


def test_a_case_that_comes_in_is_told_once_and_again_only_after_it_left(desk: Desk) -> None:
    seat = desk.cast.seat
    old = desk.reported()
    view = _saved(seat)
    actions.subscribe(seat, view=view, every_minutes=0, at=NOW)
    new = desk.reported(at=NOW + MINUTE)

    for _again in range(3):  # a batch told twice, and entries that change nothing about it
        matching.look([old.pk, new.pk], at=NOW + 2 * MINUTE)
    assert _told(seat) == ["视图“待立案的”新进 1 件"]

    new = cases.decline(seat, case=new, seen=None, at=NOW + 3 * MINUTE, reason="out_of_scope")
    matching.look([new.pk], at=NOW + 3 * MINUTE)
    cases.appeal(desk.cast.resident, case=new, seen=None, at=NOW + 4 * MINUTE, note="就是归你们管")
    matching.look([new.pk], at=NOW + 4 * MINUTE)
    assert len(_told(seat)) == 2


def test_many_within_the_quarter_are_one_message(desk: Desk) -> None:
    seat = desk.cast.seat
    view = _saved(seat)
    actions.subscribe(seat, view=view, every_minutes=15, at=NOW)

    for minute in range(5):
        matching.look([desk.reported(at=NOW).pk], at=NOW + minute * MINUTE)
    assert _told(seat) == ["视图“待立案的”新进 1 件"]
    assert matching.tell_waiting(at=NOW + 14 * MINUTE) == 0
    assert matching.tell_waiting(at=NOW + 15 * MINUTE) == 1
    assert matching.tell_waiting(at=NOW + 15 * MINUTE) == 0
    assert sorted(_told(seat)) == ["视图“待立案的”新进 1 件", "视图“待立案的”新进 4 件"]


def test_nobody_is_told_of_what_they_may_not_see_any_more(desk: Desk) -> None:
    clerk = desk.cast.community_clerk
    view = _saved(clerk)
    actions.subscribe(clerk, view=view, every_minutes=15, at=NOW)
    elsewhere = desk.reported(point=GRID_222)
    matching.look([elsewhere.pk], at=NOW)
    assert _told(clerk) == []

    matching.look([desk.reported(point=GRID_111).pk], at=NOW)  # told at once: the first of the quarter
    matching.look([desk.reported(point=GRID_111).pk], at=NOW + MINUTE)  # waits
    Post.objects.filter(account_id=clerk.account_id or 0).update(valid_to=NOW + 2 * MINUTE)
    assert matching.tell_waiting(at=NOW + 20 * MINUTE) == 0
    matching.look([desk.reported(point=GRID_111).pk], at=NOW + 20 * MINUTE)
    assert len(_told(clerk)) == 1


def test_a_view_whose_area_is_no_more_is_silent_and_other_words_begin_anew(desk: Desk) -> None:
    seat = desk.cast.seat
    lost = _saved(seat, words="area=000000000&stage=reported", name="没有的区域")
    assert matching.filters_of(lost, at=NOW) is None
    view = _saved(seat, words="severity=urgent", name="紧急的")
    actions.subscribe(seat, view=view, every_minutes=0, at=NOW)
    actions.subscribe(seat, view=lost, every_minutes=0, at=NOW)
    wide = actions.amend(
        seat, view=view, wanted=Wanted("紧急的", "", QueryDict("stage=reported")), seen=view.version, at=NOW
    )
    shown = [desk.reported() for _ in range(3)]

    matching.look([shown[0].pk], at=NOW)  # takes what it shows now as known
    assert _told(seat) == []
    assert ViewUse.objects.get(view=wide).matches.count() == 3
    matching.look([desk.reported().pk], at=NOW + MINUTE)
    assert _told(seat) == ["视图“紧急的”新进 1 件"]


def test_too_wide_a_view_is_not_subscribed_to(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MOST_HELD", 2)
    for _ in range(3):
        desk.reported()
    with pytest.raises(Refused):
        actions.subscribe(desk.cast.seat, view=_saved(desk.cast.seat), every_minutes=0, at=NOW)
    assert not ViewUse.objects.exclude(every_minutes=None).exists()


_WORDS = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from(["reported", "filed", "handling", "closed"]),
        "severity": st.sampled_from(["normal", "urgent"]),
        "kind": st.sampled_from(["problem", "hazard"]),
        "channel": st.sampled_from(["resident", "call"]),
        "area": st.sampled_from(["340881001", "340881001001", "340881002"]),
        "category": st.sampled_from(["01", "010101", "0203"]),
        "unit": st.sampled_from(["cgj", "zjj"]),
        "state": st.sampled_from(["open", "ended", "all"]),
        "tab": st.sampled_from(list(reading.TABS)),
        "flag": st.sampled_from(list(reading.FLAGS)),
    },
)


@pytest.fixture(scope="module")
def varied(made_desk: Desk) -> Desk:
    """Cases of many kinds and places."""
    for point in (GRID_111, GRID_222, None):
        for stage in ("reported", "filed", "handling", "handled", "closed"):
            made_desk.at_stage(stage, point=point) if point else made_desk.reported(point=None)
    made_desk.reported(severity="urgent")
    return made_desk


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=_WORDS, at_seat=st.booleans())
def test_what_is_ruled_out_in_memory_is_not_in_the_list(varied: Desk, words: dict[str, str], at_seat: bool) -> None:
    query, numbers = QueryDict(mutable=True), versions.read()
    query.update(words)
    read = reading.read_at_seat if at_seat else reading.read
    filters: Filters = read(query, at=NOW + timedelta(hours=1), numbers=numbers)
    every = list(Case.objects.all())
    at: datetime = NOW + timedelta(hours=1)
    for actor in (varied.cast.seat, varied.cast.community_clerk, varied.cast.handler, varied.cast.resident):
        scope = actor.scope("cases.view")
        kept = {
            case.pk for case in every
            if matching.could_match(filters, case) and matching.could_see(actor, scope, case)
        }  # fmt: skip
        assert set(queue(actor, filters, at=at).values_list("pk", flat=True)) <= kept
