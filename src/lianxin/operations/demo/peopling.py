"""Houses and people of a demo county: some communities whole, every grid a little, and work for the quality board."""

from datetime import datetime, timedelta
from random import Random
from typing import Final

import psycopg
from django.db import connection, transaction

from lianxin.foundation.areas.models import Area
from lianxin.foundation.organizations.models import Unit
from lianxin.registry.people.models import Person as PersonRow
from lianxin.registry.places.models import Estate
from lianxin.registry.sources.models import Conflict, Field, Source

from .byhand import some_days_work
from .county import Geography
from .housing import Housing
from .people import Person
from .population import Block, Populated, Told, empty_blocks, populate

# Communities of the town whose every dwelling is known; of other grids one building.
WHOLE: Final = 3
CONFLICTS: Final = 24


def build(county: Geography, *, seed: int, at: datetime) -> None:
    """Put the map's estates and buildings into an empty registry."""
    raw = _connected()
    with raw.transaction():
        Housing(raw, county, seed=seed, at=at).write()


def people_the_demo(
    county: Geography, resident: Person, *, seed: int, founded: datetime, at: datetime, told: Told
) -> Populated:  # fmt: skip
    """Build the county, let people live in its first communities and a little in every grid, and leave some doubts."""
    build(county, seed=seed, at=founded)
    found = populate(_connected(), county.division, seed=seed, at=at, blocks=chosen(county), told=told)
    some_days_work(county.division, _whole(county), resident, seed=seed, at=at)
    disagree(seed=seed, at=at)
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
        build(county, seed=seed, at=founded)
    return populate(_connected(), county.division, seed=seed, at=at, people=people, told=told)


@transaction.atomic
def disagree(*, seed: int, at: datetime) -> int:
    """Let a department's list say another phone or birth date than the grid worker's; returns how often."""
    known = set(Field.objects.filter(code__in=("person.phone", "person.birth_date")).values_list("code", flat=True))
    units = list(Unit.objects.filter(kind="department", valid_to=None).order_by("code")[:2])
    if not known or not units:
        return 0
    rng = Random(f"disagreeing {seed}")
    source = Source.objects.create(
        kind=Source.Kind.PUSH, unit=units[-1], name=f"{units[-1].short_name}月度数据", at=at - timedelta(days=6)
    )
    people = PersonRow.objects.filter(phone_hash__isnull=False, birth_date__isnull=False, ended_at=None).order_by("id")
    rows = [_conflict(person, rng, known, source, at) for person in people[: CONFLICTS * 40 : 40]]
    Conflict.objects.bulk_create(rows)
    return len(rows)


def _conflict(person: PersonRow, rng: Random, known: set[str], source: Source, at: datetime) -> Conflict:
    code = rng.choice(sorted(known))
    if code == "person.phone":
        held = person.phone or ""
        offered = f"{held[:-2]}{rng.randrange(100):02d}"
    else:
        held = str(person.birth_date)
        offered = str(person.birth_date - timedelta(days=rng.randint(1, 40))) if person.birth_date else ""
    return Conflict(
        subject="person", subject_id=person.pk, field_id=code, held=held, offered=offered, offered_source=source,
        street_id=person.street_id, community_id=person.community_id, grid_id=person.grid_id,
        at=at - timedelta(days=rng.randint(1, 6)),
    )  # fmt: skip


def _whole(county: Geography) -> list[str]:
    return [area.code for area in county.of_role("community") if area.kind == "urban"][:WHOLE]


def _ids(codes: list[str]) -> set[int]:
    return set(Area.objects.filter(code__in=codes, valid_to=None).values_list("pk", flat=True))


def _connected() -> psycopg.Connection:
    connection.ensure_connection()
    raw: psycopg.Connection = connection.connection
    return raw
