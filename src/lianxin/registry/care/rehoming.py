"""Tags follow their people through a redivision, and wherever else they went."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.areas import following
from lianxin.registry.people.rehoming import follow_people

from .models import CareTag


@following.waits("care", _("个关爱标签"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many running tags are still written in ended grids."""
    return CareTag.objects.running().filter(grid_id__in=ended).count()


_ALIGN = """
UPDATE care_tag t SET street_id = p.street_id, community_id = p.community_id, grid_id = p.grid_id
FROM person p WHERE p.id = t.person_id AND t.ended_at IS NULL
AND (t.street_id, t.community_id, t.grid_id) IS DISTINCT FROM (p.street_id, p.community_id, p.grid_id)
"""


def align() -> int:
    """Let every running tag lie where its person does, also who was moved by an import; returns how many did not."""
    with connection.cursor() as cursor:
        cursor.execute(_ALIGN)
        return int(cursor.rowcount)


def rehome(*, ended_area_ids: frozenset[int]) -> int:
    """Let running tags lie where their people do; returns how many were looked at."""
    return follow_people(CareTag.objects.running(), ended_area_ids)
