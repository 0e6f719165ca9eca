"""Days that are to come, and items that wait for one, follow a redivision of streets."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import following
from lianxin.foundation.areas.acting import draft
from lianxin.foundation.areas.queries import AreaNode, node
from lianxin.kernel.journal.writing import append
from lianxin.registry.places.rehoming import home_now

from .change import tell
from .models import DispatchDay, Item

BATCH = 200
_STANDING = (DispatchDay.State.PREPARED, DispatchDay.State.OPEN)


@following.waits("dispatchdays", _("个调度日和待议事项"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many days to come and waiting items are still written in ended areas."""
    days = DispatchDay.objects.filter(state__in=_STANDING, area_id__in=ended)
    return days.count() + Item.objects.filter(day=None, area_id__in=ended).count()


def rehome(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Move days and waiting items to the street that followed theirs; returns how many moved."""
    lost = DispatchDay.objects.filter(state__in=_STANDING, area_id__in=ended_area_ids)
    moved = 0
    for pk in list(lost.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            day = DispatchDay.objects.select_for_update().get(pk=pk)
            area = _street(home_now(None, day.area_id, at=at))
            if area is None:
                continue
            day.area_id, day.street_id = area.id, area.street_id
            day.items.update(area_id=area.id, street_id=area.street_id)
            tell(SYSTEM, day, "rehome", at=at)
            moved += 1
    return moved + _items(at, ended_area_ids, limit)


def _items(at: datetime, ended: frozenset[int], limit: int) -> int:
    moved = 0
    for pk in list(Item.objects.filter(day=None, area_id__in=ended).values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            item = Item.objects.select_for_update(of=("self",)).select_related("case").get(pk=pk)
            # A case lies where its own room has moved it; a question goes to the street that followed.
            area = _street(home_now(item.case.point if item.case else None, item.area_id, at=at))
            if area is None:
                continue
            twin = Item.objects.filter(Q(day=None, area_id=area.id, case=item.case) & ~Q(case=None))
            if twin.exists():
                item.delete()
            else:
                item.area_id, item.street_id, item.version = area.id, area.street_id, item.version + 1
                item.save(update_fields=["area_id", "street_id", "version"])
                append([draft(SYSTEM, "dispatch_item", pk, "rehome", at=at, version=item.version)])
            moved += 1
    return moved


def _street(area: AreaNode | None) -> AreaNode | None:
    """Return the street of an area."""
    return node(area.street_id) if area is not None and area.street_id is not None else None
