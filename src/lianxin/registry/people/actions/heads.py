"""Heads of a building and its entrances (楼栋长、单元长): neighbours who live there and look after the stairs."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid
from lianxin.registry.people.models import Person
from lianxin.registry.places import changing
from lianxin.registry.places.models import Building

MOST = 20


@transaction.atomic
def set_heads(actor: Actor, *, building: Building, seen: int, people: Sequence[Person], at: datetime) -> Building:
    """Say who the heads of a building are, in order; nobody is fine. They must live in it and be seen by the actor.

    Raises NotAllowed, Stale, Invalid.
    """
    building = changing.locked(actor, building, seen=seen)
    ids = list(dict.fromkeys(person.pk for person in people))
    if len(ids) > MOST:
        raise Invalid({"people": _("一栋楼最多 {most} 位楼栋长、单元长。").format(most=MOST)})
    kept = [pk for pk in ids if pk in building.unit_head_ids]
    fresh = [pk for pk in ids if pk not in kept]
    there = Person.objects.visible_to(actor).now().filter(pk__in=fresh, home__building=building)
    if there.count() != len(fresh):
        raise Invalid({"people": _("楼栋长、单元长要是住在这栋楼里的人。")})
    changing.change(actor, building, {"unit_head_ids": ids}, at=at, source=None)
    return building
