"""Reads about care, for who serves: what a person needs, whom to visit next and why, what to review."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor, Placed
from lianxin.registry.people.models import Person

from . import rules
from .models import CareTag, serving

_MOST = 500


def serves(actor: Actor, place: Placed) -> bool:
    """Tell whether the actor serves people who need care at a place; a firm or a department never does."""
    scope = serving(actor)
    levels = (
        (scope.street_ids, place.street_id), (scope.community_ids, place.community_id), (scope.grid_ids, place.grid_id),
    )  # fmt: skip
    return scope.everywhere or any(one in ids for ids, one in levels if one is not None)


def tags_of(actor: Actor, person: Person) -> list[CareTag]:
    """Return the running tags of a person that the actor may see, none for who does not serve."""
    found = CareTag.objects.visible_to(actor).running().filter(person=person)
    return sorted(found, key=lambda tag: (-rules.RULES[tag.need].weight, tag.pk))


def own_tags(account_id: int) -> list[CareTag]:
    """Return all tags about the person whose file this account has claimed, ended ones too, the latest first."""
    found = CareTag.objects.filter(person__account_id=account_id, person__ended_at=None)
    return list(found.order_by("-set_at", "-pk"))


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody to visit: for which needs, since when nobody came, how many days over the time agreed."""

    person: Person
    tags: tuple[CareTag, ...]
    days_since: int | None  # None: nobody came yet
    days_over: int
    why: str


def due_visits(actor: Actor, *, at: datetime, ahead_days: int = 0, limit: int = 50) -> list[Visit]:
    """Return whom to visit by today (or some days ahead), the most pressing first. One query.

    One visit serves all needs of a person. What presses is how far over the time agreed, times the need's weight.
    """
    until = at + timedelta(days=ahead_days)
    due = CareTag.objects.visible_to(actor).running().filter(visit_every_days__isnull=False, person__ended_at=None)
    found = due.annotate(due_at=_due_at()).filter(due_at__lte=until).select_related("person__home")
    found = found.defer("person__id_number", "person__phone")  # unsealing five hundred of them takes its time
    by_person: dict[int, list[CareTag]] = {}
    for tag in found.order_by("due_at", "pk")[:_MOST]:
        by_person.setdefault(tag.person_id, []).append(tag)
    visits = [(_pressing(tags, at), _visit(tags, at)) for tags in by_person.values()]
    visits.sort(key=lambda pair: (-pair[0], pair[1].person.pk))
    return [visit for _pressure, visit in visits[:limit]]


def due_count(actor: Actor, *, at: datetime, most: int = 50) -> int:
    """Return how many people somebody should visit by now, counting no further than one beyond `most`. One query."""
    due = CareTag.objects.visible_to(actor).running().filter(visit_every_days__isnull=False, person__ended_at=None)
    return due.annotate(due_at=_due_at()).filter(due_at__lte=at).values("person_id").distinct()[: most + 1].count()


def _due_at() -> Combinable:
    every = ExpressionWrapper(F("visit_every_days") * Value(timedelta(days=1)), output_field=DurationField())
    since = Coalesce(F("last_visited_at"), F("set_at"))
    return ExpressionWrapper(since + every, output_field=DateTimeField())


def _over(tag: CareTag, at: datetime) -> float:
    """Return how far over its time a tag is, in times of that time."""
    every = tag.visit_every_days or 1
    return (at - (tag.last_visited_at or tag.set_at)) / timedelta(days=every)


def _pressing(tags: list[CareTag], at: datetime) -> float:
    return sum(_over(tag, at) * rules.RULES[tag.need].weight for tag in tags)


def _visit(tags: list[CareTag], at: datetime) -> Visit:
    tags = sorted(tags, key=lambda tag: (-rules.RULES[tag.need].weight, tag.pk))
    came = max((tag.last_visited_at for tag in tags if tag.last_visited_at), default=None)
    days = (at - came).days if came else None
    every = min(tag.visit_every_days or 1 for tag in tags)
    since = came or min(tag.set_at for tag in tags)
    needs = "、".join(str(CareTag.Need(tag.need).label) for tag in tags)
    when = _("还没去过") if days is None else _("{days} 天没去").format(days=days)
    why = _("{needs}；约定每 {every} 天一次，{when}").format(needs=needs, every=every, when=when)
    return Visit(tags[0].person, tuple(tags), days, max(0, (at - since).days - every), why)


def reviews_due(actor: Actor, *, at: datetime, ahead_days: int = 0) -> QuerySet[CareTag]:
    """Running tags to be looked at again, or about to expire, where the actor may set tags; the nearest first."""
    until = at + timedelta(days=ahead_days)
    found = CareTag.objects.visible_to(actor).running().filter(review_at__lte=until)
    return found.select_related("person__home").order_by("review_at", "pk")


def counts(actor: Actor) -> Mapping[str, int]:
    """Return how many people need what, where the actor serves. One query."""
    found = CareTag.objects.visible_to(actor).running().values_list("need", flat=True)
    told: dict[str, int] = {}
    for need in found:
        told[need] = told.get(need, 0) + 1
    return told
