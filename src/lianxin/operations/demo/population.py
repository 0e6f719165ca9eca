"""Let people live in a made-up county: dwellings, households and people by COPY, building after building.

What is written is what the acts of `places` and `people` write (`tests/operations/demo/test_population.py`
compares a sample), without a journal entry for each: it stands for the stock that a county took over before
its first day. The same seed gives the same people; their seals differ, as seals do.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from time import perf_counter
from typing import Final

import psycopg

from lianxin.foundation.accounts.models import Post
from lianxin.kernel.crypto import blind_index, seal
from lianxin.kernel.text import initials, spelling
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.people.rules import ID_CONTEXT, PHONE_CONTEXT
from lianxin.registry.places.codes import place_code
from lianxin.registry.places.naming import dwelling_address
from lianxin.registry.sources.models import Source

from . import needing
from .bare import analyze, bare_tables
from .copying import NULL, Buffers, hexed, instant, plain
from .families import Families, Family, Member
from .infill import build_towers
from .papers import Papers

TABLES: Final = {
    "dwelling": (
        "id", "code", "building_id", "entrance", "floor", "number", "address", "use", "square_metres", "confirmed_at",
        "confirmed_by_id", "area_id", "street_id", "community_id", "grid_id", "version", "valid_from",
    ),
    "person": (
        "id", "key", "version", "name", "initials", "spelling", "sex", "birth_date", "id_kind", "id_number", "id_hash",
        "phone", "phone_hash", "is_party_member", "home_id", "area_id", "street_id", "community_id", "grid_id",
        "confirmed_at", "confirmed_by_id", "created_at", '"end"',
    ),
    "household": (
        "id", "key", "kind", "dwelling_id", "head_id", "area_id", "street_id", "community_id", "grid_id", "version",
        "valid_from",
    ),
    "membership": ("id", "household_id", "person_id", "relation", "valid_from"),
    "residence": ("id", "person_id", "dwelling_id", "kind", "valid_from"),
    "care_tag": needing.COLUMNS,
    "consent": needing.CONSENT_COLUMNS,
    "revision": (
        "id", "subject", "subject_id", "version", "act", "at", "actor_label", "source_id", "fields",
    ),
}  # fmt: skip
_EACH: Final = 2.3  # people a dwelling, vacant ones counted; rather too few than too many
_TOGETHER: Final = 12_000  # people held before they are written
_VACANT, _LET = {"town": 0.06, "country": 0.12}, {"town": 0.14, "country": 0.02}
_NO_NUMBER, _NO_BIRTH, _DOUBLE = 0.008, 0.003, 0.002
_FIELDS: Final = "{name,sex,birth_date,id_kind,id_number,phone}"
Told = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Block:
    """A building in which nobody lives yet."""

    id: int
    address: str
    kind: str
    floors: int
    entrances: list[str]
    built_year: int | None
    area_id: int | None
    street_id: int | None
    community_id: int | None
    grid_id: int | None
    households: int  # planned in its estate
    siblings: int  # buildings of its estate

    @property
    def where(self) -> str:
        """Town or country."""
        return "country" if self.kind == "house" else "town"

    def rooms(self) -> Iterator[tuple[str, int | None, str]]:
        """Yield entrance, floor and number of its dwellings; a row of farmhouses counts its houses."""
        if self.kind == "house":
            yield from (("", None, str(number)) for number in range(1, -(-self.households // self.siblings) + 1))
            return
        each = 3 if self.floors >= 18 else 2
        for entrance in self.entrances or [""]:
            for floor in range(1, self.floors + 1):
                yield from ((entrance, floor, f"{floor}{room:02d}") for room in range(1, each + 1))


@dataclass(frozen=True, slots=True)
class Populated:
    """What came of it, and how long copying and indexing took, in seconds."""

    people: int
    households: int
    dwellings: int
    copied_in: float
    indexed_in: float

    @property
    def people_per_second(self) -> float:
        """People written a second, indexes included."""
        return self.people / max(self.copied_in + self.indexed_in, 1e-6)


_BLOCKS = """
SELECT b.id, b.address, b.kind, coalesce(b.floors, 1), b.entrances, b.built_year, b.area_id, b.street_id,
    b.community_id, b.grid_id, coalesce(e.planned_households, 40), count(*) OVER (PARTITION BY b.estate_id)
FROM building b LEFT JOIN estate e ON e.id = b.estate_id
WHERE b.valid_to IS NULL AND b.kind IN ('residential', 'house', 'mixed')
ORDER BY b.id
"""


def empty_blocks(connection: psycopg.Connection) -> list[Block]:
    """Return the buildings of dwellings that have none yet, in their order."""
    taken = {row[0] for row in connection.execute("SELECT DISTINCT building_id FROM dwelling")}
    return [Block(*row) for row in connection.execute(_BLOCKS) if row[0] not in taken]


class Settling:
    """People being written."""

    def __init__(
        self, connection: psycopg.Connection, division: str, *, seed: int, source_id: int, at: datetime
    ) -> None:  # fmt: skip
        self.at, self.today, self.division = at, at.astimezone(ZONE).date(), division
        self.source_id = source_id
        self.buffers = Buffers(connection, TABLES)
        there = connection.execute("SELECT count(*) FROM person").fetchone()
        people = int(there[0]) if there else 0
        self.rng = Random(f"population {division} {seed} {people}")
        self.families = Families(self.rng, self.today)
        self.papers = Papers(division, phones_taken=people, sequences=_sequences(connection) if people else {})
        self._workers = dict(
            Post.objects.filter(role_id="grid_worker", valid_to=None).values_list("area_id", "account_id")
        )
        self._spelt: dict[str, tuple[str, str]] = {}
        self._landlord: int | None = None

    @property
    def people(self) -> int:
        """How many people there are so far."""
        return self.buffers.written["person"] + len(self.buffers.lines["person"])

    def settle(self, blocks: Iterable[Block], most: int | None, told: Told) -> None:
        """Fill buildings until so many people live there."""
        for block in blocks:
            if most is not None and self.people >= most:
                break
            self._fill(block)
            if len(self.buffers.lines["person"]) > _TOGETHER:
                self.buffers.write()
                told(f"{self.people:,}")
        self.buffers.end()

    def _fill(self, block: Block) -> None:
        since = date(block.built_year or 2000, 1, 1)
        for entrance, floor, number in block.rooms():
            rng = self.rng
            chance = rng.random()
            vacant = _VACANT[block.where]
            use = "vacant" if chance < vacant else "let" if chance < vacant + _LET[block.where] else "self"
            dwelling = self._dwelling(block, entrance, floor, number, use)
            if use != "vacant":
                self._household(block, dwelling, self.families.draw("let" if use == "let" else block.where), use, since)

    def _dwelling(self, block: Block, entrance: str, floor: int | None, number: str, use: str) -> int:
        pk = self.buffers.new_id("dwelling")
        confirmed, worker = self._confirmed(block)
        size = f"{self.rng.randint(120, 260) if block.kind == 'house' else self.rng.randint(58, 138)}.00"
        self.buffers.lines["dwelling"].append(
            f"{pk}\t{place_code('dwelling', self.division, pk)}\t{block.id}\t{entrance}\t{plain(floor)}\t{number}\t"
            f"{dwelling_address(block.address, entrance, number)}\t{use}\t{size}\t{confirmed}\t{worker}\t"
            f"{_hot(block)}\t1\t{instant(self.at)}\n"
        )
        return pk

    def _household(self, block: Block, dwelling: int, family: Family, use: str, since: date) -> None:
        buffers, rng = self.buffers, self.rng
        moved = self._moved_in(family.members[0], since, use)
        household = buffers.new_id("household")
        ids = [self._person(block, member, dwelling) for member in family.members]
        kind = "collective" if family.is_collective else "family"
        buffers.lines["household"].append(
            f"{household}\t{self._key()}\t{kind}\t{dwelling}\t{ids[0]}\t{_hot(block)}\t1\t{instant(moved)}\n"
        )
        is_registered = rng.random() < (0.05 if use == "let" else 0.82)
        for person, member in zip(ids, family.members, strict=True):
            begins = instant(max(moved, _midnight(member.born)))
            buffers.lines["membership"].append(
                f"{buffers.new_id('membership')}\t{household}\t{person}\t{member.relation}\t{begins}\n"
            )
            kinds = ["lives"]
            if is_registered and rng.random() < 0.96:
                kinds.append("registered")
            if member.relation == "head":
                kinds.append("tenant" if use == "let" else "owner")
            elif member.relation == "spouse" and use == "self" and rng.random() < 0.45:
                kinds.append("owner")
            for each in kinds:
                self._residence(person, dwelling, each, begins)
        if use == "let" and self._landlord is not None:
            self._residence(self._landlord, dwelling, "owner", instant(moved))
        elif use == "self":
            self._landlord = ids[0]
        for line, consent in needing.tags(
            family, ids, rng, at=self.at, columns=_hot(block).split("\t", 1)[1],
            setter=self._workers.get(block.grid_id or 0),
        ):  # fmt: skip
            buffers.lines["care_tag"].append(f"{buffers.new_id('care_tag')}\t{self._key()}\t{line}\n")
            if consent:
                buffers.lines["consent"].append(f"{buffers.new_id('consent')}\t{consent}\n")

    def _residence(self, person: int, dwelling: int, kind: str, begins: str) -> None:
        self.buffers.lines["residence"].append(
            f"{self.buffers.new_id('residence')}\t{person}\t{dwelling}\t{kind}\t{begins}\n"
        )

    def _person(self, block: Block, member: Member, dwelling: int) -> int:
        rng = self.rng
        has_number = rng.random() >= _NO_NUMBER and (member.age > 0 or rng.random() < 0.5)
        number = self.papers.identity(member.born, member.sex) if has_number else None
        chance = 0.94 if 16 <= member.age < 70 else 0.6 if member.age >= 70 else 0.0
        phone = self.papers.phone() if rng.random() < chance else None
        born = member.born.isoformat() if has_number or rng.random() >= _NO_BIRTH * 100 else NULL
        pk = self._write(block, member, dwelling=str(dwelling), number=number, phone=phone, born=born)
        if rng.random() < _DOUBLE and member.age >= 18:
            # Told of twice by two departments: without a number, and nobody saw that it is the same person.
            self._write(block, member, dwelling=NULL, number=None, phone=phone, born=member.born.isoformat())
        return pk

    def _write(
        self, block: Block, member: Member, *, dwelling: str, number: str | None, phone: str | None, born: str
    ) -> int:  # fmt: skip
        rng, pk = self.rng, self.buffers.new_id("person")
        confirmed, worker = self._confirmed(block)
        first, whole = self._spelling(member.name)
        party = NULL if member.age < 18 or rng.random() < 0.2 else "t" if rng.random() < 0.09 else "f"
        sealed, hashed = _sealed(number, ID_CONTEXT)
        sealed_phone, hashed_phone = _sealed(phone, PHONE_CONTEXT)
        created = instant(self.at - timedelta(days=rng.randrange(600, 900)))
        self.buffers.lines["person"].append(
            f"{pk}\t{self._key()}\t1\t{member.name}\t{first}\t{whole}\t{member.sex}\t{born}\t"
            f"{'citizen' if number else 'none'}\t{sealed}\t{hashed}\t{sealed_phone}\t{hashed_phone}\t{party}\t"
            f"{dwelling}\t{_hot(block)}\t{confirmed}\t{worker}\t{created}\t\n"
        )
        self.buffers.lines["revision"].append(
            f"{self.buffers.new_id('revision')}\tperson\t{pk}\t1\tcreate\t{created}\t建库数据\t{self.source_id}\t"
            f"{_FIELDS}\n"
        )
        return pk

    def _spelling(self, name: str) -> tuple[str, str]:
        found = self._spelt.get(name)
        if found is None:
            found = self._spelt[name] = (initials(name), spelling(name))
        return found

    def _key(self) -> str:
        """Return a random UUID, version 4, from the seed."""
        digits = f"{self.rng.getrandbits(128):032x}"
        return f"{digits[:12]}4{digits[13:16]}a{digits[17:]}"

    def _confirmed(self, block: Block) -> tuple[str, str]:
        """Return when the grid worker last saw that this is right: most of late, some long ago, some never."""
        rng = self.rng
        chance = rng.random()
        worker = self._workers.get(block.grid_id or 0)
        if chance < 0.03 or worker is None:
            return NULL, NULL
        days = rng.randrange(1, 170) if chance < 0.95 else rng.randrange(180, 590)
        return instant(self.at - timedelta(days=days, minutes=rng.randrange(600))), str(worker)

    def _moved_in(self, head: Member, since: date, use: str) -> datetime:
        rng = self.rng
        if use == "let":
            return _midnight(self.today - timedelta(days=rng.randrange(20, 1500)))
        earliest = max(since, date(head.born.year + 22, 1, 1))
        span = max(30, (self.today - earliest).days)
        return _midnight(self.today - timedelta(days=int(span * rng.random() ** 0.5)))


def populate(
    connection: psycopg.Connection, division: str, *, seed: int, at: datetime, people: int | None = None,
    blocks: list[Block] | None = None, told: Told = print,
) -> Populated:  # fmt: skip
    """Fill buildings with people until `people` live in the county (None: all the blocks given).

    One transaction. Indexes are off meanwhile, so nobody else can work on these tables.
    """
    source = Source.objects.create(kind=Source.Kind.FILE, name="建库数据（演示县）", at=at)
    with connection.transaction():
        there = connection.execute("SELECT count(*) FROM person").fetchone()
        wanted = None if people is None else max(0, people - (int(there[0]) if there else 0))
        blocks = _room_for(connection, division, wanted) if blocks is None else blocks
        settling = Settling(connection, division, seed=seed, source_id=source.pk, at=at)
        started = perf_counter()
        with bare_tables(connection, list(TABLES)) as indexed:
            settling.settle(blocks, wanted, told)
            copied = perf_counter() - started
        analyze(connection, [*TABLES, "building", "estate", "establishment"])
    written = settling.buffers.written
    return Populated(written["person"], written["household"], written["dwelling"], copied, indexed())


def _room_for(connection: psycopg.Connection, division: str, people: int | None) -> list[Block]:
    """Return the empty buildings, with towers added when they would not hold so many people."""
    blocks = empty_blocks(connection)
    if people is None:
        return blocks
    homes = sum(sum(1 for _room in block.rooms()) for block in blocks)
    missing = int(people / _EACH) - homes
    if missing > 0 and build_towers(connection, division, missing):
        return empty_blocks(connection)
    return blocks


def _sequences(connection: psycopg.Connection) -> dict[tuple[date, int], int]:
    rows = connection.execute(
        "SELECT birth_date, (sex = 'm')::int, count(*) FROM person WHERE id_hash IS NOT NULL AND birth_date IS NOT NULL"
        " GROUP BY 1, 2"
    )
    return {(born, odd): count for born, odd, count in rows}


def _sealed(value: str | None, context: str) -> tuple[str, str]:
    if value is None:
        return NULL, NULL
    return hexed(seal(value, context)), hexed(blind_index(value, context).hash)


def _hot(block: Block) -> str:
    return f"{plain(block.area_id)}\t{plain(block.street_id)}\t{plain(block.community_id)}\t{plain(block.grid_id)}"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)
