"""What a row of components speaks of: its class, its keepers, its place; and the component that is there already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import shapely
from django.db import connection
from django.utils.translation import gettext as _

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.geometry.coordinates import System, to_wgs
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.tables.values import folded
from lianxin.kernel.text import likeness
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.components import codes
from lianxin.registry.components.changing import county
from lianxin.registry.components.classes import ClassNode, catalogue
from lianxin.registry.components.inputs import settled
from lianxin.registry.components.models import Component
from lianxin.registry.imports.drafts import Draft
from lianxin.registry.imports.problems import ASK, SKIP, Problem, Remedy
from lianxin.registry.imports.targets.protocol import Frame
from lianxin.registry.imports.targets.spots import HOT, holds, hot_of

UNITS: Mapping[str, str] = {
    "managing": "managing_unit_id", "owning": "owning_unit_id", "maintaining": "maintaining_unit_id",
}  # fmt: skip
# The columns of a component that a table tells, in the order rows are written.
COLUMNS = (
    "category_id", "name", "state", "state_since", *UNITS.values(), "point", "accuracy", "address", "surveyed_on",
    "surveyed_how", "note", *HOT,
)  # fmt: skip
HELD = ("id", "number", "version", "valid_to", *COLUMNS)


@dataclass(slots=True)
class Found:
    """A row understood: what its columns will be, and the component it is about, if that is there."""

    category: ClassNode
    values: dict[str, Any]
    area: AreaNode
    number: str
    held: dict[str, Any] | None = None
    changes: dict[str, Any] = field(default_factory=dict)


class Finder:
    """Classes, units and borders in memory for one pass; components are looked up batch by batch."""

    def __init__(self, frame: Frame) -> None:
        self.frame, self.atlas = frame, areas.atlas(frame.at)
        self.scope = frame.actor.scope("components.edit")
        self.classes = catalogue()
        self.by_name: dict[str, list[ClassNode]] = {}
        for node in self.classes.by_code.values():
            for name in {folded(node.name), node.code}:
                self.by_name.setdefault(name, []).append(node)
        known = organizations.directory().by_id.values()
        self.units = {
            folded(name): unit.id
            for unit in known if unit.in_force(frame.at)
            for name in (unit.code, unit.short_name, unit.name)
        }  # fmt: skip
        self.unit_names = [unit.name for unit in known if unit.in_force(frame.at)]
        self.grids = {folded(name): node for node in self.atlas for name in (node.code, node.full_name)}

    def find(self, drafts: Sequence[Draft]) -> None:
        """Set `data` of every row that can be understood, and blame what cannot. One statement for the batch."""
        told = [(draft, None if draft.is_wrong else self._point(draft)) for draft in drafts]
        placed = [(draft, point) for draft, point in told if point is not None]
        around = self.atlas.locate_many([point for _draft, point in placed])
        for draft in drafts:
            draft.data = None
        for (draft, point), area in zip(placed, around, strict=True):
            draft.data = self._one(draft, point, area)
        self._look_up([draft.data for draft in drafts if draft.data is not None])

    def _one(self, draft: Draft, point: Point, around: AreaNode | None) -> Found | None:
        category, units = self._class(draft), self._units(draft)
        area = self._area(draft, point, around)
        if category is None or area is None or draft.is_wrong:
            return None
        number = draft.values.get("number", "")
        if number and (fault := codes.fault(number, frozenset({county(area)}), self.classes.by_code)):
            remedy = Remedy(_("先不要标识码，导入时编新的"), {"number": ""})
            draft.blame(Problem("number", "form", fault, (remedy, SKIP)))
            return None
        told = {name: draft.values[name] for name in _PLAIN if name in draft.values}
        place = {"point": settled(point), **dict(zip(HOT, hot_of(area), strict=True))}
        return Found(category, {"category_id": category.id, **told, **units, **place}, area, number)

    def _class(self, draft: Draft) -> ClassNode | None:
        written, number = draft.values.get("category", ""), draft.values.get("number", "")
        by_number = self.classes.by_code.get(number[6:10]) if number else None
        if not written:
            if by_number is None and not number:
                draft.blame(Problem("category", "missing", _("没有标识码的，要写小类。"), (SKIP,), written="-"))
            elif by_number is None:
                sentence = _("标识码第 7 至 10 位 {code} 不是已有的部件类别。").format(code=number[6:10])
                draft.blame(Problem("number", "unknown", sentence, (SKIP,)))
            return by_number
        named = self._named(written, draft.values.get("major", ""))
        if by_number is not None and by_number in named:
            return by_number
        if len(named) != 1:
            self._blame_class(draft, written, named)
            return None
        if number and by_number is not named[0]:
            sentence = _("标识码里是“{one}”，小类写的是“{other}”。").format(
                one=by_number.name if by_number else number[6:10], other=named[0].name
            )
            remedies = [Remedy(_("先不要标识码，导入时编新的"), {"number": ""})]
            if by_number is not None:
                remedies.insert(0, Remedy(_("按标识码，是“{name}”").format(name=by_number.name), {"category": ""}))
            draft.blame(Problem("category", "against", sentence, tuple(remedies)))
        return named[0]

    def _named(self, written: str, major: str) -> list[ClassNode]:
        found = self.by_name.get(folded(written), [])
        within = [node for node in found if not major or folded(major) in {folded(node.major_name), node.major}]
        return within or found

    def _blame_class(self, draft: Draft, written: str, named: Sequence[ClassNode]) -> None:
        near = named or sorted(self.classes.by_code.values(), key=lambda node: -_like(node.name, written))[:3]
        remedies = tuple(Remedy(_("改成“{name}”").format(name=node.name), {"category": node.code}) for node in near)
        sentence = _("部件类别里没有“{name}”。").format(name=written)
        draft.blame(Problem("category", "unknown", sentence, (*remedies, SKIP), written=written))

    def _units(self, draft: Draft) -> dict[str, int]:
        found = {}
        for name, column in UNITS.items():
            written = draft.values.get(name)
            if not written:
                continue
            unit_id = self.units.get(folded(written))
            if unit_id is not None:
                found[column] = unit_id
                continue
            near = max(self.unit_names, key=lambda each: likeness(each, written), default=None)
            remedies = [Remedy(_("先空着"), {name: ""})]
            if near is not None:
                remedies.insert(0, Remedy(_("改用“{name}”").format(name=near), {name: near}))
            sentence = _("单位名单里没有“{name}”。").format(name=written)
            draft.blame(Problem(name, "unknown", sentence, tuple(remedies), written=written))
        return found

    def _point(self, draft: Draft) -> Point | None:
        lon, lat = draft.values.get("lon"), draft.values.get("lat")
        if (lon is None or lat is None) and draft.geometry is not None and "lon" not in draft.edits:
            middle = _middle(draft.geometry)
            if middle is not None:
                return middle
        if lon is None or lat is None:
            draft.blame(Problem("lon", "missing", _("没有坐标，不知道在哪里。"), (SKIP,), written="-"))
            return None
        return to_wgs(lon, lat, draft.values.get("system", System.CGCS2000))

    def _area(self, draft: Draft, point: Point, area: AreaNode | None) -> AreaNode | None:
        if area is None:
            sentence = _("坐标 {lon}，{lat} 不在本地范围内。").format(lon=round(point.lon, 5), lat=round(point.lat, 5))
            turned = self.atlas.locate(point.lat, point.lon)
            swap = Remedy(_("经度纬度写反了，对调"), {"lon": repr(point.lat), "lat": repr(point.lon)})
            draft.blame(Problem("lon", "outside", sentence, (*((swap,) if turned is not None else ()), SKIP)))
            return None
        if not holds(self.scope, hot_of(area)):
            draft.blame(Problem("lon", "outside", _("这一行不在您负责的区域，请交给当地导入。"), (SKIP,)))
            return None
        told = self.grids.get(folded(draft.values.get("grid", "")))
        if told is not None and told.id not in area.path_ids and draft.answers.get("grid") != "point":
            sentence = _("表里写“{told}”，坐标落在“{found}”。").format(told=told.name, found=area.name)
            remedy = Remedy(_("以坐标为准"), answer={"grid": "point"})
            draft.blame(Problem("grid", "differs", sentence, (remedy, SKIP), ASK))
        return area

    def _look_up(self, found: Sequence[Found]) -> None:
        """Find what is there already: by number, else by class, name and place."""
        numbered = [one.number for one in found if one.number]
        bare = [one for one in found if not one.number]
        rows = Component.objects.order_by()
        by_number = {row["number"]: row for row in rows.filter(number__in=numbered).values(*HELD)} if numbered else {}
        at_place = rows.filter(valid_to=None, pk__in=_standing_at([one.values["point"].sql for one in bare]))
        by_place = {_place(row): row for row in at_place.values(*HELD)} if bare else {}
        for one in found:
            name = one.values.get("name") or one.category.name
            one.held = by_number.get(one.number) if one.number else by_place.get(_place({**one.values, "name": name}))


_PLAIN = ("name", "state", "accuracy", "address", "surveyed_on", "surveyed_how", "note")


def _like(name: str, written: str) -> float:
    """Return how like two names are; names of two characters have no more than these in common."""
    signs = set(name) & set(written)
    return likeness(name, written) + len(signs) / max(len(name), len(written))


def _standing_at(points: list[str]) -> list[int]:
    """Return what stands exactly at some points; each is looked up in the index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id FROM unnest(%s::point[]) AS told (point) JOIN component c ON c.point ~= told.point", [points]
        )
        return [row[0] for row in cursor.fetchall()]


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["category_id"], row["name"], row["point"]


def _middle(geometry: Mapping[str, Any]) -> Point | None:
    """Return where a point lies, or the middle of a line or an area."""
    if geometry.get("type") == "Point":
        lon, lat, *_rest = geometry["coordinates"]
        return Point(float(lon), float(lat))
    drawn = shapely.geometry.shape(dict(geometry))
    if drawn.is_empty:
        return None
    inside = drawn.interpolate(0.5, normalized=True) if drawn.geom_type == "LineString" else drawn.centroid
    return Point(inside.x, inside.y)


def since(draft: Draft, at: datetime) -> datetime:
    """Return since when the state told has been so."""
    changed = draft.values.get("changed_on") or draft.values.get("surveyed_on")
    if changed is None:
        return at
    return min(at, datetime(changed.year, changed.month, changed.day, tzinfo=ZONE).astimezone(UTC))
