"""Tell people: in the inbox at once, by other channels when their reader wants and may be reached."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts import queries as account_queries
from lianxin.foundation.accounts import rules as account_rules
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.kernel.errors import Refused

from . import kinds, rules
from .channels import REGISTRY, Outgoing, Undeliverable
from .models import Delivery, Message

log = logging.getLogger(__name__)


@transaction.atomic(savepoint=False)  # all or nothing with the caller: no point of its own to go back to
def notify(
    recipients: Iterable[int],
    *,
    kind: str,
    title: str,
    body: str = "",
    link: str = "",
    entry_id: int | None = None,
    urgent: bool = False,
    at: datetime,
    escalated_from: int | None = None,
) -> None:
    """Tell accounts something, once for each `entry_id`. Three statements at most, however many they are.

    Disabled accounts are left out. Urgent messages pass quiet hours, and go on to the substitute
    when unread for as long as their kind says.
    """
    people = list(Account.objects.filter(pk__in=set(recipients), disabled_at=None).order_by("pk"))
    if not people:
        return
    about = kinds.kind(kind)
    minutes = about.escalate_minutes if urgent and escalated_from is None else 0
    said: dict[str, Any] = {
        "kind": kind, "title": title[:120], "body": body, "link": link, "entry_id": entry_id,
        "urgent": urgent, "created_at": at,
    }  # fmt: skip
    Message.objects.bulk_create(
        [
            Message(
                recipient=person,
                escalate_at=at + timedelta(minutes=minutes) if minutes else None,
                escalated_from_id=escalated_from,
                **said,
            )
            for person in people
        ],
        ignore_conflicts=True,
    )
    leaving = [
        Delivery(key=uuid4(), recipient=person, channel=channel, due_at=due_at, **said)
        for person in people
        for channel, due_at in _ways(person, about, urgent=urgent, at=at)
    ]
    if leaving:
        Delivery.objects.bulk_create(leaving, ignore_conflicts=True)


def _ways(person: Account, about: kinds.Kind, *, urgent: bool, at: datetime) -> list[tuple[str, datetime]]:
    chosen = rules.Preferences.of(person.preferences.get("notifications", {}))
    due_at = rules.leaves_at(at, chosen, ZoneInfo(settings.TIME_ZONE), urgent=urgent)
    wanted = rules.channels_for(about, chosen, urgent=urgent)
    return [(name, due_at) for name in wanted if name in REGISTRY and REGISTRY[name].address_of(person)]


@transaction.atomic(savepoint=False)  # all or nothing with the caller: no point of its own to go back to
def tell_address(
    address: str,
    *,
    channel: str,
    kind: str,
    title: str,
    body: str = "",
    link: str = "",
    entry_id: int | None = None,
    urgent: bool = False,
    at: datetime,
) -> None:
    """Tell somebody without an account, by phone or e-mail, once for each `entry_id`; quiet hours hold."""
    due_at = rules.leaves_at(at, rules.Preferences(), ZoneInfo(settings.TIME_ZONE), urgent=urgent)
    delivery = Delivery(
        key=uuid4(), address=address, address_hash=account_rules.phone_hash(address), channel=channel, kind=kind,
        title=title[:120], body=body, link=link, entry_id=entry_id, urgent=urgent, created_at=at, due_at=due_at,
    )  # fmt: skip
    Delivery.objects.bulk_create([delivery], ignore_conflicts=True)


def send_code(phone: str, text: str) -> None:
    """Send a code by SMS at once; it is kept nowhere. Raises Refused when the gateway cannot be reached."""
    try:
        REGISTRY["sms"].send(Outgoing(key=str(uuid4()), address=phone, title="", body=text, urgent=True))
    except (httpx.HTTPError, OSError, Undeliverable) as error:
        # The user can only try again; the number stays out of the log.
        log.warning("A code could not be sent: %s", type(error).__name__)
        raise Refused("sms_unreachable", _("短信暂时发不出去，请稍后再试。")) from None


@transaction.atomic
def mark_read(actor: Actor, *, ids: Sequence[int] | None = None, link: str = "", at: datetime) -> int:
    """Mark one's own messages as read: those named, those that lead to `link`, or all. Returns how many."""
    mine = Message.objects.filter(recipient_id=actor.account_id, read_at=None)
    if ids is not None:
        mine = mine.filter(pk__in=ids)
    if link:
        mine = mine.filter(link=link)
    return mine.update(read_at=at)


def set_preferences(actor: Actor, *, given: dict[str, Any], at: datetime) -> None:
    """Choose channels by kind and quiet hours. Raises Invalid for channels and hours that do not exist."""
    kept = rules.check_preferences(given, {*REGISTRY, rules.INBOX})
    accounts.set_preferences(actor, changes={"notifications": kept}, at=at)


_CLAIM = """
UPDATE delivery SET tries = tries + 1, due_at = %(lease)s
WHERE id IN (
    SELECT id FROM delivery WHERE sent_at IS NULL AND failed_at IS NULL AND due_at <= %(at)s
    ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) RETURNING id
"""


def deliver_due(*, at: datetime, limit: int = 100) -> int:
    """Send what is due and return how many were tried; several workers may run this.

    A claim is committed before anything is sent. Who dies in between leaves the delivery to be
    tried again with the same key: at least once, never lost.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"at": at, "lease": at + rules.LEASE, "limit": limit})
        claimed = [row[0] for row in cursor.fetchall()]
    for delivery in Delivery.objects.filter(pk__in=claimed).select_related("recipient").order_by("pk"):
        _deliver(delivery, at)
    return len(claimed)


def _deliver(delivery: Delivery, at: datetime) -> None:
    try:
        _hand_over(delivery)
    except Undeliverable as error:
        _settle(delivery, failed_at=at, failure=str(error)[:300])
    except Exception as error:  # noqa: BLE001 - a channel may fail in any way; the rest must still leave
        next_at = rules.next_try(delivery.tries, at)
        log.warning("Delivery %s by %s failed: %s", delivery.pk, delivery.channel, type(error).__name__)
        if next_at is None:
            _settle(delivery, failed_at=at, failure=type(error).__name__)
        else:
            _settle(delivery, due_at=next_at, failure=type(error).__name__)
    else:
        _settle(delivery, sent_at=at, failure="")


def _hand_over(delivery: Delivery) -> None:
    channel = REGISTRY.get(delivery.channel)
    if channel is None:
        raise Undeliverable(f"There is no channel {delivery.channel}.")
    address = channel.address_of(delivery.recipient) if delivery.recipient else delivery.address
    if not address:
        raise Undeliverable("The recipient has no address there.")
    message = Outgoing(
        key=str(delivery.key), address=address, title=delivery.title, body=delivery.body, link=delivery.link,
        urgent=delivery.urgent,
    )  # fmt: skip
    channel.send(message)


def _settle(delivery: Delivery, **outcome: Any) -> None:
    Delivery.objects.filter(pk=delivery.pk, sent_at=None, tries=delivery.tries).update(**outcome)


def escalate_unread(*, at: datetime, limit: int = 100) -> int:
    """Tell substitutes of urgent messages that stayed unread; once each, several workers may run this."""
    waiting = Message.objects.filter(escalate_at__lte=at, read_at=None, escalated_at=None)
    told = 0
    for message in waiting.select_related("recipient").order_by("escalate_at", "pk")[:limit]:
        with transaction.atomic():
            # Only the worker whose update hits the row goes on.
            if waiting.filter(pk=message.pk).update(escalated_at=at):
                told += _escalate(message, at)
    return told


def _escalate(message: Message, at: datetime) -> int:
    substitute = account_queries.substitutes([message.recipient_id], at=at).get(message.recipient_id)
    if substitute is None:
        return 0
    title = _("【代{name}】{title}").format(name=message.recipient.name, title=message.title)
    notify(
        [substitute],
        kind=message.kind,
        title=title,
        body=message.body,
        link=message.link,
        entry_id=message.entry_id,
        urgent=True,
        at=at,
        escalated_from=message.pk,
    )
    return 1


def forget_old(*, at: datetime, days: int = 400) -> int:
    """Drop messages and settled deliveries older than so many days; returns how many rows went."""
    before = at - timedelta(days=days)
    settled = Delivery.objects.filter(created_at__lt=before).exclude(sent_at=None, failed_at=None)
    return settled.delete()[0] + Message.objects.filter(created_at__lt=before).delete()[0]
