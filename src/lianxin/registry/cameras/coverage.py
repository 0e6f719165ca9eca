"""What a camera covers (可视范围): a wedge on the ground, reckoned on a sphere. Pure.

Bearing is in degrees clockwise from north, angle the whole opening, reach the metres along the line of sight to where
one still tells a car from a cart. From a mast the ground is reached a little less far.
"""

import math
from dataclasses import dataclass

from lianxin.kernel.geometry.points import EARTH_RADIUS, Point, distance

FULL = 360
MOST_REACH = 3_000  # metres; a look-out on a tower
MOST_HEIGHT = 300.0
_STEP = 6  # degrees between the corners of an arc: at 100 m it is off by 14 cm


@dataclass(frozen=True, slots=True)
class Wedge:
    """Where a camera looks from, which way, how wide, how far over the ground in metres."""

    point: Point
    bearing: float
    angle: float
    reach: float

    @property
    def is_circle(self) -> bool:
        """Whether it sees all around."""
        return self.angle >= FULL

    def holds(self, place: tuple[float, float]) -> bool:
        """Tell whether a place (lon, lat) lies in it, edges too."""
        if distance(self.point, place) > self.reach:
            return False
        if self.is_circle or place == self.point:
            return True
        return turn(self.bearing, bearing(self.point, place)) <= self.angle / 2 + 1e-9

    def ring(self) -> list[tuple[float, float]]:
        """Return its outline as a closed ring, against the clock as GeoJSON has it; rounded to 10 cm."""
        count = max(2, math.ceil(self.angle / _STEP))
        begins = self.bearing + self.angle / 2
        arc = [ahead(self.point, begins - self.angle * step / count, self.reach) for step in range(count + 1)]
        corners = arc[:-1] if self.is_circle else [self.point, *arc]
        rounded = [(round(lon, 6), round(lat, 6)) for lon, lat in corners]
        return [*rounded, rounded[0]]


def wedge(
    point: Point, *, bearing: int | None, angle: int | None, reach_m: int | None, height_m: float | None = None
) -> Wedge | None:
    """Return what a camera covers; None where it is not known how far, or which way, it looks."""
    if not reach_m:
        return None
    angle = min(angle or 0, FULL)
    if angle < FULL and (bearing is None or angle == 0):
        return None
    return Wedge(point, float((bearing or 0) % FULL), float(angle), on_ground(reach_m, height_m))


def on_ground(reach_m: float, height_m: float | None) -> float:
    """Return how far over the ground a line of sight reaches from a mast."""
    height = min(max(height_m or 0.0, 0.0), reach_m * 0.9)
    return math.sqrt(reach_m**2 - height**2)


def bearing(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the direction from one point (lon, lat) to another, in degrees clockwise from north."""
    lon1, lat1, lon2, lat2 = map(math.radians, (*one, *other))
    east = math.sin(lon2 - lon1) * math.cos(lat2)
    north = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(lon2 - lon1)
    return math.degrees(math.atan2(east, north)) % FULL


def turn(one: float, other: float) -> float:
    """Return by how many degrees two directions differ: 0 to 180."""
    return abs((one - other + 180) % FULL - 180)


def ahead(point: tuple[float, float], direction: float, metres: float) -> Point:
    """Return the point so many metres ahead of another on the sphere."""
    lon, lat = map(math.radians, point)
    course, arc = math.radians(direction), metres / EARTH_RADIUS
    to_lat = math.asin(math.sin(lat) * math.cos(arc) + math.cos(lat) * math.sin(arc) * math.cos(course))
    to_lon = lon + math.atan2(
        math.sin(course) * math.sin(arc) * math.cos(lat), math.cos(arc) - math.sin(lat) * math.sin(to_lat)
    )
    return Point((math.degrees(to_lon) + 540) % 360 - 180, math.degrees(to_lat))


_CARDINAL = ("北", "东", "南", "西")
_BETWEEN = ("东北", "东南", "西南", "西北")


def wind(direction: float) -> str:
    """Say a direction in words: 正东 and 东南 within ten degrees, else 东偏南."""
    quarter = round(direction % FULL / 90)
    off = direction % FULL - quarter * 90
    nearest, side = _CARDINAL[quarter % 4], _CARDINAL[(quarter + (1 if off > 0 else -1)) % 4]
    if abs(off) <= 10:
        return f"正{nearest}"
    if abs(off) >= 35:
        return _BETWEEN[(quarter if off > 0 else quarter - 1) % 4]
    return f"{nearest}偏{side}"
