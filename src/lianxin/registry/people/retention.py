"""How long what is kept (保存期限): people who died or left are erased, old looks go, old values before changes go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.areas.acting import demand_somewhere
from lianxin.registry.sources.models import Revision

from . import change
from .actions.erasing import erase_person
from .models import Look, Person
from .settings import people_settings

BATCH = 200


@dataclass(frozen=True, slots=True)
class Due:
    """One kind of thing whose time is over: how many now, how many more within thirty days, and the period."""

    label: str
    keep_days: int
    now: int
    soon: int


def preview(actor: Actor, *, at: datetime) -> list[Due]:
    """Return what the next runs take away, for who answers for people. Raises NotAllowed."""
    demand_somewhere(actor, "people.answer", "查看保存期限")
    limits = people_settings()
    kinds: tuple[tuple[str, int, Callable[[datetime], QuerySet[Person] | QuerySet[Look] | QuerySet[Revision]]], ...] = (
        ("已去世、已迁出的人", limits.keep_ended_days, _ended),
        ("查看留痕", limits.keep_look_days, _looks),
        ("修改前的内容", limits.keep_revision_days, _revisions),
    )
    told = []
    for label, days, found in kinds:
        until = at - timedelta(days=days)
        now = found(until).count()
        told.append(Due(label, days, now, found(until + timedelta(days=30)).count() - now))
    return told


def _ended(until: datetime) -> QuerySet[Person]:
    return Person.objects.filter(ended_at__lte=until, end__in=[Person.End.DIED, Person.End.LEFT])


def _looks(until: datetime) -> QuerySet[Look]:
    return Look.objects.filter(at__lte=until)


def _revisions(until: datetime) -> QuerySet[Revision]:
    return Revision.objects.filter(subject=change.SUBJECT, at__lte=until, before__isnull=False)


def erase_ended(*, at: datetime, limit: int = BATCH) -> int:
    """Erase a batch of people whose time on the books is over; returns how many."""
    until = at - timedelta(days=people_settings().keep_ended_days)
    found = list(_ended(until).order_by("pk")[:limit])
    for person in found:
        erase_person(SYSTEM, person=person, reason="retention", at=at)
    return len(found)


def drop_looks(*, at: datetime, limit: int = 5000) -> int:
    """Drop a batch of looks that are older than the log must be; returns how many."""
    until = at - timedelta(days=people_settings().keep_look_days)
    old = list(_looks(until).order_by("pk").values_list("pk", flat=True)[:limit])
    return Look.objects.filter(pk__in=old).delete()[0]


def drop_values(*, at: datetime, limit: int = 5000) -> int:
    """Forget what stood in records long ago; that something was changed, when and by whom stays. Returns how many."""
    until = at - timedelta(days=people_settings().keep_revision_days)
    old = list(_revisions(until).order_by("pk").values_list("pk", flat=True)[:limit])
    return Revision.objects.filter(pk__in=old).update(before=None)
