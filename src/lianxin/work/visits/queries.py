"""Reads about visits: whom to visit next and why, the diary, what it was about, what is due again."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.care import queries as care
from lianxin.registry.care.models import CareTag, serving
from lianxin.registry.people.models import Household, Person
from lianxin.registry.places.models import Dwelling

from .models import SignDay, Visit
from .signs.rules import day_of

NEW = timedelta(days=30)  # a household that moved in so lately wants a first visit
SMALL = 5  # below it a count is not told, so that nobody is found by it
SEARCHED = 3000  # visits whose sealed words one search opens


@dataclass(slots=True)
class Next:
    """Somebody to visit, or a home, with every reason."""

    person: Person | None
    dwelling: Dwelling | None
    why: list[str] = field(default_factory=list)
    needs: Sequence[str] = ()
    weight: int = 0
    due: date | None = None
    visit: Visit | None = None  # after which somebody wanted to come again


def whom_next(actor: Actor, *, at: datetime, limit: int = 30) -> list[Next]:
    """Return whom to visit next, the most pressing first: missed signs, care by need, what is due again, new homes.

    Some six statements.
    """
    found: dict[tuple[str, int], Next] = {}
    for person, day in _missed_lately(actor, at):
        _add(found, person, person.home, 400, _("{month}月{day}日没报平安").format(month=day.month, day=day.day))
    for place, each in enumerate(care.due_visits(actor, at=at, ahead_days=1, limit=limit)):
        one = _add(found, each.person, each.person.home, 200 + limit - place + min(each.days_over, 90), each.why)
        one.needs = [str(CareTag.Need(tag.need).label) for tag in each.tags]
    today = day_of(at)
    for visit in follow_ups(actor, until=today)[:limit]:
        due = visit.follow_up_on or today
        late = (today - due).days
        said = _("约好今天再去") if not late else _("约好 {month}月{day}日再去").format(month=due.month, day=due.day)
        home = visit.dwelling or (visit.person.home if visit.person else None)
        one = _add(found, visit.person, home, 150 + min(late, 40), said)
        one.due, one.visit = due, visit
    for household in _new_households(actor, at)[:limit]:
        _add(found, household.head, household.dwelling, 50, _("新搬来，还没走访过"))
    return sorted(found.values(), key=lambda one: -one.weight)[:limit]


def _add(
    found: dict[tuple[str, int], Next], person: Person | None, dwelling: Dwelling | None, weight: int, why: str
) -> Next:  # fmt: skip
    key = ("person", person.pk) if person else ("dwelling", dwelling.pk if dwelling else 0)
    one = found.setdefault(key, Next(person, dwelling))
    one.why.append(why)
    one.weight = max(one.weight, weight)
    return one


def _missed_lately(actor: Actor, at: datetime) -> list[tuple[Person, date]]:
    """Return who missed a sign within three days and has not been seen at home since."""
    scope = serving(actor, "visits.signs")
    since = Visit.objects.filter(person_id=OuterRef("sign__person_id"), visited_at__gte=OuterRef("due_at"))
    days = SignDay.objects.filter(day__gte=day_of(at) - timedelta(days=3), worker_at__isnull=False)
    days = days.exclude(state__in=[SignDay.State.WORKER, SignDay.State.CLERK]).exclude(how=SignDay.How.VISIT)
    if not scope.everywhere:
        days = days.filter(
            Q(sign__grid_id__in=scope.grid_ids)
            | Q(sign__community_id__in=scope.community_ids)
            | Q(sign__street_id__in=scope.street_ids)
        )
    rows = days.filter(~Exists(since.filter(outcome=Visit.Outcome.MET)), sign__ended_at=None)
    return [(row.sign.person, row.day) for row in rows.select_related("sign__person__home").order_by("-day")[:30]]


def _new_households(actor: Actor, at: datetime) -> "QuerySet[Household]":
    scope = serving(actor, "visits.write")
    came = Visit.objects.filter(
        Q(household_id=OuterRef("pk")) | Q(dwelling_id=OuterRef("dwelling_id")) | Q(person_id=OuterRef("head_id")),
        visited_at__gte=OuterRef("valid_from"),
    )
    rows = Household.objects.filter(valid_to=None, valid_from__gte=at - NEW, dwelling__isnull=False)
    rows = rows if scope.everywhere else rows.filter(within(scope))
    return rows.filter(~Exists(came)).select_related("head", "dwelling").order_by("valid_from", "pk")


def follow_ups(actor: Actor, *, until: date) -> "QuerySet[Visit]":
    """Visits after which somebody wanted to come again by a day and nobody has."""
    found = Visit.objects.visible_to(actor).due().filter(follow_up_on__lte=until)
    return found.select_related("person__home", "dwelling", "establishment").order_by("follow_up_on", "pk")


def never_visited(actor: Actor) -> "QuerySet[CareTag]":
    """Running tags with a plan of visits whose person nobody has visited, the longest waiting first."""
    came = Visit.objects.filter(person_id=OuterRef("person_id"), outcome=Visit.Outcome.MET)
    tags = CareTag.objects.visible_to(actor).running().filter(visit_every_days__isnull=False, person__ended_at=None)
    return tags.filter(~Exists(came), last_visited_at=None).select_related("person__home")


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the diary is asked for."""

    area_id: int | None = None
    area_level: str = ""  # street, community, grid
    topic: str = ""
    mood: str = ""
    kind: str = ""
    from_day: date | None = None  # a week begins on it
    days: int = 7
    account_id: int | None = None


def diary(actor: Actor, filters: Filters) -> "QuerySet[Visit]":
    """Return the visits the actor may read, the latest first when paged by `-visited_at`."""
    found = Visit.objects.visible_to(actor)
    if filters.area_id is not None and filters.area_level in {"street", "community", "grid"}:
        found = found.filter(**{f"{filters.area_level}_id": filters.area_id})
    if filters.topic:
        found = found.filter(topics__contains=[filters.topic])
    for name in ("mood", "kind"):
        if value := getattr(filters, name):
            found = found.filter(**{name: value})
    if filters.from_day is not None:
        begin = datetime.combine(filters.from_day, time(), ZONE)
        found = found.filter(visited_at__gte=begin, visited_at__lt=begin + timedelta(days=filters.days))
    if filters.account_id is not None:
        found = found.filter(by_id=filters.account_id)
    return found.select_related("person__home", "dwelling", "establishment")


def with_words(found: "QuerySet[Visit]", words: str, *, most: int = 100) -> list[Visit]:
    """Return visits whose words hold some words. They are sealed, so only the latest of the scope are opened."""
    parts = words.casefold().split()
    hits: list[Visit] = []
    for visit in found.exclude(words__isnull=True).order_by("-visited_at", "-pk")[:SEARCHED].iterator(chunk_size=500):
        text = (visit.words or "").casefold()
        if all(part in text for part in parts):
            hits.append(visit)
            if len(hits) == most:
                break
    return hits


@dataclass(frozen=True, slots=True)
class TopicCount:
    """How often something was talked about in a week, and in the week before; None: too few to tell."""

    topic: str
    label: str
    count: int | None
    before: int | None


def topics_of(actor: Actor, filters: Filters, *, at: datetime) -> list[TopicCount]:
    """Return what people talked about this week against the last, in the area of the filters. One statement."""
    monday = day_of(at) - timedelta(days=day_of(at).weekday())
    begin = datetime.combine(monday - timedelta(days=7), time(), ZONE)
    rows = diary(actor, Filters(filters.area_id, filters.area_level)).filter(visited_at__gte=begin, visited_at__lte=at)
    counts: Mapping[bool, Counter[str]] = defaultdict(Counter)
    for topics, visited_at in rows.values_list("topics", "visited_at"):
        counts[visited_at.astimezone(ZONE).date() >= monday].update(topics)
    order = sorted(Visit.Topic.values, key=lambda topic: -counts[True][topic])
    return [
        TopicCount(topic, str(Visit.Topic(topic).label), told(counts[True][topic]), told(counts[False][topic]))
        for topic in order
        if counts[True][topic] or counts[False][topic]
    ]


def told(count: int) -> int | None:
    """Return a count, or None where it is so small that it could point at somebody; nobody is no secret."""
    return count if not count or count >= SMALL else None


def proposals(actor: Actor) -> "QuerySet[Visit]":
    """Return the needs that were seen and nobody has looked at, where the actor sets tags."""
    scope = serving(actor, "care.tag")
    found = Visit.objects.filter(proposal=Visit.Proposal.OPEN)
    found = found if scope.everywhere else found.filter(within(scope))
    return found.select_related("person__home").order_by("visited_at", "pk")


def labels(values: Iterable[str]) -> str:
    """Return topics in words."""
    known = dict(Visit.Topic.choices)
    return "、".join(str(known.get(value, value)) for value in values)
