"""Conflicts follow their records through a re-division, so that who serves there now rules them."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.areas import following
from lianxin.foundation.areas.models import Area

from .adapters import adapter
from .models import Conflict

_BATCH = 200


def _left(ended: frozenset[int]) -> Q:
    return Q(grid_id__in=ended) | Q(community_id__in=ended) | Q(street_id__in=ended)


@following.waits("conflicts", _("条数据冲突"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many open conflicts still lie in areas that have ended while their record does not."""
    return sum(1 for one in Conflict.objects.open().filter(_left(ended)) if _spot(one, ended) is not None)


def follow(*, at: datetime) -> int:
    """Write open conflicts where their records lie now; returns how many moved. Several may run this."""
    held = Conflict.objects.open()
    wanted = {pk for row in held.values_list("grid_id", "community_id", "street_id").distinct() for pk in row if pk}
    ended = frozenset(Area.objects.filter(valid_to__lte=at, pk__in=wanted).values_list("pk", flat=True))
    moved = 0
    for one in held.filter(_left(ended)).order_by("pk")[:_BATCH] if ended else ():
        spot = _spot(one, ended)
        if spot is not None:
            moved += held.filter(pk=one.pk).update(**spot)
    return moved


def _spot(one: Conflict, ended: frozenset[int]) -> dict[str, int | None] | None:
    """Return where the record lies now; None while it has not moved either, or has ended."""
    reach = adapter(one.subject)
    known = reach.read(one.subject_id, []) if reach is not None else None
    if known is None or {known.spot.grid_id, known.spot.community_id, known.spot.street_id} & ended:
        return None
    return {
        "street_id": known.spot.street_id,
        "community_id": known.spot.community_id,
        "grid_id": known.spot.grid_id,
    }
