"""Outlines of areas: read from GeoJSON with every fault told, measured, and checked against their parent."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point

Outline = Polygon | MultiPolygon
MOST_POINTS = 20_000

_A = 6378137.0
_E = 0.0818191908426215  # first eccentricity of WGS-84


def read_outline(
    geojson: str | Mapping[str, Any], *, field: str = "outline", most_points: int = MOST_POINTS
) -> Outline:
    """Return a valid Polygon or MultiPolygon from a GeoJSON geometry or feature; raise Invalid naming the fault."""
    geometry = _geometry(geojson, field)
    kind, coordinates = geometry.get("type"), geometry.get("coordinates") or []
    if kind not in {"Polygon", "MultiPolygon"}:
        raise Invalid({field: _("边界应是面（Polygon 或 MultiPolygon）。")})
    try:
        polygons = [coordinates] if kind == "Polygon" else list(coordinates)
        rings = [[[_pair(point) for point in ring] for ring in polygon] for polygon in polygons]
    except (TypeError, ValueError, IndexError):
        raise Invalid({field: _("边界的坐标格式不正确，每个点应写成 [经度, 纬度]。")}) from None
    for fault in _faults(rings, most_points):
        raise Invalid({field: fault})
    parts = [Polygon(polygon[0], polygon[1:]) for polygon in rings]
    outline: Outline = parts[0] if kind == "Polygon" else MultiPolygon(parts)
    if not outline.is_valid:
        raise Invalid({field: _why_invalid(outline)})
    return outline


def to_geojson(outline: Outline, *, digits: int = 7) -> dict[str, Any]:
    """Return the GeoJSON geometry; seven digits are a centimetre."""
    rounded = shapely.transform(outline, lambda points: np.round(points, digits))
    written: dict[str, Any] = json.loads(json.dumps(mapping(rounded)))
    return written


def area(outline: shapely.Geometry) -> float:
    """Return the square metres on the WGS-84 ellipsoid."""
    return float(shapely.area(shapely.transform(outline, _equal_area)))


@dataclass(frozen=True, slots=True)
class Fault:
    """A piece of ground where children do not tile their parent: whose it is, where, and how large in m²."""

    kind: str  # gap: nobody's; overlap: of two; outside: beyond the parent
    codes: tuple[str, ...]
    where: Point
    square_metres: float
    outline: BaseGeometry


def cover_faults(parent: Outline, children: Mapping[str, Outline], *, tolerance: float = 1.0) -> list[Fault]:
    """Return the gaps, overlaps and overhangs larger than `tolerance` m², largest first; none when children tile."""
    codes = list(children)
    outlines = np.array([children[code] for code in codes], dtype=object)
    found = list(_pieces("gap", (), shapely.difference(parent, shapely.union_all(outlines)), tolerance))
    for code, outline in children.items():
        found += _pieces("outside", (code,), shapely.difference(outline, parent), tolerance)
    if codes:
        left, right = shapely.STRtree(outlines).query(outlines, predicate="intersects")
        for one, other in zip(left, right, strict=True):
            if one < other:
                pair = (codes[one], codes[other])
                found += _pieces("overlap", pair, shapely.intersection(outlines[one], outlines[other]), tolerance)
    return sorted(found, key=lambda fault: -fault.square_metres)


def _geometry(geojson: str | Mapping[str, Any], field: str) -> Mapping[str, Any]:
    if isinstance(geojson, str):
        try:
            geojson = json.loads(geojson)
        except ValueError:
            raise Invalid({field: _("边界不是有效的 GeoJSON。")}) from None
    if isinstance(geojson, Mapping) and geojson.get("type") == "Feature":
        geojson = geojson.get("geometry") or {}
    if not isinstance(geojson, Mapping):
        raise Invalid({field: _("边界不是有效的 GeoJSON。")})
    return geojson


def _pair(point: Any) -> tuple[float, float]:
    lon, lat = point[0], point[1]
    if isinstance(lon, str) or isinstance(lat, str):
        raise TypeError
    return float(lon), float(lat)


def _faults(polygons: list[list[list[tuple[float, float]]]], most_points: int) -> Iterator[str]:
    rings = [ring for polygon in polygons for ring in polygon]
    if not rings or not all(polygons):
        yield _("边界是空的。")
    if (count := sum(map(len, rings))) > most_points:
        yield _("边界有 %(count)d 个点，太多了。请简化到 %(most)d 个点以内。") % {"count": count, "most": most_points}
    for ring in rings:
        # Comparisons written so that NaN fails them.
        if not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring):
            yield _("有的点不在地球上。请检查经度和纬度是否写反，坐标应为经纬度（度）。")
        if not ring or ring[0] != ring[-1]:
            yield _("边界没有闭合：最后一个点应与第一个点相同。")
        if len(ring) < 4:
            yield _("一圈边界至少要有三个不同的点。")


def _why_invalid(outline: Outline) -> str:
    told = shapely.is_valid_reason(outline)
    if place := re.search(r"\[(\S+) (\S+)\]", told):
        where = {"lon": round(float(place[1]), 6), "lat": round(float(place[2]), 6)}
        if "Self-intersection" in told:
            return _("边界自己交叉了，在经度 %(lon)s、纬度 %(lat)s 附近。") % where
        return _("边界不正确，问题在经度 %(lon)s、纬度 %(lat)s 附近。") % where
    return _("边界不正确：它没有围成一块地。")


def _pieces(kind: str, codes: tuple[str, ...], rest: shapely.Geometry, tolerance: float) -> Iterator[Fault]:
    for piece in shapely.get_parts(rest):
        if (size := area(piece)) > tolerance:
            inside = piece.representative_point()
            yield Fault(kind, codes, Point(inside.x, inside.y), size, piece)


def _equal_area(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project to Lambert's cylindrical equal-area map of the ellipsoid, in metres."""
    sine = np.sin(np.radians(points[:, 1]))
    q = (1 - _E**2) * (sine / (1 - (_E * sine) ** 2) - np.log((1 - _E * sine) / (1 + _E * sine)) / (2 * _E))
    return np.column_stack((_A * np.radians(points[:, 0]), _A * q / 2))
