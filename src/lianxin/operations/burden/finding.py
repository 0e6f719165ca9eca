"""Ground for trials in an installation: a grid worker with a person, its clerk, a resident, what happens to be open."""

from datetime import datetime

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import actor_of, current_posts, holders
from lianxin.registry.people.models import Person
from lianxin.work.cases.models import Case
from lianxin.work.cases.words import Stage
from lianxin.work.visits.models import Sign

from .tasks import Ground


def find(at: datetime) -> Ground | None:
    """Return the first grid worker who can do the tasks, with whom and what; None where there is nobody."""
    posts = current_posts(at).filter(area__role="grid", role__permissions__contains=["visits.write", "cases.report"])
    for account_id, grid_id in posts.order_by("pk").values_list("account_id", "area_id")[:50]:
        people = Person.objects.now().filter(grid_id=grid_id, home__building__point__isnull=False)
        free = people.exclude(pk__in=Sign.objects.running().values("person_id"))
        person = free.select_related("home__building").order_by("pk").first()
        worker = actor_of(account_id, at=at)
        clerk = _clerk(person, at) if person is not None else None
        if person is not None and person.home is not None and worker is not None and clerk is not None:
            point = person.home.building.point
            resident, closed = _resident(at)
            place = (point.lon, point.lat) if point else (0.0, 0.0)
            return Ground(at, worker, clerk, person, place, resident=resident, closed=closed)
    return None


def _clerk(person: Person, at: datetime) -> Actor | None:
    found = holders("cases.check", at=at, place=person)
    clerks = [one for one in (actor_of(pk, at=at) for pk in found) if one is not None and one.may("care.tag", person)]
    if clerks:
        return clerks[0]
    others = holders("care.tag", at=at, place=person)
    return actor_of(others[0], at=at) if others else None


def _resident(at: datetime) -> tuple[Actor | None, Case | None]:
    """Return a resident with a case of theirs that is closed and not yet rated."""
    closed = Case.objects.filter(stage=Stage.CLOSED, reporter_id__isnull=False).order_by("-pk")[:50]
    for case in closed:
        actor = actor_of(case.reporter_id or 0, at=at)
        if actor is not None and actor.kind == "resident":
            return actor, case
    return None, None
