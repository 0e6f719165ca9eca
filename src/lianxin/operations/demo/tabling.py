"""Self-service tables that people have kept: a leader's, a street's, one that comes every Monday with its last file."""

from datetime import datetime, timedelta
from typing import Final

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import actor_of, current_posts
from lianxin.insight.tables import actions as tables
from lianxin.insight.tables.actions import Wanted
from lianxin.kernel import versions

_AGO: Final = timedelta(days=9)
# Who keeps it (a role), its name, its words, whom it is shown to.
_KEPT: Final = (
    ("leader", "各街道按期处置", {"f": ["reported", "due", "late_open", "rate-on_time"], "period": ["month"]}, "all"),
    ("leader", "近三个月每周上报和办结", {"rows": ["week"], "f": ["reported", "ended"], "period": ["quarter"],
     "chart": ["line"]}, "none"),
    ("seat", "什么时候上报得多", {"rows": ["weekday"], "across": ["hour"], "f": ["reported"], "period": ["quarter"],
     "chart": ["heat"]}, "all"),
    ("street_seat", "本街道各社区各渠道", {"rows": ["community"], "across": ["channel"], "f": ["reported"],
     "period": ["month"], "chart": ["stack"]}, "near"),
    ("street_seat", "各单位在我们这里办得怎样", {"rows": ["unit"], "f": ["due", "on_time", "rate-on_time"],
     "period": ["month"]}, "near"),
)  # fmt: skip


def make(*, now: datetime) -> None:
    """Keep the tables as their owners would, and let the leader's weekly one come. Counts stand already."""
    numbers, begun = versions.read(), now - _AGO
    for role, name, words, shared in _KEPT:
        owner = _holder(role, begun)
        if owner is not None:
            kept = tables.save(owner, name=name, words=words, shared=shared, at=begun, numbers=numbers)
            if name == _KEPT[0][1]:
                tables.schedule(owner, table=kept, wanted=Wanted("week", 8, weekday=1), at=begun)
    for file in tables.fall_due(at=now):
        tables.make(file, at=now)


def _holder(role: str, at: datetime) -> Actor | None:
    post = current_posts(at).filter(role__code=role).order_by("pk").first()
    return actor_of(post.account_id, at=at) if post else None
