"""Register, amend, check, turn and strike off components; publish their classes."""

from collections.abc import Sequence
from dataclasses import fields as fields_of
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid, Refused, Stale
from lianxin.kernel.files.actions import attach
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.text import clean
from lianxin.registry.sources.models import Source

from . import changing, codes
from .changing import HOT, SUBJECT
from .classes import ClassNode, ClassRow, Published, catalogue, publish_classes
from .inputs import NOTE, UNITS, ComponentIn, checked, note_faults, settled
from .models import Component, State
from .telling import since

__all__ = ["ClassRow", "ComponentIn", "Published", "amend", "check", "end", "publish_classes", "register", "set_state"]

_SEQUENCE = "component_id_seq"


@transaction.atomic
def register(
    actor: Actor, *, key: UUID, told: ComponentIn, at: datetime, files: Sequence[UUID] = (),
    source: Source | None = None,
) -> Component:  # fmt: skip
    """Put a component on the books where it stands. The same `key` with the same content is the same component.

    It gets the next number of its class, unless it bears a valid one. Raises NotAllowed, Invalid with all faults,
    Refused outside the place and for a number that stands on the books.
    """
    category = _class(told.category)
    told = checked(told, at=at)
    point = _placed(told)
    area = changing.locate(point, at=at)
    demand(actor, "components.edit", changing.EDIT, area)
    parts = [getattr(told, each.name) for each in fields_of(told)]
    sent = fingerprint(parts, sorted(map(str, files)))
    claimed = claim(key, kind=SUBJECT, action="register", sent=sent, at=at, sequence=_SEQUENCE)
    if not claimed.fresh:
        return Component.objects.select_related("category").get(pk=claimed.subject_id)
    component = Component(pk=claimed.subject_id, key=key, category_id=category.id, valid_from=at, **told.values())
    component.name = told.name or category.name
    component.number = _number(told.number, category, area)
    component.state, component.state_since = told.state, at
    changing.put(component, area)
    component.words = changing.words(component)
    component.save(force_insert=True)
    _attach(actor, component, files, at)
    changing.record(actor, component, "create", at=at, fields=[], before=None, source=source)
    return component


def _class(code: str) -> ClassNode:
    found = catalogue().by_code.get(code)
    if found is None:
        raise Invalid({"category": _("请选择部件类别。")})
    return found


def _placed(told: ComponentIn) -> Point:
    if told.point is None:  # `checked` has told
        raise Invalid({"point": _("请在地图上点出它在哪里。")})
    return told.point


def _number(brought: str, category: ClassNode, area: AreaNode) -> str:
    head = f"{changing.county(area)}{category.code}"
    number = codes.tidy(brought)
    if not number:
        return codes.take({head: 1})[head][0]
    if fault := codes.fault(number, frozenset({head[:6]}), {category.code: category}):
        raise Invalid({"number": fault})
    # The counter first: of two who bring one number, the second waits here and then finds the first's.
    codes.keep({head: int(number[10:])})
    if Component.objects.filter(number=number).exists():
        raise Refused("component_number_taken", _("标识码 {number} 已经登记过了。").format(number=number))
    return number


def _attach(actor: Actor, component: Component, files: Sequence[UUID], at: datetime) -> None:
    if files:
        attach(files, kind=SUBJECT, subject_id=component.pk, at=at, by_id=actor.account_id)


@transaction.atomic
def amend(
    actor: Actor, *, component: Component, seen: int, told: ComponentIn, at: datetime, files: Sequence[UUID] = (),
    source: Source | None = None,
) -> Component:  # fmt: skip
    """Change what is told of a component, also where it stands and its state; equal values change nothing.

    Its class stays, since its number holds it. Raises NotFound, NotAllowed, Stale, Invalid, Refused.
    """
    component = changing.locked(actor, component, ["components.edit"], changing.EDIT, seen=seen)
    if told.category != component.category.code:
        raise Invalid({"category": _("类别写在标识码里，不能改。登错了的，请注销后重新登记。")})
    told = checked(told, at=at, held=component)
    values = dict(told.values()) | {"name": told.name or component.category.name}
    values |= _home(actor, component, told.point, at) | _turned(component, told.state, at)
    _attach(actor, component, files, at)
    before = changing.change(component, values)
    if before:
        changing.write(actor, component, "amend", before, at=at, source=source)
    return component


def _home(actor: Actor, component: Component, point: Point | None, at: datetime) -> dict[str, Any]:
    """Return the columns of a new place. Raises NotAllowed where the actor may not move it to."""
    point = settled(point) if point is not None else None
    if point is None or point == component.point:
        return {}
    area = changing.locate(point, at=at)
    moved = {"point": point} | dict(zip(HOT, (area.id, area.street_id, area.community_id, area.grid_id), strict=True))
    if any(getattr(component, name) != value for name, value in moved.items() if name in HOT):
        there = Component(**{name: moved[name] for name in HOT})
        for name in UNITS:
            setattr(there, name, getattr(component, name))
        if not (changing.may(actor, "components.edit", there) or changing.may(actor, "components.check", there)):
            changing.demand(actor, "components.edit", changing.EDIT, there)
    return moved


def _turned(component: Component, state: str, at: datetime) -> dict[str, Any]:
    return {} if state == component.state else {"state": state, "state_since": at}


@transaction.atomic
def check(
    actor: Actor, *, key: UUID, component: Component, state: str, at: datetime, note: str = "",
    files: Sequence[UUID] = (), point: Point | None = None, was: str = "", seen: int | None = None,
) -> Component:  # fmt: skip
    """Say how a component was found on the spot. The same `key` with the same content changes nothing.

    `point` is where it really stands, where that differs from the books. `was`, the state that was known before setting
    out, or `seen`, the version looked at: if it has become another by now, and not the one found, Stale is raised.
    Raises NotFound, NotAllowed, Invalid, Refused.
    """
    component = changing.locked(actor, component, ["components.check", "components.edit"], changing.CHECK, seen=None)
    note = clean(note, NOTE)
    faults = note_faults(note)
    if state not in State.values:
        faults["state"] = _("请选择现在的状态。")
    if faults:
        raise Invalid(faults)
    sent = fingerprint(state, note, sorted(map(str, files)), point)
    if not claim(key, kind=SUBJECT, action="check", sent=sent, at=at, subject_id=component.pk).fresh:
        return component
    turned = bool(was) and component.state not in {was, state}
    if turned or (seen is not None and seen != component.version):
        changed = since(component.pk, seen or component.version - 1)
        raise Stale(_("这个部件的状态刚被改过，看看再决定。"), version=component.version, changes=changed)
    values = {"checked_at": at, "checked_by_id": actor.account_id}
    values |= _home(actor, component, point, at) | _turned(component, state, at)
    _attach(actor, component, files, at)
    before = changing.change(component, values)
    return changing.write(actor, component, "check", before, at=at, note=note)


@transaction.atomic
def set_state(
    actor: Actor, *, component: Component, state: str, at: datetime, case_number: str = "", note: str = ""
) -> Component:
    """Turn a component's state, by hand or (as SYSTEM) because a case about it says so; the same state changes nothing.

    Raises NotFound, NotAllowed, Invalid, Refused.
    """
    component = changing.locked(actor, component, ["components.check", "components.edit"], changing.CHECK, seen=None)
    if state not in State.values:
        raise Invalid({"state": _("请选择现在的状态。")})
    before = changing.change(component, _turned(component, state, at))
    if before:
        told = {"case": case_number} if case_number else {}
        changing.write(actor, component, "state", before, at=at, note=clean(note, NOTE), told=told)
    return component


@transaction.atomic
def end(actor: Actor, *, component: Component, seen: int, reason: str, at: datetime) -> Component:
    """Strike a component off the books, for a reason that stays; its number is given to none again.

    Raises NotFound, NotAllowed, Stale, Invalid without a reason, Refused.
    """
    component = changing.locked(actor, component, ["components.edit"], changing.EDIT, seen=seen)
    reason = clean(reason, 60)
    if not reason:
        raise Invalid({"reason": _("请写明为什么注销，例如“道路改造拆除”。")})
    if looks := note_faults(reason):
        raise Invalid({"reason": looks["note"]})
    before = changing.change(component, {"valid_to": at})
    return changing.write(actor, component, "end", before, at=at, reason=reason)
