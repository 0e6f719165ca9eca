"""What a made-up county consists of. Lengths in metres, places in degrees (lon, lat; WGS-84), seven decimals."""

from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from shapely import STRtree, contains_xy
from shapely.geometry import LineString, Point, Polygon

SCHEME = "GB/T 2260+10114+grid"


@dataclass(frozen=True, slots=True)
class Area:
    """A region or grid. `role` is the platform's word for its level; `unit` is responsible for a micro grid."""

    code: str
    name: str
    level: str
    role: str
    kind: str
    parent: str
    polygon: Polygon
    households: int
    unit: str = ""
    scheme: str = SCHEME


@dataclass(frozen=True, slots=True)
class Road:
    """A road with a name; kind: main, street, lane, country."""

    name: str
    kind: str
    line: LineString


@dataclass(frozen=True, slots=True)
class Estate:
    """An estate 小区 (or a hamlet 村民组) with its gate."""

    name: str
    kind: str
    grid: str
    polygon: Polygon
    gate: Point
    households: int
    built: int  # year


@dataclass(frozen=True, slots=True)
class Building:
    """A building of an estate: footprint, floors, units (单元), households."""

    name: str
    estate: str
    grid: str
    footprint: Polygon
    floors: int
    units: int
    households: int


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place everybody knows: school, market, community office."""

    name: str
    kind: str
    grid: str
    point: Point


@dataclass(frozen=True)
class Geography:
    """A county's map. Areas stand parents first; a level's areas tile their parent."""

    division: str
    center: tuple[float, float]
    areas: tuple[Area, ...]
    roads: tuple[Road, ...]
    estates: tuple[Estate, ...]
    buildings: tuple[Building, ...]
    landmarks: tuple[Landmark, ...]
    _cache: dict[str, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def by_code(self) -> dict[str, Area]:
        """All areas by code."""
        return {area.code: area for area in self.areas}

    def of_role(self, role: str) -> list[Area]:
        """Return the areas of one level."""
        return [area for area in self.areas if area.role == role]

    def children(self, code: str) -> list[Area]:
        """Return the areas directly below one."""
        return self._children.get(code, [])

    @cached_property
    def _children(self) -> dict[str, list[Area]]:
        below: dict[str, list[Area]] = {}
        for area in self.areas:
            below.setdefault(area.parent, []).append(area)
        return below

    @cached_property
    def _grid_tree(self) -> tuple[list[Area], STRtree]:
        grids = self.of_role("grid")
        return grids, STRtree([grid.polygon for grid in grids])

    def grid_at(self, lon: float, lat: float) -> Area | None:
        """Return the grid around a place, the lowest code on a border; None outside all grids."""
        grids, tree = self._grid_tree
        hits = sorted(tree.query(Point(lon, lat), predicate="intersects"), key=lambda index: grids[index].code)
        return grids[hits[0]] if hits else None

    def point_in(self, code: str, rng: Random) -> tuple[float, float]:
        """Return a random place inside an area."""
        polygon = self.by_code[code].polygon
        west, south, east, north = polygon.bounds
        for _ in range(200):
            lon, lat = round(rng.uniform(west, east), 7), round(rng.uniform(south, north), 7)
            if contains_xy(polygon, lon, lat):
                return lon, lat
        inside = polygon.representative_point()
        return round(inside.x, 7), round(inside.y, 7)

    def address_near(self, lon: float, lat: float) -> str:
        """Return how people would say where this is: 路口, 小区 and building, 学校门口, 路 and number, hamlet."""
        from .addresses import address_near

        return address_near(self, lon, lat)
