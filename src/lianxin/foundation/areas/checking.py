"""Do the borders of a tree hold? Gaps, overlaps, overhangs, slivers, missing borders, codes out of order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from lianxin.kernel.geometry.points import Point
from lianxin.kernel.geometry.polygons import Fault, Outline, area, cover_faults
from lianxin.kernel.versions import Versioned

from . import rules
from .models import Area
from .naming import reading_order

LEAST = 5.0  # m²: less is the width of a pen
THIN = 2.0  # metres: what is narrower on the whole is a sliver, whatever its length
KINDS = ("gap", "overlap", "outside", "sliver", "no_border", "order")
_METRES = 111_000  # of a degree of latitude; good enough to tell thin from wide


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd about the areas right below a parent: which, where, how much ground, and its outline."""

    kind: str
    parent_id: int
    area_ids: tuple[int, ...]
    where: Point | None = None
    square_metres: float = 0.0
    outline: BaseGeometry | None = None
    nature: str = ""  # of a sliver: gap, overlap or outside

    @property
    def what(self) -> str:
        """Return gap, overlap or outside, for slivers too."""
        return self.nature or self.kind


def faults_below(parent_id: int, frame: Outline, children: Mapping[int, Outline]) -> list[Finding]:
    """Return where children do not tile their parent, the largest first."""
    if _tiles(frame, list(children.values())):
        return []
    faults = cover_faults(frame, {str(pk): outline for pk, outline in children.items()}, tolerance=LEAST)
    return [_finding(parent_id, fault) for fault in faults]


def _tiles(frame: Outline, outlines: Sequence[Outline]) -> bool:
    """Tell in two operations, where finding each fault takes dozens, whether there can be none: the sums agree."""
    whole = shapely.union_all(list(outlines))
    size = area(whole)
    overlapping = sum(map(area, outlines)) - size
    held = area(shapely.intersection(frame, whole))
    return overlapping < LEAST and size - held < LEAST and area(frame) - held < LEAST


def _finding(parent_id: int, fault: Fault) -> Finding:
    ids = tuple(int(code) for code in fault.codes)
    is_thin = width(fault) < THIN
    return Finding(
        "sliver" if is_thin else fault.kind, parent_id, ids, fault.where, fault.square_metres, fault.outline,
        fault.kind if is_thin else "",
    )  # fmt: skip


def width(fault: Fault) -> float:
    """Return how wide a fault is on the whole, in metres: its ground over half its border."""
    return fault.square_metres / float(max(fault.outline.length * _METRES / 2, 1e-9))


def is_out_of_order(codes: Sequence[str], outlines: Sequence[Outline]) -> bool:
    """Tell whether codes do not count from west to east and north to south, but for neighbours exchanged."""
    by_code = sorted(range(len(codes)), key=codes.__getitem__)
    place = {index: at for at, index in enumerate(reading_order(outlines))}
    return any(abs(place[index] - at) > 1 for at, index in enumerate(by_code))


def _load() -> list[Finding]:
    rows = list(
        Area.objects.filter(valid_to=None).order_by("code").only("id", "code", "parent_id", "boundary", "center")
    )
    outlines = {row.pk: border for row in rows if (border := rules.outline(row.boundary)) is not None}
    below: dict[int, list[Area]] = {}
    for row in rows:
        if row.parent_id is not None:
            below.setdefault(row.parent_id, []).append(row)
    found: list[Finding] = []
    for row in rows:
        if row.pk in below:
            found += _below(row, below[row.pk], outlines)
    # What should be mended first, then what is only odd.
    return sorted(found, key=lambda one: one.kind == "order")


def _below(parent: Area, children: Sequence[Area], outlines: Mapping[int, Outline]) -> list[Finding]:
    drawn = [child for child in children if child.pk in outlines]
    if not drawn:
        # A tree without borders at this level, as divisions come from lists: nothing to hold against each other.
        return []
    found = [
        Finding("no_border", parent.pk, (child.pk,), parent.center) for child in children if child.pk not in outlines
    ]
    if parent.pk in outlines:
        found += faults_below(parent.pk, outlines[parent.pk], {child.pk: outlines[child.pk] for child in drawn})
    borders = [outlines[child.pk] for child in drawn]
    if is_out_of_order([child.code for child in drawn], borders):
        found.append(Finding("order", parent.pk, tuple(drawn[at].pk for at in reading_order(borders)), parent.center))
    return found


_findings: Versioned[list[Finding]] = Versioned("areas", _load)


def findings(numbers: Mapping[str, int] | None = None) -> list[Finding]:
    """Return what is odd about the areas in force, reckoned once after each change, when first asked for."""
    return _findings.get() if numbers is None else _findings.at(numbers)


def longest_neighbour(hole: BaseGeometry, neighbours: Mapping[int, Outline]) -> int | None:
    """Return which neighbour a piece of ground touches along most of its border."""
    near = {pk: shapely.intersection(outline.buffer(2e-6), hole.boundary).length for pk, outline in neighbours.items()}
    best = max(near, key=near.__getitem__, default=None)
    return best if best is not None and near[best] > 0 else None
