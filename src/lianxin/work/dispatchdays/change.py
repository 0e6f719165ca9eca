"""What every act on a dispatch day begins and ends with: lock, look, journal. Words stay in the room's own rows."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import Spot
from lianxin.foundation.areas.acting import draft
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations.queries import directory
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean, looks_personal

from .models import ANSWER, LEAD, PREPARE, DispatchDay, Invitation, Item

SUBJECT = "dispatch_day"
MAX_WORDS = 2_000
LABELS = {PREPARE: "筹备调度日", LEAD: "主持调度日", ANSWER: "代表单位答复"}
State = DispatchDay.State


def begin(
    actor: Actor, day: DispatchDay, permissions: Collection[str], *, states: Collection[str], seen: int | None = None
) -> DispatchDay:
    """Lock a day for one who prepares or leads it. Raises NotFound, NotAllowed, Refused in another state, Stale."""
    found = DispatchDay.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=day.pk).first()
    if found is None:
        raise NotFound(_("没有这个调度日，或没有通知您的单位。"))
    if not any(may(actor, permission, found) for permission in permissions):
        label = LABELS[next(iter(permissions))]
        raise NotAllowed("not_yours", _("您的岗位不能做这件事：{label}。").format(label=label))
    if found.state not in states:
        raise Refused("day_state", _("调度日现在是“{state}”，不能这样做。").format(state=found.get_state_display()))
    if seen is not None and seen != found.version:
        raise Stale(_("这个调度日刚有变化，请看过再改。"), version=found.version, changes=[])
    return found


def begin_for_unit(actor: Actor, day: DispatchDay, unit_id: int, *, states: Collection[str]) -> DispatchDay:
    """Lock a day for a unit asked in, or for the office that takes down what the unit says."""
    found = DispatchDay.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=day.pk).first()
    is_asked = found is not None and Invitation.objects.filter(day=found, unit_id=unit_id).exists()
    if found is None or not is_asked:
        raise NotFound(_("这个单位没有接到调度日的通知。"))
    if not (actor.may(ANSWER, unit_id=unit_id) or may(actor, PREPARE, found)):
        raise NotAllowed("not_yours", _("只能代表自己的单位说话。"))
    if found.state not in states:
        raise Refused("day_state", _("调度日现在是“{state}”，不能这样做。").format(state=found.get_state_display()))
    return found


def may(actor: Actor, permission: str, day: DispatchDay) -> bool:
    """Tell whether the actor may do this for a day: where it is of the whole place, everywhere."""
    if actor.scope(permission).everywhere:
        return True
    return day.street_id is not None and actor.may(permission, Spot(day.street_id))


def item_of(day: DispatchDay, item: Item, *, seen: int | None = None) -> Item:
    """Lock an item of a day that is still to be dealt with. Raises NotFound, Refused, Stale."""
    found = Item.objects.select_for_update(of=("self",)).select_related("case").filter(pk=item.pk, day=day).first()
    if found is None:
        raise NotFound(_("清单里没有这一项了。"))
    if found.state != Item.State.LISTED:
        raise Refused("item_state", _("这一项已经是“{state}”。").format(state=found.get_state_display()))
    if seen is not None and seen != found.version:
        raise Stale(_("这一项刚有变化，请看过再决定。"), version=found.version, changes=[])
    return found


def tell(actor: Actor, day: DispatchDay, action: str, *, at: datetime, **facts: Any) -> DispatchDay:
    """Count the change and journal it, with what live screens need to know whom it concerns."""
    day.version += 1
    day.save()
    units = list(Invitation.objects.filter(day=day, invited_at__isnull=False).values_list("unit_id", flat=True))
    after = {"key": str(day.key), "street_id": day.street_id, "units": units} | facts
    append([draft(actor, SUBJECT, day.pk, action, at=at, version=day.version, target=day.state, after=after)])
    return day


def label_of(actor: Actor, permission: str, unit_id: int | None = None) -> str:
    """Return by which post somebody acts, without the person's name."""
    held = actor.holding_for(permission, unit_id=unit_id) or actor.post
    if held is None:
        return str(_("系统"))
    return f"{held.unit_name or held.area_name} {held.role_label}".strip()


def words_of(field: str, words: str, *, limit: int = MAX_WORDS, least: int = 2) -> str:
    """Return words fit to store and to print. Raises Invalid where they are too few or look like they name a person."""
    told = clean(words, limit + 1)
    if len(told) < least:
        raise Invalid({field: _("请写一句。")})
    if len(told) > limit:
        raise Invalid({field: _("请不超过 {limit} 字。").format(limit=limit)})
    if looks_personal(told):
        raise Invalid({field: _("像是写了电话或身份证号。记录要给大家看，请不写个人信息。")})
    return told


def checked_units(ids: Iterable[int], field: str = "units") -> list[int]:
    """Return units in force, each once. Raises Invalid for one that is not."""
    known = directory().by_id
    found = list(dict.fromkeys(ids))
    if any(pk not in known or known[pk].valid_to is not None for pk in found):
        raise Invalid({field: _("有的单位没有了，请重新选。")})
    return found


def hot(area: AreaNode) -> dict[str, int | None]:
    """Return where a day or an item of an area lies. Raises Invalid below the street."""
    if not (area.is_whole or area.role == "street"):
        raise Invalid({"area": _("调度日开在全域或街道。")})
    return {"area_id": area.id, "street_id": area.street_id, "community_id": None, "grid_id": None}
