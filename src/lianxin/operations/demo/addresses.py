"""Say where a place is as people do: a crossroads, an estate and its building, a school, a road and number."""

import math
from collections import defaultdict
from dataclasses import dataclass

from shapely import STRtree
from shapely.geometry import Point

from .county import Building, Estate, Geography, Landmark, Road

_METRES_PER_DEGREE = 111_320.0
_DIRECTIONS = ("东", "东北角", "北", "西北角", "西", "西南角", "南", "东南角")
# Within how many metres something is near enough to name a place by it.
_BUILDING, _CROSSING, _LANDMARK, _ROAD = 25.0, 70.0, 110.0, 60.0
_METRES_PER_NUMBER = 9.0  # house numbers along a road, odd on one side


@dataclass(frozen=True)
class _Index:
    buildings: tuple[list[Building], STRtree]
    crossings: tuple[list[tuple[str, str]], list[Point], STRtree]
    landmarks: tuple[list[Landmark], STRtree]
    roads: tuple[list[Road], STRtree]
    estates: tuple[list[Estate], STRtree]


def address_near(county: Geography, lon: float, lat: float) -> str:
    """Return a description of a place; outside the county its coordinates."""
    if "addresses" not in county._cache:  # noqa: SLF001 -- the county keeps our index
        county._cache["addresses"] = _index(county)  # noqa: SLF001
    index = county._cache["addresses"]  # noqa: SLF001
    assert isinstance(index, _Index)  # noqa: S101 -- ours alone
    here = Point(lon, lat)
    return (
        _by_building(index, here)
        or _by_crossing(index, here)
        or _by_landmark(index, here)
        or _by_road(index, here)
        or _by_estate(index, here)
        or _by_grid(county, here)
    )


def _index(county: Geography) -> _Index:
    meeting: dict[tuple[float, float], list[str]] = defaultdict(list)
    for road in county.roads:
        for corner in road.line.coords:
            if road.name not in meeting[corner[0], corner[1]]:
                meeting[corner[0], corner[1]].append(road.name)
    crossings = {place: names for place, names in meeting.items() if len(names) > 1}
    points = [Point(place) for place in crossings]
    return _Index(
        buildings=(list(county.buildings), STRtree([each.footprint for each in county.buildings])),
        crossings=([(names[0], names[1]) for names in crossings.values()], points, STRtree(points)),
        landmarks=(list(county.landmarks), STRtree([each.point for each in county.landmarks])),
        roads=(list(county.roads), STRtree([each.line for each in county.roads])),
        estates=(list(county.estates), STRtree([each.polygon for each in county.estates])),
    )


def _metres(one: Point, other: Point) -> float:
    east = math.cos(math.radians(one.y))
    return math.hypot((one.x - other.x) * east, one.y - other.y) * _METRES_PER_DEGREE


def _direction(origin: Point, here: Point) -> str:
    angle = math.atan2(here.y - origin.y, (here.x - origin.x) * math.cos(math.radians(here.y)))
    return _DIRECTIONS[round(angle / (math.tau / 8)) % 8]


def _nearest(tree: STRtree, here: Point) -> int | None:
    found = tree.nearest(here)
    return None if found is None else int(found)


def _by_building(index: _Index, here: Point) -> str:
    buildings, tree = index.buildings
    found = _nearest(tree, here)
    if found is None:
        return ""
    building = buildings[found]
    if here.distance(building.footprint) * _METRES_PER_DEGREE > _BUILDING:
        return ""
    return f"{building.estate}{building.name}"


def _by_crossing(index: _Index, here: Point) -> str:
    names, points, tree = index.crossings
    found = _nearest(tree, here)
    if found is None or _metres(points[found], here) > _CROSSING:
        return ""
    one, other = names[found]
    direction = _direction(points[found], here)
    corner = direction if direction.endswith("角") else f"{direction}侧"
    return f"{one}与{other}路口{corner}".replace("路路口", "路口")


def _by_landmark(index: _Index, here: Point) -> str:
    landmarks, tree = index.landmarks
    found = _nearest(tree, here)
    if found is None or _metres(landmarks[found].point, here) > _LANDMARK:
        return ""
    landmark = landmarks[found]
    if _metres(landmark.point, here) < _BUILDING:
        return f"{landmark.name}门口"
    return f"{landmark.name}{_direction(landmark.point, here).removesuffix('角')}侧"


def _by_road(index: _Index, here: Point) -> str:
    roads, tree = index.roads
    found = _nearest(tree, here)
    if found is None:
        return ""
    road = roads[found]
    along = road.line.project(here)
    if _metres(road.line.interpolate(along), here) > _ROAD:
        return ""
    if road.kind == "country":
        return f"{road.name}{max(1, round(along * _METRES_PER_DEGREE / 1000))}公里处"
    number = 2 * int(along * _METRES_PER_DEGREE / _METRES_PER_NUMBER) + 1
    return f"{road.name}{number}号附近"


def _by_estate(index: _Index, here: Point) -> str:
    estates, tree = index.estates
    hits = sorted(int(hit) for hit in tree.query(here, predicate="intersects"))
    if hits:
        return f"{estates[hits[0]].name}内"
    return ""


def _by_grid(county: Geography, here: Point) -> str:
    grid = county.grid_at(here.x, here.y)
    if grid is None:
        return f"{here.x:.5f}, {here.y:.5f}"
    community = county.by_code[grid.parent]
    near = min(
        (estate for estate in county.estates if estate.grid == grid.code),
        key=lambda estate: _metres(estate.gate, here),
        default=None,
    )
    return f"{community.name}{near.name if near else grid.name}附近"
