"""What all acts on components share: where one lies, the lock with its version, and what a change leaves behind."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.acting import draft
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import search_vector
from lianxin.registry.sources.models import Revision, Source
from lianxin.registry.sources.recording import packed

from .inputs import UNITS
from .models import Component
from .telling import since

SUBJECT = "component"
EDIT, CHECK = "登记、修改部件", "核对部件"
HOT = ("area_id", "street_id", "community_id", "grid_id")


def locate(point: Point, *, at: datetime) -> AreaNode:
    """Return the area around a point. Raises Refused outside the place."""
    found = areas.locate(point.lon, point.lat, at)
    if found is None:
        raise Refused("component_outside", _("这个位置不在本地范围内，请在地图上重新点选。"))
    return found


def put(component: Component, area: AreaNode) -> None:
    """Write where it lies."""
    component.area_id = area.id
    component.street_id, component.community_id, component.grid_id = area.street_id, area.community_id, area.grid_id


def county(area: AreaNode) -> str:
    """Return the six digits of the county that a number begins with."""
    code = area.code[:6]
    return code if len(code) == 6 and code.isascii() and code.isdigit() else "000000"


def may(actor: Actor, permission: str, component: Component) -> bool:
    """Tell whether the actor may do this to it: by its area, or by a unit that keeps it."""
    units = {getattr(component, name) for name in UNITS} - {None}
    return actor.may(permission, component) or any(actor.may(permission, unit_id=unit) for unit in units)


def demand(actor: Actor, permission: str, label: str, component: Component) -> None:
    """Raise NotAllowed unless the actor may do what `label` names to it."""
    if not may(actor, permission, component):
        raise NotAllowed(permission, _("您的岗位不能做这件事：{label}。").format(label=label))


def locked(
    actor: Actor, component: Component, permissions: Sequence[str], label: str, *, seen: int | None
) -> Component:
    """Return the row as it stands now, locked. Raises NotFound, NotAllowed, Stale, Refused once it is struck off."""
    rows = Component.objects.select_for_update(of=("self",)).select_related("category")
    current = rows.filter(pk=component.pk).first()
    if current is None or not (may(actor, "components.view", current) or actor.is_system):
        raise NotFound(_("没有这个部件，或者您没有权限查看。"))
    if not any(may(actor, permission, current) for permission in permissions):
        demand(actor, permissions[0], label, current)
    if current.valid_to is not None:
        raise Refused("component_ended", _("这个部件已经注销，不能再改。"))
    if seen is not None and current.version != seen:
        changes = since(current.pk, seen)
        raise Stale(_("这个部件刚被别人改过，看看改动再决定。"), version=current.version, changes=changes)
    return current


def change(component: Component, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set what differs and return those columns as they were; nothing is written yet."""
    before: dict[str, Any] = {
        name: getattr(component, name) for name, value in values.items() if getattr(component, name) != value
    }
    for name in before:
        setattr(component, name, values[name])
    return before


def write(
    actor: Actor, component: Component, act: str, before: Mapping[str, Any], *, at: datetime,
    source: Source | None = None, reason: str = "", note: str = "", told: Mapping[str, Any] | None = None,
) -> Component:  # fmt: skip
    """Save the changed columns and record the change."""
    component.version += 1
    columns = [*before, "version"]
    if before.keys() & WORDED:
        component.words = words(component)
        columns.append("words")
    component.save(update_fields=columns)
    record(
        actor, component, act, at=at, fields=list(before), before=before, source=source, reason=reason, note=note,
        told=told,
    )  # fmt: skip
    return component


def record(
    actor: Actor, component: Component, act: str, *, at: datetime, fields: Sequence[str],
    before: Mapping[str, Any] | None, source: Source | None = None, reason: str = "", note: str = "",
    told: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write a journal entry, with the state before and after, and a sealed revision with what stood there."""
    was = "" if before is None else str(before.get("state", component.state))
    entry = draft(
        actor, SUBJECT, component.pk, act, at=at, version=component.version, source=was, target=str(component.state),
        reason=reason[:60], note=note, after={"fields": list(fields), **(told or {})},
    )  # fmt: skip
    append([entry])
    Revision.objects.create(
        subject=SUBJECT, subject_id=component.pk, version=component.version, act=act, at=at,
        actor_id=actor.account_id, actor_label=actor.name[:120], source=source, fields=list(fields),
        before=None if before is None else packed(before),
    )  # fmt: skip


# What the words one finds a component by are made of.
WORDED = frozenset({"name", "address", *UNITS})


def words(component: Component) -> str:
    """Return the words a component is found by."""
    unit_ids = [getattr(component, name) for name in UNITS]
    return worded(component.name, component.category.name, component.address, unit_ids)


def worded(name: str, class_name: str, address: str, unit_ids: Sequence[int | None]) -> str:
    """Return the search vector of a component."""
    units = dict.fromkeys(organizations.directory().by_id[unit].short_name for unit in unit_ids if unit is not None)
    return search_vector(" ".join([name, class_name, address, *units]))
