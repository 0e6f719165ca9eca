"""What all acts on places share: where a place lies, the lock with its version, and what a change leaves behind."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid, Refused, Stale
from lianxin.kernel.geometry.points import Point
from lianxin.registry.sources import actions as sources
from lianxin.registry.sources.models import Source
from lianxin.registry.sources.queries import fields_of
from lianxin.registry.sources.recording import record

from .models import Building, Dwelling, Establishment, Estate, Placed
from .telling import since

LABEL = "登记、修改房屋和场所"
HOT = ("area_id", "street_id", "community_id", "grid_id")

Row = TypeVar("Row", Estate, Building, Dwelling, Establishment)


def locate(point: Point | None, area_id: int | None, around: Placed | None, *, at: datetime) -> AreaNode:
    """Return the area of a place: around its point, else that of what it belongs to, else the one named.

    Raises Refused when the point lies in no area, Invalid when nothing tells where.
    """
    if point is not None:
        found = areas.locate(point.lon, point.lat, at)
        if found is None:
            raise Refused("place_outside", _("这个位置不在本地范围内，请在地图上重新点选。"))
        return found
    wanted = around.area_id if around is not None else area_id
    node = areas.node(wanted) if wanted is not None else None
    if node is None or node.valid_to is not None:
        raise Invalid({"point": _("请在地图上点选位置，或选择所在网格。")})
    return node


def put(row: Placed, area: AreaNode) -> None:
    """Write where the row lies."""
    row.area_id = area.id
    row.street_id, row.community_id, row.grid_id = area.street_id, area.community_id, area.grid_id


def division(area: AreaNode) -> str:
    """Return the six digits of the county that a place's code holds."""
    return area.code[:6] if area.code[:6].isdigit() else ""


def demand_edit(actor: Actor, place: Any) -> None:
    """Raise NotAllowed unless the actor may register and amend places there."""
    demand(actor, "places.edit", LABEL, place)


def locked(actor: Actor, row: Row, *, seen: int | None = None) -> Row:
    """Return the row as it stands now, locked. Raises NotAllowed, Stale, or Refused once it has ended."""
    current = type(row)._default_manager.select_for_update().get(pk=row.pk)
    demand_edit(actor, current)
    if current.valid_to is not None:
        raise Refused("place_ended", _("这条登记已经注销，不能再改。"))
    if seen is not None and current.version != seen:
        changes = since(subject(current), current.pk, seen)
        raise Stale(_("这条登记刚被别人改过，请刷新后再改。"), version=current.version, changes=changes)
    return current


def begin(actor: Actor, row: Row, *, at: datetime, source: Source | None) -> Row:
    """Store a new place and record it."""
    row.save(force_insert=True)
    record(actor, "create", subject=subject(row), subject_id=row.pk, version=row.version, at=at, source=source)
    _confirm(actor, row, _filled(row), at=at, source=source)
    return row


def change(
    actor: Actor, row: Row, values: Mapping[str, Any], *, at: datetime, source: Source | None, act: str = "amend"
) -> Sequence[str]:  # fmt: skip
    """Write what differs and record what stood there; returns the changed columns, none when all is as it was."""
    before: dict[str, Any] = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    if not before:
        return ()
    for name in before:
        setattr(row, name, values[name])
    row.version += 1
    row.save(update_fields=[*before, "version"])
    record(
        actor, act, subject=subject(row), subject_id=row.pk, version=row.version, at=at,
        fields=list(before), before=before, source=source,
    )  # fmt: skip
    _confirm(actor, row, _filled(row) if act == "confirm" else list(before), at=at, source=source)
    return tuple(before)


def _filled(row: Placed) -> list[str]:
    names = (node.name for node in fields_of(subject(row)))
    return [name for name in names if getattr(row, name, None) not in (None, "", [])]


def _confirm(actor: Actor, row: Placed, columns: Sequence[str], *, at: datetime, source: Source | None) -> None:
    """Note that fields were found right now, so that the register knows how old they are. Two statements at most."""
    fields = [name.removesuffix("_id") for name in columns]
    sources.confirm(actor, subject=subject(row), ids=[row.pk], fields=fields, at=at, source=source)


def end(actor: Actor, row: Row, *, reason: str, at: datetime) -> Row:
    """Let a place end now, for a reason that the journal keeps."""
    row.valid_to = at
    row.version += 1
    row.save(update_fields=["valid_to", "version"])
    record(
        actor, "end", subject=subject(row), subject_id=row.pk, version=row.version, at=at,
        fields=["valid_to"], before={"valid_to": None}, reason=reason,
    )  # fmt: skip
    return row


def subject(row: Placed) -> str:
    """Return what the register of sources calls such a row."""
    return type(row).__name__.lower()
