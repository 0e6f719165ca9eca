"""Whose decision it is: lent for a time, a substitute's once it presses, handed on; never one's own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

import factories
from casework import MINUTE, NOW, Desk
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account, Post
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.errors import Invalid, NotAllowed, Refused
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases import actions as cases
from lianxin.work.cases import messages, replay
from lianxin.work.cases.models import Approval, Case, Clock, Delegation
from lianxin.work.cases.queries import approvals, case_page

DAY = timedelta(days=1)
LATER = NOW + 20 * MINUTE


def ask(desk: Desk) -> Case:
    """Return a case whose unit asks to suspend it."""
    return cases.ask_suspension(
        desk.cast.handler, case=desk.handling(), seen=None, at=NOW + 5 * MINUTE, note="等资金", review_at=NOW + 3 * DAY
    )


def post_of(actor: Actor) -> int:
    """Return the id of an actor's first post."""
    assert actor.post is not None
    return actor.post.post_id


def lend(desk: Desk, to: Actor, *, by: Actor | None = None, at: datetime = NOW, **more: object) -> Delegation:
    """Let the supervisor lend the decision on suspensions to somebody for a week."""
    owner = by or desk.cast.supervisor
    told = {"kinds": ["suspend"], "starts_at": at, "ends_at": at + 7 * DAY, "reason": "出差"} | more
    return cases.entrust(owner, post_id=post_of(owner), to_post_id=post_of(to), at=at, **told)  # type: ignore[arg-type]


def may_approve(actor: Actor, case: Case, at: datetime) -> bool:
    """Tell whether the page offers the decision, and that lists and act agree with it."""
    page = case_page(actor, Case.objects.get(pk=case.pk), at=at, numbers={})
    offered = "approve" in {step.name for step in page.steps}
    listed = approvals.approvals(actor, "waiting", at=at).filter(case=case).exists()
    assert offered == listed == bool(approvals.approval_counts(actor, at=at)["waiting"])
    return offered


def test_what_is_lent_is_decided_in_its_owners_place_and_told_so(desk: Desk) -> None:
    case, leader = ask(desk), desk.cast.leader
    assert not may_approve(leader, case, LATER)

    lend(desk, leader)
    assert may_approve(leader, case, LATER)
    cases.approve(leader, case=case, seen=None, at=LATER, note="同意")

    decided = Approval.objects.get(case=case)
    assert (decided.state, decided.decided_by_id) == ("approved", leader.account_id)
    assert decided.decided_for_id == post_of(desk.cast.supervisor)
    entry = Entry.objects.filter(subject_kind="case", subject_id=case.pk, action="approve").get()
    assert entry.post_id == post_of(leader)
    assert entry.after["in_place_of"] == post_of(desk.cast.supervisor)
    assert not list(replay.mismatches())


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({"kinds": ["extend"]}, LATER),  # another kind
        ({}, NOW + 8 * DAY),  # over
        ({"starts_at": NOW + DAY}, LATER),  # not begun
    ],
)
def test_it_holds_for_the_kinds_and_between_the_instants_it_names_only(
    desk: Desk, more: dict[str, Any], at: datetime
) -> None:
    case = ask(desk)
    lend(desk, desk.cast.leader, **more)

    assert not may_approve(desk.cast.leader, case, at)
    with pytest.raises(NotAllowed):
        cases.approve(desk.cast.leader, case=case, seen=None, at=at)


def _revoked(desk: Desk, made: Delegation) -> None:
    cases.revoke_trust(desk.cast.supervisor, delegation_id=made.pk, at=NOW + MINUTE)


def _left(desk: Desk, _made: Delegation) -> None:
    Post.objects.filter(pk=post_of(desk.cast.supervisor)).update(valid_to=NOW + MINUTE)


def _disabled(desk: Desk, _made: Delegation) -> None:
    Account.objects.filter(pk=desk.cast.supervisor.account_id or 0).update(disabled_at=NOW)


@pytest.mark.parametrize("ends", [_revoked, _left, _disabled])
def test_it_ends_at_once_when_revoked_or_when_its_owner_has_the_power_no_more(
    desk: Desk, ends: Callable[[Desk, Delegation], None]
) -> None:
    case = ask(desk)
    ends(desk, lend(desk, desk.cast.leader))

    assert not may_approve(desk.cast.leader, case, LATER)
    with pytest.raises(NotAllowed):
        cases.refuse(desk.cast.leader, case=case, seen=None, at=LATER, note="不行")


def test_nobody_decides_their_own_by_whatever_way(desk: Desk) -> None:
    """The asker not by a loan; and the loan of one who asked does not reach what they asked for."""
    case = ask(desk)
    asker = desk.cast.handler
    Approval.objects.filter(case=case).update(asked_by=desk.cast.leader.account_id)
    lend(desk, desk.cast.leader)
    assert not may_approve(desk.cast.leader, case, LATER)
    with pytest.raises(NotAllowed):
        cases.approve(desk.cast.leader, case=case, seen=None, at=LATER)

    # What the supervisor asked for is not decided in the supervisor's place.
    Approval.objects.filter(case=case).update(asked_by=desk.cast.supervisor.account_id)
    assert not may_approve(desk.cast.leader, case, LATER)
    with pytest.raises(NotAllowed):
        cases.approve(desk.cast.leader, case=case, seen=None, at=LATER)
    with pytest.raises(NotAllowed) as own:
        cases.approve(desk.cast.supervisor, case=case, seen=None, at=LATER)
    assert own.value.code == "own_request"
    assert asker.account_id is not None


def test_only_a_power_of_ones_own_is_lent_and_never_on(desk: Desk) -> None:
    lend(desk, desk.cast.leader)

    for who, to in ((desk.cast.leader, desk.cast.seat), (desk.cast.seat, desk.cast.leader)):
        with pytest.raises(NotAllowed):
            lend(desk, to, by=who)
    with pytest.raises(NotAllowed):  # nor by naming somebody else's post
        cases.entrust(
            desk.cast.leader, post_id=post_of(desk.cast.supervisor), to_post_id=post_of(desk.cast.seat),
            kinds=["suspend"], starts_at=NOW, ends_at=NOW + DAY, reason="转", at=NOW,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        cases.revoke_trust(desk.cast.leader, delegation_id=Delegation.objects.get().pk, at=NOW)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kinds": []}, "kinds"),
        ({"kinds": ["close"]}, "kinds"),
        ({"ends_at": NOW - DAY}, "ends_at"),
        ({"ends_at": NOW + 93 * DAY}, "ends_at"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_a_loan_without_kind_end_or_reason_is_none(desk: Desk, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        lend(desk, desk.cast.leader, **more)
    assert set(wrong.value.fields) == {field}


def test_who_does_not_see_all_the_cases_cannot_stand_in(desk: Desk) -> None:
    for blind in (desk.cast.street_seat, desk.cast.handler, desk.cast.auditor, desk.cast.supervisor):
        with pytest.raises(Invalid) as wrong:
            lend(desk, blind)
        assert set(wrong.value.fields) == {"to_post"}


def test_a_loan_is_kept_in_the_audit_and_told(desk: Desk) -> None:
    lend(desk, desk.cast.leader)

    entry = Entry.objects.filter(subject_kind="account", action="entrust").get()
    assert entry.subject_id == desk.cast.supervisor.account_id
    assert Message.objects.filter(recipient=desk.cast.leader.account_id, kind="cases.entrusted").count() == 1


def test_a_substitute_decides_once_the_request_presses_and_is_told_then(desk: Desk) -> None:
    case = ask(desk)
    leader = desk.cast.leader
    Post.objects.filter(pk=post_of(desk.cast.supervisor)).update(substitute=leader.account_id)
    clock = Clock.objects.get(case=case, subject="approval", stopped_at=None)
    assert clock.warn_at is not None

    assert not may_approve(leader, case, clock.warn_at - MINUTE)
    with pytest.raises(NotAllowed):
        cases.approve(leader, case=case, seen=None, at=clock.warn_at - MINUTE)

    warned = Entry(
        subject_kind="case", subject_id=case.pk, action="warn", at=clock.warn_at, source="handling", target="handling",
        after={"subject": "approval", "subject_id": clock.subject_id, "clock": "decide"},
    )  # fmt: skip
    assert leader.account_id in messages.STAFF["warn"].audience(case, warned)
    assert desk.cast.handler.account_id not in messages.STAFF["overdue"].audience(case, warned)
    assert may_approve(leader, case, clock.warn_at)
    cases.approve(leader, case=case, seen=None, at=clock.warn_at)
    assert Approval.objects.get(case=case).decided_for_id == post_of(desk.cast.supervisor)


def test_what_is_handed_to_one_waits_for_that_one_until_it_is_late(desk: Desk) -> None:
    second = factories.make_staff("ducha2", "杜二", "supervisor", area=desk.cast.county.city)
    case = ask(desk)
    with pytest.raises(Invalid):  # not to who may not decide
        cases.forward(desk.cast.supervisor, case=case, seen=None, at=LATER, post_id=post_of(desk.cast.leader))
    with pytest.raises(Invalid):  # nor to oneself
        cases.forward(desk.cast.supervisor, case=case, seen=None, at=LATER, post_id=post_of(desk.cast.supervisor))

    cases.forward(desk.cast.supervisor, case=case, seen=None, at=LATER, post_id=post_of(second), note="你熟")

    def waits(actor: Actor, at: datetime) -> bool:
        return approvals.approvals(actor, "waiting", at=at).exists()

    assert waits(second, LATER)
    assert not waits(desk.cast.supervisor, LATER)
    due = Clock.objects.get(case=case, subject="approval", stopped_at=None).due_at
    assert due is not None
    assert waits(desk.cast.supervisor, due)
    cases.refuse(second, case=case, seen=None, at=LATER, note="先办")
    with pytest.raises(Refused):
        cases.forward(second, case=case, seen=None, at=LATER, post_id=post_of(desk.cast.supervisor))


def test_an_account_without_post_stands_in_for_nobody(desk: Desk) -> None:
    case = ask(desk)
    lend(desk, desk.cast.leader)
    bare = replace(desk.cast.leader, holdings=())

    with pytest.raises(NotAllowed):
        cases.approve(bare, case=case, seen=None, at=LATER)
