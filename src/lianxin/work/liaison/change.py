"""What every act on a bond begins and ends with: lock, look, journal. What was said stays in the room's rows."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import draft
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean, looks_personal

from .models import MANAGE, VISIT, Tie

SUBJECT = "liaison"
MAX_WORDS = 2_000


def begin(actor: Actor, tie: Tie, *, is_managing: bool = False, seen: int | None = None, is_over: bool = False) -> Tie:
    """Lock a bond for its leader, or for the office that keeps it. Raises NotFound, NotAllowed, Refused, Stale."""
    found = Tie.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=tie.pk).first()
    if found is None:
        raise NotFound(_("没有这条联系，或不在您的辖区。"))
    is_own = found.account_id == actor.account_id and actor.may(VISIT)
    if not (actor.may(MANAGE, found) or (is_own and not is_managing)):
        raise NotAllowed("not_yours", _("这由联系的领导或网格办来记。"))
    if found.ended_on is not None and not is_over:
        raise Refused("tie_over", _("这条联系已经结束。"))
    if seen is not None and seen != found.version:
        raise Stale(_("这条联系刚有变化，请看过再改。"), version=found.version, changes=[])
    return found


def tell(actor: Actor, tie: Tie, action: str, *, at: datetime, **facts: Any) -> Tie:
    """Count the change and journal it: which place and what act, never words."""
    tie.version += 1
    tie.save()
    after = {"area_id": tie.area_id, "kind": tie.kind} | facts
    append([draft(actor, SUBJECT, tie.pk, action, at=at, version=tie.version, after=after)])
    return tie


def put_place(tie: Tie, area: AreaNode) -> None:
    """Write where the place of a bond lies, and its name where that is the area's."""
    tie.area_id, tie.street_id = area.id, area.street_id
    tie.community_id, tie.grid_id = area.community_id, area.grid_id
    if tie.estate_id is None:
        tie.name = " ".join(area.breadcrumb[2:] or area.breadcrumb)


def words_of(field: str, words: str, *, limit: int = MAX_WORDS, least: int = 2) -> str:
    """Return words fit to store. Raises Invalid where they are too few, or look like they name a person."""
    told = clean(words, limit + 1)
    if len(told) < least:
        raise Invalid({field: _("请写一句。")})
    if len(told) > limit:
        raise Invalid({field: _("请不超过 {limit} 字。").format(limit=limit)})
    if looks_personal(told):
        raise Invalid({field: _("像是写了电话或身份证号。这里不写居民的个人信息。")})
    return told


def label_of(actor: Actor) -> str:
    """Return by which post somebody acts."""
    held = actor.holding_for(VISIT) or actor.holding_for(MANAGE) or actor.post
    return f"{held.unit_name or held.area_name} {held.role_label}".strip() if held else str(_("系统"))
