"""Cameras follow a redivision: each lies where its point now does."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import following
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.journal.writing import append
from lianxin.registry.places.changing import HOT, put
from lianxin.registry.places.rehoming import home_now, left_behind

from .models import Camera

BATCH = 200


@following.waits("cameras", _("个视频点位"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many standing cameras are still written in ended areas."""
    return Camera.objects.now().filter(left_behind(ended)).count()


def rehome(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Let cameras lie where their points do now; returns how many were moved."""
    lost = Camera.objects.now().filter(left_behind(ended_area_ids)).order_by("pk")
    moved = 0
    for pk in list(lost.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            camera = Camera.objects.select_for_update().get(pk=pk)
            area = home_now(camera.point, camera.area_id, at=at)
            if area is None or area.id == camera.area_id:
                continue
            put(camera, area)
            camera.version += 1
            camera.save(update_fields=[*HOT, "version"])
            append([draft(SYSTEM, "camera", pk, "rehome", at=at, version=camera.version)])
            moved += 1
    return moved
