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


def check_borders(old: Sequence[Piece], new: Sequence[Piece]) -> None:
    """Raise Refused unless the new pieces cover exactly what the old ones did, without gap or overlap."""
    before = cast("Outline", shapely.union_all([piece.geometry for piece in old]))
    faults = cover_faults(before, {piece.label: piece.geometry for piece in new}, tolerance=TOLERANCE * area(before))
    if faults:
        worst = faults[0]
        raise Refused(f"area_{worst.kind}", _fault(worst))


def _fault(fault: Fault) -> str:
    sentences = {
        "gap": _("新的边界之间有空隙，约 {size} 平方米没有归属，在经度 {lon}、纬度 {lat} 附近。"),
        "overlap": _("“{names}”的边界重叠约 {size} 平方米，在经度 {lon}、纬度 {lat} 附近。"),
        "outside": _(
            "“{names}”超出原来的区域约 {size} 平方米，在经度 {lon}、纬度 {lat} 附近。要动到的邻近区域请一起列入。"
        ),
    }
    return sentences[fault.kind].format(
        names="”和“".join(fault.codes), size=round(fault.square_metres), lon=round(fault.where.lon, 5),
        lat=round(fault.where.lat, 5),
    )  # fmt: skip


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
