"""Reads: the chain of a warning, how its notice was received, what stands near, and what everybody may fetch."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet

from lianxin.foundation.accounts.actor import Actor
from lianxin.work.disclosure import queries as disclosure
from lianxin.work.disclosure.models import Notice

from .models import State, WarningArea, WarningMessage

_PUBLIC = (State.RUNNING, State.REPLACED, State.CANCELLED, State.EXPIRED)


def visible(actor: Actor) -> QuerySet[WarningMessage]:
    """Return the warnings an actor may see, with their sources."""
    return WarningMessage.objects.visible_to(actor).select_related("source")


def chain(warning: WarningMessage) -> list[WarningMessage]:
    """Return all messages of a chain, the latest first. One statement."""
    return list(WarningMessage.objects.filter(chain=warning.chain).select_related("source").order_by("-sent", "-pk"))


def areas_of(warning: WarningMessage) -> list[WarningArea]:
    """Return where a warning falls. One statement."""
    return list(WarningArea.objects.filter(warning=warning).order_by("street_id", "community_id", "grid_id", "pk"))


@dataclass(frozen=True, slots=True)
class Reception:
    """How a warning was received: its notice, how many of the staff know, how often residents opened it."""

    notice: Notice
    meant: int
    read: int
    confirmed: int
    public_reads: int


def reception(warning: WarningMessage) -> Reception | None:
    """Return how the warning's notice was received; None where nobody was told. Three statements."""
    if warning.notice_key is None:
        return None
    notice = Notice.objects.filter(key=warning.notice_key).first()
    if notice is None:
        return None
    told = disclosure.counts([notice])[notice.pk]
    return Reception(notice, told.meant, told.read, told.confirmed, notice.public_reads)


def public(key: UUID) -> WarningMessage | None:
    """Return a warning residents were told, over ones too: its page says so. One statement."""
    told = WarningMessage.objects.filter(key=key, is_public=True, notice_key__isnull=False, state__in=_PUBLIC)
    return told.select_related("source").first()


def of_notice(notice_key: UUID) -> UUID | None:
    """Return the warning that a notice tells of. One statement by an index."""
    return WarningMessage.objects.filter(notice_key=notice_key).values_list("key", flat=True).first()


def successor(warning: WarningMessage) -> WarningMessage | None:
    """Return what runs now in the chain of a warning that was replaced, if the public was told. One statement."""
    return WarningMessage.objects.running().filter(chain=warning.chain, is_public=True).first()


def feed(at: datetime, most: int = 100) -> list[WarningMessage]:
    """Return what runs and is public, the latest first: what others may fetch. One statement."""
    found = WarningMessage.objects.running().filter(is_public=True, expires_at__gt=at)
    return list(found.order_by("-changed_at", "-pk")[:most])


def feed_changed_at() -> datetime | None:
    """Return when the feed last changed: something began or stopped to run. One statement."""
    found: datetime | None = WarningMessage.objects.filter(is_public=True, notice_key__isnull=False).aggregate(
        at=Max("changed_at")
    )["at"]
    return found


def published(identifier: str) -> WarningMessage | None:
    """Return the document of a public message: a warning that was told, or what cancelled it. One statement."""
    found = WarningMessage.objects.filter(identifier=identifier, is_public=True, status="Actual")
    told = found.filter(notice_key__isnull=False) | found.filter(is_end=True, source__is_own=True)
    return told.order_by("-sent", "-pk").first()
