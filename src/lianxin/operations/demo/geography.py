"""Make a believable county from a profile's facts: outline, streets and towns, communities, grids, micro grids, roads.

Built top-down by cutting faces that share their corners (see `subdivision`), so every level tiles the one above.
The outline is made up, not the real one. Pure: the same profile and seed give the same county.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from shapely.geometry import LineString, Polygon

from lianxin.operations.profiles.model import Community, Profile, Street

from . import settlement
from .county import SCHEME, Area, Geography, Road
from .names import road_names
from .subdivision import Point, Style, Subdivision

Item = TypeVar("Item")
_METRES_PER_DEGREE = 111_320.0
_TOWN = Style(wander=0.06, snap=250.0)
_OUTLINE_CORNERS = 96
_CORE_CORNERS = 48
# The middle of the town is divided finer: inside the core, distance from the centre is stretched by this power.
_DENSITY = 1.18


@dataclass(frozen=True, slots=True)
class _Named:
    """A code, a name and a kind, for areas that the profile does not list one by one."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """Metres around the centre ↔ degrees."""

    center: tuple[float, float]

    def degrees(self, point: Point) -> Point:
        lon, lat = self.center
        east = _METRES_PER_DEGREE * math.cos(math.radians(lat))
        return round(lon + point[0] / east, 7), round(lat + point[1] / _METRES_PER_DEGREE, 7)


def make_geography(profile: Profile, seed: int = 1) -> Geography:
    """Return the made-up county of this profile."""
    return _Maker(profile, Random(f"{profile.place.division}-{seed}")).make()


class _Maker:
    """One run: the plane being cut, and the areas found so far."""

    def __init__(self, profile: Profile, rng: Random) -> None:
        self.profile = profile
        self.facts = profile.areas
        self.rng = rng
        self.plane = Subdivision()
        self.line_kinds: dict[int, str] = {}
        self.leaves: dict[str, list[int]] = {}  # code of any area → its faces
        self.areas: dict[str, Area] = {}
        self.levels = {level.role: level.key for level in profile.levels}
        self.town = Style(wander=0.012, snap=45.0, angle=rng.uniform(0.05, 0.3))

    def make(self) -> Geography:
        core, sectors = self._base()
        urban = [street for street in self.facts.streets if street.kind == "urban"]
        rural = [street for street in self.facts.streets if street.kind != "urban"]
        self._urban(core, urban)
        self._rural(sectors, rural)
        self._spread_core()
        frame = _Frame(self.facts.center)
        self.plane.points = [frame.degrees(point) for point in self.plane.points]
        self._finish()
        roads = self._roads()
        areas = tuple(self.areas[code] for code in sorted(self.areas, key=lambda code: (len(code), code)))
        return settlement.settle(self.profile, areas, roads, self.rng)

    # The outline, the core and the country roads between them.

    def _base(self) -> tuple[int, list[int]]:
        towns = sum(street.kind != "urban" for street in self.facts.streets)
        villages = any(street.communities for street in self.facts.streets if street.kind != "urban")
        count = max(1, towns) * (6 if villages else 1)
        count = min(count, 12) if villages else max(count, 2)
        outer = self._ring(self.facts.square_km, _OUTLINE_CORNERS, 0.13)
        inner = self._ring(self.facts.core_square_km, _CORE_CORNERS, 0.09)
        self.core_radius = [math.hypot(*self.plane.points[corner]) for corner in inner]
        core = self.plane.add_face(list(inner))
        ring = self.plane.add_line([*inner, inner[0]])
        self.line_kinds[ring] = "main"
        cuts = [(_at(inner, index, count), _at(outer, index, count)) for index in range(count)]
        spokes = [self._spoke(inner[near], outer[far], count) for near, far in cuts]
        for path in spokes:
            self.line_kinds[self.plane.add_line(path)] = "country"
        sectors = []
        for index in range(count):
            following = (index + 1) % count
            (near0, far0), (near1, far1) = cuts[index], cuts[following]
            border = _arc(outer, far0, far1)
            back = _arc(inner, near0, near1)[::-1]
            inward = spokes[following][::-1]
            sectors.append(self.plane.add_face([*spokes[index], *border[1:], *inward[1:], *back[1:-1]]))
        return core, sectors

    def _ring(self, square_km: float, corners: int, rough: float) -> list[int]:
        # The second wave makes it longer than wide, the others make bays and tongues.
        waves = [(2, self.rng.uniform(0, math.tau), self.rng.uniform(0.8, 1.2))]
        waves += [(k, self.rng.uniform(0, math.tau), self.rng.uniform(0.4, 1) / k**0.6) for k in (3, 4, 5, 7, 11)]
        radii = []
        for step in range(corners):
            angle = math.tau * step / corners
            stray = sum(size * math.sin(k * angle + phase) for k, phase, size in waves)
            radii.append(1 + rough * stray + self.rng.uniform(-rough, rough) / 6)
        ring = [
            (radius * math.cos(math.tau * step / corners), radius * math.sin(math.tau * step / corners))
            for step, radius in enumerate(radii)
        ]
        scale = math.sqrt(square_km * 1e6 / Polygon(ring).area)
        return [self.plane.add_point((x * scale, y * scale)) for x, y in ring]

    def _spoke(self, near: int, far: int, count: int) -> list[int]:
        (x0, y0), (x1, y1) = self.plane.points[near], self.plane.points[far]
        first, last = math.atan2(y0, x0), math.atan2(y1, x1)
        turn = (last - first + math.pi) % math.tau - math.pi
        start, end = math.hypot(x0, y0), math.hypot(x1, y1)
        inner = []
        for step in range(1, 7):
            t = step / 7
            angle = first + turn * t + self.rng.uniform(-0.08, 0.08) * math.tau / max(count, 8)
            radius = start + (end - start) * t
            inner.append(self.plane.add_point((radius * math.cos(angle), radius * math.sin(angle))))
        return [near, *inner, far]

    # Cutting: streets, communities, grids, micro grids.

    def _divide(self, face: int, weights: Sequence[float], style: Style, kind: str) -> list[int]:
        before = len(self.plane.line_ends)
        faces = self.plane.divide(face, weights, style, self.rng)
        for line in range(before, len(self.plane.line_ends)):
            self.line_kinds[line] = kind
        return faces

    def _urban(self, core: int, streets: Sequence[Street]) -> None:
        weights = [float(sum(community.grids for community in street.communities)) for street in streets]
        for street, face in zip(streets, self._divide(core, weights, self.town, "main"), strict=True):
            weights = [community.grids * self.rng.uniform(0.85, 1.15) for community in street.communities]
            parts = self._divide(face, weights, self.town, "street")
            for community, part in zip(street.communities, parts, strict=True):
                self._grids(community, [part], self.town, "lane")

    def _rural(self, sectors: list[int], towns: Sequence[Street]) -> None:
        shares = _consecutive(sectors, [len(town.communities) or 1 for town in towns])
        for town, own in zip(towns, shares, strict=True):
            self.leaves[town.code] = list(own)
            if not town.communities:
                continue
            for sector, villages in zip(own, _consecutive(list(town.communities), [1] * len(own)), strict=True):
                weights = [village.grids * self.rng.uniform(0.7, 1.3) for village in villages]
                for village, part in zip(villages, self._divide(sector, weights, _TOWN, "country"), strict=True):
                    self._grids(village, [part], _TOWN, "")

    def _grids(self, community: Community, faces: list[int], style: Style, kind: str) -> None:
        weights = [self.rng.lognormvariate(0, 0.22) for _ in range(community.grids)]
        grids = self._divide(faces[0], weights, style, kind)
        for number, face in enumerate(self._in_order(grids), start=1):
            self.leaves[f"{community.code}{number:03d}"] = [face]
        if community.micro:
            self._micro(community)

    def _micro(self, community: Community) -> None:
        codes = community.grid_codes()
        sizes = [self.plane.polygon(self.leaves[code][0]).area for code in codes]
        for code, count in zip(codes, _apportion(community.micro, sizes), strict=True):
            style = replace(self.town, wander=0.0, snap=8.0)
            faces = self._divide(self.leaves[code][0], [1.0] * count, style, "")
            self.leaves[code] = faces
            for number, face in enumerate(self._in_order(faces), start=1):
                self.leaves[f"{code}{number:02d}"] = [face]

    def _in_order(self, faces: Sequence[int]) -> list[int]:
        """Order as GB/T 2260 grids are numbered: rows from north to south, each from west to east."""
        centers = {face: self.plane.polygon(face).centroid for face in faces}
        south = min(center.y for center in centers.values())
        north = max(center.y for center in centers.values())
        rows = max(1, round(math.sqrt(len(faces))))
        height = (north - south) / rows or 1.0
        return sorted(faces, key=lambda face: (int((north - centers[face].y) / height * 0.999), centers[face].x))

    def _spread_core(self) -> None:
        """Stretch the core from its centre, so that grids in the middle are smaller. The core's border stays."""
        for corner, (x, y) in enumerate(self.plane.points):
            angle = math.atan2(y, x) % math.tau
            place = angle / math.tau * _CORE_CORNERS
            low = int(place) % _CORE_CORNERS
            edge = self.core_radius[low] + (place - int(place)) * (
                self.core_radius[(low + 1) % _CORE_CORNERS] - self.core_radius[low]
            )
            share = math.hypot(x, y) / edge
            # Corners on the border may lie a hair inside the arc that approximates it.
            if 0 < share < 0.97:
                factor = (share / 0.97) ** (_DENSITY - 1)
                self.plane.points[corner] = (x * factor, y * factor)

    # From faces to areas with names and households.

    def _polygon(self, faces: Sequence[int]) -> Polygon:
        rings = self.plane.outline(faces)
        shell, *holes = [[self.plane.points[corner] for corner in ring] for ring in rings]
        return Polygon(shell, holes)

    def _finish(self) -> None:
        place = self.profile.place
        everything: list[int] = []
        for street in self.facts.streets:
            faces = self.leaves.get(street.code, []) if not street.communities else []
            households = 0 if street.communities else self.rng.randint(1800, 4200)
            for community in street.communities:
                own = self._finish_community(community, street)
                faces = faces + own
                households += self.areas[community.code].households
            self._add("street", street, place.division, faces, households)
            everything += faces
        total = sum(self.areas[street.code].households for street in self.facts.streets)
        self._add("city", _Named(place.division, place.name, ""), "", everything, total)

    def _finish_community(self, community: Community, street: Street) -> list[int]:
        faces: list[int] = []
        total = 0
        for number, code in enumerate(community.grid_codes(), start=1):
            households = self._households(community, number)
            own = self.leaves[code]
            named = _Named(code, community.grid_name(number), community.grid_kind(number))
            self._add("grid", named, community.code, own, households)
            if community.micro:
                self._finish_micro(self.areas[code], community)
            faces += own
            total += households
        self._add("community", community, street.code, faces, total)
        return faces

    def _households(self, community: Community, number: int) -> int:
        """Return a grid's households: 300–500, with a few outside so that the check has something to say."""
        if number == 2 and int(community.code[-3:]) % 10 == 3:
            return self.rng.choice((self.rng.randint(220, 280), self.rng.randint(520, 610)))
        return self.rng.randint(312, 488)

    def _finish_micro(self, grid: Area, community: Community) -> None:
        codes = sorted(code for code in self.leaves if len(code) == len(grid.code) + 2 and code.startswith(grid.code))
        units = [unit.code for unit in self.profile.units if unit.pairs == community.code]
        shares = _apportion(grid.households, [self.rng.uniform(0.8, 1.2) for _ in codes])
        for number, (code, share) in enumerate(zip(codes, shares, strict=True), start=1):
            unit = units[(int(grid.code[-3:]) + number) % len(units)] if units else ""
            named = _Named(code, f"{grid.name}第{number}微网格", "micro")
            self._add("micro", named, grid.code, self.leaves[code], share)
            self.areas[code] = replace(self.areas[code], unit=unit, scheme=f"{SCHEME}+micro")

    def _add(
        self, role: str, named: "Community | Street | _Named", parent: str, faces: Sequence[int], households: int
    ) -> None:
        self.areas[named.code] = Area(
            code=named.code,
            name=named.name,
            level=self.levels[role],
            role=role,
            kind=named.kind,
            parent=parent,
            polygon=self._polygon(faces),
            households=households,
        )

    # Roads run along the cuts.

    def _roads(self) -> tuple[Road, ...]:
        names = road_names(self.rng)
        endings = {"main": "大道", "street": "路", "lane": "巷", "country": "公路"}
        roads = []
        for line, kind in sorted(self.line_kinds.items()):
            if not kind:
                continue
            corners = self.plane.walk(line)
            name = "环城路" if line == 0 else next(names) + endings[kind]
            roads.append(Road(name, kind, LineString([self.plane.points[corner] for corner in corners])))
        return tuple(roads)


def _at(ring: Sequence[int], index: int, count: int) -> int:
    return index * len(ring) // count


def _arc(ring: list[int], start: int, end: int) -> list[int]:
    """Return the corners of a ring from one place to another, both with, forwards."""
    return ring[start : end + 1] if start < end else ring[start:] + ring[: end + 1]


def _apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Share whole things out by weight, at least one each; the shares add up to the total."""
    whole = sum(weights)
    exact = [max(1.0, total * weight / whole) for weight in weights]
    shares = [int(each) for each in exact]
    order = sorted(range(len(weights)), key=lambda index: shares[index] - exact[index])
    for step in range(total - sum(shares)):
        shares[order[step % len(order)]] += 1
    while sum(shares) > total:
        shares[shares.index(max(shares))] -= 1
    return shares


def _consecutive(items: list[Item], weights: Sequence[int]) -> list[list[Item]]:
    """Cut a list into consecutive parts by weight, at least one item each."""
    parts, start = [], 0
    for size in _apportion(len(items), [float(weight) for weight in weights]):
        parts.append(items[start : start + size])
        start += size
    return parts
