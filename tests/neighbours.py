"""People at home for tests: two buildings in grid 111, one in grid 112 and one in 222, and who lives there."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from cast import Cast
from factories import BEGIN
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.queries import AreaNode
from lianxin.registry.people import actions as people
from lianxin.registry.people.models import Person
from lianxin.registry.people.rules import check_character
from lianxin.registry.places.models import Building, Dwelling

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)  # a Monday, 09:00 in the place
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def identity(born: date, order: int, division: str = "340881") -> str:
    """Return a number that passes its check; odd orders are men."""
    body = f"{division}{born:%Y%m%d}{order:03d}"
    return body + check_character(body)


WANG_ID = identity(date(1949, 12, 31), 2)
LI_ID = identity(date(1985, 5, 1), 11)
WANG = {"name": "王秀英", "id_number": WANG_ID, "phone": "13800001234"}
LI = {"name": "李建国", "id_number": LI_ID, "phone": "13900005678"}


@dataclass
class Street:
    """The cast with dwellings by area code and door, and people registered by the cast's own acts."""

    cast: Cast
    dwellings: dict[tuple[str, str], Dwelling] = field(default_factory=dict)

    def flat(self, number: str = "101", *, grid: int = 111) -> Dwelling:
        """Return a dwelling of a grid's only building, made when first asked for."""
        area = self.cast.county.grid(grid)
        if (area.code, number) not in self.dwellings:
            self.dwellings[area.code, number] = _dwelling(area, number)
        return self.dwellings[area.code, number]

    def lives(self, fields: dict[str, Any] = WANG, *, at: datetime = NOW, grid: int = 111, **more: Any) -> Person:
        """Register somebody who lives in a grid, by its own grid worker or the data officer."""
        number = more.pop("number", "101")
        actor = more.pop("actor", None) or self.worker(grid)
        return people.register_person(
            actor, key=uuid4(), fields=fields, dwelling=self.flat(number, grid=grid), at=at, **more
        )

    def worker(self, grid: int) -> Actor:
        """Return who registers people in a grid."""
        known = {111: self.cast.grid_worker, 112: self.cast.grid_worker_next_door}
        return known.get(grid, self.cast.data_officer)


def _dwelling(area: AreaNode, number: str) -> Dwelling:
    place = {
        "area_id": area.id, "street_id": area.street_id, "community_id": area.community_id, "grid_id": area.grid_id,
        "valid_from": BEGIN,
    }  # fmt: skip
    building, _made = Building.objects.get_or_create(
        code=f"B{area.code}", defaults={"name": "3幢", "address": f"{area.full_name}3幢", **place}
    )
    return Dwelling.objects.create(
        code=f"D{area.code}-{number}", building=building, entrance="1", floor=int(number[:-2]), number=number,
        address=f"{building.address}1单元{number}室", **place,
    )  # fmt: skip
