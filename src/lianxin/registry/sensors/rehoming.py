"""Devices follow their areas through a redivision: in batches, each where its point now lies."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import following
from lianxin.foundation.areas.acting import draft
from lianxin.kernel import versions
from lianxin.kernel.journal.writing import append
from lianxin.registry.places.rehoming import home_now, left_behind

from .changing import SUBJECT
from .models import Device
from .register import NAME

BATCH = 500
_MOVE = """
UPDATE device SET area_id = told.area_id, street_id = told.street_id, community_id = told.community_id,
    grid_id = told.grid_id, version = device.version + 1
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS told (id, area_id, street_id, community_id, grid_id)
WHERE device.id = told.id
"""


@following.waits("sensors", _("个物联设备"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many devices on the books are still written in ended areas."""
    return Device.objects.now().filter(left_behind(ended)).count()


@transaction.atomic
def rehome(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Move one batch; returns how many. Four statements, however many they are."""
    lost = Device.objects.now().filter(left_behind(ended_area_ids)).order_by("pk").select_for_update(of=("self",))
    moved, drafts = [], []
    for row in lost.only("pk", "point", "area_id", "version")[:limit]:
        area = home_now(row.point, row.area_id, at=at)
        if area is not None:
            moved.append((row.pk, area.id, area.street_id, area.community_id, area.grid_id))
            drafts.append(draft(SYSTEM, SUBJECT, row.pk, "rehome", at=at, version=row.version + 1))
    if moved:
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [list(column) for column in zip(*moved, strict=True)])
        append(drafts)
        versions.bump(NAME)
    return len(moved)
