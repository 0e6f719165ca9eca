"""Areas as they are brought in: many at once, parents first, with all that follows from the tree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry import polygons

from . import rules
from .models import Area, Role

HOT = (Role.STREET, Role.COMMUNITY, Role.GRID)


@dataclass(frozen=True, slots=True)
class Node:
    """An area to be: `parent` is a code, given here or already known; None for the root."""

    code: str
    name: str
    level: str
    role: str
    parent: str | None = None
    kind: str = ""
    boundary: Mapping[str, Any] | None = None
    households: int | None = None


@dataclass(slots=True)
class Loaded:
    """What a load did, by codes. `refused`: would change borders or parents, which only a re-division may."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def ordered(nodes: Iterable[Node], known: Iterable[str]) -> list[Node]:
    """Return the nodes parents first; raise Invalid for doubles, unknown parents and circles."""
    waiting: dict[str, Node] = {}
    for node in nodes:
        if node.code in waiting:
            raise Invalid({"code": _("区域编码 {code} 出现了两次。").format(code=node.code)})
        waiting[node.code] = node
    placed: list[Node] = []
    there = set(known)
    while waiting:
        ready = [node for node in waiting.values() if node.parent is None or node.parent in there]
        if not ready:
            node = next(iter(waiting.values()))
            raise Invalid(
                {"parent": _("区域 {code} 的上级 {parent} 不存在。").format(code=node.code, parent=node.parent)}
            )
        placed += ready
        there |= {node.code for node in ready}
        for node in ready:
            del waiting[node.code]
    return placed


def new_ids(count: int) -> list[int]:
    """Take ids ahead, since paths and hot columns hold an area's own id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('area', 'id')) FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def grow(nodes: Sequence[Node], known: Mapping[str, Area], *, at: datetime) -> list[Area]:
    """Return unsaved areas for nodes that come parents first; `known` holds the parents already there by code."""
    there = dict(known)
    grown = []
    for node, area_id in zip(nodes, new_ids(len(nodes)), strict=True):
        area = _area(node, area_id, there[node.parent] if node.parent else None, at)
        there[node.code] = area
        grown.append(area)
    return grown


def _area(node: Node, area_id: int, parent: Area | None, at: datetime) -> Area:
    if node.role not in Role.values:
        raise Invalid({"role": _("区域层级的角色 {role} 不认得。").format(role=node.role)})
    area = Area(
        id=area_id,
        code=node.code,
        name=node.name,
        full_name=(parent.full_name if parent else "") + node.name,
        level=node.level,
        role=node.role,
        kind=node.kind,
        parent=parent,
        path=f"{parent.path if parent else ''}{area_id}.",
        households=node.households,
        valid_from=at,
    )
    for role in HOT:
        name = f"{role}_id"
        setattr(area, name, area_id if role == node.role else getattr(parent, name, None))
    _place(area, node.boundary)
    return area


def _place(area: Area, boundary: Mapping[str, Any] | None) -> None:
    outline = rules.outline(boundary)
    if outline is None:
        return
    area.boundary = polygons.to_geojson(outline)
    area.center = rules.middle(outline)
    area.square_metres = polygons.area(outline)


def bring_up_to_date(area: Area, node: Node) -> bool | None:
    """Take over name, kind, households and a border that was missing. None: the node asks for more than that."""
    parent = area.parent.code if area.parent else None
    if (node.role, node.parent) != (area.role, parent):
        return None
    outline = rules.outline(node.boundary)
    if outline is not None and area.boundary is not None and polygons.to_geojson(outline) != area.boundary:
        return None
    wanted = {"name": node.name, "kind": node.kind, "level": node.level, "households": node.households}
    changes = {name: value for name, value in wanted.items() if getattr(area, name) != value}
    if not changes and (area.boundary is not None or outline is None):
        return False
    for name, value in changes.items():
        setattr(area, name, value)
    if area.boundary is None:
        _place(area, node.boundary)
    area.version += 1
    return True
