"""Read the audit, and prove that nobody has touched it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand

from . import chain
from .models import AuditEntry

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Filter:
    """Who, what, when and about what; None or empty asks for all."""

    actor_id: int | None = None
    action: str = ""  # `cases.reveal`, or a whole room: `cases.`
    subject_kind: str = ""
    subject_id: int | None = None
    case_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, the latest first; `before` asks for the next page, None on the last."""

    entries: list[AuditEntry]
    before: int | None


def entries(actor: Actor, wanted: Filter, *, before: int | None = None, limit: int = 50) -> Page:
    """Return a page of the audit. Raises NotAllowed without `audit.read`."""
    demand(actor, "audit.read", "查看审计")
    found = matching(wanted)
    if before is not None:
        found = found.filter(id__lt=before)
    page = list(found[: limit + 1])
    more = len(page) > limit
    return Page(page[:limit], page[limit - 1].id if more else None)


def matching(wanted: Filter) -> QuerySet[AuditEntry]:
    """Return the entries that match, the latest first; whoever asks for them checks that the reader may."""
    found = AuditEntry.objects.order_by("-id")
    exact = {
        "actor_id": wanted.actor_id,
        "subject_kind": wanted.subject_kind or None,
        "subject_id": wanted.subject_id,
        "case_id": wanted.case_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.action:
        whole_room = wanted.action.endswith(".")
        found = found.filter(action__startswith=wanted.action) if whole_room else found.filter(action=wanted.action)
    return found


@dataclass(frozen=True, slots=True)
class ChainReport:
    """How far the chain holds. `broken_at` is the first entry that does not fit, None if all do."""

    checked: int
    broken_at: int | None = None
    why: str = ""

    @property
    def whole(self) -> bool:
        """Tell whether every link fits."""
        return self.broken_at is None


def verify_chain() -> ChainReport:
    """Go through the whole chain and return the first broken link, if any."""
    return _verify(0, chain.BEGIN)


def verify_latest(most: int = _BATCH) -> ChainReport:
    """Go through the latest entries only, quick enough for a page; what lies before them is taken as it stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM audit_head")
        (head,) = cursor.fetchone()
    before = AuditEntry.objects.filter(id=max(0, head - most)).first()
    return _verify(before.id, bytes(before.hash)) if before else _verify(0, chain.BEGIN)


def _verify(number: int, previous: bytes) -> ChainReport:
    for entry in _after(number):
        why = _wrong(entry, number, previous)
        if why:
            return ChainReport(number, number + 1, why)
        number, previous = entry.id, bytes(entry.hash)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, hash FROM audit_head")
        head, head_hash = cursor.fetchone()
    if (head, bytes(head_hash)) != (number, previous):
        return ChainReport(number, number + 1, "entries at the end are missing")
    return ChainReport(number)


def _after(last: int) -> Iterator[AuditEntry]:
    while batch := list(AuditEntry.objects.filter(id__gt=last).order_by("id")[:_BATCH]):
        yield from batch
        last = batch[-1].id


def _wrong(entry: AuditEntry, number: int, previous: bytes) -> str:
    if entry.id != number + 1:
        return "an entry is missing"
    if bytes(entry.previous) != previous:
        return "the entry does not follow the one before it"
    facts = {name: getattr(entry, name) for name in chain.COVERED}
    if chain.link(previous, facts) != bytes(entry.hash):
        return "the entry has been changed"
    return ""
