"""Made-up homes and people for tests, straight to the tables: an estate with a building, dwellings, who lives there."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from factories import BEGIN
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.crypto import blind_index
from lianxin.kernel.text import initials, spelling
from lianxin.registry.care.models import CareTag
from lianxin.registry.people.models import Household, Membership, Person, Residence
from lianxin.registry.places import naming
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate

ID_NUMBER = "11010519491231002X"
PHONE = "13855512345"
YEAR = timedelta(days=365)


def placed(grid: AreaNode) -> dict[str, int | None]:
    """Return where a record in a grid lies."""
    return {
        "area_id": grid.id, "street_id": grid.street_id, "community_id": grid.community_id, "grid_id": grid.grid_id
    }  # fmt: skip


def make_estate(grid: AreaNode, name: str = "和平小区", *, code: str = "E1", **more: Any) -> Estate:
    """Make an estate."""
    made = Estate(code=code, name=name, valid_from=BEGIN, **placed(grid), **more)
    naming.name_estate(made)
    made.save()
    return made


def make_building(estate: Estate, number: int = 3, *, code: str = "B3", **more: Any) -> Building:
    """Make a building of two entrances and three floors."""
    told = {"entrances": ["1", "2"], "floors": 3} | more
    made = Building(code=code, estate=estate, name=f"{number}幢", valid_from=BEGIN, **_as(estate), **told)
    naming.name_building(made, estate)
    made.save()
    return made


def make_dwelling(building: Building, entrance: str = "1", number: str = "101", **more: Any) -> Dwelling:
    """Make a dwelling; its floor is read from its number."""
    told = {
        "use": "self",
        "floor": int(number[:-2]) if number[:-2].lstrip("-").isdigit() else None,
        "confirmed_at": datetime.now(UTC) - timedelta(days=12),
    } | more
    made = Dwelling(
        code=f"{building.code}-{entrance}-{number}", building=building, entrance=entrance, number=number,
        valid_from=BEGIN, **_as(building), **told,
    )  # fmt: skip
    naming.name_dwelling(made, building)
    made.save()
    return made


def make_dwellings(building: Building, *, floors: int = 3, doors: Sequence[str] = ("01", "02")) -> list[Dwelling]:
    """Make all dwellings of a building."""
    return [
        make_dwelling(building, entrance, f"{floor}{door}")
        for entrance in building.entrances
        for floor in range(1, floors + 1)
        for door in doors
    ]


def make_person(name: str = "王秀英", *, home: Dwelling | None = None, since: datetime = BEGIN, **more: Any) -> Person:
    """Make a person who lives in a dwelling, or nowhere known; `id_number` and `phone` are found by their hashes."""
    told: dict[str, Any] = {"sex": "f", "birth_date": date(1949, 12, 31)} | more
    if number := told.get("id_number"):
        told["id_hash"] = blind_index(number, "people.person.id_number").hash
    if phone := told.get("phone"):
        told["phone_hash"] = blind_index(phone, "people.person.phone").hash
    person = Person.objects.create(
        key=uuid4(), name=name, initials=initials(name), spelling=spelling(name), created_at=since, home=home,
        **(_as(home) if home else {}) | told,
    )  # fmt: skip
    if home:
        live(person, home, since=since)
    return person


def live(person: Person, home: Dwelling, kind: str = "lives", *, since: datetime = BEGIN) -> Residence:
    """Relate a person to a dwelling."""
    return Residence.objects.create(person=person, dwelling=home, kind=kind, valid_from=since)


def make_household(home: Dwelling, head: Person, *others: tuple[Person, str]) -> Household:
    """Make a household of a head and others with their relations."""
    made = Household.objects.create(key=uuid4(), dwelling=home, head=head, valid_from=BEGIN, **_as(home))
    for person, relation in ((head, "head"), *others):
        Membership.objects.create(household=made, person=person, relation=relation, valid_from=BEGIN)
    return made


def make_care(person: Person, need: str = "lone_elder", *, at: datetime | None = None, **more: Any) -> CareTag:
    """Give a person a care tag for a year."""
    at = at or datetime.now(UTC) - timedelta(days=30)
    told = {"purpose": "安排探望", "legal_basis": "老年人权益保障法", "evidence": "入户走访"} | more
    return CareTag.objects.create(
        key=uuid4(), person=person, need=need, set_at=at, set_by_label="佘曲", review_at=at + YEAR / 2,
        expires_at=at + YEAR, street_id=person.street_id, community_id=person.community_id, grid_id=person.grid_id,
        **told,
    )  # fmt: skip


def make_establishment(estate: Estate, name: str = "和平便民超市", *, code: str = "S1", **more: Any) -> Establishment:
    """Make a shop."""
    told = {"kind": "shop", "address": f"{estate.name}1号"} | more
    return Establishment.objects.create(code=code, name=name, estate=estate, valid_from=BEGIN, **_as(estate), **told)


def _as(place: Any) -> dict[str, int | None]:
    return {name: getattr(place, name) for name in ("area_id", "street_id", "community_id", "grid_id")}
