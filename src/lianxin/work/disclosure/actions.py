"""Write, look at again, publish, amend and withdraw notices; remind who has not read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.areas.acting import draft
from lianxin.foundation.areas.queries import AreaNode, node
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.files import actions as files
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean

from . import audience, rules
from .models import Notice, NoticeKind, NoticeVersion, Receipt, State
from .rules import Wanted

SUBJECT = "notice"
_ALTERABLE = (State.DRAFT, State.WAITING, State.SCHEDULED)


@transaction.atomic
def save_draft(actor: Actor, *, key: UUID, wanted: Wanted, at: datetime, seen: int | None = None) -> Notice:
    """Keep a notice as a draft, new or written anew. The same `key` is the same notice.

    What waited for a second look or for its hour is a draft again. Raises Invalid with all faults, NotAllowed,
    Refused for one that is out (amend it), Stale.
    """
    faults = rules.faults(wanted, at)
    if faults:
        raise Invalid(faults)
    area = audience.common(wanted.area_ids, at)
    audience.demand_reach(actor, wanted.area_ids, at)
    if not audience.may_speak_for(actor, wanted.unit_id):
        raise NotAllowed(audience.PUBLISH, _("您不在这个单位任职，不能以它的名义发通知。"))
    known = Notice.objects.select_for_update().filter(key=key).first()
    if known is not None:
        _demand(actor, known, seen=seen, states=_ALTERABLE)
    notice = known or Notice(key=key, created_at=at, created_by_id=actor.account_id, version=0)
    _put(notice, wanted, area, audience.voice(actor, wanted.unit_id))
    notice.state, notice.approved_by_id, notice.asked_at = State.DRAFT, None, None
    notice.version += 1
    notice.said_version = notice.confirm_version = notice.version
    notice.save()
    _attach(actor, notice, wanted.files, at)
    _journal(actor, notice, "draft", at)
    return notice


def _put(notice: Notice, wanted: Wanted, area: AreaNode, signed: str) -> None:
    notice.kind, notice.title = wanted.kind, clean(wanted.title, rules.MOST_TITLE)
    notice.body, notice.points = clean(wanted.body, rules.MOST_BODY), rules.cleaned_points(wanted.points)
    notice.area_ids, notice.to_public = sorted(set(wanted.area_ids)), wanted.to_public
    notice.to_roles, notice.signed = sorted(set(wanted.to_roles)), signed
    notice.area_id, notice.unit_id = area.id, wanted.unit_id
    notice.street_id, notice.community_id, notice.grid_id = area.street_id, area.community_id, area.grid_id
    notice.is_urgent, notice.is_pinned = wanted.is_urgent, wanted.is_pinned
    notice.valid_from, notice.valid_until, notice.confirm_by = wanted.valid_from, wanted.valid_until, wanted.confirm_by


@transaction.atomic
def publish(actor: Actor, *, notice: Notice, at: datetime, seen: int | None = None) -> Notice:
    """Send a notice out: at once, at its hour, or to somebody for a second look where that is the rule.

    Raises NotFound, NotAllowed, Refused, Stale.
    """
    notice = _begin(actor, notice, seen=seen, states=(State.DRAFT,))
    audience.demand_reach(actor, notice.area_ids, at)
    area = node(notice.area_id)
    # What the platform itself says for another room was looked at there.
    if not actor.is_system and area is not None and audience.needs_second_look(area) and notice.approved_by_id is None:
        notice.state, notice.asked_at = State.WAITING, at
        notice.version += 1
        notice.save(update_fields=["state", "asked_at", "version"])
        _journal(actor, notice, "ask", at)
        return notice
    return _send(actor, notice, at)


@transaction.atomic
def approve(actor: Actor, *, notice: Notice, at: datetime, seen: int | None = None) -> Notice:
    """Let out what another wrote (复核). Raises Refused for one's own."""
    notice = _begin(actor, notice, seen=seen, states=(State.WAITING,))
    audience.demand_reach(actor, notice.area_ids, at)
    if actor.account_id is None or actor.account_id == notice.created_by_id:
        raise Refused("own_notice", _("自己写的通知要请另一位同事复核。"))
    notice.approved_by_id = actor.account_id
    return _send(actor, notice, at)


@transaction.atomic
def send_back(actor: Actor, *, notice: Notice, reason: str, at: datetime, seen: int | None = None) -> Notice:
    """Give what waits for a second look, or for its hour, back to its author with a reason."""
    notice = _begin(actor, notice, seen=seen, states=(State.WAITING, State.SCHEDULED))
    told = clean(reason, 200)
    if len(told) < 2:
        raise Invalid({"note": _("请写一句为什么退回，作者看得到。")})
    notice.state, notice.approved_by_id = State.DRAFT, None
    notice.version += 1
    notice.save(update_fields=["state", "approved_by_id", "version"])
    _journal(actor, notice, "send_back", at, note=told)
    return notice


def _send(actor: Actor, notice: Notice, at: datetime) -> Notice:
    """Publish now or at its hour; whom it is meant for is settled when it goes out."""
    notice.version += 1
    if notice.valid_from is not None and notice.valid_from > at:
        notice.state = State.SCHEDULED
        notice.save(update_fields=["state", "approved_by_id", "version"])
        _journal(actor, notice, "schedule", at)
        return notice
    if notice.valid_until is not None and notice.valid_until <= at:
        raise Refused("notice_over", _("这份通知的失效时间已经过了，请改过再发。"))
    notice.state, notice.published_at = State.PUBLISHED, at
    notice.said_version = notice.confirm_version = notice.version
    notice.save(update_fields=["state", "published_at", "approved_by_id", "said_version", "confirm_version", "version"])
    people = audience.meant(notice.area_ids, notice.to_roles, at)
    Receipt.objects.bulk_create(
        [Receipt(notice=notice, account_id=one.account_id, post=one.post, area_id=one.area_id) for one in people],
        batch_size=2_000,
    )
    _journal(actor, notice, "publish", at, after={"staff": len(people), "public": notice.to_public})
    return notice


@transaction.atomic
def amend(
    actor: Actor, *, notice: Notice, title: str, body: str, changed: str, at: datetime, points: Sequence[str] = (),
    valid_until: datetime | None = None, confirm_again: bool = False, files: Sequence[UUID] = (),
    seen: int | None = None,
) -> Notice:  # fmt: skip
    """Correct a notice that is out: what it said is kept, and its readers are told what has changed.

    With `confirm_again` earlier confirmations do not count any more. Raises NotFound, NotAllowed, Invalid, Refused,
    Stale.
    """
    notice = _begin(actor, notice, seen=seen, states=(State.PUBLISHED,))
    _not_a_warning(actor, notice)
    told = clean(changed, 200)
    said = Wanted(
        notice.kind, title, body, notice.area_ids, notice.to_public, notice.to_roles, points, valid_until=valid_until
    )
    faults = rules.faults(said, at)
    if len(told) < 4:
        faults["changed"] = _("请写一句改了什么，看过的人会收到。")
    if faults:
        raise Invalid(faults)
    NoticeVersion.objects.create(
        notice=notice, version=notice.version, title=notice.title, body=notice.body, points=notice.points,
        valid_until=notice.valid_until, changed=told, until=at, by_id=actor.account_id,
    )  # fmt: skip
    notice.title, notice.body = clean(title, rules.MOST_TITLE), clean(body, rules.MOST_BODY)
    notice.points, notice.valid_until = rules.cleaned_points(points), valid_until
    notice.amended_at, notice.reminded_at = at, None
    notice.version += 1
    notice.said_version = notice.version
    if confirm_again:
        notice.confirm_version = notice.version
    notice.save()
    _attach(actor, notice, files, at)
    _journal(actor, notice, "amend", at, note=told)
    return notice


@transaction.atomic
def withdraw(actor: Actor, *, notice: Notice, reason: str, at: datetime, seen: int | None = None) -> Notice:
    """Take a notice back: it is gone from every list at once; its page says only that it was withdrawn, and why."""
    notice = _begin(actor, notice, seen=seen, states=(*_ALTERABLE, State.PUBLISHED))
    _not_a_warning(actor, notice)
    told = clean(reason, 200)
    if len(told) < 2:
        raise Invalid({"note": _("请写一句为什么撤回，看过的人看得到。")})
    was_out = notice.state == State.PUBLISHED
    notice.state, notice.withdrawn_at, notice.withdraw_reason = State.WITHDRAWN, at, told
    notice.version += 1
    notice.save(update_fields=["state", "withdrawn_at", "withdraw_reason", "version"])
    _journal(actor, notice, "withdraw", at, note=told, after={"was_out": was_out})
    return notice


@transaction.atomic
def remind(actor: Actor, *, notice: Notice, at: datetime) -> int:
    """Remind, once for each version, the staff who have not read or confirmed. Returns how many.

    Reminding is help, not a record: who was reminded is counted nowhere.
    """
    notice = _begin(actor, notice, states=(State.PUBLISHED,))
    if notice.reminded_at is not None:
        raise Refused("reminded", _("这一版已经提醒过一次了。急的话请打电话。"))
    waiting = [pk for pk, receipt in _waiting(notice)]
    if not waiting:
        raise Refused("all_read", _("该看的人都看过了，不用提醒。"))
    notice.reminded_at = at
    notice.save(update_fields=["reminded_at"])
    Receipt.objects.filter(pk__in=waiting).update(reminded_at=at)
    _journal(actor, notice, "remind", at, after={"count": len(waiting)})
    return len(waiting)


def _waiting(notice: Notice) -> list[tuple[int, Receipt]]:
    """Return the receipts of those who have something to do yet."""
    rows = Receipt.objects.filter(notice=notice, account__disabled_at=None)
    wants = notice.confirm_by is not None
    return [
        (row.pk, row) for row in rows if rules.is_unread(row, notice) or (wants and not rules.is_confirmed(row, notice))
    ]


def publish_due(*, at: datetime, limit: int = 50) -> int:
    """Send out what was set for this hour; several workers may run this. Returns how many."""
    due = Notice.objects.filter(state=State.SCHEDULED, valid_from__lte=at).order_by("valid_from", "pk")
    sent = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            notice = due.select_for_update(skip_locked=True).filter(pk=pk).first()
            if notice is not None:
                _out_or_over(notice, at)
                sent += 1
    return sent


def _out_or_over(notice: Notice, at: datetime) -> None:
    """Send it, or give it back where its time was over before anybody came to it."""
    if notice.valid_until is not None and notice.valid_until <= at:
        notice.state = State.DRAFT
        notice.version += 1
        notice.save(update_fields=["state", "version"])
        _journal(SYSTEM, notice, "send_back", at, note=_("到了定时发布的时间，但它已经失效。"))
        return
    _send(SYSTEM, notice, at)


def _begin(actor: Actor, notice: Notice, *, states: Sequence[str], seen: int | None = None) -> Notice:
    found = Notice.objects.visible_to(actor).select_for_update().filter(pk=notice.pk).first()
    if found is None:
        raise NotFound(_("没有这份通知，或不由您管。"))
    _demand(actor, found, seen=seen, states=states)
    return found


def _demand(actor: Actor, notice: Notice, *, states: Sequence[str], seen: int | None) -> None:
    area = node(notice.area_id)
    by_unit = notice.unit_id is not None and notice.unit_id in actor.scope(audience.PUBLISH).unit_ids
    if not by_unit and (area is None or not audience.may_reach(actor, area)):
        raise NotAllowed(audience.PUBLISH, _("您的岗位不能改这份通知。"))
    if seen is not None and seen != notice.version:
        raise Stale(_("这份通知刚被别人改过，请看过再改。"), version=notice.version, changes=[])
    if notice.state not in states:
        raise Refused(
            "notice_state", _("这份通知现在是“{state}”，不能这样做。").format(state=notice.get_state_display())
        )


def _not_a_warning(actor: Actor, notice: Notice) -> None:
    if notice.kind == NoticeKind.WARNING and not actor.is_system:
        raise Refused("notice_of_warning", _("这份通知跟着预警走，请到“预警”里更新或解除。"))


def _attach(actor: Actor, notice: Notice, keys: Sequence[UUID], at: datetime) -> None:
    if keys:
        files.attach(keys, kind=SUBJECT, subject_id=notice.pk, by_id=actor.account_id, at=at)


def _journal(actor: Actor, notice: Notice, act: str, at: datetime, **rest: Any) -> None:
    append([draft(actor, SUBJECT, notice.pk, act, at=at, version=notice.version, target=notice.state, **rest)])
