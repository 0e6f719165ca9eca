"""Receipts (回执): a member of the staff has read, confirmed, told residents. Sent again, nothing changes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import NotFound, Refused

from .models import Notice, Receipt, State


@transaction.atomic
def mark(
    actor: Actor, *, key: UUID, read_at: datetime, at: datetime, version: int | None = None, confirmed: bool = False,
    explained: bool = False,
) -> Receipt:  # fmt: skip
    """Note that the actor has read a notice in the words of this `version`, perhaps confirmed it, or told residents.

    The earliest instant of each counts, in whatever order they come: so a device may say it twice, late, or out of
    order. Raises NotFound for whom the notice was not meant for, Refused for one withdrawn before it was read.
    """
    if actor.account_id is None:
        raise NotFound(_("没有这份通知，或不是发给您的。"))
    receipt = (
        Receipt.objects.select_for_update(of=("self",))
        .select_related("notice")
        .filter(notice__key=key, account_id=actor.account_id)
        .first()
    )
    if receipt is None:
        raise NotFound(_("没有这份通知，或不是发给您的。"))
    notice = receipt.notice
    when = min(read_at, at)
    if notice.state == State.WITHDRAWN and notice.withdrawn_at is not None and when >= notice.withdrawn_at:
        raise Refused("notice_withdrawn", _("这份通知已撤回，不用再看。"))
    seen = min(version or notice.said_version, notice.said_version)
    _note(receipt, when, seen, confirmed=confirmed, explained=explained)
    receipt.save(
        update_fields=[
            "read_at", "read_version", "confirmed_at", "confirmed_version", "explained_at",
        ]
    )  # fmt: skip
    return receipt


def _note(receipt: Receipt, when: datetime, seen: int, *, confirmed: bool, explained: bool) -> None:
    receipt.read_at = _earliest(receipt.read_at, when)
    receipt.read_version = max(receipt.read_version, seen)
    if confirmed:
        # A newer version is confirmed anew; its instant takes the place of the older one's.
        is_newer = seen > receipt.confirmed_version
        receipt.confirmed_at = when if is_newer else _earliest(receipt.confirmed_at, when)
        receipt.confirmed_version = max(receipt.confirmed_version, seen)
    if explained:
        receipt.explained_at = _earliest(receipt.explained_at, when)


def _earliest(known: datetime | None, when: datetime) -> datetime:
    return when if known is None else min(known, when)


def count_public(notice: Notice) -> None:
    """Count that residents opened a notice: how many times, never who."""
    Notice.objects.filter(pk=notice.pk).update(public_reads=F("public_reads") + 1)
