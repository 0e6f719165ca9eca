"""The inbox of one person."""

from collections.abc import Iterable
from dataclasses import dataclass

from lianxin.foundation.accounts.actor import Actor

from .models import Message


@dataclass(frozen=True, slots=True)
class Page:
    """Messages, the latest first; `before` asks for the next page, None on the last."""

    messages: list[Message]
    before: int | None


def inbox(actor: Actor, *, before: int | None = None, limit: int = 30, unread: bool = False) -> Page:
    """Return a page of one's own messages."""
    mine = Message.objects.filter(recipient_id=actor.account_id).order_by("-id")
    if unread:
        mine = mine.filter(read_at=None)
    if before is not None:
        mine = mine.filter(pk__lt=before)
    page = list(mine[: limit + 1])
    more = len(page) > limit
    return Page(page[:limit], page[limit - 1].pk if more else None)


def told_of(entry_ids: Iterable[int], *, limit: int = 12) -> list[Message]:
    """Return what each was last told, of every kind, in the inbox of these entries, latest first. One statement."""
    told = Message.objects.filter(entry_id__in=list(entry_ids))
    last = told.order_by("recipient_id", "kind", "-id").distinct("recipient_id", "kind").values("pk")
    return list(Message.objects.filter(pk__in=last).select_related("recipient").order_by("-id")[:limit])


def unread_count(actor: Actor, *, at_most: int = 100) -> int:
    """Return how many messages wait to be read, counted no further than a badge shows. One statement."""
    if actor.account_id is None:
        return 0
    unread = Message.objects.filter(recipient_id=actor.account_id, read_at=None).values("pk")
    return unread[:at_most].count()
