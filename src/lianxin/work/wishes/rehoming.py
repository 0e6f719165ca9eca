"""Open letters follow their areas through a redivision, so that the desk of now finds them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import following
from lianxin.registry.places.rehoming import home_now, left_behind

from . import change
from .models import Letter

_HOT = ("area_id", "street_id", "community_id", "grid_id")


@following.waits("wishes", _("封心愿邮箱来信"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many open letters are still written in ended areas."""
    return Letter.objects.open().filter(left_behind(ended)).count()


@transaction.atomic
def rehome(*, at: datetime, ended_area_ids: frozenset[int], limit: int = 200) -> int:
    """Move a batch of open letters to what followed their areas; returns how many."""
    lost = Letter.objects.open().filter(left_behind(ended_area_ids)).order_by("pk")
    moved = 0
    for letter in lost.select_for_update(skip_locked=True)[:limit]:
        area = home_now(None, letter.area_id, at=at)
        if area is None or area.id == letter.area_id:
            continue
        letter.area_id, letter.street_id = area.id, area.street_id
        letter.community_id, letter.grid_id = area.community_id, area.grid_id
        change.save(letter, SYSTEM, "rehome", at=at, columns=_HOT)
        moved += 1
    return moved
