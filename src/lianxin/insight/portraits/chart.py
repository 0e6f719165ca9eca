"""The building chart (楼栋图): floors down, entrances across, a cell a dwelling. States only, no names."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.registry.care.models import CareTag
from lianxin.registry.places.models import Building, Dwelling

from . import measures


@dataclass(frozen=True, slots=True)
class Cell:
    """One dwelling: its number, what it is used for, whether it wants another look, whether somebody needs care."""

    code: str
    number: str
    use: str
    is_stale: bool
    needs_care: bool

    @property
    def said(self) -> str:
        """Say the state in words, for who cannot see it."""
        marks = (_("需要关照") if self.needs_care else "", _("一年没有核实") if self.is_stale else "")
        return "，".join(filter(None, (str(Dwelling.Use(self.use).label), *marks)))


@dataclass(frozen=True, slots=True)
class Entrance:
    """An entrance (单元) and how many cells its widest floor has."""

    name: str
    columns: int


@dataclass(frozen=True, slots=True)
class Floor:
    """A floor; cells lie by entrance, None where there is no dwelling."""

    label: str
    level: int | None  # 1 is the ground floor, None where nobody knows
    cells: Sequence[Sequence[Cell | None]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A building as it stands, from the top down."""

    entrances: Sequence[Entrance]
    floors: Sequence[Floor]
    counts: Mapping[str, int]  # by use, and "stale", "care"

    @property
    def total(self) -> int:
        return sum(self.counts.get(use, 0) for use in measures.USES)


def chart(actor: Actor, building: Building, *, at: datetime) -> Chart:
    """Return the chart of a building. Care shows only to who may see care there. Two statements."""
    rows = list(Dwelling.objects.filter(building=building, valid_to=None).order_by("floor", "number", "pk"))
    cared = _cared(actor, building, at)
    long_ago = at - timedelta(days=measures.STALE_DAYS)
    cells = {row.pk: _cell(row, long_ago, cared) for row in rows}
    names = _entrances(building, rows)
    places: dict[tuple[int | None, str], list[Cell]] = {}
    for row in sorted(rows, key=lambda one: _natural(one.number)):
        places.setdefault((row.floor, row.entrance), []).append(cells[row.pk])
    widths = {name: max((len(found) for (_f, e), found in places.items() if e == name), default=1) for name in names}
    floors = [
        Floor(floor_label(level), level, [_padded(places.get((level, name), []), widths[name]) for name in names])
        for level in _levels(row.floor for row in rows)
    ]
    counts = Counter(cell.use for cell in cells.values())
    counts["stale"] = sum(cell.is_stale for cell in cells.values())
    counts["care"] = sum(cell.needs_care for cell in cells.values())
    return Chart([Entrance(name, widths[name]) for name in names], floors, counts)


def floor_label(floor: int | None) -> str:
    """Say a floor: 6层, 地下1层, or that nobody knows."""
    if floor is None:
        return "楼层不详"
    return f"{floor}层" if floor >= 0 else f"地下{-floor}层"


def _cared(actor: Actor, building: Building, at: datetime) -> frozenset[int]:
    """Return the dwellings in which somebody needs care, as far as the actor serves them."""
    tags = CareTag.objects.visible_to(actor).running()
    tags = tags.filter(expires_at__gt=at, person__ended_at=None, person__home__building_id=building.pk)
    return frozenset(home_id for home_id in tags.values_list("person__home_id", flat=True) if home_id is not None)


def _cell(row: Dwelling, long_ago: datetime, cared: frozenset[int]) -> Cell:
    is_stale = row.confirmed_at is None or row.confirmed_at < long_ago
    return Cell(row.code, row.number, row.use, is_stale, row.pk in cared)


def _entrances(building: Building, rows: Sequence[Dwelling]) -> list[str]:
    """Return the entrances in the building's own order; those only dwellings know of come after."""
    seen = {row.entrance for row in rows}
    known = [name for name in building.entrances if name in seen]
    return known + sorted(seen - set(known), key=_natural)


def _levels(floors: Iterable[int | None]) -> list[int | None]:
    """Return the floors from the top down; unknown ones last."""
    seen = set(floors)
    known = sorted((floor for floor in seen if floor is not None), reverse=True)
    return [*known, *([None] if None in seen else [])]


def _padded(cells: Sequence[Cell], width: int) -> list[Cell | None]:
    return [*cells, *[None] * (width - len(cells))]


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key that puts 2 before 10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text) if part]
