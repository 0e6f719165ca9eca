"""Houses and people of a demo county: some communities whole, every grid a little, and work for the quality board."""

from datetime import datetime
from typing import Final

import psycopg
from django.db import connection

from lianxin.foundation.areas.models import Area
from lianxin.registry.places.models import Estate

from .byhand import some_days_work
from .county import Geography
from .doubting import doubt
from .housing import Housing
from .people import Person
from .population import Block, Populated, Told, empty_blocks, populate

# Communities of the town whose every dwelling is known; of other grids one building.
WHOLE: Final = 8


def build(county: Geography, *, seed: int, at: datetime, now: datetime) -> None:
    """Put the map's estates and buildings into an empty registry, as standing since `at`."""
    raw = _connected()
    with raw.transaction():
        Housing(raw, county, seed=seed, at=at, now=now).write()


def people_the_demo(
    county: Geography, resident: Person, *, seed: int, founded: datetime, at: datetime, told: Told
) -> Populated:  # fmt: skip
    """Build the county, let people live in its first communities and a little in every grid, and leave some doubts."""
    build(county, seed=seed, at=founded, now=at)
    found = populate(_connected(), county.division, seed=seed, at=at, blocks=chosen(county), told=told)
    some_days_work(county.division, _whole(county), resident, seed=seed, at=at)
    doubt(seed=seed, at=at)
    return found


def chosen(county: Geography) -> list[Block]:
    """Return the buildings of the first communities of the town, and the first of every other grid."""
    blocks = empty_blocks(_connected())
    communities = _ids(_whole(county))
    seen: set[int | None] = set()
    found = []
    for block in blocks:
        if block.community_id in communities or block.grid_id not in seen:
            found.append(block)
        seen.add(block.grid_id)
    return found


def populate_to(people: int, *, county: Geography, seed: int, founded: datetime, at: datetime, told: Told) -> Populated:
    """Let so many people live in the county; builds it first where it has no estate yet."""
    if not Estate.objects.exists():
        build(county, seed=seed, at=founded, now=at)
    return populate(_connected(), county.division, seed=seed, at=at, people=people, told=told)


def _whole(county: Geography) -> list[str]:
    return [area.code for area in county.of_role("community") if area.kind == "urban"][:WHOLE]


def _ids(codes: list[str]) -> set[int]:
    return set(Area.objects.filter(code__in=codes, valid_to=None).values_list("pk", flat=True))


def _connected() -> psycopg.Connection:
    connection.ensure_connection()
    raw: psycopg.Connection = connection.connection
    return raw
