"""Bonds follow a redivision: each goes on with what followed its area; of two of one leader that meet, one ends."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import following
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.places.rehoming import home_now

from .change import put_place, tell
from .models import Tie

BATCH = 200


@following.waits("liaison", gettext_lazy("条联系包抓"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many bonds in force are still written in ended areas."""
    return Tie.objects.now().filter(area_id__in=ended).count()


def rehome(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Move bonds to where their place lies now; returns how many moved or ended."""
    lost = Tie.objects.now().filter(area_id__in=ended_area_ids)
    moved = 0
    for pk in list(lost.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            tie = Tie.objects.select_for_update(of=("self",)).select_related("estate").get(pk=pk)
            area = home_now(tie.estate.point if tie.estate else None, tie.area_id, at=at)
            if area is not None:
                _move(tie, area, at)
                moved += 1
    return moved


def _move(tie: Tie, area: AreaNode, at: datetime) -> None:
    same = Tie.objects.now().filter(account_id=tie.account_id, area_id=area.id, estate=None).exclude(pk=tie.pk)
    if tie.estate_id is None and same.exists():
        tie.ended_on, tie.end_reason = at.astimezone(ZONE).date(), _("网格调整后并入同一人联系的区域")
        tell(SYSTEM, tie, "end", at=at)
        return
    put_place(tie, area)
    tell(SYSTEM, tie, "rehome", at=at)
