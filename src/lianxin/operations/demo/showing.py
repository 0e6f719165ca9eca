"""The ready accounts of the demo, as they were written for people to sign in with, and where they work."""

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings

from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas.queries import AreaNode, node


def usernames(*words: str) -> list[str]:
    """Return the ready accounts whose line begins with one of these words; none before they are written."""
    path = Path(settings.DATA) / "demo-accounts.json"
    shown = json.loads(path.read_text("utf-8")) if path.exists() else []
    return [row["username"] for row in shown if row["who"].startswith(words)]


def workplaces(now: datetime) -> list[AreaNode]:
    """Return where the ready grid worker and clerk work, the grid first: their first pages are to show something."""
    posts = current_posts(now).filter(account__username__in=usernames("网格员", "社区")).select_related("role")
    found = (node(post.area_id) for post in posts.order_by("role__sort") if post.area_id is not None)
    return [area for area in found if area is not None]
