"""Borders and household counts: pure, no database, no clock."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from lianxin.kernel.errors import Refused
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.geometry.polygons import Fault, Outline, area, cover_faults, read_outline

# Borders drawn by hand never meet exactly; slivers below this share of an area are not a gap or an overlap.
TOLERANCE = 0.001
HOUSEHOLDS = (300, 500)


def outline(boundary: Mapping[str, Any] | None, *, field: str = "boundary") -> Outline | None:
    """Read a border if there is one; raise Invalid naming the fault."""
    return None if boundary is None else read_outline(boundary, field=field)


def middle(geometry: BaseGeometry) -> Point:
    """Return a point inside the area, to name or mark it on a map."""
    inside = geometry.centroid if geometry.contains(geometry.centroid) else geometry.representative_point()
    return Point(inside.x, inside.y)


@dataclass(frozen=True, slots=True)
class Piece:
    """An area before or after a change of borders."""

    label: str
    geometry: Outline
    households: int | None


def check_borders(
    old: Sequence[Piece], new: Sequence[Piece], *, frame: Outline | None = None, others: Sequence[Outline] = ()
) -> None:
    """Raise Refused unless the new pieces cover what the old ones did, without gap or overlap.

    They may also take ground of the parent (`frame`) that belongs to none of the `others`, and leave what lay
    beyond it: so gaps are closed and overhangs cut off.
    """
    faults = border_faults(old, new, frame=frame, others=others)
    if faults:
        worst = faults[0]
        raise Refused(f"area_{worst.kind}", fault_sentence(worst))


def border_faults(
    old: Sequence[Piece], new: Sequence[Piece], *, frame: Outline | None = None, others: Sequence[Outline] = ()
) -> list[Fault]:
    """Return where new pieces do not do what `check_borders` asks, the largest fault first."""
    before = shapely.union_all([piece.geometry for piece in old])
    needed = before if frame is None else shapely.intersection(before, frame)
    open_ground = before if frame is None else shapely.difference(frame, shapely.union_all(list(others)))
    allowed = shapely.union(before, open_ground)
    pieces = {f"{place} {piece.label}": piece.geometry for place, piece in enumerate(new)}
    least = TOLERANCE * area(before)
    inner = [
        fault for fault in cover_faults(cast("Outline", needed), pieces, tolerance=least) if fault.kind != "outside"
    ]
    outer = [
        fault for fault in cover_faults(cast("Outline", allowed), pieces, tolerance=least) if fault.kind == "outside"
    ]
    return sorted(inner + outer, key=lambda fault: -fault.square_metres)


def fault_sentence(fault: Fault) -> str:
    """Return what is wrong where, with what to do about it."""
    sentences = {
        "gap": _("新的边界之间有空隙，约 {size} 平方米没有归属，在经度 {lon}、纬度 {lat} 附近。"),
        "overlap": _("“{names}”的边界重叠约 {size} 平方米，在经度 {lon}、纬度 {lat} 附近。"),
        "outside": _(
            "“{names}”超出原来的区域约 {size} 平方米，在经度 {lon}、纬度 {lat} 附近。要动到的邻近区域请一起列入。"
        ),
    }
    return sentences[fault.kind].format(
        names="”和“".join(code.partition(" ")[2] for code in fault.codes),
        size=round(fault.square_metres),
        lon=round(fault.where.lon, 5),
        lat=round(fault.where.lat, 5),
    )


def check_ground(outline: Outline, frame: Outline | None, taken: Mapping[str, Outline], *, parent: str) -> None:
    """Raise Refused where a new area leaves its parent or lies on ground that a sibling has."""
    least = TOLERANCE * area(outline)
    if frame is not None and (beyond := area(shapely.difference(outline, frame))) > least:
        sentence = _("边界超出“{parent}”约 {size} 平方米。请收进来，或先调整上级的边界。")
        raise Refused("area_outside", sentence.format(parent=parent, size=round(beyond)))
    for name, other in taken.items():
        if (shared := area(shapely.intersection(outline, other))) > least:
            sentence = _("其中约 {size} 平方米已经属于“{name}”。要从那里划出来，请用拆分；边上多画的可以按“贴齐邻居”。")
            raise Refused("area_overlap", sentence.format(size=round(shared), name=name))


def fitted(outline: Outline, frame: Outline | None, taken: Sequence[Outline]) -> Outline | None:
    """Return an outline kept within its parent and off its siblings' ground; None when nothing is left."""
    rest: BaseGeometry = outline if frame is None else shapely.intersection(outline, frame)
    if taken:
        rest = shapely.difference(rest, shapely.union_all(list(taken)))
    least = outline.area * TOLERANCE
    parts = [part for part in shapely.get_parts(rest) if part.geom_type == "Polygon" and part.area > least]
    return cast("Outline", shapely.union_all(parts)) if parts else None


def household_remarks(old: Sequence[Piece], new: Sequence[Piece], limits: tuple[int, int] = HOUSEHOLDS) -> list[str]:
    """Return what is odd about the household counts; for people to judge, nothing is refused."""
    remarks = [
        _("“{name}”有 {count} 户，不在 {low} 至 {high} 户之间。").format(
            name=piece.label, count=piece.households, low=limits[0], high=limits[1]
        )
        for piece in new
        if piece.households is not None and not limits[0] <= piece.households <= limits[1]
    ]
    remarks += [_("“{name}”没有填户数。").format(name=piece.label) for piece in new if piece.households is None]
    before = [piece.households for piece in old]
    after = [piece.households for piece in new]
    if None not in before and None not in after and sum(filter(None, before)) != sum(filter(None, after)):
        remarks.append(
            _("户数前后不等：原来 {before} 户，现在 {after} 户。").format(
                before=sum(filter(None, before)), after=sum(filter(None, after))
            )
        )
    return remarks


def home_of(child: BaseGeometry, pieces: Sequence[BaseGeometry]) -> int | None:
    """Return which piece holds the child whole (but for slivers), or None if it lies across several."""
    shares = [child.intersection(piece).area / child.area if child.area else 0.0 for piece in pieces]
    best = max(range(len(pieces)), key=shares.__getitem__, default=None)
    if best is None or shares[best] < 1 - TOLERANCE * 10 or math.isnan(shares[best]):
        return None
    return best
