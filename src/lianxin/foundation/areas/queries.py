"""Which area a place lies in, and how areas hang together, from memory: as of now or of any earlier instant.

Every process keeps its own index, keyed by the number "areas": a border changed in one process
routes right in another from that transaction on.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, cast

from django.db.models import Q
from shapely.geometry import shape

from lianxin.kernel.configuration import queries as configuration
from lianxin.kernel.geometry.index import AreaIndex
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.geometry.polygons import Outline
from lianxin.kernel.versions import Versioned

from . import rules
from .models import Area, Redivision, Succession

_KEPT = 4  # states of the tree kept in memory: the present one and a few of history


@dataclass(frozen=True, slots=True)
class AreaNode:
    """An area as everything above needs it; no query behind it."""

    id: int
    code: str
    name: str
    full_name: str
    level: str
    role: str
    kind: str
    parent_id: int | None
    street_id: int | None
    community_id: int | None
    grid_id: int | None
    path_ids: tuple[int, ...]  # from the root down to itself
    breadcrumb: tuple[str, ...]  # names along the path
    households: int | None
    center: Point | None
    valid_from: datetime
    valid_to: datetime | None
    version: int

    @property
    def depth(self) -> int:
        """The root is 1."""
        return len(self.path_ids)

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole place, so that everything lies in it."""
        return self.parent_id is None


class Atlas:
    """The tree while nothing in it changes: nodes, children, and which area holds a point."""

    def __init__(self, nodes: Iterable[AreaNode], boundaries: Mapping[int, Mapping[str, Any]]) -> None:
        self.by_id = {node.id: node for node in sorted(nodes, key=lambda node: (node.depth, node.code))}
        self.by_code = {node.code: node for node in self.by_id.values()}
        self._children: dict[int | None, list[AreaNode]] = {}
        for node in self.by_id.values():
            self._children.setdefault(node.parent_id, []).append(node)
        self._borders = AreaIndex(
            (node.id, node.code, node.depth, cast("Outline", shape(dict(boundaries[node.id]))))
            for node in self.by_id.values()
            if node.id in boundaries
        )

    def __iter__(self) -> Iterator[AreaNode]:
        return iter(self.by_id.values())

    def children(self, area_id: int | None) -> list[AreaNode]:
        """Return the areas right below, by code; None asks for the roots."""
        return self._children.get(area_id, [])

    def descend(self, area_id: int) -> Iterator[AreaNode]:
        """Yield an area and all below it, each parent before its children, in the order of a tree view."""
        node = self.by_id.get(area_id)
        if node is None:
            return
        yield node
        for child in self.children(area_id):
            yield from self.descend(child.id)

    def locate(self, lon: float, lat: float) -> AreaNode | None:
        """Return the deepest area that holds the point; on a border, the one with the lowest code."""
        found = self._borders.locate(lon, lat)
        return None if found is None else self.by_id[found]

    def locate_many(self, points: Sequence[tuple[float, float]]) -> list[AreaNode | None]:
        """Return for each point what `locate` would; many at once cost a tenth."""
        if not points:
            return []
        found = self._borders.locate_many([lon for lon, _lat in points], [lat for _lon, lat in points])
        return [self.by_id.get(area) for area in found.tolist()]


class Index:
    """All areas there ever were, light; with the atlas of each time between two changes loaded when asked for."""

    def __init__(self) -> None:
        self.nodes = _nodes()
        changes = {node.valid_from for node in self.nodes.values()}
        changes |= {node.valid_to for node in self.nodes.values() if node.valid_to}
        self._changes = sorted(changes)
        self._atlases: OrderedDict[int, Atlas] = OrderedDict()
        self._lock = Lock()

    def at(self, instant: datetime) -> Atlas:
        """Return the tree as it was at an instant; loads borders when none of that time are at hand."""
        period = bisect_right(self._changes, instant)
        with self._lock:
            if period not in self._atlases:
                self._atlases[period] = self._load(period)
                while len(self._atlases) > _KEPT:
                    self._atlases.popitem(last=False)
            self._atlases.move_to_end(period)
            return self._atlases[period]

    def _load(self, period: int) -> Atlas:
        if period == 0:
            return Atlas([], {})
        begin = self._changes[period - 1]
        nodes = [
            node
            for node in self.nodes.values()
            if node.valid_from <= begin and (node.valid_to is None or node.valid_to > begin)
        ]
        found = Area.objects.filter(valid_from__lte=begin, boundary__isnull=False)
        bounded = found.filter(Q(valid_to=None) | Q(valid_to__gt=begin)).values_list("pk", "boundary")
        return Atlas(nodes, {pk: boundary for pk, boundary in bounded if boundary and pk in self.nodes})


def _nodes() -> dict[int, AreaNode]:
    rows = {area.pk: area for area in Area.objects.defer("boundary")}
    return {area.pk: _node(area, rows) for area in rows.values()}


def _node(area: Area, rows: Mapping[int, Area]) -> AreaNode:
    path = tuple(int(part) for part in area.path.split(".") if part)
    return AreaNode(
        id=area.pk,
        code=area.code,
        name=area.name,
        full_name=area.full_name,
        level=area.level,
        role=area.role,
        kind=area.kind,
        parent_id=area.parent_id,
        street_id=area.street_id,
        community_id=area.community_id,
        grid_id=area.grid_id,
        path_ids=path,
        breadcrumb=tuple(rows[pk].name for pk in path),
        households=area.households,
        center=area.center,
        valid_from=area.valid_from,
        valid_to=area.valid_to,
        version=area.version,
    )


_index: Versioned[Index] = Versioned("areas", Index)


def index(numbers: Mapping[str, int] | None = None) -> Index:
    """Return the index in force; with the `numbers` this request has read, no statement unless it has changed."""
    return _index.get() if numbers is None else _index.at(numbers)


def atlas(at: datetime, numbers: Mapping[str, int] | None = None) -> Atlas:
    """Return the tree as of an instant."""
    return index(numbers).at(at)


def locate(lon: float, lat: float, at: datetime, numbers: Mapping[str, int] | None = None) -> AreaNode | None:
    """Return the smallest area that held the point at the instant, or None if outside."""
    return atlas(at, numbers).locate(lon, lat)


def node(area_id: int, numbers: Mapping[str, int] | None = None) -> AreaNode | None:
    """Return an area by its id, ended ones too."""
    return index(numbers).nodes.get(area_id)


def children(area_id: int | None, at: datetime, numbers: Mapping[str, int] | None = None) -> list[AreaNode]:
    """Return the areas right below, by code; None asks for the roots."""
    return atlas(at, numbers).children(area_id)


def descend(area_id: int, at: datetime, numbers: Mapping[str, int] | None = None) -> frozenset[int]:
    """Return the ids of an area and everything below it."""
    return frozenset(found.id for found in atlas(at, numbers).descend(area_id))


def tree(at: datetime, numbers: Mapping[str, int] | None = None) -> list[AreaNode]:
    """Return all areas in the order of a tree view; `depth` tells how far to indent."""
    whole = atlas(at, numbers)
    return [found for root in whole.children(None) for found in whole.descend(root.id)]


@dataclass(frozen=True, slots=True)
class HouseholdRemark:
    """A grid whose household count is missing or outside its range."""

    area: AreaNode
    low: int
    high: int


def household_limits(numbers: Mapping[str, int] | None = None) -> dict[str, tuple[int, int]]:
    """Return how many households a grid should have, least and most, by the profile's kinds that say so."""
    kinds = configuration.current("grid_kinds", numbers) or []
    return {
        kind["key"]: (kind["households_min"], kind["households_max"]) for kind in kinds if kind.get("households_min")
    }


def household_check(at: datetime, numbers: Mapping[str, int] | None = None) -> list[HouseholdRemark]:
    """List grids outside the profile's range for their kind (300–500 where it says nothing), by code."""
    limits = household_limits(numbers)
    remarks = []
    for found in atlas(at, numbers):
        if found.role == "grid":
            low, high = limits.get(found.kind, rules.HOUSEHOLDS)
            if found.households is None or not low <= found.households <= high:
                remarks.append(HouseholdRemark(found, low, high))
    return sorted(remarks, key=lambda remark: remark.area.code)


def successors(area_id: int) -> list[int]:
    """Return the ids of areas that followed an ended one directly, the one with its code first."""
    found = Succession.objects.filter(old_id=area_id, new__isnull=False).order_by("pk").values_list("new_id", flat=True)
    return [pk for pk in found if pk is not None]


def plans(*, after: int | None = None, limit: int = 50) -> list[Redivision]:
    """List all re-divisions planned, in force and called off, the latest first; `after` an id: the next page."""
    found = Redivision.objects.order_by("-pk")
    return list((found if after is None else found.filter(pk__lt=after))[:limit])


def ended_by(redivision: Redivision) -> frozenset[int]:
    """Return the ids of areas that ended with a re-division in force."""
    return frozenset(Succession.objects.filter(redivision=redivision).values_list("old_id", flat=True))


def planned_redivisions() -> list[Redivision]:
    """List the plans whose day is still to come, the nearest first."""
    return list(Redivision.objects.filter(applied_at=None, cancelled_at=None).order_by("effective_at", "pk"))


def changes_of(area_id: int) -> list[Succession]:
    """List what an area followed and what followed it, the latest change first, with its redivision. One statement."""
    found = Succession.objects.filter(Q(old_id=area_id) | Q(new_id=area_id)).select_related("redivision")
    return list(found.order_by("-redivision__effective_at", "pk"))


def lineage(area_id: int, most: int = 200) -> list[Succession]:
    """List the changes that made an area, what else came of them, and those that followed it, over any number of steps.

    A statement a step.
    """
    found: dict[int, Succession] = {}
    for ours, theirs in (("new_id", "old_id"), ("old_id", "new_id")):
        seen, next_ids = {area_id}, {area_id}
        while next_ids and len(found) < most:
            steps = list(Succession.objects.filter(**{f"{ours}__in": next_ids}).select_related("redivision")[:most])
            found |= {step.pk: step for step in steps}
            next_ids = {getattr(step, theirs) for step in steps} - seen - {None}
            seen |= next_ids
        if ours == "new_id":
            beside = Succession.objects.filter(old_id__in=seen - {area_id}).select_related("redivision")
            found |= {step.pk: step for step in beside[:most]}
    return sorted(found.values(), key=lambda step: (step.redivision.effective_at, step.pk))
