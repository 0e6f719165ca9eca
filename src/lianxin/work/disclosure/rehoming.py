"""Notices follow a redivision: what was told to an area is told to all that came of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import following
from lianxin.foundation.areas.acting import draft
from lianxin.foundation.areas.queries import node, successors
from lianxin.kernel.journal.writing import append

from . import audience
from .models import Notice, State

BATCH = 200


@following.waits("disclosure", _("份通知"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many notices in use still name ended areas."""
    return _left(ended).count()


def _left(ended: Iterable[int]) -> QuerySet[Notice]:
    ids = sorted(ended)
    return Notice.objects.exclude(state=State.WITHDRAWN).filter(Q(area_ids__overlap=ids) | Q(area_id__in=ids))


def rehome(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Let notices speak to the areas that followed; returns how many were moved. Receipts stay who they were for."""
    moved = 0
    for pk in list(_left(ended_area_ids).order_by("pk").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            notice = Notice.objects.select_for_update().get(pk=pk)
            moved += _move(notice, at)
    return moved


def _move(notice: Notice, at: datetime) -> int:
    now = sorted({living for area_id in notice.area_ids for living in _now(area_id)})
    if not now:
        return 0
    area = audience.common(now, at)
    notice.area_ids, notice.area_id = now, area.id
    notice.street_id, notice.community_id, notice.grid_id = area.street_id, area.community_id, area.grid_id
    notice.version += 1
    notice.save(update_fields=["area_ids", "area_id", "street_id", "community_id", "grid_id", "version"])
    append([draft(SYSTEM, "notice", notice.pk, "rehome", at=at, version=notice.version)])
    return 1


def _now(area_id: int) -> set[int]:
    """Return what an area is now: itself, or all that followed it over any number of changes."""
    found, asked = set(), {area_id}
    while asked:
        known = [(each, node(each)) for each in asked]
        found |= {each for each, area in known if area is not None and area.valid_to is None}
        asked = {new for each, area in known if area is None or area.valid_to is not None for new in successors(each)}
    return found
