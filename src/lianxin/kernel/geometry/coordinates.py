"""Coordinate systems of Chinese maps. We keep WGS-84 (CGCS2000 equals it for us) and convert at the edges.

GCJ-02 is what AMap and Tencent show, BD-09 what Baidu shows; both are WGS-84 displaced, inside China only.
"""

from collections.abc import Callable
from enum import StrEnum
from math import atan2, cos, pi, sin, sqrt

from lianxin.kernel.geometry.points import Point

_A = 6378245.0
_EE = 0.00669342162296594323
_K = pi * 3000 / 180


class System(StrEnum):
    """The systems that reach us."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs(lon: float, lat: float, system: System | str) -> Point:
    """Return the WGS-84 point of a place given in another system."""
    match System(system):
        case System.GCJ02:
            return _invert(_gcj_from_wgs, lon, lat)
        case System.BD09:
            return _invert(_gcj_from_wgs, *_invert(_bd_from_gcj, lon, lat))
        case _:
            return Point(lon, lat)


def from_wgs(lon: float, lat: float, system: System | str) -> Point:
    """Return where another system puts a WGS-84 point."""
    match System(system):
        case System.GCJ02:
            return _gcj_from_wgs(lon, lat)
        case System.BD09:
            return _bd_from_gcj(*_gcj_from_wgs(lon, lat))
        case _:
            return Point(lon, lat)


def _gcj_from_wgs(lon: float, lat: float) -> Point:
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return Point(lon, lat)
    x, y = lon - 105, lat - 35
    wave = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + wave
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + wave
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    phi = lat / 180 * pi
    magic = 1 - _EE * sin(phi) ** 2
    return Point(
        lon + east * 180 / (_A / sqrt(magic) * cos(phi) * pi),
        lat + north * 180 / (_A * (1 - _EE) / (magic * sqrt(magic)) * pi),
    )


def _bd_from_gcj(lon: float, lat: float) -> Point:
    radius = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * _K)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _K)
    return Point(radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006)


def _invert(forward: Callable[[float, float], Point], lon: float, lat: float) -> Point:
    # The shift varies slowly, so a few corrections reach a tenth of a millimetre.
    guess = Point(lon, lat)
    for _ in range(12):
        there = forward(*guess)
        off = Point(there.lon - lon, there.lat - lat)
        guess = Point(guess.lon - off.lon, guess.lat - off.lat)
        if abs(off.lon) < 1e-9 and abs(off.lat) < 1e-9:
            break
    return guess
