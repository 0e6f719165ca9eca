"""A new area on a page: which level, which code and name come next, and the border however it was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry import Polygon

from lianxin.foundation.areas import naming, rules
from lianxin.foundation.areas.actions import Node
from lianxin.foundation.areas.cutting import read_ring
from lianxin.foundation.areas.models import Area, Role
from lianxin.foundation.areas.queries import AreaNode, Atlas, Index
from lianxin.foundation.areas.redivision import planned_codes
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry import polygons
from lianxin.kernel.geometry.polygons import Outline

_DIGITS = {"street": 3, "community": 3, "grid": 3, "micro": 2}


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the profile."""

    key: str
    label: str
    role: str


def levels_below(parent: AreaNode, numbers: Mapping[str, int]) -> list[Level]:
    """Return the profile's levels below an area's, the next one first; those of the platform where it names none."""
    rows = [Level(row["key"], row["label"], row["role"]) for row in current("levels", numbers) or ()]
    rows = rows or [Level(role.value, str(role.label), role.value) for role in Role]
    keys = [row.key for row in rows]
    return rows[keys.index(parent.level) + 1 :] if parent.level in keys else []


def proposed(parent: AreaNode, atlas: Atlas, index: Index, levels: Sequence[Level]) -> dict[str, Any]:
    """Return what the form begins with: the level the siblings have, the next code and name."""
    siblings = atlas.children(parent.id)
    used = {node.code for node in index.nodes.values()} | planned_codes()
    if not siblings:
        level = levels[0]
        return {"level": level.key, "code": naming.first_code(parent.code, _DIGITS.get(level.role, 3))}
    last = siblings[-1]
    codes = naming.free_codes(last.code, used, 1, parent=parent.code)
    names = naming.next_names(last.name, {node.name for node in siblings}, 1)
    return {"level": last.level, "code": codes[0] if codes else "", "name": names[0], "kind": last.kind}


def node_of(parent: AreaNode, levels: Sequence[Level], values: Mapping[str, Any]) -> Node:
    """Return the area to be made; raise Invalid for a border that cannot be read."""
    level = next(one for one in levels if one.key == values["level"])
    outline = _outline(values["border"].strip())
    if outline is not None and values["fitted"]:
        outline = _fitted(outline, parent, level)
    return Node(
        code=values["code"].strip(),
        name=values["name"],
        level=level.key,
        role=level.role,
        parent=parent.code,
        kind=values.get("kind", "") if level.role == "grid" else "",
        boundary=polygons.to_geojson(outline) if outline is not None else None,
        households=values["households"],
    )


def _outline(text: str) -> Outline | None:
    if not text:
        return None
    if text.startswith("{"):
        return polygons.read_outline(text, field="border")
    ring = read_ring(text, field="border")
    return polygons.read_outline(polygons.to_geojson(Polygon(ring)), field="border")


def _fitted(outline: Outline, parent: AreaNode, level: Level) -> Outline:
    rows = Area.objects.filter(parent_id=parent.id, level=level.key, valid_to=None, boundary__isnull=False)
    taken = [found for boundary in rows.values_list("boundary", flat=True) if (found := rules.outline(boundary))]
    frame = rules.outline(Area.objects.values_list("boundary", flat=True).get(pk=parent.id))
    fitted = rules.fitted(outline, frame, taken)
    if fitted is None:
        said = "画的这块地全在上级外面，或已经属于别的区域。要从现有网格里划出来，请到那个网格用拆分。"
        raise Invalid({"border": said})
    return fitted
