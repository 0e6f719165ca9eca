"""Borders and household counts: pure, no database, no clock."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.geometry.points import Point, metres_per_degree

# Borders drawn by hand never meet exactly; slivers below this share of an area are not a gap or an overlap.
TOLERANCE = 0.001
HOUSEHOLDS = (300, 500)


def polygon(boundary: Mapping[str, Any] | None, *, field: str = "boundary") -> BaseGeometry | None:
    """Read a GeoJSON Polygon or MultiPolygon in WGS-84; raise Invalid for anything else."""
    if boundary is None:
        return None
    if boundary.get("type") not in {"Polygon", "MultiPolygon"}:
        raise Invalid({field: _("边界应是 GeoJSON 的 Polygon 或 MultiPolygon。")})
    try:
        found = shape(boundary)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError):
        raise Invalid({field: _("边界的坐标读不懂。")}) from None
    if found.is_empty or not found.is_valid:
        raise Invalid({field: _("边界不成形：线条相交，或没有面积。")})
    west, south, east, north = found.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise Invalid({field: _("边界的坐标应是 WGS-84 的经度和纬度。")})
    return found


def geojson(geometry: BaseGeometry) -> dict[str, Any]:
    """Return the GeoJSON form of a geometry."""
    return {key: value for key, value in mapping(geometry).items() if key in {"type", "coordinates"}}


def square_metres(geometry: BaseGeometry) -> float:
    """Return the area on the ground, right to about 0.5 % for anything up to a prefecture."""
    per_lon, per_lat = metres_per_degree(geometry.centroid.y)
    return float(geometry.area * per_lon * per_lat)


def middle(geometry: BaseGeometry) -> Point:
    """Return a point inside the area, to name or mark it on a map."""
    inside = geometry.centroid if geometry.contains(geometry.centroid) else geometry.representative_point()
    return Point(inside.x, inside.y)


@dataclass(frozen=True, slots=True)
class Piece:
    """An area before or after a change of borders."""

    label: str
    geometry: BaseGeometry
    households: int | None


def check_borders(old: Sequence[Piece], new: Sequence[Piece]) -> None:
    """Raise Refused unless the new pieces cover exactly what the old ones did, without gap or overlap."""
    before = shapely.union_all([piece.geometry for piece in old])
    after = shapely.union_all([piece.geometry for piece in new])
    allowed = before.area * TOLERANCE
    if before.difference(after).area > allowed:
        raise Refused("area_gap", _("新的边界之间有空隙：原来的区域有一部分没有归属。"))
    if after.difference(before).area > allowed:
        raise Refused("area_outside", _("新的边界超出了原来的区域。要动到的邻近区域请一起列入。"))
    for index, piece in enumerate(new):
        for other in new[index + 1 :]:
            if piece.geometry.intersection(other.geometry).area > allowed:
                raise Refused(
                    "area_overlap",
                    _("“{one}”和“{other}”的边界重叠。").format(one=piece.label, other=other.label),
                )


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
