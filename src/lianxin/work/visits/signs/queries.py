"""Reads about signs: who is asked to look now, what to call, how the last days went."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from lianxin.foundation.accounts.actor import Actor
from lianxin.registry.people import rights

from .models import Sign, SignDay
from .rules import ASKING, day_of, due_at

State = SignDay.State
CALLED_AHEAD = timedelta(hours=3)


def open_days(actor: Actor) -> list[SignDay]:
    """Return the days on which staff is asked to look now, the longest waiting first. One statement."""
    signs = Sign.objects.visible_to(actor).running()
    found = SignDay.objects.filter(sign__in=signs, state__in=[State.WORKER, State.CLERK])
    return list(found.select_related("sign__person__home").order_by("due_at", "pk")[:50])


def is_asked(actor: Actor, day: SignDay) -> bool:
    """Tell whether this one is asked now, and so may see whom it is about: the grid first, the community after it."""
    sign = day.sign
    scope = actor.scope("visits.signs")
    if day.state == State.WORKER:
        return sign.grid_id in scope.grid_ids
    return day.state == State.CLERK and (sign.grid_id in scope.grid_ids or sign.community_id in scope.community_ids)


def to_call(actor: Actor, *, at: datetime) -> list[Sign]:
    """Return who agreed to give the sign by telephone, is due within three hours and has not been called today."""
    today = day_of(at)
    found = Sign.objects.visible_to(actor).running().filter(ways__contains=[Sign.Way.CALL]).exclude(days__day=today)
    found = found.exclude(pauses__from_date__lte=today, pauses__until_date__gte=today).select_related("person__home")
    waiting = [sign for sign in found.distinct()[:200] if at < due_at(sign, today) <= at + CALLED_AHEAD]
    return sorted(waiting, key=lambda sign: (sign.until, sign.pk))


def listed(actor: Actor) -> "QuerySet[Sign]":
    """Return the running signs where the actor handles them."""
    return Sign.objects.visible_to(actor).running().select_related("person__home").prefetch_related("pauses")


def today_of(signs: Sequence[Sign], at: datetime) -> dict[int, SignDay]:
    """Return how today stands for each sign that has a row. One statement."""
    return {day.sign_id: day for day in SignDay.objects.filter(sign__in=signs, day=day_of(at))}


def own(actor: Actor) -> Sign | None:
    """Return the running sign of the person whose file this account has claimed."""
    person = rights.own_file(actor)
    if person is None:
        return None
    return Sign.objects.running().select_related("person").prefetch_related("pauses").filter(person=person).first()


def last_days(sign: Sign, *, at: datetime, most: int = 14) -> list[SignDay]:
    """Return the latest days of a sign, the last first."""
    since: date = day_of(at) - timedelta(days=most)
    return list(sign.days.filter(day__gt=since).order_by("-day"))


def is_open(day: SignDay | None) -> bool:
    """Tell whether somebody is being asked to look."""
    return day is not None and day.state in ASKING
