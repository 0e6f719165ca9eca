"""Who looks at the big screen: somebody signed in, or a wall that was connected by one who may."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import actor_of

from .models import Wall

COOKIE = "lx_wall"
VIEW = "screen.view"
# A wall only shows: whatever else its post may do stays with the person.
SHOWN = frozenset({VIEW, "statistics.view", "cases.view", "patrols.view", "places.view"})
CODE_LASTS = timedelta(minutes=10)
LASTS = timedelta(days=180)
_SIGN = timedelta(minutes=1)


def hashed(secret: str) -> bytes:
    """Return what is kept of a wall's secret."""
    return hashlib.sha256(secret.encode()).digest()


def wall_of(request: HttpRequest) -> Wall | None:
    """Return the wall that asks, connected or not yet; None for any other browser."""
    secret = request.COOKIES.get(COOKIE, "")
    return Wall.objects.filter(secret_hash=hashed(secret), revoked_at=None).first() if secret else None


def actor_for(wall: Wall | None, *, at: datetime) -> Actor | None:
    """Return for whom a wall shows: the post it was connected by, narrowed to looking; None when that has ended."""
    if wall is None or wall.paired_by_id is None or wall.expires_at is None or wall.expires_at <= at:
        return None
    person = actor_of(wall.paired_by_id, at=at, channel="screen")
    held = [each for each in person.holdings if each.post_id == wall.post_id] if person else []
    if person is None or not held:
        return None
    return replace(person, holdings=tuple(held), elevated=frozenset(), allowed=SHOWN)


def note_sign_of_life(wall: Wall, *, at: datetime) -> None:
    """Keep that a wall is on; once a minute is enough."""
    if wall.seen_at is None or wall.seen_at + _SIGN < at:
        Wall.objects.filter(pk=wall.pk).update(seen_at=at)


def connected(actor: Actor, *, at: datetime) -> QuerySet[Wall]:
    """Return the walls the actor sees: those of its own posts; who arranges everywhere sees all."""
    found = Wall.objects.filter(revoked_at=None, paired_at__isnull=False, expires_at__gt=at)
    found = found.select_related("post__area")
    if actor.scope("screen.arrange").everywhere:
        return found
    return found.filter(Q(paired_by_id=actor.account_id))


def forget(*, at: datetime) -> int:
    """Delete walls that were never connected, have ended or were cut off; return how many."""
    gone = Q(paired_at=None, code_until__lt=at) | Q(expires_at__lt=at) | Q(revoked_at__lt=at - timedelta(days=30))
    return Wall.objects.filter(gone).delete()[0]
