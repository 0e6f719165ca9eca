"""Towers between the slabs, when more people are to live in a county than its estates have rooms for."""

import json
import re
from typing import Any

import psycopg
from shapely import affinity
from shapely.geometry import mapping, shape

from lianxin.kernel.geometry.points import Point
from lianxin.kernel.text import search_vector
from lianxin.registry.places.codes import place_code

from .copying import Buffers, instant, plain
from .housing import BUILDING, as_json

FLOORS, ENTRANCES = 18, ("1", "2", "3")
HOMES = FLOORS * len(ENTRANCES) * 3
_NORTH = 0.00025  # degrees between one tower and the next: some 28 metres

_MODELS = """
SELECT DISTINCT ON (b.estate_id) b.estate_id, b.name, b.address, b.point::text, b.footprint::text, b.built_year,
    b.area_id, b.street_id, b.community_id, b.grid_id, b.valid_from,
    max(b.number) OVER (PARTITION BY b.estate_id)
FROM building b JOIN estate e ON e.id = b.estate_id
WHERE b.valid_to IS NULL AND b.kind = 'residential' AND b.number IS NOT NULL
ORDER BY b.estate_id, b.id
"""


def build_towers(connection: psycopg.Connection, division: str, homes: int) -> int:
    """Add towers to the estates of the town, turn by turn, until they hold so many homes; returns how many."""
    models = list(connection.execute(_MODELS))
    wanted = -(-homes // HOMES) if models else 0
    buffers = Buffers(connection, {"building": BUILDING})
    for place in range(wanted):
        turn, model = divmod(place, len(models))
        buffers.lines["building"].append(_tower(models[model], turn + 1, buffers.new_id("building"), division))
    buffers.end()
    return wanted


def _tower(model: tuple[Any, ...], turn: int, pk: int, division: str) -> str:
    estate_id, name, address, point, footprint, built, *hot, valid_from, last = model
    number = last + turn
    title = re.sub(r"\d+", str(number), name, count=1)
    where = address.removesuffix(name) + title
    spot = Point.from_sql(point)
    outline = affinity.translate(shape(json.loads(footprint)), 0, _NORTH * turn) if footprint else None
    values = {
        "id": pk, "code": place_code("building", division, pk), "estate_id": estate_id, "kind": "residential",
        "name": title, "number": number, "road": "", "door": "", "address": where,
        "words": search_vector(where), "point": Point(spot.lon, round(spot.lat + _NORTH * turn, 7)).sql,
        "footprint": as_json(mapping(outline)) if outline is not None else None, "floors": FLOORS, "basements": 1,
        "entrances": "{" + ",".join(ENTRANCES) + "}", "has_lift": True, "built_year": min(2021, (built or 2000) + 8),
        "unit_head_ids": "{}", "version": 1, "valid_from": instant(valid_from),
    }  # fmt: skip
    values |= dict(zip(("area_id", "street_id", "community_id", "grid_id"), hot, strict=True))
    return "\t".join(plain(values[column]) for column in BUILDING) + "\n"
