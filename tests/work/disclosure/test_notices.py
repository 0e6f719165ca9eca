"""Notices: exactly those they were meant for, versions, withdrawal everywhere at once, the second look, the hour."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import factories
from casework import NOW
from cast import Cast
from factories import give_post, make_account
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.areas import redivision
from lianxin.foundation.areas.models import Area
from lianxin.foundation.notifications.models import Delivery, Message
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal import listening, relay
from lianxin.kernel.journal.models import Entry
from lianxin.work.disclosure import actions as notices
from lianxin.work.disclosure import queries, receipts, rehoming, rules
from lianxin.work.disclosure.models import Notice, NoticeVersion, Receipt, State
from telling import drafted, meant_for, published, wanted

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


def tell_all() -> None:
    """Let the consumers hear what has happened."""
    relay.relay_batch()
    listening.follow_all(at=LATER)


class TestAudience:
    def test_exactly_those_who_hold_the_roles_there_at_that_instant(self, cast: Cast) -> None:
        elsewhere = factories.make_staff("yuanfang", "袁方", "grid_worker", area=cast.county.grid(211))
        gone = make_account("zouren", "邹仁")
        Post.objects.filter(pk=give_post(gone, "grid_worker", area=cast.county.grid(111)).pk).update(valid_to=NOW)
        off = make_account("tingyong", "庭勇")
        give_post(off, "grid_worker", area=cast.county.grid(112))
        type(off).objects.filter(pk=off.pk).update(disabled_at=NOW)

        notice = published(cast)
        late = factories.make_staff("xinlai", "辛来", "grid_worker", area=cast.county.grid(111))

        assert meant_for(notice) == {cast.grid_worker.account_id, cast.grid_worker_next_door.account_id}
        assert not {elsewhere.account_id, gone.pk, off.pk, late.account_id} & meant_for(notice)

    def test_one_account_with_two_posts_is_meant_once(self, cast: Cast) -> None:
        give_post(factories.account_of(cast.grid_worker), "grid_worker", area=cast.county.grid(112))

        assert Receipt.objects.filter(notice=published(cast), account_id=cast.grid_worker.account_id or 0).count() == 1

    def test_what_is_scheduled_is_meant_for_who_is_there_when_it_goes_out(self, cast: Cast) -> None:
        notice = published(cast, valid_from=LATER)
        assert notice.state == State.SCHEDULED
        assert meant_for(notice) == set()
        late = factories.make_staff("xinlai", "辛来", "grid_worker", area=cast.county.grid(111))

        assert notices.publish_due(at=LATER - timedelta(minutes=1)) == 0
        assert notices.publish_due(at=LATER) == 1
        assert notices.publish_due(at=LATER) == 0

        assert late.account_id in meant_for(notice)

    @pytest.mark.parametrize(("number", "sees"), [(11, True), (12, False), (21, False)])
    def test_residents_of_the_area_read_it_and_no_others(self, cast: Cast, number: int, sees: bool) -> None:
        notice = published(cast)

        found = queries.public(cast.county.community(number), NOW + timedelta(hours=1))

        assert (notice in found) is sees

    def test_what_lies_above_and_below_is_told_here_too(self, cast: Cast) -> None:
        grid = published(cast, area_ids=(cast.county.grid(111).id,))
        street = published(cast, cast.street_seat, area_ids=(cast.county.street(1).id,))
        community = queries.public(cast.county.community(11), LATER)
        next_door = queries.public(cast.county.grid(112), LATER)

        assert {grid, street} <= set(community)
        assert set(next_door) & {grid, street} == {street}

    def test_a_notice_for_staff_is_not_public(self, cast: Cast) -> None:
        notice = published(cast, to_public=False)

        assert notice not in queries.public(cast.county.community(11), LATER)
        assert queries.public_notice(notice.key) is None

    def test_nobody_writes_beyond_their_own_areas(self, cast: Cast) -> None:
        with pytest.raises(NotAllowed):
            drafted(cast, area_ids=(cast.county.community(12).id,))
        with pytest.raises(NotAllowed):
            drafted(cast, cast.grid_worker)
        assert not Notice.objects.exists()

    def test_nobody_speaks_for_a_unit_they_do_not_work_at(self, cast: Cast) -> None:
        with pytest.raises(NotAllowed):
            drafted(cast, unit_id=cast.county.units["cgj"].id)
        own = drafted(cast, unit_id=cast.county.units["community11"].id)
        assert own.signed == "东苑社区居民委员会"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": "停水"}, "title"),
    ({"title": "停" * 61}, "title"),
    ({"body": "停水。"}, "body"),
    ({"body": "请联系 11010519491231002X 的王某领取物资。"}, "body"),
    ({"kind": "nothing"}, "kind"),
    ({"area_ids": ()}, "areas"),
    ({"to_public": False, "to_roles": ()}, "to_roles"),
    ({"kind": "order"}, "to_public"),
    ({"to_roles": (), "confirm_by": LATER}, "confirm_by"),
    ({"valid_until": NOW - timedelta(hours=1)}, "valid_until"),
    ({"points": ("说",) * 9}, "points"),
]


@pytest.mark.parametrize(("more", "field"), WRONG)
def test_what_cannot_be_told_says_why_at_its_field(cast: Cast, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as told:
        drafted(cast, **more)
    assert list(told.value.fields) == [field]


class TestSecondLook:
    def test_what_tells_the_whole_city_waits_for_another(self, cast: Cast) -> None:
        city = (cast.county.city.id,)
        notice = published(cast, cast.seat, area_ids=city)
        assert notice.state == State.WAITING
        assert meant_for(notice) == set()

        with pytest.raises(Refused, match="另一位同事"):
            notices.approve(cast.seat, notice=notice, at=LATER)
        other = factories.make_staff("erkan", "尔看", "seat", area=cast.county.city)
        out = notices.approve(other, notice=notice, at=LATER)

        assert out.state == State.PUBLISHED
        assert len(meant_for(out)) == 2

    def test_a_changed_draft_is_looked_at_anew(self, cast: Cast) -> None:
        notice = published(cast, cast.seat, area_ids=(cast.county.city.id,))
        changed = notices.save_draft(
            cast.seat, key=notice.key, wanted=wanted(cast, area_ids=(cast.county.city.id,)), at=LATER
        )
        assert (changed.state, changed.approved_by_id) == (State.DRAFT, None)

    def test_a_street_needs_none(self, cast: Cast) -> None:
        assert published(cast, cast.street_seat, area_ids=(cast.county.street(1).id,)).state == State.PUBLISHED


class TestChange:
    def test_what_it_said_is_kept_and_readers_are_told(self, cast: Cast) -> None:
        notice = published(cast)
        receipts.mark(cast.grid_worker, key=notice.key, read_at=NOW + timedelta(minutes=5), at=LATER)
        tell_all()

        out = notices.amend(
            cast.community_clerk, notice=notice, title="周一下午停水检修", body="改到周一下午 2 点到 5 点停水。",
            changed="改到下午 2 点", at=LATER,
        )  # fmt: skip
        tell_all()

        kept = NoticeVersion.objects.get(notice=out)
        assert kept.title == "周一上午停水检修"
        told = set(Message.objects.filter(kind="disclosure.amended").values_list("recipient_id", flat=True))
        assert told == {cast.grid_worker.account_id}
        receipt = Receipt.objects.get(notice=out, account_id=cast.grid_worker.account_id or 0)
        assert rules.is_unread(receipt, out)

    @pytest.mark.parametrize(("again", "stands"), [(True, False), (False, True)])
    def test_confirmations_stand_unless_asked_for_anew(self, cast: Cast, again: bool, stands: bool) -> None:
        notice = published(cast, confirm_by=NOW + timedelta(days=2))
        receipts.mark(cast.grid_worker, key=notice.key, read_at=LATER, at=LATER, confirmed=True)
        out = notices.amend(
            cast.community_clerk, notice=notice, title=notice.title, body=notice.body + "请先关阀。", at=LATER,
            changed="加了一句话", confirm_again=again,
        )  # fmt: skip

        receipt = Receipt.objects.get(notice=out, account_id=cast.grid_worker.account_id or 0)
        assert rules.is_confirmed(receipt, out) is stands

    def test_of_two_editors_the_second_is_told(self, cast: Cast) -> None:
        notice = drafted(cast)
        notices.save_draft(cast.community_clerk, key=notice.key, wanted=wanted(cast), at=LATER, seen=notice.version)
        with pytest.raises(Stale):
            notices.save_draft(cast.community_clerk, key=notice.key, wanted=wanted(cast), at=LATER, seen=notice.version)


def gone(cast: Cast, notice: Notice) -> bool:
    """Tell whether a notice is to be found nowhere."""
    return not (
        notice in queries.public(cast.county.grid(111), LATER)
        or queries.received(cast.grid_worker, LATER).filter(notice=notice).exists()
        or queries.unread_count(cast.grid_worker, LATER)
    )


def test_withdrawn_vanishes_everywhere_and_says_why(cast: Cast) -> None:
    notice = published(cast)
    assert not gone(cast, notice)

    with pytest.raises(Invalid):
        notices.withdraw(cast.community_clerk, notice=notice, reason=" ", at=LATER)
    out = notices.withdraw(cast.community_clerk, notice=notice, reason="时间写错了", at=LATER)

    assert gone(cast, notice)
    assert out.withdraw_reason == "时间写错了"
    with pytest.raises(Refused):
        notices.amend(cast.community_clerk, notice=out, title="x" * 5, body="y" * 20, changed="改一改", at=LATER)


def test_over_is_gone_from_lists_by_itself(cast: Cast) -> None:
    notice = published(cast, valid_until=NOW + timedelta(hours=1))
    assert gone(cast, notice)


ACTS: dict[str, Callable[[Actor, Notice], Any]] = {
    "publish": lambda who, one: notices.publish(who, notice=one, at=LATER),
    "withdraw": lambda who, one: notices.withdraw(who, notice=one, reason="写错了", at=LATER),
    "remind": lambda who, one: notices.remind(who, notice=one, at=LATER),
}


@pytest.mark.parametrize("act", list(ACTS))
@pytest.mark.parametrize("who", ["grid_worker", "handler", "resident", "leader"])
def test_only_who_keeps_a_notice_acts_on_it(cast: Cast, act: str, who: str) -> None:
    notice = drafted(cast) if act == "publish" else published(cast)
    with pytest.raises(LianxinError) as told:
        ACTS[act](getattr(cast, who), notice)
    assert isinstance(told.value, (NotFound, NotAllowed))


def test_the_street_sees_its_communities_notices_and_the_neighbour_does_not(cast: Cast) -> None:
    notice = published(cast)
    other = factories.make_staff("beimen", "北门", "community_clerk", area=cast.county.community(12))

    assert notice in Notice.objects.visible_to(cast.street_seat)
    assert notice not in Notice.objects.visible_to(other)
    assert notice not in Notice.objects.visible_to(cast.handler)


class TestMessages:
    def test_an_urgent_one_leaves_by_text_message_and_a_calm_one_does_not(self, cast: Cast) -> None:
        account = factories.account_of(cast.grid_worker)
        account.phone = "13800000111"
        account.save()
        published(cast)
        tell_all()
        assert not Delivery.objects.exists()

        published(cast, is_urgent=True)
        tell_all()

        assert set(Delivery.objects.values_list("channel", "recipient_id")) == {("sms", account.pk)}
        assert Message.objects.filter(recipient=account).count() == 2

    def test_reminding_reaches_once_who_has_not_read(self, cast: Cast) -> None:
        notice = published(cast)
        receipts.mark(cast.grid_worker, key=notice.key, read_at=LATER, at=LATER)

        assert notices.remind(cast.community_clerk, notice=notice, at=LATER) == 1
        with pytest.raises(Refused):
            notices.remind(cast.community_clerk, notice=notice, at=LATER)
        tell_all()
        told = Message.objects.filter(kind="disclosure.remind").values_list("recipient_id", flat=True)
        assert list(told) == [cast.grid_worker_next_door.account_id]


def test_no_words_of_a_notice_stand_in_the_journal(cast: Cast) -> None:
    published(cast, body="周一上午停水，请王奶奶家先存水。")
    for entry in Entry.objects.filter(subject_kind="notice"):
        assert "王奶奶" not in f"{entry.note}{entry.after}{entry.before}{entry.public_note}"


def test_notices_follow_a_redivision(cast: Cast) -> None:
    notice = published(cast, area_ids=(cast.county.grid(111).id,))
    old = cast.county.grid(111)
    border = Area.objects.get(pk=old.id).boundary
    new = redivision_of(cast, old.id, border)

    rehoming.rehome(at=LATER, ended_area_ids=frozenset({old.id}))
    notice.refresh_from_db()

    assert notice.area_ids == [new]
    assert rehoming.waiting(frozenset({old.id})) == 0
    receipt = Receipt.objects.get(notice=notice, account_id=cast.grid_worker.account_id or 0)
    receipt.read_at, receipt.read_version = LATER, notice.said_version
    assert not rules.is_unread(receipt, notice)  # moved is not changed


def redivision_of(cast: Cast, old_id: int, border: Any) -> int:
    """End a grid and let one with the same border follow; returns its id."""
    redivision.plan_redivision(
        SYSTEM, kind="redraw", old=[Area.objects.get(pk=old_id)], at=NOW, effective_at=NOW + timedelta(minutes=5),
        reason="重新编号", successors=[redivision.Successor("34088100100191", "第九网格", border, 400)],
    )  # fmt: skip
    redivision.apply_due_redivisions(SYSTEM, at=NOW + timedelta(minutes=6))
    return Area.objects.get(code="34088100100191").pk
