"""The base map of a made-up county: its own roads and houses, and a river, ponds and parks where nobody lives.

Taken in like anybody's: sheets are brought, read, made into an edition and cut.
"""

import io
import json
import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.registry.basemap import actions
from lianxin.registry.basemap.models import Edition, Theme
from lianxin.registry.basemap.rules import STOREY

from .county import Geography

_SOURCE, _LICENCE = "演示数据，系统生成", "随演示使用"
_METRE = 1 / 111_320.0  # degrees
_BANK = 45.0  # metres from the middle of the river to its bank
_COURSES = 120  # tried
_PARKS, _PONDS = 46, 70
_KINDS = {"main": "main", "street": "street", "lane": "lane", "country": "street"}


def make(county: Geography, *, seed: int, now: datetime) -> Edition:
    """Draw the base map of a county and show it."""
    rng = Random(f"painting {county.division} {seed}")
    houses = shapely.STRtree([building.footprint for building in county.buildings])
    river, bank = _river(county, rng)
    ponds = _apart(_blots(county, rng, _PONDS, 25, 90), houses, bank)
    parks = _apart(_blots(county, rng, _PARKS, 60, 190), houses, bank)
    sheets = {
        Theme.LAND: [_feature(estate.polygon) for estate in county.estates],
        Theme.GREEN: [*(_feature(park) for park in parks), _feature(_clear(bank.buffer(70 * _METRE), houses))],
        Theme.WATER: [
            _feature(river, waterway="river", name="龙眠河"),
            _feature(bank),
            *(_feature(one) for one in ponds),
        ],
        Theme.ROAD: [_feature(road.line, **{"class": _KINDS[road.kind], "name": road.name}) for road in county.roads],
        Theme.BUILDING: [
            _feature(building.footprint, height=building.floors * STOREY) for building in county.buildings
        ],
    }
    brought = [_bring(theme, features, rng, now) for theme, features in sheets.items()]
    edition = actions.use(SYSTEM, sheets=brought, at=now)
    return actions.cut(edition.pk, at=now)


def _bring(theme: Theme, features: Sequence[dict[str, Any]], rng: Random, now: datetime) -> Any:
    told = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
    sheet = actions.bring(
        SYSTEM, key=UUID(int=rng.getrandbits(128), version=4), theme=theme, file=io.BytesIO(told),
        name=f"演示{theme.label}.geojson", size=len(told), source=_SOURCE, licence=_LICENCE, system="cgcs2000", at=now,
    )  # fmt: skip
    return actions.read(sheet.pk, at=now)


def _feature(drawn: BaseGeometry, **told: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": mapping(drawn), "properties": told}


def _river(county: Geography, rng: Random) -> tuple[LineString, BaseGeometry]:
    """Return the middle of a river from one end of the county to the other past its town, and its water.

    Of many it is the one in whose way the fewest houses stand.
    """
    houses = shapely.STRtree([building.footprint for building in county.buildings])
    courses = [_course(county, rng) for _try in range(_COURSES)]
    best = min(courses, key=lambda line: len(houses.query(line, predicate="dwithin", distance=(_BANK + 10) * _METRE)))
    return best, _clear(best.buffer(_BANK * _METRE), houses)


def _course(county: Geography, rng: Random) -> LineString:
    west, south, east, north = shapely.total_bounds([area.polygon for area in county.areas])
    lon, lat = county.center
    off = rng.choice((-1, 1)) * rng.uniform(0.006, 0.024)  # degrees from the middle of the town
    waves = [(rng.uniform(2, 9), rng.uniform(0, math.tau), rng.uniform(0.1, 0.35)) for _wave in range(4)]

    def at(share: float) -> tuple[float, float]:
        y = south + (north - south) * share
        away = abs(y - lat) / (north - south)
        sway = sum(size * math.sin(times * math.tau * share + turn) for times, turn, size in waves)
        return lon + off + (east - west) * 0.22 * away * sway + 0.004 * sway, y

    return LineString([at(step / 240) for step in range(241)])


def _blots(county: Geography, rng: Random, count: int, least: float, most: float) -> list[Polygon]:
    """Return round-cornered patches about so many metres wide, somewhere in the communities, most in the town."""
    urban = [area.polygon for area in county.areas if area.role == "community"]
    found = []
    for place in range(count):
        inside = urban[place % len(urban)]
        middle = _somewhere(inside, rng)
        ring = [
            (middle.x + radius * math.cos(turn) * 1.15, middle.y + radius * math.sin(turn))
            for turn, radius in _rim(rng, least, most)
        ]
        found.append(Polygon(ring).buffer(0))
    return [one for one in found if isinstance(one, Polygon)]


def _rim(rng: Random, least: float, most: float) -> Iterable[tuple[float, float]]:
    size = rng.uniform(least, most) * _METRE
    phase = rng.uniform(0, math.tau)
    for step in range(28):
        turn = math.tau * step / 28
        yield turn, size * (1 + 0.22 * math.sin(2 * turn + phase) + 0.12 * math.sin(5 * turn + phase))


def _somewhere(inside: Polygon, rng: Random) -> Point:
    west, south, east, north = inside.bounds
    for _try in range(20):
        spot = Point(rng.uniform(west, east), rng.uniform(south, north))
        if inside.contains(spot):
            return spot
    return inside.representative_point()


def _apart(patches: Iterable[Polygon], houses: shapely.STRtree, bank: BaseGeometry) -> list[BaseGeometry]:
    """Return patches without houses and without the river; those of which little is left are dropped."""
    found = []
    for patch in patches:
        left = _clear(patch, houses).difference(bank)
        if left.area > patch.area * 0.6:
            found.append(left)
    return found


def _clear(patch: BaseGeometry, houses: shapely.STRtree) -> BaseGeometry:
    """Return a patch with a yard's width of ground around each house taken out."""
    near = houses.query(patch.buffer(10 * _METRE), predicate="intersects")
    if not len(near):
        return patch
    yards = shapely.union_all(shapely.buffer(houses.geometries.take(near), 10 * _METRE, join_style="mitre"))
    left = patch.difference(yards)
    return MultiPolygon([part for part in shapely.get_parts(left) if isinstance(part, Polygon)])
