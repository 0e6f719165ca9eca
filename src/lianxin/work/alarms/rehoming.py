"""Open alarms lie where their devices do, also after a re-division."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.areas import following
from lianxin.registry.places.rehoming import left_behind

from .models import Alarm

_ALIGN = """
UPDATE alarm SET area_id = device.area_id, street_id = device.street_id, community_id = device.community_id,
    grid_id = device.grid_id, version = alarm.version + 1
FROM device WHERE device.id = alarm.device_id AND alarm.ended_at IS NULL
AND (alarm.area_id, alarm.street_id, alarm.community_id, alarm.grid_id)
    IS DISTINCT FROM (device.area_id, device.street_id, device.community_id, device.grid_id)
"""


@following.waits("alarms", _("条告警"))
def waiting(ended: frozenset[int]) -> int:
    """Return how many open alarms are still written in ended areas."""
    return Alarm.objects.open().filter(left_behind(ended)).count()


def align() -> int:
    """Let every open alarm lie where its device does now; returns how many did not. Past ones stay where they were."""
    with connection.cursor() as cursor:
        cursor.execute(_ALIGN)
        return int(cursor.rowcount)
