"""New borders on a page: which areas take part, along which lines they are cut, and what the pieces become."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import QueryDict

from lianxin.faces.parts.words import local
from lianxin.foundation.areas import cutting, rules
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import AreaNode, Atlas
from lianxin.foundation.areas.redivision import Successor
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry import polygons
from lianxin.kernel.geometry.polygons import Outline

from .forms_areas import Piece


@dataclass(frozen=True, slots=True)
class Ground:
    """The areas that take part, the first being the one the page is about, with their borders."""

    areas: Sequence[Area]
    outlines: Sequence[Outline]

    @property
    def whole(self) -> Outline:
        """Return all of it as one outline."""
        return cutting.join(self.outlines)

    @property
    def households(self) -> int | None:
        """Return the households of all, None when one is not known."""
        counts = [area.households for area in self.areas]
        return None if None in counts else sum(count for count in counts if count is not None)


def ground(node: AreaNode, query: QueryDict, atlas: Atlas) -> Ground:
    """Read the areas an address names: its own and those `with` it, as far as they are neighbours. One statement."""
    codes = {node.code, *query.getlist("with")}
    siblings = [one.id for one in atlas.children(node.parent_id) if one.code in codes and one.level == node.level]
    found = list(Area.objects.filter(pk__in=siblings, boundary__isnull=False).order_by("code"))
    found.sort(key=lambda area: area.pk != node.id)
    outlines = [rules.outline(area.boundary) for area in found]
    return Ground(found, [outline for outline in outlines if outline is not None])


def neighbours(node: AreaNode, atlas: Atlas) -> list[AreaNode]:
    """Return the areas of the same level that share a border with it. One statement."""
    siblings = {one.id: one for one in atlas.children(node.parent_id) if one.level == node.level}
    rows = Area.objects.filter(pk__in=siblings, boundary__isnull=False).values_list("pk", "boundary")
    outlines = {pk: rules.outline(boundary) for pk, boundary in rows}
    own = outlines.pop(node.id, None)
    if own is None:
        return []
    return [siblings[pk] for pk, other in sorted(outlines.items()) if other is not None and cutting.touches(own, other)]


def pieces(taken: Ground, lines: str) -> list[Outline]:
    """Return the ground along the lines of the address; without lines it is one piece. Raises Invalid."""
    return cutting.cut(taken.whole, cutting.read_lines(lines))


def read_file(text: str) -> list[tuple[Outline, Mapping[str, Any]]]:
    """Return the polygons of a GeoJSON file with what it says of each. Raises Invalid naming the fault."""
    try:
        content = json.loads(text)
        listed = content["features"] if content.get("type") == "FeatureCollection" else [content]
    except (ValueError, AttributeError, KeyError, TypeError):
        raise Invalid({"geojson": "不是有效的 GeoJSON。请从制图软件导出 FeatureCollection 再试。"}) from None
    return [(polygons.read_outline(one, field="geojson"), _properties(one)) for one in listed]


def _properties(feature: Any) -> Mapping[str, Any]:
    found = feature.get("properties") if isinstance(feature, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def described(
    taken: Ground, outlines: Sequence[Outline], told: Sequence[Mapping[str, Any]], free_codes: Sequence[str]
) -> list[Piece]:
    """Say of each piece what it was, and propose its code and name: an old area lives on in its largest piece."""
    homes = _homes(taken, outlines)
    free = iter(free_codes)
    found = []
    for place, outline in enumerate(outlines):
        area = homes.get(place)
        said = told[place] if place < len(told) else {}
        found.append(
            Piece(
                code=str(said.get("code") or (area.code if area else next(free))),
                name=str(said.get("name") or (area.name if area else "")),
                households=_count(said.get("households")) if said else _kept(taken, outlines),
                square_metres=polygons.area(outline),
                was=_was(taken, outline),
            )
        )
    return found


def _homes(taken: Ground, outlines: Sequence[Outline]) -> dict[int, Area]:
    homes: dict[int, Area] = {}
    for area, border in zip(taken.areas, taken.outlines, strict=True):
        shares = [(border.intersection(outline).area, place) for place, outline in enumerate(outlines)]
        share, place = max(shares, default=(0.0, 0))
        if share > 0:
            homes.setdefault(place, area)
    return homes


def _kept(taken: Ground, outlines: Sequence[Outline]) -> int | None:
    # Several pieces: how many live in each must be counted, not guessed from the ground.
    return taken.households if len(outlines) == 1 else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value <= 1_000_000 else None


def _was(taken: Ground, outline: Outline) -> str:
    shares = [
        (outline.intersection(border).area / outline.area, area.name)
        for area, border in zip(taken.areas, taken.outlines, strict=True)
    ]
    return "、".join(f"{name} {share:.0%}" for share, name in sorted(shares, reverse=True) if share >= 0.005)


def free_codes(node: AreaNode, atlas: Atlas, count: int) -> list[str]:
    """Return codes that no neighbour has, counting on from the highest."""
    taken = [one.code for one in atlas.children(node.parent_id) if len(one.code) == len(node.code)]
    highest = max((int(code) for code in taken if code.isdecimal()), default=0)
    return [str(highest + step).zfill(len(node.code)) for step in range(1, count + 1)]


def kind_of(taken: Ground, count: int) -> str:
    """Return what the change is: split, merge or redraw."""
    if len(taken.areas) == 1:
        return "split"
    return "merge" if count < len(taken.areas) else "redraw"


def successors(taken: Ground, outlines: Sequence[Outline], values: Mapping[str, Any]) -> list[Successor]:
    """Return the areas to be from the form; pieces with one code become one area."""
    known = {area.code: area for area in taken.areas}
    gathered: dict[str, list[int]] = {}
    for place in range(len(outlines)):
        gathered.setdefault(values[f"code.{place}"].strip(), []).append(place)
    found = []
    for code, places in gathered.items():
        counts = [values[f"households.{place}"] for place in places if values[f"households.{place}"] is not None]
        kind = known[code].kind if code in known else taken.areas[0].kind
        outline = cutting.join([outlines[place] for place in places])
        found.append(
            Successor(
                code, values[f"name.{places[0]}"], polygons.to_geojson(outline), sum(counts) if counts else None, kind
            )
        )
    return found


def as_features(outlines: Sequence[Outline]) -> list[dict[str, Any]]:
    """Return the pieces as GeoJSON, numbered as in the form."""
    return [
        {
            "type": "Feature",
            "geometry": polygons.to_geojson(outline),
            "properties": {"name": f"第 {place} 块", "level": "community", "line": ""},
        }
        for place, outline in enumerate(outlines, start=1)
    ]


def day_of(at: datetime) -> str:
    """Return the day after, as a date field wants it: the earliest sensible day for new borders."""
    return (local(at).date() + timedelta(days=1)).isoformat()
