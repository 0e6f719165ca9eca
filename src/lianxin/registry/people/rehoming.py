"""People, households and what residents asked follow their areas through a redivision, in batches."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import following
from lianxin.foundation.areas.acting import draft
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.journal.writing import append
from lianxin.registry.places.models import Dwelling
from lianxin.registry.places.rehoming import home_now, left_behind

from .change import AREA_COLUMNS
from .models import Ask, Household, Person

BATCH = 1000
_HOT = AREA_COLUMNS[1:]
Row = TypeVar("Row", Person, Household)


@following.waits("people", _("份人员和户的档案"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many people and households are still written in ended areas."""
    people = Person.objects.filter(left_behind(ended), ended_at=None).count()
    return people + Household.objects.filter(left_behind(ended), valid_to=None).count()


def rehome_people(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Move a batch of people to where their home now lies, or to what followed their area; returns how many.

    Who lives at a dwelling that has not moved yet waits for it.
    """
    lost = Person.objects.filter(left_behind(ended_area_ids), ended_at=None)
    return _move(lost, "home", ended_area_ids, at=at, limit=limit)


def rehome_households(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Move a batch of households; returns how many."""
    lost = Household.objects.filter(left_behind(ended_area_ids), valid_to=None)
    return _move(lost, "dwelling", ended_area_ids, at=at, limit=limit)


def rehome_ended(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Move those who died or left, so that who serves there still finds their file; returns how many. Reads all."""
    lost = Person.objects.filter(end__in=[Person.End.DIED, Person.End.LEFT], area_id__in=ended_area_ids)
    return _move(lost, "home", ended_area_ids, at=at, limit=limit)


STEPS = (rehome_people, rehome_households)


@transaction.atomic
def _move(lost: "QuerySet[Row]", at_home: str, ended: frozenset[int], *, at: datetime, limit: int) -> int:
    stays = Q(**{f"{at_home}__area_id__in": ended, f"{at_home}__valid_to": None})
    ready = lost.filter(Q(**{at_home: None}) | ~stays).select_related(at_home)
    rows = list(ready.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:limit])
    successor = cache(lambda area_id: home_now(None, area_id, at=at))
    groups: dict[tuple[int | None, ...], list[int]] = defaultdict(list)
    for row in rows:
        home: Dwelling | None = getattr(row, at_home)
        moves_with_home = home is not None and home.area_id is not None and home.area_id not in ended
        target = _columns(home if moves_with_home else successor(row.area_id))
        if target is not None:
            groups[target].append(row.pk)
    model = lost.model
    for target, ids in groups.items():
        model._default_manager.filter(pk__in=ids).update(**dict(zip(AREA_COLUMNS, target, strict=True)))
    moved = sum(map(len, groups.values()))
    if moved:
        facts = {"count": moved, "areas": sorted({each for each in (row.area_id for row in rows) if each})}
        append([draft(SYSTEM, model._meta.model_name or "", 0, "rehome", at=at, after=facts)])
    return moved


def _columns(place: Dwelling | AreaNode | None) -> tuple[int | None, ...] | None:
    if place is None:
        return None
    area_id = place.id if isinstance(place, AreaNode) else place.area_id
    return (area_id, place.street_id, place.community_id, place.grid_id)


def rehome_asks(*, ended_area_ids: frozenset[int]) -> int:
    """Let what residents asked lie where they now live; returns how many."""
    return follow_people(Ask.objects.filter(state=Ask.State.ASKED), ended_area_ids)


def follow_people(rows: "QuerySet[Any]", ended: Iterable[int]) -> int:
    """Copy the hot areas of the person to rows of it that still name ended areas; one statement, returns how many."""
    ended = list(ended)
    lost = rows.filter(Q(grid_id__in=ended) | Q(community_id__in=ended) | Q(street_id__in=ended))
    values: Mapping[str, Any] = {
        level: Subquery(Person.objects.filter(pk=OuterRef("person_id")).values(level)[:1]) for level in _HOT
    }
    return lost.update(**values)
