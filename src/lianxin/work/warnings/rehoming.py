"""Warnings in force follow a redivision: what fell on an area falls on all that came of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import following
from lianxin.foundation.areas.queries import node, successors

from . import board, change
from .models import State, WarningArea, WarningMessage

BATCH = 200
_ALIVE = (State.RUNNING, State.WAITING)


@following.waits("warnings", _("条预警"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many warnings in force still name ended areas. What is over stays where it fell then."""
    return _left(ended).count()


def _left(ended: Iterable[int]) -> QuerySet[WarningMessage]:
    lost = WarningArea.objects.filter(area_id__in=sorted(ended)).values("warning_id")
    return WarningMessage.objects.filter(state__in=_ALIVE, pk__in=lost)


def rehome(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Let warnings fall on the areas that followed; returns how many were moved."""
    moved = 0
    for pk, source_id in list(_left(ended_area_ids).order_by("pk").values_list("pk", "source_id")[:limit]):
        with transaction.atomic():
            change.locked(source_id)
            moved += _move(WarningMessage.objects.select_for_update(of=("self",)).get(pk=pk), ended_area_ids, at)
    return moved


def _move(row: WarningMessage, ended: frozenset[int], at: datetime) -> int:
    lost = list(WarningArea.objects.filter(warning=row, area_id__in=ended))
    has = set(WarningArea.objects.filter(warning=row).values_list("area_id", flat=True))
    new = {pk: area.colour for area in lost for pk in _now(area.area_id) if pk not in has}
    WarningArea.objects.filter(pk__in=[area.pk for area in lost]).delete()
    change.link_areas(row, new)
    change.journal(SYSTEM, row, "rehome", at)
    board.changed()
    return 1


def _now(area_id: int) -> set[int]:
    """Return what an area is now: all that followed it over any number of changes."""
    found, asked = set(), {area_id}
    while asked:
        known = [(each, node(each)) for each in asked]
        found |= {each for each, area in known if area is not None and area.valid_to is None}
        asked = {new for each, area in known if area is None or area.valid_to is not None for new in successors(each)}
    return found
