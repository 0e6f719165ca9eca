"""New borders on a page: which areas take part, along which lines they are cut, and what the pieces become."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from lianxin.faces.console.impact import impacts
from lianxin.faces.parts.words import local
from lianxin.foundation.areas import cutting, naming, rules, topology
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import AreaNode, Atlas, Index
from lianxin.foundation.areas.redivision import Successor, planned_codes
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
    def pairs(self) -> list[tuple[Area, Outline]]:
        """Return each area with its border."""
        return list(zip(self.areas, self.outlines, strict=True))

    @property
    def versions(self) -> str:
        """Return ids and versions as the form carries them."""
        return " ".join(f"{area.pk}:{area.version}" for area in self.areas)


def ground(node: AreaNode, codes: Iterable[str], atlas: Atlas) -> Ground:
    """Read an area and those named with it, as far as they are its siblings. One statement."""
    wanted = {node.code, *codes}
    siblings = [one.id for one in atlas.children(node.parent_id) if one.code in wanted and one.level == node.level]
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
    """Return the ground along lines; without lines it is one piece. Raises Invalid for lines that part nothing."""
    read = cutting.read_lines(lines)
    if missed := cutting.missed(taken.whole, read):
        numbers = "、".join(map(str, missed))
        said = f"第 {numbers} 条切分线" if len(read) > 1 else "切分线"
        raise Invalid(
            {"line": _("{said}没有穿过“{name}”。请从它的一边画到另一边。").format(said=said, name=taken.areas[0].name)}
        )
    return cutting.cut(taken.whole, read)


def net(taken: Ground) -> list[dict[str, Any]]:
    """Return the areas as one net with common corners, for moving borders that two share."""
    return [
        {
            "type": "Feature",
            "geometry": polygons.to_geojson(outline),
            "properties": {"code": area.code, "name": area.name, "households": area.households},
        }
        for area, outline in zip(taken.areas, topology.noded(taken.outlines), strict=True)
    ]


def as_text(taken: Ground, borders: Mapping[int, Outline]) -> str:
    """Return new borders of areas, by id, as a file would give them."""
    features = [
        {
            "type": "Feature",
            "geometry": polygons.to_geojson(borders[area.pk]),
            "properties": {"code": area.code, "name": area.name, "households": area.households},
        }
        for area in taken.areas
        if area.pk in borders
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def read_file(text: str) -> list[tuple[Outline, Mapping[str, Any]]]:
    """Return the polygons of a GeoJSON file with what it says of each. Raises Invalid naming the fault."""
    try:
        content = json.loads(text)
        listed = content["features"] if content.get("type") == "FeatureCollection" else [content]
        read = [(polygons.read_outline(one, field="geojson"), _properties(one)) for one in listed]
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        raise Invalid({"geojson": _("不是有效的 GeoJSON。请从制图软件导出 FeatureCollection 再试。")}) from None
    if not 0 < len(read) <= MOST_PIECES:
        said = _("文件里有 {count} 块。一次调整 1 至 {most} 块。").format(count=len(read), most=MOST_PIECES)
        raise Invalid({"geojson": said})
    return read


MOST_PIECES = 60


def _properties(feature: Any) -> Mapping[str, Any]:
    found = feature.get("properties") if isinstance(feature, Mapping) else None
    return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Naming:
    """What new areas may be called: codes and names that are free, in the order of use."""

    codes: Sequence[str]
    names: Sequence[str]


def free(node: AreaNode, index: Index, atlas: Atlas, count: int) -> Naming:
    """Propose codes never used before, and names that count on from the siblings'."""
    parent = atlas.by_id.get(node.parent_id or 0)
    used = {one.code for one in index.nodes.values()} | planned_codes()
    names = {one.name for one in atlas.children(node.parent_id)}
    codes = naming.free_codes(node.code, used, count, parent=parent.code if parent else "")
    return Naming(codes, naming.next_names(node.name, names, count))


def described(
    taken: Ground, outlines: Sequence[Outline], told: Sequence[Mapping[str, Any]], spare: Naming, ids: frozenset[int]
) -> list[Piece]:
    """Say of each piece what it was and what lies in it, and propose its code and name.

    An old area lives on in its largest piece; the others are numbered from west to east, north to south.
    """
    homes = _homes(taken, outlines)
    fresh = [place for place in range(len(outlines)) if place not in homes]
    order = {fresh[at]: rank for rank, at in enumerate(naming.reading_order([outlines[place] for place in fresh]))}
    held = impacts(ids, taken.pairs, outlines)
    found = []
    for place, outline in enumerate(outlines):
        area, rank = homes.get(place), order.get(place, 0)
        said = told[place] if place < len(told) else {}
        found.append(
            Piece(
                code=str(said.get("code") or (area.code if area else _nth(spare.codes, rank))),
                name=str(said.get("name") or (area.name if area else _nth(spare.names, rank))),
                households=_count(said.get("households"), held[place].households, is_moved=len(outlines) > 1),
                square_metres=polygons.area(outline),
                was=_was(taken, outline),
                impact=held[place],
            )
        )
    return found


def _nth(words: Sequence[str], place: int) -> str:
    return words[place] if place < len(words) else ""


def _homes(taken: Ground, outlines: Sequence[Outline]) -> dict[int, Area]:
    homes: dict[int, Area] = {}
    for area, border in taken.pairs:
        shares = [(border.intersection(outline).area, place) for place, outline in enumerate(outlines)]
        share, place = max(shares, default=(0.0, 0))
        if share > 0:
            homes.setdefault(place, area)
    return homes


def _count(told: Any, held: int | None, *, is_moved: bool) -> int | None:
    """Return what a file says, unless borders moved: then what lies there now is nearer the truth."""
    if isinstance(told, int) and 0 <= told <= 1_000_000 and not (is_moved and held is not None):
        return told
    return held


def _was(taken: Ground, outline: Outline) -> str:
    shares = [(outline.intersection(border).area / outline.area, area.name) for area, border in taken.pairs]
    return "、".join(f"{name} {share:.0%}" for share, name in sorted(shares, reverse=True) if share >= 0.005)


def kind_of(taken: Ground, count: int) -> str:
    """Return what the change is: split, merge or redraw."""
    if len(taken.areas) == 1:
        return "split" if count > 1 else "redraw"
    return "merge" if count == 1 else "redraw"


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
    """Return the pieces as GeoJSON, numbered as in the form, with a point in each for its name."""
    features = []
    for place, outline in enumerate(outlines, start=1):
        middle = rules.middle(outline)
        told = {"name": f"第 {place} 块", "place": place}
        point = {"type": "Point", "coordinates": [middle.lon, middle.lat]}
        features += [
            {"type": "Feature", "geometry": geometry, "properties": told}
            for geometry in (polygons.to_geojson(outline), point)
        ]
    return features


def below(taken: Ground, atlas: Atlas) -> frozenset[int]:
    """Return the ids of the areas that take part, with all below them."""
    return frozenset(found.id for area in taken.areas for found in atlas.descend(area.pk))


def codes_in(told: Collection[Mapping[str, Any]]) -> set[str]:
    """Return the codes that a file names."""
    return {str(said["code"]) for said in told if said.get("code")}


def day_of(at: datetime) -> str:
    """Return the day after, as a date field wants it: the earliest sensible day for new borders."""
    return (local(at).date() + timedelta(days=1)).isoformat()
