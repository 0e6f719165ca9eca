"""Signs follow their people through a redivision; visits too, so that who serves there finds what was heard."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.areas import following
from lianxin.foundation.areas.queries import node, successors
from lianxin.registry.people.rehoming import follow_people

from .models import Sign, Visit


@following.waits("visits", _("个平安信号"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many running signs are still written in ended grids."""
    return Sign.objects.running().filter(grid_id__in=ended).count()


def rehome(*, ended_area_ids: frozenset[int]) -> int:
    """Let running signs, and visits that still have words, lie where their people do; returns how many moved."""
    told = Visit.objects.filter(words_erased_at=None)
    moved = follow_people(Sign.objects.running(), ended_area_ids)
    moved += follow_people(told.filter(person__isnull=False), ended_area_ids)
    return moved + sum(_to_successor(told.filter(person=None), area_id) for area_id in ended_area_ids)


def _to_successor(rows: "QuerySet[Visit]", area_id: int) -> int:
    """Move visits of nobody in particular to the area that followed theirs, where there is just one."""
    after = successors(area_id)
    found = node(after[0]) if len(after) == 1 else None
    lost = rows.filter(grid_id=area_id)
    if found is None or not lost.exists():
        return 0
    return lost.update(
        area_id=found.id, street_id=found.street_id, community_id=found.community_id, grid_id=found.grid_id
    )
