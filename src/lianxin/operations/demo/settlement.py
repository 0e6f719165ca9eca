"""Put estates, buildings and known places on the map, so that buildings' households add up to their grid's."""

import math
from collections.abc import Iterator, Sequence
from random import Random

from shapely import affinity, contains_xy, prepare
from shapely.geometry import Point, Polygon, box

from lianxin.operations.profiles.model import Profile

from .county import Area, Building, Estate, Geography, Landmark, Road
from .names import PLACES, estate_names, hamlet_names
from .subdivision import longer_side

_METRES_PER_DEGREE = 111_320.0
# Distance from road to first building, and between buildings along and across a row, in metres.
_MARGIN = 14.0
_ALONG, _ACROSS = 78.0, 42.0
# (floors, homes a floor and unit): slabs without lift, mid-rise, towers.
_SHAPES = ((6, 2), (6, 2), (6, 2), (11, 2), (18, 3))


def settle(profile: Profile, areas: tuple[Area, ...], roads: tuple[Road, ...], rng: Random) -> Geography:
    """Return the whole geography: areas and roads as given, with estates, buildings and landmarks on them."""
    grids = [area for area in areas if area.role == "grid"]
    taken = {area.name for area in areas}
    names, hamlets = (name for name in estate_names(rng) if name not in taken), hamlet_names(rng)
    estates: list[Estate] = []
    buildings: list[Building] = []
    for grid in grids:
        fill = _rural if grid.kind == "rural" else _urban
        own, built = fill(grid, hamlets if grid.kind == "rural" else names, rng)
        estates += own
        buildings += built
    landmarks = tuple(_landmarks(areas, rng))
    return Geography(
        division=profile.place.division,
        center=profile.areas.center,
        areas=areas,
        roads=roads,
        estates=tuple(estates),
        buildings=tuple(buildings),
        landmarks=landmarks,
    )


class _Metres:
    """A flat frame around one grid, turned so that its longer side lies along x."""

    def __init__(self, polygon: Polygon) -> None:
        self.origin = polygon.representative_point()
        self.east = _METRES_PER_DEGREE * math.cos(math.radians(self.origin.y))
        flat = self._flat(polygon)
        self.angle = math.degrees(longer_side([(x, y) for x, y in flat.exterior.coords]))
        self.shape = affinity.rotate(flat, -self.angle, origin=(0, 0))

    def _flat(self, polygon: Polygon) -> Polygon:
        lon, lat = self.origin.x, self.origin.y
        return affinity.affine_transform(
            polygon, (self.east, 0, 0, _METRES_PER_DEGREE, -lon * self.east, -lat * _METRES_PER_DEGREE)
        )

    def degrees(self, shape: Polygon) -> Polygon:
        turned = affinity.rotate(shape, self.angle, origin=(0, 0))
        ring = [self._place(x, y) for x, y in turned.exterior.coords]
        return Polygon(ring)

    def point(self, x: float, y: float) -> Point:
        turned = affinity.rotate(Point(x, y), self.angle, origin=(0, 0))
        return Point(self._place(turned.x, turned.y))

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return round(self.origin.x + x / self.east, 7), round(self.origin.y + y / _METRES_PER_DEGREE, 7)


def _urban(grid: Area, names: Iterator[str], rng: Random) -> tuple[list[Estate], list[Building]]:
    frame = _Metres(grid.polygon)
    inside = frame.shape.buffer(-_MARGIN)
    if inside.is_empty or inside.geom_type != "Polygon":
        inside = frame.shape
    halves = [inside] if grid.kind == "estate" or rng.random() < 0.4 else _halves(inside)
    shares = _shares(grid.households, [half.area for half in halves])
    estates, buildings = [], []
    for half, households in zip(halves, shares, strict=True):
        name = grid.name if grid.kind == "estate" else next(names)
        built = _rows(frame, half, estate=name, grid=grid.code, households=households, rng=rng)
        gate = _gate(frame, half, rng)
        estates.append(
            Estate(name, "estate", grid.code, frame.degrees(half), gate, households, rng.randint(1992, 2021))
        )
        buildings += built
    return estates, buildings


def _halves(shape: Polygon) -> list[Polygon]:
    """Cut along x in the middle; an odd shape stays whole."""
    west, south, east, north = shape.bounds
    middle = (west + east) / 2
    parts = [shape.intersection(box(a, south, b, north)) for a, b in ((west, middle - 5), (middle + 5, east))]
    sound = [part for part in parts if isinstance(part, Polygon) and part.area > shape.area / 4]
    return sound if len(sound) == len(parts) else [shape]


def _gate(frame: _Metres, shape: Polygon, rng: Random) -> Point:
    spot = shape.exterior.interpolate(rng.random(), normalized=True)
    return frame.point(spot.x, spot.y)


def _rows(frame: _Metres, shape: Polygon, *, estate: str, grid: str, households: int, rng: Random) -> list[Building]:
    """Place slabs in rows until all households have a home; the last building takes what is left."""
    spots = _spots(shape, _ALONG, _ACROSS)
    floors, homes = rng.choice(_SHAPES)
    unit_count = 3
    while len(spots) * floors * homes * unit_count < households:
        floors += 3
    needed = math.ceil(households / (floors * homes * unit_count))
    left, built = households, []
    for number, (x, y) in enumerate(_evenly(spots, needed), start=1):
        units = min(unit_count, max(1, math.ceil(left / (floors * homes))))
        here = min(left, units * floors * homes)
        left -= here
        footprint = frame.degrees(_box(x, y, 18.0 * units, 12.0))
        built.append(Building(f"{number}栋", estate, grid, footprint, floors, units, here))
    return built


def _evenly(spots: list[tuple[float, float]], count: int) -> list[tuple[float, float]]:
    """Return that many of the places, spread over all of them."""
    return [spots[index * len(spots) // count] for index in range(count)]


def _box(x: float, y: float, length: float, depth: float) -> Polygon:
    a, b = length / 2, depth / 2
    return Polygon([(x - a, y - b), (x + a, y - b), (x + a, y + b), (x - a, y + b)])


def _spots(shape: Polygon, along: float, across: float) -> list[tuple[float, float]]:
    """Return the middles of a lattice of buildings that lie inside, south row first; always at least one."""
    for scale in (1.0, 0.8, 0.65):
        west, south, east, north = shape.buffer(-9).bounds if not shape.buffer(-9).is_empty else shape.bounds
        columns = max(1, int((east - west) / (along * scale)))
        rows = max(1, int((north - south) / (across * scale)))
        xs = [west + (east - west) * (column + 0.5) / columns for column in range(columns)]
        ys = [south + (north - south) * (row + 0.5) / rows for row in range(rows)]
        spots = [(x, y) for y in ys for x in xs]
        prepare(shape)
        inside = contains_xy(shape, [x for x, _ in spots], [y for _, y in spots])
        kept = [spot for spot, good in zip(spots, inside, strict=True) if good]
        if len(kept) >= 6:
            return kept
    middle = shape.representative_point()
    return kept or [(middle.x, middle.y)]


def _rural(grid: Area, names: Iterator[str], rng: Random) -> tuple[list[Estate], list[Building]]:
    frame = _Metres(grid.polygon)
    inside = frame.shape.buffer(-90.0)
    if inside.is_empty or inside.geom_type != "Polygon":
        inside = frame.shape
    count = rng.randint(3, 5)
    shares = _shares(grid.households, [rng.uniform(0.6, 1.4) for _ in range(count)])
    estates, buildings = [], []
    for households, (x, y) in zip(shares, _scattered(inside, count, rng), strict=True):
        name = f"{next(names)}组"
        built = _hamlet(frame, (x, y), name=name, grid=grid.code, households=households, rng=rng)
        size = 60.0 + households
        shape = Point(x, y).buffer(size, quad_segs=3).intersection(frame.shape)
        shape = shape if isinstance(shape, Polygon) else frame.shape
        gate = frame.point(x, y)
        estates.append(
            Estate(name, "hamlet", grid.code, frame.degrees(shape), gate, households, rng.randint(1978, 2012))
        )
        buildings += built
    return estates, buildings


def _scattered(shape: Polygon, count: int, rng: Random) -> list[tuple[float, float]]:
    """Return places inside, the farthest apart of a few tries."""
    west, south, east, north = shape.bounds
    xs = [rng.uniform(west, east) for _ in range(60)]
    ys = [rng.uniform(south, north) for _ in range(60)]
    inside = contains_xy(shape, xs, ys)
    free = [spot for spot, good in zip(zip(xs, ys, strict=True), inside, strict=True) if good]
    middle = shape.representative_point()
    chosen = [free[0]] if free else [(middle.x, middle.y)]
    while len(chosen) < count:
        chosen.append(
            max(free, key=lambda spot: min(math.dist(spot, other) for other in chosen))
            if free
            else (middle.x, middle.y)
        )
    return chosen


def _hamlet(
    frame: _Metres, center: tuple[float, float], *, name: str, grid: str, households: int, rng: Random
) -> list[Building]:
    """Place rows of farmhouses around a centre; a row is one footprint with its households."""
    built = []
    rows = max(1, round(households / 22))
    shares = _shares(households, [rng.uniform(0.8, 1.2) for _ in range(rows)])
    for number, share in enumerate(shares, start=1):
        x = center[0] + rng.uniform(-25, 25)
        y = center[1] + (number - (rows + 1) / 2) * 26.0
        footprint = frame.degrees(_box(x, y, min(160.0, 8.0 * max(1, share // 2)), 11.0))
        built.append(Building(f"{number}排", name, grid, footprint, 2, 1, share))
    return built


def _shares(total: int, weights: Sequence[float]) -> list[int]:
    whole = sum(weights)
    shares = [int(total * weight / whole) for weight in weights]
    shares[0] += total - sum(shares)
    return shares


def _landmarks(areas: Sequence[Area], rng: Random) -> Iterator[Landmark]:
    """Yield the office and a few known places of every community."""
    below: dict[str, list[Area]] = {}
    for area in areas:
        below.setdefault(area.parent, []).append(area)
    for community in (area for area in areas if area.role == "community"):
        stem = community.name.removesuffix("社区")
        office = f"{community.name}居委会" if community.kind == "urban" else f"{community.name}村部"
        grids = below[community.code]
        kinds = rng.sample(PLACES[community.kind], 4)
        for kind, name in [("office", office.replace("村村部", "村部")), *((kind, stem + kind) for kind in kinds)]:
            grid = rng.choice(grids)
            yield Landmark(name, kind, grid.code, _inside(grid.polygon, rng))


def _inside(polygon: Polygon, rng: Random) -> Point:
    west, south, east, north = polygon.bounds
    for _ in range(40):
        x, y = round(rng.uniform(west, east), 7), round(rng.uniform(south, north), 7)
        if contains_xy(polygon, x, y):
            return Point(x, y)
    spot = polygon.representative_point()
    return Point(round(spot.x, 7), round(spot.y, 7))
