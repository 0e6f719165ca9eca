"""More time, or a stand-still: the unit asks, another post decides."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.accounts.queries import current_posts
from lianxin.kernel.errors import Invalid, NotAllowed, Refused
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.work.cases import rules, timing
from lianxin.work.cases.change import Change, acting
from lianxin.work.cases.models import Approval, Case

_ACTIONS = {
    Approval.Kind.EXTEND: "ask_extension",
    Approval.Kind.POSTPONE: "ask_postponement",
    Approval.Kind.SUSPEND: "ask_suspension",
}


def ask_extension(actor: Actor, *, case: Case, seen: int | None, at: datetime, more: Limit, note: str) -> Case:
    """Ask for more time before the deadline (延期); at most the profile's share of the category's own limit."""
    with acting("ask_extension", actor, case, seen=seen, at=at, note=note) as change:
        own = timing.limit_for("handle", change.case, change.settings)
        if more.unit.is_working != own.unit.is_working or more.counted > own.counted * change.settings.extension_share:
            raise Invalid({"more": _("最多再延原时限（%(limit)s）的 %(share)g 倍，用同一种单位。") % {
                "limit": own.label, "share": change.settings.extension_share,
            }})  # fmt: skip
        _ask(change, Approval.Kind.EXTEND, more=more)
    return change.case


def ask_postponement(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, review_at: datetime, note: str
) -> Case:
    """Ask to postpone for weather, season or festival (缓办), until a day."""
    with acting("ask_postponement", actor, case, seen=seen, at=at, note=note) as change:
        _ask(change, Approval.Kind.POSTPONE, review_at=_within(review_at, at, change.settings.postpone_days))
    return change.case


def ask_suspension(actor: Actor, *, case: Case, seen: int | None, at: datetime, review_at: datetime, note: str) -> Case:
    """Ask to suspend for a long-term cause (挂账); it is looked at again on a day."""
    with acting("ask_suspension", actor, case, seen=seen, at=at, note=note) as change:
        _ask(change, Approval.Kind.SUSPEND, review_at=_within(review_at, at, change.settings.suspend_days))
    return change.case


def _within(review_at: datetime, at: datetime, days: int) -> datetime:
    if not at < review_at <= at + timedelta(days=days):
        raise Invalid({"review_at": _("复查日期要在今天以后、%(days)d 天以内。") % {"days": days}})
    return review_at


def _ask(change: Change, kind: Approval.Kind, *, more: Limit | None = None, review_at: datetime | None = None) -> None:
    own = rules.own_assignment(change.asking, "cases.extend", only_lead=True)
    asked = Approval.objects.create(
        case=change.case, kind=kind, unit_id=own.unit_id if own else None, asked_by_id=change.actor.account_id,
        asked_at=change.at, reason=change.note, limit_value=more.value if more else None,
        limit_unit=str(more.unit) if more else "", review_at=review_at,
    )  # fmt: skip
    change.case.approvals_open = 1
    change.start_clock("approval", asked.pk, "decide")
    change.log(
        _ACTIONS[kind], note=change.note, approval=asked.pk, more=more.label if more else None,
        review_at=review_at.isoformat() if review_at else None,
    )  # fmt: skip


def _decided(change: Change, state: str) -> Approval:
    asked = change.approval
    if asked is None:
        raise Refused("nothing_asked", _("没有待审批的申请。"))
    if asked.asked_by_id is not None and asked.asked_by_id == change.actor.account_id:
        raise NotAllowed("own_request", _("不能审批自己的申请。"))
    asked.state, asked.decided_by_id, asked.decided_at = state, change.actor.account_id, change.at
    asked.decision_note, asked.decided_for_id = change.note, _in_place_of(change)
    asked.save(update_fields=["state", "decided_by", "decided_at", "decision_note", "decided_for"])
    change.case.approvals_open = 0
    change.stop_clocks("approval")
    return asked


def _in_place_of(change: Change) -> int | None:
    """Return the post in whose place the actor decides; None where their own is enough."""
    if change.actor.may("cases.approve", change.case):
        return None
    return next((each.post.post_id for each in change.standings), None)


def _facts(asked: Approval) -> dict[str, Any]:
    return {"request": asked.kind, "approval": asked.pk} | (
        {"in_place_of": asked.decided_for_id} if asked.decided_for_id is not None else {}
    )


def approve(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str = "") -> Case:
    """Agree: the clocks get more time, or stand until the review."""
    with acting("approve", actor, case, seen=seen, at=at, note=note) as change:
        asked = _decided(change, Approval.State.APPROVED)
        if asked.kind == Approval.Kind.EXTEND and asked.limit_value:
            change.case.extensions += 1
            change.extend(Limit(asked.limit_value, Unit(asked.limit_unit)))
        else:
            change.pause(asked.kind, asked.review_at)
        change.log("approve", note=change.note, **_facts(asked))
    return change.case


def refuse(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str) -> Case:
    """Do not agree; the limit stays."""
    with acting("refuse", actor, case, seen=seen, at=at, note=note) as change:
        asked = _decided(change, Approval.State.REFUSED)
        change.log("refuse", note=change.note, **_facts(asked))
    return change.case


def forward(actor: Actor, *, case: Case, seen: int | None, at: datetime, post_id: int, note: str = "") -> Case:
    """Hand the request to one post that may decide it (转给); its clock runs on, and others still may decide."""
    with acting("forward", actor, case, seen=seen, at=at, note=note) as change:
        asked = change.approval
        post = deciders(change.case, at=at).filter(pk=post_id).first()
        if asked is None or post is None or post.account_id in {actor.account_id, asked.asked_by_id}:
            raise Invalid({"post": _("请选一位能审批这一件的人，不能是申请人，也不能是自己。")})
        asked.forwarded_to, asked.forwarded_by_id, asked.forwarded_at = post, actor.account_id, at
        asked.save(update_fields=["forwarded_to", "forwarded_by", "forwarded_at"])
        change.log("forward", note=change.note, request=asked.kind, approval=asked.pk, to=post.pk)
    return change.case


def deciders(case: Case, *, at: datetime) -> QuerySet[Post]:
    """Return the posts that may decide requests about a case, wherever they sit."""
    places = [place for place in (case.street_id, case.community_id, case.grid_id) if place is not None]
    reach = Q(area__role="city") | Q(area_id__in=places)
    able = current_posts(at).filter(reach, role__permissions__contains=["cases.approve"])
    return able.exclude(role__scope="unit", unit__isnull=False)


def resume(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str = "") -> Case:
    """Let a postponed or suspended case go on; its clocks run again from here."""
    with acting("resume", actor, case, seen=seen, at=at, note=note) as change:
        change.resume()
        change.log("resume", note=change.note)
    return change.case
