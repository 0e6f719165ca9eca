"""Notices for tests: written, published, read."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from casework import NOW
from cast import Cast
from lianxin.foundation.accounts.actor import Actor
from lianxin.work.disclosure import actions as notices
from lianxin.work.disclosure.models import Notice, Receipt
from lianxin.work.disclosure.rules import Wanted

WORKERS = ("grid_worker",)


def wanted(cast: Cast, **more: Any) -> Wanted:
    """Return a notice for residents and grid workers of community 11."""
    told: dict[str, Any] = {
        "kind": "utility", "title": "周一上午停水检修", "body": "周一上午 9 点到 12 点停水。\n请先存些水。",
        "area_ids": (cast.county.community(11).id,), "to_public": True, "to_roles": WORKERS,
    }  # fmt: skip
    return Wanted(**(told | more))


def drafted(cast: Cast, actor: Actor | None = None, *, at: Any = NOW, key: UUID | None = None, **more: Any) -> Notice:
    """Return a draft, by the clerk unless somebody else is named."""
    return notices.save_draft(actor or cast.community_clerk, key=key or uuid4(), wanted=wanted(cast, **more), at=at)


def published(cast: Cast, actor: Actor | None = None, *, at: Any = NOW, **more: Any) -> Notice:
    """Return a notice that is out."""
    notice = drafted(cast, actor, at=at, **more)
    return notices.publish(actor or cast.community_clerk, notice=notice, at=at + timedelta(minutes=1))


def meant_for(notice: Notice) -> set[int]:
    """Return the accounts a notice was meant for."""
    return set(Receipt.objects.filter(notice=notice).values_list("account_id", flat=True))
