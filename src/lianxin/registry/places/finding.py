"""Find places by what people type: an address in any writing, a name or its initials, a credit code, or what is near.

Every answer is scoped and short; the narrowest kind comes first: dwelling, building, estate, establishment.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.geometry.points import Point

from . import addresses, queries
from .addresses import Elements
from .codes import is_credit_code, is_place_code, tidy_credit_code
from .models import Building, Dwelling, Establishment, Estate
from .naming import bare

MOST = 20
_ESTATES = 40  # estates of one name that are looked into
_INITIALS = re.compile(r"[a-z0-9]{2,40}")


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the answer: what it is, its (masked) label, where, and the code or key of its page."""

    kind: str  # dwelling, building, estate, establishment, person
    label: str
    where: str
    key: str
    metres: float | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """What an address fragment points at: its elements, and the estates and buildings they name."""

    elements: Elements
    estates: tuple[Estate, ...] = ()
    buildings: tuple[Building, ...] = ()

    @property
    def is_inside(self) -> bool:
        """Whether a part of a building is meant."""
        told = self.elements
        return bool(told.room or told.entrance or told.floor is not None)


def spot(actor: Actor, words: str) -> Spot:
    """Read an address and look up what it names where the actor serves. At most two statements."""
    elements = addresses.parse(words)
    estates = _estates(actor, elements)
    return Spot(elements, tuple(estates), tuple(_buildings(actor, elements, estates)))


def find_places(actor: Actor, words: str, *, limit: int = 8, at: Spot | None = None) -> tuple[Found, ...]:
    """Return places for the words, at most `limit`, the narrowest kind first. Few statements, each by an index.

    `at` is what `spot` said of the same words, if that was asked already.
    """
    words, limit = words.strip()[:100], min(limit, MOST)
    code = tidy_credit_code(words)
    if is_credit_code(code):
        return _shown(_establishments(actor).filter(credit_code=code)[:limit])
    if is_place_code(code):
        return _by_code(actor, code)
    if _INITIALS.fullmatch(words.lower()):
        return _by_initials(actor, words.lower(), limit)
    at = at or spot(actor, words)
    found = _by_address(actor, at, limit) if at.elements.has_numbers else ()
    return found or (() if at.elements.is_empty else _by_name(actor, at, words, limit))


def near_places(actor: Actor, point: Point, *, metres: float = 300, limit: int = 8) -> tuple[Found, ...]:
    """Return what is near a point, the nearest first."""
    return tuple(
        _line(near.place, near.metres) for near in queries.nearby(actor, point, metres, limit=min(limit, MOST))
    )


def dwellings_at(actor: Actor, words: str, *, at: Spot | None = None) -> "QuerySet[Dwelling] | None":
    """Return the dwellings that an address fragment points at, for looking up who lives there; None for no address.

    The rooms named, else all of the buildings named, else all of the estates named. `at` as for `find_places`.
    """
    at = at or spot(actor, words)
    dwellings = Dwelling.objects.visible_to(actor).now()
    if at.buildings:
        return _rooms(dwellings.filter(building_id__in=[each.pk for each in at.buildings]), at.elements)
    if not at.estates or at.elements.building:
        return None
    ids = Building.objects.filter(estate_id__in=[each.pk for each in at.estates], valid_to=None).values("pk")
    return _rooms(dwellings.filter(building_id__in=ids), at.elements)


def _by_address(actor: Actor, at: Spot, limit: int) -> tuple[Found, ...]:
    found: tuple[Found, ...] = ()
    if at.buildings and at.is_inside:
        inside = Dwelling.objects.visible_to(actor).now().filter(building_id__in=[each.pk for each in at.buildings])
        found = _shown(_rooms(inside, at.elements).order_by("building_id", "entrance", "number")[:limit])
    return (found + tuple(_line(each) for each in at.buildings))[:limit]


def _by_name(actor: Actor, at: Spot, words: str, limit: int) -> tuple[Found, ...]:
    found = tuple(_line(each) for each in at.estates[:limit])
    if len(found) < limit:
        firms = _establishments(actor).filter(words__has_words=at.elements.name or words).order_by("pk")
        found += _shown(firms[: limit - len(found)])
    return found


def _by_code(actor: Actor, code: str) -> tuple[Found, ...]:
    models: dict[str, QuerySet[Any]] = {
        "E": Estate.objects.visible_to(actor),
        "B": Building.objects.visible_to(actor),
        "D": Dwelling.objects.visible_to(actor),
        "U": Establishment.objects.visible_to(actor),
    }
    return _shown(models[code[0]].filter(code=code)[:1])


def _by_initials(actor: Actor, letters: str, limit: int) -> tuple[Found, ...]:
    estates = Estate.objects.visible_to(actor).now().filter(initials__startswith=letters).order_by("initials", "pk")
    found = _shown(estates.defer("words", "boundary")[:limit])
    if len(found) < limit:
        firms = _establishments(actor).filter(initials__startswith=letters).order_by("initials", "pk")
        found += _shown(firms[: limit - len(found)])
    return found


def _buildings(actor: Actor, elements: Elements, estates: Sequence[Estate]) -> list[Building]:
    """Return the buildings that numbers point at: of the estates named, or by road and door; none without numbers."""
    if not elements.has_numbers:
        return []
    seen = Building.objects.visible_to(actor).now().defer("words", "footprint")
    wanted = elements.building or elements.door.removesuffix("院").removesuffix("号")
    if elements.name or elements.group:
        inside = seen.filter(estate_id__in=[each.pk for each in estates])
    elif elements.road:
        wanted = elements.building
        inside = seen.filter(
            Q(road=elements.road, door=elements.door)
            | Q(estate__in=Estate.objects.filter(road=elements.road, door=elements.door, valid_to=None).values("pk"))
        )
    elif wanted:
        inside = seen
    else:
        return []
    return _of_number(inside, wanted) if wanted else list(inside.order_by("number", "pk")[:MOST])


def _of_number(buildings: QuerySet[Building], number: str) -> list[Building]:
    """Return those of a number or letter: 3 finds 3幢 and 三栋, B finds B座."""
    where: dict[str, Any] = {"number": int(number)} if number.isdigit() else {"name__startswith": number}
    found = buildings.filter(**where)
    rows = found.order_by("pk")[: MOST * 2]
    return [row for row in rows if bare(row.name) == number.upper()][:MOST]


def _rooms(dwellings: QuerySet[Dwelling], elements: Elements) -> QuerySet[Dwelling]:
    if elements.entrance:
        dwellings = dwellings.filter(entrance=elements.entrance)
    if elements.room:
        return dwellings.filter(number=elements.room)
    return dwellings if elements.floor is None else dwellings.filter(floor=elements.floor)


def _estates(actor: Actor, elements: Elements) -> list[Estate]:
    """Return the estates of a name or a part of it; those called exactly so first, and alone."""
    name = elements.name or (f"{elements.group}组" if elements.group else "")
    seen = Estate.objects.visible_to(actor).now().defer("words", "boundary")
    if name.isdigit() or name.isspace():
        return []
    if not name and (elements.road or elements.community):
        name = elements.road or elements.community
    if not name:
        return []
    rows = list(seen.filter(words__has_words=name).order_by("pk")[:_ESTATES])
    exact = [row for row in rows if row.name == name or name in row.other_names]
    return exact or rows


def _establishments(actor: Actor) -> QuerySet[Establishment]:
    return Establishment.objects.visible_to(actor).now().defer("words", "contact_phone")


def _shown(rows: Iterable[Model]) -> tuple[Found, ...]:
    return tuple(_line(row) for row in rows)


def _line(row: Model, metres: float | None = None) -> Found:
    match row:
        case Dwelling():
            return Found("dwelling", _room_label(row), row.address, row.code, metres)
        case Building():
            return Found("building", row.name, row.address, row.code, metres)
        case Estate():
            return Found("estate", row.name, f"{row.road}{row.door}", row.code, metres)
        case Establishment():
            return Found("establishment", row.name, row.address, row.code, metres)
    raise TypeError(type(row).__name__)


def _room_label(dwelling: Dwelling) -> str:
    within = f"{dwelling.entrance}单元" if dwelling.entrance else ""
    return f"{within}{dwelling.number}{'室' if len(dwelling.number) > 2 else '号'}"
