"""A case that stands on a component (部件): whose the component is, and its state, which follows the case.

While a case is open there and not yet verified, the component is as the report says. Verified or closed, it is intact,
or as the verifier saw it; voided, declined or merged, it is again what it was. Written in the case's own transaction,
the case first, then its component, of several the lowest id first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.organizations.queries import Ruling, directory, responsible
from lianxin.kernel.errors import Invalid
from lianxin.registry.components import actions as components
from lianxin.registry.components import codes
from lianxin.registry.components.classes import catalogue
from lianxin.registry.components.models import AMISS, Component, ComponentQuerySet, State
from lianxin.work.dispatch.keeping import Keeper, led_by

from .models import Case, ComponentBefore
from .words import Stage

if TYPE_CHECKING:
    from lianxin.foundation.areas.queries import AreaNode

    from .change import Change

_KEEPERS = (
    ("maintaining_unit_id", gettext_lazy("部件养护单位")),
    ("owning_unit_id", gettext_lazy("部件权属单位")),
    ("managing_unit_id", gettext_lazy("部件主管单位")),
)
# Ends by which the work was done, so that the component is whole again where nobody says otherwise.
_DONE = frozenset({Stage.VERIFIED, Stage.CLOSED})


@dataclass(frozen=True, slots=True)
class Claim:
    """An open case says of a component that something is amiss."""

    component_id: int
    state: str


def claim_of(case: Case) -> Claim | None:
    """Return what the case says of its component now; None where it has none, or is done with it."""
    if case.component_id is None or not case.is_open or case.stage == Stage.VERIFIED:
        return None
    return Claim(case.component_id, case.component_state or State.DAMAGED)


def component_named(key: UUID) -> Component:
    """Return the component a report or a correction names. Raises Invalid where it is unknown or struck off."""
    return _on_books(Component.objects.filter(key=key))


def component_numbered(number: str) -> Component:
    """Return the component with a number, for whoever stands before its label. Raises Invalid as `component_named`."""
    return _on_books(Component.objects.filter(number=codes.tidy(number)[: codes.LENGTH + 1]))


def _on_books(rows: ComponentQuerySet) -> Component:
    found = rows.defer("words").first()
    if found is None:
        raise Invalid({"component": _("没有这个部件。请核对 16 位标识码，或不选部件直接上报。")})
    if found.valid_to is not None:
        raise Invalid(
            {"component": _("部件 %(number)s 已注销，不能再关联。请不选部件直接上报。") % {"number": found.number}}
        )
    return found


def said_state(state: str) -> str:
    """Return what a report says of its component, damaged if nothing. Raises Invalid for no such state."""
    if state and state not in AMISS:
        raise Invalid({"component_state": _("上报时部件状态只有破损、丢失、占用。")})
    return state or State.DAMAGED


def saw(change: "Change", state: str) -> dict[str, Any]:
    """Keep how a person found the component; return what the journal tells of it. Raises Invalid."""
    if not state:
        return {}
    if change.case.component_id is None:
        raise Invalid({"component_state": _("这件没有关联部件，不用选部件状态。")})
    if state not in State.values:
        raise Invalid({"component_state": _("没有这种部件状态。")})
    change.component_seen = state
    return {"component_seen": state}


def keeper_of(component: Component | None, *, at: datetime, numbers: Mapping[str, int]) -> Keeper | None:
    """Return the unit that keeps a component: who maintains it, else owns it, else manages it. No statement."""
    if component is None:
        return None
    units = directory(numbers).by_id
    for name, who in _KEEPERS:
        unit = units.get(getattr(component, name) or 0)
        if unit is not None and unit.in_force(at):
            why = _("%(who)s：%(thing)s %(number)s 由%(unit)s负责。") % {
                "who": who, "thing": component.name, "number": component.number, "unit": unit.short_name or unit.name,
            }  # fmt: skip
            node = catalogue(numbers).by_id.get(component.category_id)
            return Keeper(unit.id, why, node.category_code if node is not None else "")
    return None


def ruling_for(
    case: Case, category: str, area: "AreaNode | None", *, level: str, at: datetime, numbers: Mapping[str, int]
) -> Ruling | None:
    """Return who answers for a case under a category: the keeper of its component, else whom the list names."""
    found = responsible(category, area, level, at=at, numbers=numbers) if area is not None else None
    keeper = keeper_of(case.component, at=at, numbers=numbers) if case.component_id is not None else None
    return led_by(keeper, found, at=at, numbers=numbers)


def follow(change: "Change", before: Claim | None) -> None:
    """Let the components that the case stood or stands on follow it."""
    case, now = change.case, claim_of(change.case)
    if now == before and not change.component_seen:
        return
    ids = {each.component_id for each in (before, now) if each is not None}
    if change.component_seen and case.component_id is not None:
        ids.add(case.component_id)
    # One by one: whoever moves a case between two components takes them in the same order.
    for component in Component.objects.select_for_update().filter(pk__in=ids, valid_to=None).order_by("pk"):
        state = _state_of(component, change, before, now)
        if state != component.state:
            components.set_state(SYSTEM, component=component, state=state, at=change.at, case_number=case.number)


def _state_of(component: Component, change: "Change", before: Claim | None, now: Claim | None) -> str:
    """Return how the component is from now on, and remember how it is without what cases say of it."""
    case, at = change.case, change.at
    others = Case.objects.filter(component=component, ended_at=None).exclude(stage=Stage.VERIFIED).exclude(pk=case.pk)
    said = others.order_by("-pk").values_list("component_state", flat=True).first()
    was = ComponentBefore.objects.filter(component=component).first()
    stood = before is not None and before.component_id == component.pk
    # What somebody found there meanwhile stands against what a case said before.
    looked = was is not None and component.checked_at is not None and component.checked_at > was.known_at
    if now is not None and now.component_id == component.pk:
        if not stood and (looked or component.state != said):
            _remember(component, component.state, at)
        return now.state
    is_ours = before is not None and stood and component.state == before.state and not looked
    is_done = case.component_id == component.pk and case.stage in _DONE
    known = change.component_seen or (State.INTACT if stood else "") if is_done else ""
    if said is not None:
        if known:
            _remember(component, known, at)
        return said if is_ours or known else component.state
    if was is not None:
        was.delete()
    return known or (was.state if was is not None and is_ours else component.state)


def _remember(component: Component, state: str, at: datetime) -> None:
    ComponentBefore.objects.update_or_create(component=component, defaults={"state": state, "known_at": at})
