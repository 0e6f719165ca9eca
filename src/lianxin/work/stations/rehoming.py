"""Stations follow a redivision: each where its point now lies."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import following
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.journal.writing import append
from lianxin.registry.places.rehoming import home_now

from .models import Station

BATCH = 200
_HOT = ["area_id", "street_id", "community_id", "grid_id"]


@following.waits("stations", _("个服务站点"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many standing stations are still written in ended areas."""
    return Station.objects.standing().filter(area_id__in=ended).count()


def rehome(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Let stations lie where their points do now; returns how many were moved."""
    lost = Station.objects.standing().filter(area_id__in=ended_area_ids).order_by("pk")
    moved = 0
    for pk in list(lost.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            station = Station.objects.select_for_update().get(pk=pk)
            area = home_now(station.point, station.area_id, at=at)
            if area is None:
                continue
            station.area_id, station.street_id = area.id, area.street_id
            station.community_id, station.grid_id = area.community_id, area.grid_id
            station.version += 1
            station.save(update_fields=[*_HOT, "version"])
            append([draft(SYSTEM, "station", pk, "rehome", at=at, version=station.version)])
            moved += 1
    return moved
