"""Let a waiting warning out, refuse it, end what came from others by hand; and what time does to warnings."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.areas.queries import node
from lianxin.kernel.errors import Invalid
from lianxin.kernel.text import clean

from . import board, change, rules
from .models import State, WarningArea, WarningMessage

ISSUE, LABEL = "warnings.issue", "审核、发布预警"


@transaction.atomic
def approve(actor: Actor, *, warning: WarningMessage, at: datetime, seen: int | None = None) -> WarningMessage:
    """Let out what waits: from now on it is told. Raises NotFound, NotAllowed, Refused, Stale."""
    row = _decided(actor, warning, at, seen)
    row.save(update_fields=["decided_at", "decided_by_id", "version"])
    change.journal(actor, row, "approve", at)
    change.settle(actor, row.chain, at=at)
    row.refresh_from_db()
    return row


@transaction.atomic
def refuse(
    actor: Actor, *, warning: WarningMessage, reason: str, at: datetime, seen: int | None = None
) -> WarningMessage:
    """Decide that what waits is not told here. Raises NotFound, NotAllowed, Invalid, Refused, Stale."""
    told = reason_of(reason)
    row = _decided(actor, warning, at, seen)
    row.state, row.why, row.changed_at = State.REFUSED, told, at
    row.save(update_fields=["state", "why", "changed_at", "decided_at", "decided_by_id", "version"])
    change.journal(actor, row, "refuse", at, note=told)
    change.settle(actor, row.chain, at=at)
    return row


def _decided(actor: Actor, warning: WarningMessage, at: datetime, seen: int | None) -> WarningMessage:
    row = change.begin(actor, warning, seen=seen, states=[State.WAITING])
    demand_where(actor, row)
    row.decided_at, row.decided_by_id = at, actor.account_id
    row.version += 1
    return row


@transaction.atomic
def stop(
    actor: Actor, *, warning: WarningMessage, reason: str, at: datetime, seen: int | None = None
) -> WarningMessage:
    """Take a running warning of another sender from our pages, whatever it says; an update of it is told again.

    Raises NotFound, NotAllowed, Invalid, Refused, Stale.
    """
    told = reason_of(reason)
    row = change.begin(actor, warning, seen=seen, states=[State.RUNNING])
    demand_where(actor, row)
    row.is_stopped, row.why = True, told
    row.save(update_fields=["is_stopped", "why"])
    change.journal(actor, row, "stop", at, note=told)
    change.settle(actor, row.chain, at=at)
    row.refresh_from_db()
    return row


def demand_where(actor: Actor, row: WarningMessage) -> None:
    """Raise NotAllowed unless the actor decides on warnings in each of its areas."""
    for pk in WarningArea.objects.filter(warning=row).values_list("area_id", flat=True):
        demand(actor, ISSUE, LABEL, node(pk))


def reason_of(reason: str) -> str:
    """Return a reason cleaned. Raises Invalid without one."""
    told = clean(reason, 200)
    if len(told) < 2:
        raise Invalid({"note": _("请写一句为什么，看的人要知道。")})
    return told


def end_due(*, at: datetime, limit: int = 100) -> int:
    """End what has run out, running or waiting; several workers may run this. Returns how many."""
    due = WarningMessage.objects.filter(state__in=(State.RUNNING, State.WAITING), expires_at__lte=at)
    ended = 0
    for pk, source_id in list(due.order_by("expires_at", "pk").values_list("pk", "source_id")[:limit]):
        with transaction.atomic():
            change.locked(source_id)
            row = due.select_for_update(of=("self",)).filter(pk=pk).first()
            if row is None:
                continue
            row.state, row.ended_at, row.changed_at = State.EXPIRED, at, at
            row.version += 1
            row.save(update_fields=["state", "ended_at", "changed_at", "version"])
            change.journal(SYSTEM, row, "expire", at)
            board.changed()
            ended += 1
    return ended


def forget(*, at: datetime, limit: int = 500) -> int:
    """Delete messages nobody was told a year after they came, and those told five years after. Returns how many."""
    untold = WarningMessage.objects.filter(received_at__lt=at - rules.KEPT_UNTOLD, notice_key=None)
    told = WarningMessage.objects.filter(received_at__lt=at - rules.KEPT).exclude(notice_key=None)
    gone = 0
    for old in (untold, told):
        done = list(old.exclude(state__in=(State.RUNNING, State.WAITING)).values_list("pk", flat=True)[:limit])
        gone += len(done)
        WarningMessage.objects.filter(pk__in=done).delete()
    return gone
