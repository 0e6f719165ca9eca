"""A point in WGS-84 degrees, and distances on the ground."""

import math
from typing import NamedTuple, Self

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid

EARTH_RADIUS = 6_371_008.8  # metres; the mean radius of WGS-84
_METRES_PER_DEGREE = math.radians(EARTH_RADIUS)


class Point(NamedTuple):
    """Longitude first, as in GeoJSON."""

    lon: float
    lat: float

    @classmethod
    def checked(cls, lon: object, lat: object, *, field: str = "point") -> Self:
        """Return a point of the earth from numbers or their text; raise Invalid for anything else."""
        try:
            point = cls(float(lon), float(lat))  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise Invalid({field: _("坐标应是两个数：经度和纬度。")}) from None
        # NaN fails both comparisons, so it is refused too.
        if not (-180 <= point.lon <= 180 and -90 <= point.lat <= 90):
            raise Invalid({field: _("坐标不在地球上：经度为 -180 至 180，纬度为 -90 至 90。")})
        return point

    @classmethod
    def from_sql(cls, text: str) -> Self:
        """Read PostgreSQL's text form, `(116.4,39.9)`."""
        lon, lat = text.strip("()").split(",")
        return cls(float(lon), float(lat))

    @property
    def sql(self) -> str:
        """Return PostgreSQL's text form, for parameters and COPY."""
        return f"({self.lon!r},{self.lat!r})"


class Box(NamedTuple):
    """A window in degrees, edges inside."""

    west: float
    south: float
    east: float
    north: float


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the metres between two points (lon, lat), on a sphere: within 0.6 % everywhere."""
    lon1, lat1, lon2, lat2 = map(math.radians, (*one, *other))
    chord = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Return how many metres one degree of longitude and of latitude are at this latitude."""
    # Never zero, so that a window at the poles stays finite.
    return _METRES_PER_DEGREE * max(math.cos(math.radians(lat)), 1e-6), _METRES_PER_DEGREE


def around(lon: float, lat: float, metres: float) -> Box:
    """Return the window that holds everything within this distance of a point."""
    per_lon, per_lat = metres_per_degree(lat)
    # A hair wider: the degree shrinks towards the pole inside the window itself.
    wide, high = metres / per_lon * 1.01, metres / per_lat * 1.0001
    return Box(lon - wide, lat - high, lon + wide, lat + high)
