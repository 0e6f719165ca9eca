"""A plane cut into faces that share their corners, so that what it is cut into tiles without gaps or overlaps.

Corners are numbered; a face is a ring of numbers. A cut that ends on an edge puts its corner into the faces
on both sides, and corners may be moved later, together for all faces.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from shapely.geometry import Polygon

Point = tuple[float, float]
Edge = tuple[int, int]
# A ring's area is found to this share of itself when a cut is placed.
_BISECTIONS = 26


@dataclass(frozen=True, slots=True)
class Style:
    """How cuts look: how far they wander (share of their length) and within how many metres they meet corners."""

    wander: float
    snap: float
    angle: float | None = None  # radians; cuts keep to this direction or across it. None: across the longer side


@dataclass
class Subdivision:
    """The plane, its faces, and the lines along which it was cut."""

    points: list[Point] = field(default_factory=list)
    faces: dict[int, list[int]] = field(default_factory=dict)
    sides: dict[Edge, int] = field(default_factory=dict)  # directed edge → the face on its left
    lines: dict[Edge, int] = field(default_factory=dict)  # undirected edge (small, large) → line
    line_ends: list[Edge] = field(default_factory=list)

    def add_point(self, point: Point) -> int:
        """Add a corner."""
        self.points.append(point)
        return len(self.points) - 1

    def add_face(self, ring: list[int]) -> int:
        """Add a face by its ring, counter-clockwise."""
        face = max(self.faces, default=-1) + 1
        self._set_face(face, ring)
        return face

    def add_line(self, path: Sequence[int]) -> int:
        """Remember a line along edges, and return its number."""
        line = len(self.line_ends)
        self.line_ends.append((path[0], path[-1]))
        for edge in _pairs(path):
            self.lines[_undirected(edge)] = line
        return line

    def polygon(self, face: int) -> Polygon:
        """Return a face in the plane."""
        return Polygon([self.points[corner] for corner in self.faces[face]])

    def _set_face(self, face: int, ring: list[int]) -> None:
        self.faces[face] = ring
        for edge in _pairs([*ring, ring[0]]):
            self.sides[edge] = face

    def _split_edge(self, edge: Edge, point: Point) -> int:
        """Put a corner on an edge, into the faces on both sides and the line along it."""
        start, end = edge
        corner = self.add_point(point)
        for first, last in (edge, (end, start)):
            face = self.sides.pop((first, last), None)
            if face is None:
                continue
            ring = self.faces[face]
            ring.insert(ring.index(first) + 1, corner)
            self.sides[first, corner] = self.sides[corner, last] = face
        line = self.lines.pop(_undirected(edge), None)
        if line is not None:
            self.lines[_undirected((start, corner))] = self.lines[_undirected((corner, end))] = line
        return corner

    def divide(self, face: int, weights: Sequence[float], style: Style, rng: Random) -> list[int]:
        """Cut a face into parts with areas as the weights, in the order of the weights; return their numbers."""
        if len(weights) == 1:
            return [face]
        middle = len(weights) // 2
        share = sum(weights[:middle]) / sum(weights)
        first, second = self.cut(face, share, style, rng)
        return [
            *self.divide(first, weights[:middle], style, rng),
            *self.divide(second, weights[middle:], style, rng),
        ]

    def cut(self, face: int, share: float, style: Style, rng: Random) -> tuple[int, int]:
        """Cut a face in two; the first part has `share` of the area. Raises ValueError if it cannot be cut."""
        ring = self.faces[face]
        coordinates = [self.points[corner] for corner in ring]
        for turn in (0.0, 0.15, -0.15, 0.4, -0.4, 0.8, -0.8, math.pi / 2, 1.2, -1.2):
            angle = _direction(coordinates, style) + turn
            normal = (math.cos(angle), math.sin(angle))
            offset = _offset(coordinates, normal, share)
            crossings = _crossings(coordinates, normal, offset)
            if len(crossings) == 2:
                for wander in (style.wander, style.wander / 3, 0.0):
                    parts = self._try(face, crossings, style, wander, rng)
                    if parts is not None:
                        return parts if _inner(self, parts[0], normal) < _inner(self, parts[1], normal) else parts[::-1]
        raise ValueError("A face is too narrow or too bent to be cut.")

    def _try(
        self, face: int, crossings: list[tuple[int, Point]], style: Style, wander: float, rng: Random
    ) -> tuple[int, int] | None:
        ring = self.faces[face]
        ends = [_nearby(ring, self.points, index, point, style.snap) for index, point in crossings]
        places = [self.points[end] if end is not None else crossings[i][1] for i, end in enumerate(ends)]
        if ends[0] is not None and ends[0] == ends[1]:
            return None
        inner = _wandering(places[0], places[1], wander, rng)
        if not self._sound(ring, crossings, ends, [places[0], *inner, places[1]]):
            return None
        # The later crossing first: putting a corner in shifts the places after it.
        edges = [(ring[index], ring[(index + 1) % len(ring)]) for index, _ in crossings]
        corners = [end if end is not None else self._split_edge(edges[i], places[i]) for i, end in enumerate(ends)]
        return self._separate(face, corners[0], corners[1], [self.add_point(point) for point in inner])

    def _sound(
        self, ring: list[int], crossings: list[tuple[int, Point]], ends: list[int | None], path: list[Point]
    ) -> bool:
        """Tell whether both parts would be simple and not slivers."""
        whole = [self.points[corner] for corner in ring]
        starts = [ring.index(end) if end is not None else crossings[i][0] for i, end in enumerate(ends)]
        low, high = starts
        if low > high:
            low, high, path = high, low, path[::-1]
            ends = ends[::-1]
        after_low = low + 1
        upto_high = high + 1 if ends[1] is None else high
        one = Polygon([*whole[after_low:upto_high], *path[::-1]]) if after_low <= upto_high else None
        rest = whole[high + 1 :] + whole[: low + (1 if ends[0] is None else 0)]
        two = Polygon([*path, *rest]) if rest else None
        if one is None or two is None or not (one.is_valid and two.is_valid):
            return False
        total = Polygon(whole).area
        return bool(min(one.area, two.area) > total * 0.02 and abs(one.area + two.area - total) < total * 1e-6)

    def _separate(self, face: int, start: int, end: int, inner: list[int]) -> tuple[int, int]:
        ring = self.faces[face]
        at = ring.index(start)
        turned = ring[at:] + ring[:at]
        far = turned.index(end)
        path = [start, *inner, end]
        self._set_face(face, turned[:far] + path[:0:-1])
        other = self.add_face(path[:-1] + turned[far:])
        self.add_line(path)
        return face, other

    def outline(self, faces: Iterable[int]) -> list[list[int]]:
        """Return the rings around a set of faces, the outer first, then holes; made of the faces' own corners."""
        edges = {edge for face in faces for edge in _pairs([*self.faces[face], self.faces[face][0]])}
        following = {start: end for start, end in edges if (end, start) not in edges}
        rings = []
        while following:
            first, corner = following.popitem()
            ring = [first]
            while corner != first:
                ring.append(corner)
                corner = following.pop(corner)
            rings.append(ring)
        return sorted(rings, key=lambda ring: -_area([self.points[corner] for corner in ring]))

    def walk(self, line: int) -> list[int]:
        """Return the corners along a line from its start, with those that later cuts put on it."""
        near: dict[int, list[int]] = {}
        for (one, two), number in self.lines.items():
            if number == line:
                near.setdefault(one, []).append(two)
                near.setdefault(two, []).append(one)
        start, end = self.line_ends[line]
        path, before = [start], -1
        while path[-1] != end or len(path) == 1:
            here = path[-1]
            onward = next((corner for corner in near[here] if corner != before), None)
            if onward is None:
                break
            before = here
            path.append(onward)
        return path


def _pairs(path: Sequence[int]) -> list[Edge]:
    return list(pairwise(path))


def _undirected(edge: Edge) -> Edge:
    return edge if edge[0] < edge[1] else (edge[1], edge[0])


def _area(ring: Sequence[Point]) -> float:
    """Return the area of a ring, negative when it runs clockwise."""
    total = 0.0
    x0, y0 = ring[-1]
    for x1, y1 in ring:
        total += x0 * y1 - x1 * y0
        x0, y0 = x1, y1
    return total / 2


def longer_side(ring: Sequence[Point]) -> float:
    """Return the angle, in radians, of the longer side of the tightest rectangle around a ring."""
    around = Polygon(ring).minimum_rotated_rectangle
    assert isinstance(around, Polygon)  # noqa: S101 -- a ring has an area
    sides = [(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in pairwise(around.exterior.coords)][:2]
    longer = max(sides, key=lambda side: math.hypot(*side))
    return math.atan2(longer[1], longer[0])


def _direction(ring: list[Point], style: Style) -> float:
    """Return the angle of the normal of a cut: along the longer side, so that parts stay compact."""
    angle = longer_side(ring)
    if style.angle is None:
        return angle
    quarter = math.pi / 2
    return style.angle + round((angle - style.angle) / quarter) * quarter


def _below(ring: list[Point], normal: Point, offset: float) -> float:
    """Return the area of the part of a ring that lies before a line."""
    kept: list[Point] = []
    x0, y0 = ring[-1]
    s0 = x0 * normal[0] + y0 * normal[1] - offset
    for x1, y1 in ring:
        s1 = x1 * normal[0] + y1 * normal[1] - offset
        if s0 * s1 < 0:
            t = s0 / (s0 - s1)
            kept.append((x0 + (x1 - x0) * t, y0 + (y1 - y0) * t))
        if s1 <= 0:
            kept.append((x1, y1))
        x0, y0, s0 = x1, y1, s1
    return abs(_area(kept)) if kept else 0.0


def _offset(ring: list[Point], normal: Point, share: float) -> float:
    reach = [x * normal[0] + y * normal[1] for x, y in ring]
    low, high = min(reach), max(reach)
    wanted = abs(_area(ring)) * share
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if _below(ring, normal, middle) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _crossings(ring: list[Point], normal: Point, offset: float) -> list[tuple[int, Point]]:
    """Return where a line crosses the edges of a ring: the edge's place in it, and the point."""
    found = []
    for index, (x0, y0) in enumerate(ring):
        x1, y1 = ring[(index + 1) % len(ring)]
        s0 = x0 * normal[0] + y0 * normal[1] - offset
        s1 = x1 * normal[0] + y1 * normal[1] - offset
        if (s0 < 0) != (s1 < 0):
            t = s0 / (s0 - s1)
            found.append((index, (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t)))
    return found


def _nearby(ring: list[int], points: list[Point], index: int, point: Point, snap: float) -> int | None:
    """Return the end of the crossed edge that lies within `snap` metres, so that streets meet at crossroads."""
    ends = (ring[index], ring[(index + 1) % len(ring)])
    nearest = min(ends, key=lambda corner: math.dist(points[corner], point))
    return nearest if math.dist(points[nearest], point) <= snap else None


def _wandering(start: Point, end: Point, wander: float, rng: Random) -> list[Point]:
    """Return inner points of a way between two places that strays from the straight line."""
    length = math.dist(start, end)
    count = min(6, max(1, int(length // 250)))
    across = ((start[1] - end[1]) / length, (end[0] - start[0]) / length) if length else (0.0, 0.0)
    inner = []
    for step in range(1, count + 1):
        t = step / (count + 1)
        stray = rng.uniform(-1, 1) * wander * length * math.sin(math.pi * t)
        x = start[0] + (end[0] - start[0]) * t + across[0] * stray
        y = start[1] + (end[1] - start[1]) * t + across[1] * stray
        inner.append((x, y))
    return inner


def _inner(plane: Subdivision, face: int, normal: Point) -> float:
    center = plane.polygon(face).representative_point()
    return float(center.x * normal[0] + center.y * normal[1])
