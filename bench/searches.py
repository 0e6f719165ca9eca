"""Searches of each kind by four readers. Run as a child on a bench's database; prints the times as JSON."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from time import perf_counter

import django

django.setup()

from lianxin.foundation.accounts.actor import Actor  # noqa: E402 - after setup
from lianxin.foundation.accounts.models import Post  # noqa: E402
from lianxin.foundation.accounts.queries import actor_of  # noqa: E402
from lianxin.kernel.geometry.points import Point  # noqa: E402
from lianxin.kernel.throttle.models import Counter  # noqa: E402
from lianxin.registry.people import finding  # noqa: E402
from lianxin.registry.people.models import Person  # noqa: E402
from lianxin.registry.places.models import Building  # noqa: E402

ROLES = ("grid_worker", "community_clerk", "street_seat", "data_officer")
NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Somebody whose words are typed."""

    name: str
    initials: str
    spelling: str
    address: str  # from the estate on
    id_number: str
    phone: str
    point: Point


Typed = Callable[[Drawn, Random], str | Point]

KINDS: dict[str, Typed] = {
    "name": lambda one, rng: one.name[: rng.randint(1, 3)],
    "initials": lambda one, rng: one.initials[: rng.randint(2, 3)],
    "address": lambda one, rng: one.address if rng.random() < 0.6 else one.address.rpartition("单元")[0][:-1],
    "id": lambda one, _rng: one.id_number,
    "phone": lambda one, _rng: one.phone,
    "nearby": lambda one, _rng: one.point,
    "spelling": lambda one, rng: one.spelling[: rng.randint(4, 9)],
    "name_at": lambda one, _rng: f"{one.name[0]} {one.address.partition('单元')[0][:-1]}",
}


def main(each: int) -> None:
    """Search and print."""
    rng = Random(1)
    readers = {role: _actor(role) for role in ROLES}
    everybody = _drawn(readers["data_officer"], rng)
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    by_role: dict[str, dict[str, list[float]]] = {}
    hits = dict.fromkeys(KINDS, 0)
    for role, actor in readers.items():
        own = _drawn(actor, rng)
        by_role[role] = {}
        for kind, typed in KINDS.items():
            words = [typed(rng.choice(own if turn % 2 else everybody), rng) for turn in range(each + 5)]
            for turn, word in enumerate(words):
                Counter.objects.all().delete()  # looking up by number is limited
                begun = perf_counter()
                answer = _search(actor, word)
                took = (perf_counter() - begun) * 1000
                if turn >= 5:  # the first ones load what a process keeps
                    by_role[role].setdefault(kind, []).append(took)
                    hits[kind] += len(answer.people) + len(answer.places)
            times[kind] += by_role[role][kind]
    share = {kind: round(found / (each * len(ROLES)), 1) for kind, found in hits.items()}
    print(json.dumps({"times": times, "by_role": by_role, "hits": share, "people": Person.objects.count()}))


def _search(actor: Actor, words: str | Point) -> finding.Answer:
    if isinstance(words, Point):
        return finding.near(actor, words)
    return finding.find(actor, words, at=NOW, reason="visit")


def _actor(role: str) -> Actor:
    post = Post.objects.filter(role_id=role, valid_to=None).order_by("pk").first()
    actor = actor_of(post.account_id, at=NOW) if post else None
    if actor is None:
        raise LookupError(role)
    return actor


def _drawn(actor: Actor, rng: Random) -> list[Drawn]:
    """Return some people whom the actor serves, with what they would be searched by."""
    seen = Person.objects.visible_to(actor).filter(home__isnull=False, id_hash__isnull=False, phone_hash__isnull=False)
    ids = list(seen.values_list("pk", flat=True))
    people = seen.filter(pk__in=rng.sample(ids, min(400, len(ids)))).select_related("home__building__estate")
    places = {building.pk: building.point for building in Building.objects.only("point") if building.point is not None}
    return [_one(person, places[person.home.building_id]) for person in people if person.home is not None]


def _one(person: Person, point: Point) -> Drawn:
    home = person.home
    estate = home.building.estate.name if home is not None and home.building.estate is not None else ""
    address = home.address[home.address.index(estate) :] if home is not None else ""
    return Drawn(
        person.name, person.initials, person.spelling, address, person.id_number or "", person.phone or "", point
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
