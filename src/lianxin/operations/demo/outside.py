"""Who is outside this very hour: some grid workers on a round, checked in a little while ago."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from lianxin.foundation.accounts.models import Post
from lianxin.foundation.accounts.queries import actors_of
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.actions import Visit
from lianxin.work.patrols.models import Point
from lianxin.work.patrols.words import How

_WALKERS = 16
_HOURS = range(7, 21)  # of the day; at night nobody walks


def make(*, seed: int, now: datetime) -> int:
    """Send some workers on a round of their own and let them check in; returns how many."""
    if now.astimezone(ZONE).hour not in _HOURS:
        return 0
    rng = Random(f"outside {seed}")
    points = {point.grid_id: point for point in Point.objects.now().order_by("code")}
    posts = Post.objects.filter(role_id="grid_worker", valid_to=None, area_id__in=list(points)).order_by("pk")
    holders = {post.account_id: post.area_id for post in posts}
    chosen = rng.sample(sorted(holders), min(_WALKERS, len(holders)))
    actors = actors_of(chosen, at=now)
    for account_id in chosen:
        point, ago = points[holders[account_id]], timedelta(minutes=rng.randint(3, 50))
        began = now - ago - timedelta(minutes=10)
        walk = patrols.start(actors[account_id], key=_key(rng), name="日常巡查", place=point.place, at=began)
        visit = Visit(_key(rng), walk.key, How.GPS, now - ago, point=point.key, place=point.place, accuracy=8)
        patrols.check_in(actors[account_id], visit=visit, at=now - ago)
    return len(chosen)


def _key(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)
