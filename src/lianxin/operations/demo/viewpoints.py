"""The cameras of a made-up county, as their owners' register writes them: at crossings, along roads, at gates.

Pure: the same county, count and seed give the same rows, and exactly so many.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

from shapely import STRtree
from shapely.geometry import LineString, Point

from lianxin.registry.cameras.coverage import ahead, bearing
from lianxin.registry.cameras.exporting import HEAD

from .county import Geography, Road

__all__ = ["HEAD", "Owner", "rows"]

_METRE: Final = 1 / 111_320.0  # degrees of latitude
_APART: Final = (240.0, 120.0, 60.0, 30.0)  # metres along roads, nearer until there are enough
_WINDS: Final = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
_MAST: Final = 9.0  # metres beside the middle of the road


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns cameras of a kind: unit and platform as the table writes them, digits of industry and network."""

    unit: str
    platform: str
    industry: str
    network: str


@dataclass(frozen=True, slots=True)
class _View:
    """One camera: who owns it, what it is called, where it stands and looks."""

    owner: str
    name: str
    address: str
    place: tuple[float, float]
    bearing: int
    kind: str = "固定枪机"
    angle: int = 60
    reach: int = 80
    height: float = 6.0


def rows(county: Geography, owners: Mapping[str, Owner], *, count: int, seed: int) -> Iterator[list[str]]:
    """Yield so many lines of the register. `owners` by what they watch: road, traffic, estate, market."""
    rng = Random(f"viewpoints {county.division} {seed}")
    for serial, view in enumerate(islice(_views(county, rng), count), 1):
        owner = owners[view.owner]
        kind = "131" if rng.random() < 0.06 else "132"
        number = f"{county.division[:6]}00{owner.industry}{kind}{owner.network}{serial:06d}"
        lon, lat = view.place
        knows_look = rng.random() > 0.04  # of some nobody wrote down which way they look
        look = (str(view.bearing), str(view.angle), str(view.reach)) if knows_look else ("", "", "")
        yield [
            number, view.name, county.division[:6], f"{lon:.7f}", f"{lat:.7f}", view.address, *look,
            f"{view.height:g}", owner.unit, owner.platform, view.kind,
            rng.choices(("在线", "离线", "检修"), (93, 5, 2))[0], "",
        ]  # fmt: skip


def _views(county: Geography, rng: Random) -> Iterator[_View]:
    """Yield crossings first, then gates of estates, places everybody goes to, and the roads between."""
    urban = [road for road in county.roads if road.kind in {"main", "street"}]
    yield from _crossings(urban, rng)
    for estate in county.estates:
        if estate.kind == "estate":
            yield from _gate(estate.name, (estate.gate.x, estate.gate.y), rng)
    for mark in county.landmarks:
        yield _View(
            "market", f"{mark.name}门前", mark.name, _rounded((mark.point.x, mark.point.y)), rng.randrange(360), "球机",
            360, 50, 5.0,
        )  # fmt: skip
    for apart in _APART:
        for road in (*urban, *(road for road in county.roads if road.kind not in {"main", "street"})):
            yield from _along(road, apart, rng)


def _crossings(roads: Sequence[Road], rng: Random) -> Iterator[_View]:
    """Yield what looks along each arm of each crossing, and a ball above the large ones."""
    tree = STRtree([road.line for road in roads])
    seen: set[tuple[float, float]] = set()
    for one, road in enumerate(roads):
        for other in sorted(int(place) for place in tree.query(road.line)):
            met = road.line.intersection(roads[other].line) if other > one else None
            if not isinstance(met, Point) or met.is_empty:
                continue
            spot = (round(met.x, 4), round(met.y, 4))
            if spot in seen:
                continue
            seen.add(spot)
            name = f"{road.name}与{roads[other].name}路口" if road.name != roads[other].name else f"{road.name}口"
            yield from _crossing(name, (met.x, met.y), road, roads[other], rng)


def _crossing(name: str, spot: tuple[float, float], one: Road, other: Road, rng: Random) -> Iterator[_View]:
    turn = _direction(one.line, spot)
    is_large = "main" in {one.kind, other.kind}
    for arm in range(4 if is_large else 2):
        looks = (turn + arm * 90 + rng.uniform(-4, 4)) % 360
        mast = _rounded(ahead(spot, looks + 205, _MAST + 3))
        owner = "traffic" if is_large and arm % 2 == 0 else "road"
        way = _WINDS[round(looks / 45) % 8]
        reach = 120 if is_large else 80
        yield _View(
            owner, f"{name}{way}向", f"{name}信号灯杆", mast, round(looks) % 360, reach=reach, height=6.5
        )  # fmt: skip
    if is_large:
        above = _rounded(ahead(spot, turn + 45, _MAST + 6))
        yield _View("road", f"{name}高点", f"{name}立杆", above, 0, "球机", 360, 100, 8.0)


def _gate(name: str, gate: tuple[float, float], rng: Random) -> Iterator[_View]:
    looks = rng.randrange(360)
    yield _View("estate", f"{name}大门", f"{name}大门立杆", _rounded(gate), looks, angle=80, reach=40, height=3.5)
    if rng.random() < 0.4:
        outside, back = _rounded(ahead(gate, looks, 12)), (looks + 180) % 360
        yield _View("estate", f"{name}大门外", f"{name}大门外立杆", outside, back, "半球", 95, 30, 3.2)


def _along(road: Road, apart: float, rng: Random) -> Iterator[_View]:
    length = road.line.length / _METRE
    steps = int(length // apart)
    for step in range(1, steps, 2):  # the even ones stood there at the wider distance
        spot = road.line.interpolate(step / steps, normalized=True)
        looks = (_direction(road.line, (spot.x, spot.y)) + rng.choice((0, 180))) % 360
        place = _rounded(ahead((spot.x, spot.y), looks + 90, _MAST))
        name = f"{road.name}{round(step * apart)}米处"
        yield _View("road" if road.kind != "lane" else "market", name, f"{road.name}路灯杆", place, round(looks) % 360)


def _direction(line: LineString, spot: tuple[float, float]) -> float:
    """Return which way a road runs at a spot."""
    along = line.project(Point(spot))
    one, other = line.interpolate(max(0.0, along - 8 * _METRE)), line.interpolate(along + 8 * _METRE)
    return bearing((one.x, one.y), (other.x, other.y))


def _rounded(place: tuple[float, float]) -> tuple[float, float]:
    return round(place[0], 7), round(place[1], 7)
