"""Reads of the desk: how much waits, and who else answers letters there."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import actors_of, current_posts

from .models import Ask, Letter
from .scoping import PERMISSION


@dataclass(frozen=True, slots=True)
class Counts:
    """What lies at a desk, without a word of it."""

    waiting: int
    mine: int
    late: int
    offered: int


def counts(actor: Actor, *, at: datetime) -> Counts:
    """Count the desk's letters. Two statements."""
    waiting, late = Q(state=Letter.State.WAITING), Q(answered_at=None, due_at__lte=at)
    told = (
        Letter.objects.queued_for(actor)
        .open()
        .aggregate(
            waiting=Count("pk", filter=waiting),
            mine=Count("pk", filter=Q(taken_by_id=actor.account_id)),
            late=Count("pk", filter=late & (waiting | Q(taken_by_id=actor.account_id))),
        )
    )
    offered = Ask.objects.filter(to_id=actor.account_id, state=Ask.State.AGREED).count() if actor.account_id else 0
    return Counts(**told, offered=offered)


def colleagues(actor: Actor, letter: Letter, *, at: datetime) -> list[tuple[int, str]]:
    """Return who else may answer this letter, by account and name."""
    places = [area_id for area_id in (letter.community_id, letter.street_id) if area_id is not None]
    near = current_posts(at).filter(role__permissions__contains=[PERMISSION], area_id__in=places)
    ids = list(near.exclude(account_id=actor.account_id or 0).values_list("account_id", flat=True).distinct()[:40])
    known = actors_of(ids, at=at)
    names = dict(Account.objects.filter(pk__in=ids).values_list("pk", "name"))
    one = Letter.objects.filter(pk=letter.pk)
    return [(pk, names[pk]) for pk in ids if pk in known and one.queued_for(known[pk]).exists()]
