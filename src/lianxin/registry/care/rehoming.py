"""Tags follow their people through a redivision."""

from django.utils.translation import gettext_lazy as _

from lianxin.foundation.areas import following
from lianxin.registry.people.rehoming import follow_people

from .models import CareTag


@following.waits("care", _("个关爱标签"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many running tags are still written in ended grids."""
    return CareTag.objects.running().filter(grid_id__in=ended).count()


def rehome(*, ended_area_ids: frozenset[int]) -> int:
    """Let running tags lie where their people do; returns how many were looked at."""
    return follow_people(CareTag.objects.running(), ended_area_ids)
