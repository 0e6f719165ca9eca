"""One's own track (轨迹), and nobody else's: there is no other way to read one."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from lianxin.foundation.accounts.actor import Actor
from lianxin.work.patrols.models import Track
from lianxin.work.patrols.settings import patrol_settings

Fix = tuple[float, float, datetime, int]  # longitude, latitude, when, how sure in metres


def own_track(actor: Actor, round_key: UUID, *, at: datetime) -> list[Fix]:
    """Return where the actor's own phone was on a round, in order; empty for anybody else. One statement."""
    if actor.account_id is None:
        return []
    oldest = at - timedelta(days=patrol_settings().track_days)
    mine = Track.objects.filter(round__key=round_key, account_id=actor.account_id, ends_at__gte=oldest)
    return [
        (lon, lat, row.begins_at + timedelta(seconds=seconds), metres)
        for row in mine.order_by("begins_at", "pk")
        for lon, lat, seconds, metres in json.loads(row.line or "[]")
    ]
