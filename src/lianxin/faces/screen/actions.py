"""Arrange a big screen, connect a wall, cut it off."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand_somewhere, draft
from lianxin.kernel.errors import NotFound, Refused, Stale
from lianxin.kernel.ids import uuid7
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean

from . import layouts, walls
from .layouts import Arrangement
from .models import Layout, Wall

_ARRANGE = "screen.arrange"
_LABEL = "排大屏"


@transaction.atomic
def arrange(
    actor: Actor, *, pages: Sequence[Arrangement], narrow: Sequence[str], wide: Sequence[str], at: datetime,
    seen: int | None = None,
) -> Layout:  # fmt: skip
    """Keep how the actor's post wants its screen. Raises NotAllowed, Invalid with all faults, Stale."""
    post_id = _post(actor)
    wanted = [page.kept() for page in layouts.checked(pages, narrow, wide)]
    layout = Layout.objects.select_for_update().filter(post_id=post_id).first()
    if (layout.version if layout else 0) != (seen or 0):
        raise Stale(_("这块大屏刚被改过，请看过再改。"), version=layout.version if layout else 0, changes=[])
    if layout is None:
        layout = Layout(post_id=post_id, version=0)
    layout.pages, layout.changed_at = wanted, at
    layout.version += 1
    try:
        with transaction.atomic():
            layout.save()
    except IntegrityError:
        raise Stale(_("这块大屏刚被改过，请看过再改。"), version=0, changes=[]) from None
    append([draft(actor, "screen", layout.pk, "screen.arrange", at=at, version=layout.version)])
    return layout


@transaction.atomic
def restore(actor: Actor, *, at: datetime) -> None:
    """Let the house's own arrangement stand again."""
    post_id = _post(actor)
    for layout in Layout.objects.select_for_update().filter(post_id=post_id):
        append([draft(actor, "screen", layout.pk, "screen.restore", at=at, version=layout.version + 1)])
        layout.delete()


def begin(*, at: datetime) -> tuple[Wall, str]:
    """Let a screen ask to be connected: return it with its code, and the secret its browser keeps."""
    secret = secrets.token_urlsafe(32)
    while True:
        code = f"{secrets.randbelow(1_000_000):06}"
        try:
            with transaction.atomic():
                wall = Wall.objects.create(
                    key=uuid7(), secret_hash=walls.hashed(secret), code=code, code_until=at + walls.CODE_LASTS,
                    created_at=at,
                )  # fmt: skip
        except IntegrityError:
            continue
        return wall, secret


@transaction.atomic
def pair(actor: Actor, *, code: str, name: str, at: datetime) -> Wall:
    """Connect the screen that shows a code: it sees what the actor's post may see. Raises NotAllowed, Refused."""
    post_id = _post(actor)
    wall = Wall.objects.select_for_update().filter(code=code.strip(), code_until__gt=at).exclude(code="").first()
    if wall is None:
        raise Refused("wall_code", _("没有屏幕在显示这个配对码。配对码 10 分钟内有效，请看屏幕上的新码。"))
    wall.code, wall.name = "", clean(name, 40) or _("大屏")
    wall.post_id, wall.paired_by_id, wall.paired_at = post_id, actor.account_id, at
    wall.expires_at = at + walls.LASTS
    wall.save()
    append([draft(actor, "wall", wall.pk, "wall.pair", at=at, note=wall.name)])
    return wall


@transaction.atomic
def revoke(actor: Actor, *, key: UUID, at: datetime) -> Wall:
    """Cut a screen off at once. Raises NotFound for one the actor does not see."""
    demand_somewhere(actor, _ARRANGE, _LABEL)
    wall = walls.connected(actor, at=at).select_for_update(of=("self",)).filter(key=key).first()
    if wall is None:
        raise NotFound(_("没有这块屏幕，或已经断开。"))
    wall.revoked_at = at
    wall.save(update_fields=["revoked_at"])
    append([draft(actor, "wall", wall.pk, "wall.revoke", at=at, note=wall.name)])
    return wall


def _post(actor: Actor) -> int:
    """Return the post by which the actor arranges."""
    demand_somewhere(actor, _ARRANGE, _LABEL)
    held = actor.holding_for(_ARRANGE)
    if held is None:
        raise Refused("no_post", _("大屏按岗位保存；您现在没有能排大屏的岗位。"))
    return held.post_id
