"""Token and ticket, kept in the database for all processes; of several that want a new one, one asks WeChat."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from . import client
from .client import Loan, WechatRefused
from .models import Lent

TOKEN, TICKET = "token", "ticket"
_EARLY: Final = timedelta(minutes=5)  # renewed so long before the end
_PAUSE: Final = timedelta(minutes=1)  # after a refusal, so that a busy page does not ask at each visit
_LONG_PAUSE: Final = timedelta(hours=1)  # when the day's calls are used up


def ticket(*, at: datetime) -> str:
    """Return the ticket that signs pages now. Raises WechatRefused."""
    return _kept(TICKET, lambda: _new_ticket(at), at)


def _new_ticket(at: datetime) -> Loan:
    token = _kept(TOKEN, client.fetch_token, at)
    try:
        return client.fetch_ticket(token)
    except WechatRefused as refused:
        if refused.errcode not in client.STALE_TOKEN:
            raise
    # Somebody else has asked for a token with our keys; ours is void before its time. Once, not for ever.
    _drop(TOKEN, token)
    return client.fetch_ticket(_kept(TOKEN, client.fetch_token, at))


def _kept(name: str, fetch: Callable[[], Loan], at: datetime) -> str:
    """Return the value of a name, asking for a new one if needed; others wait for who asks, and find its answer."""
    known = Lent.objects.filter(pk=name, expires_at__gt=at + _EARLY).first()
    if known is not None:
        return known.value
    Lent.objects.get_or_create(pk=name)
    refused: WechatRefused | None = None
    with transaction.atomic():
        row = Lent.objects.select_for_update().get(pk=name)
        if row.expires_at is not None and row.expires_at > at + _EARLY:
            return row.value
        if row.wait_until is not None and row.wait_until > at:
            raise WechatRefused(row.refusal)
        try:
            loan = fetch()
        except WechatRefused as error:
            refused = error
            pause = _LONG_PAUSE if error.errcode in client.USED_UP else _PAUSE
            row.wait_until, row.refusal = at + pause, error.sentence[:120]
        else:
            row.value, row.expires_at = loan.value, at + timedelta(seconds=loan.seconds)
            row.wait_until, row.refusal = None, ""
        row.save()
    if refused is not None:
        raise refused
    return row.value


def _drop(name: str, value: str) -> None:
    """Forget a value that WeChat takes no more, unless it was renewed meanwhile."""
    with transaction.atomic():
        row = Lent.objects.select_for_update().get(pk=name)
        if row.value == value:
            row.expires_at = None
            row.save(update_fields=["expires_at"])
