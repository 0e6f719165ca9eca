"""Units and who is responsible, from memory; keyed by the number "organizations"."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.versions import Versioned

from .models import Responsibility, Unit
from .rules import ListRow, speaking


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit as everything above needs it; no query behind it."""

    id: int
    code: str
    name: str
    short_name: str
    kind: str
    level: str
    parent_id: int | None
    path_ids: tuple[int, ...]  # from the root down to itself
    area_id: int | None
    duty_phone: str
    valid_from: datetime
    valid_to: datetime | None

    @property
    def depth(self) -> int:
        """The root is 1."""
        return len(self.path_ids)

    def in_force(self, at: datetime) -> bool:
        """Tell whether the unit exists at an instant."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


@dataclass(frozen=True, slots=True)
class Ruling:
    """Who answers for a category at a place, by which row, and why, in words."""

    lead_unit: UnitNode
    assists: tuple[UnitNode, ...]
    row_id: int
    number: str
    basis: str
    why: str
    # Numbers of other rows that speak just as loud for another lead.
    contradicted_by: tuple[str, ...] = ()


class Directory:
    """All units, ended ones too, and the rows of the responsibility list."""

    def __init__(self) -> None:
        self.by_id = {unit.pk: _unit(unit) for unit in Unit.objects.order_by("code")}
        self.by_code = {unit.code: unit for unit in self.by_id.values()}
        self._children: dict[int | None, list[UnitNode]] = {}
        self._by_place: dict[tuple[str, int], list[UnitNode]] = {}
        self._below: dict[int, set[int]] = {}
        for unit in self.by_id.values():
            self._children.setdefault(unit.parent_id, []).append(unit)
            if unit.area_id is not None:
                self._by_place.setdefault((unit.kind, unit.area_id), []).append(unit)
            for above in unit.path_ids:
                self._below.setdefault(above, set()).add(unit.id)
        self._descendants = {unit_id: frozenset(ids) for unit_id, ids in self._below.items()}
        self.rows = [_row(row) for row in Responsibility.objects.order_by("number", "pk")]
        self._rows: dict[tuple[int | None, str, str], list[ListRow]] = {}
        for row in self.rows:
            self._rows.setdefault((row.area_id, row.level, row.category), []).append(row)

    def children(self, unit_id: int | None) -> list[UnitNode]:
        """Return the units right below, by code; None asks for the roots."""
        return self._children.get(unit_id, [])

    def descendants(self, unit_id: int) -> frozenset[int]:
        """Return the ids of a unit and everything below it."""
        return self._descendants.get(unit_id, frozenset())

    def walk(self, unit_id: int | None = None) -> Iterator[UnitNode]:
        """Yield units in the order of a tree view, each parent before its children."""
        for unit in self.children(unit_id):
            yield unit
            yield from self.walk(unit.id)

    def nearest(self, kind: str, path_ids: Sequence[int], at: datetime) -> UnitNode | None:
        """Return the unit of a kind whose area is the nearest above (or at) the end of a path of areas."""
        for area_id in reversed(path_ids):
            for unit in self._by_place.get((kind, area_id), ()):
                if unit.in_force(at):
                    return unit
        return None

    def speaking(self, category: str, path_ids: Sequence[int], level: str, at: datetime) -> list[ListRow]:
        """Return the most specific rows of the list for a category at the end of a path of areas."""
        return speaking(self._near(category, path_ids, level), category, path_ids, level, at)

    def able(self, category: str, path_ids: Sequence[int], level: str, at: datetime) -> list[ListRow]:
        """Return the most specific rows among those whose lead exists there."""
        near = self._near(category, path_ids, level)
        return speaking((row for row in near if self.lead(row, path_ids, at)), category, path_ids, level, at)

    def _near(self, category: str, path_ids: Sequence[int], level: str) -> list[ListRow]:
        """Look up every shorter form of the category in every area above; the list itself may be long."""
        shorter = [category[:length] for length in range(len(category) + 1)]
        keys = ((area_id, level, form) for area_id in (None, *path_ids) for form in shorter)
        return [row for key in keys for row in self._rows.get(key, ())]

    def lead(self, row: ListRow, path_ids: Sequence[int], at: datetime) -> UnitNode | None:
        """Return the unit that leads by a row at the end of a path of areas, if there is one."""
        if row.lead_id is None:
            return self.nearest(row.lead_kind, path_ids, at)
        unit = self.by_id.get(row.lead_id)
        return unit if unit is not None and unit.in_force(at) else None


def _unit(unit: Unit) -> UnitNode:
    return UnitNode(
        id=unit.pk,
        code=unit.code,
        name=unit.name,
        short_name=unit.short_name,
        kind=unit.kind,
        level=unit.level,
        parent_id=unit.parent_id,
        path_ids=tuple(int(part) for part in unit.path.split(".") if part),
        area_id=unit.area_id,
        duty_phone=unit.duty_phone,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )


def _row(row: Responsibility) -> ListRow:
    return ListRow(
        id=row.pk,
        number=row.number,
        category=row.category,
        area_id=row.area_id,
        level=row.level,
        lead_id=row.lead_id,
        lead_kind=row.lead_kind,
        assists=tuple(row.assists),
        basis=row.basis,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


_directory: Versioned[Directory] = Versioned("organizations", Directory)


def directory(numbers: Mapping[str, int] | None = None) -> Directory:
    """Return the units and the list in force; with this request's `numbers`, no statement unless changed."""
    return _directory.get() if numbers is None else _directory.at(numbers)


def responsible(
    category: str, area: AreaNode, level: str, *, at: datetime, numbers: Mapping[str, int] | None = None
) -> Ruling | None:
    """Return who answers for a category in an area when a holder of `level` dispatches; None: nobody is named.

    The most specific row wins: the longer category first, then the deeper area. A row whose unit
    has ended or is missing there steps back behind the next.
    """
    known = directory(numbers)
    rows = known.speaking(category, area.path_ids, level, at)
    led = [(row, unit) for row in rows if (unit := known.lead(row, area.path_ids, at)) is not None]
    if not led:
        return _broader(known, category, area, level, at) if rows else None
    return _ruling(known, led, area, at)


def _broader(known: Directory, category: str, area: AreaNode, level: str, at: datetime) -> Ruling | None:
    """Look on among less specific rows when the best name nobody who exists."""
    rows = known.able(category, area.path_ids, level, at)
    led = [(row, unit) for row in rows if (unit := known.lead(row, area.path_ids, at)) is not None]
    return _ruling(known, led, area, at) if led else None


def _ruling(known: Directory, led: Sequence[tuple[ListRow, UnitNode]], area: AreaNode, at: datetime) -> Ruling:
    row, lead = led[0]
    assists = tuple(
        unit
        for unit_id in row.assists
        if (unit := known.by_id.get(unit_id)) is not None and unit.in_force(at) and unit.id != lead.id
    )
    return Ruling(
        lead_unit=lead,
        assists=assists,
        row_id=row.id,
        number=row.number,
        basis=row.basis,
        why=_why(row, lead, area),
        contradicted_by=tuple(other.number for other, unit in led[1:] if unit.id != lead.id),
    )


def _why(row: ListRow, lead: UnitNode, area: AreaNode) -> str:
    what = _("分类 {code}").format(code=row.category) if row.category else _("所有分类")
    where = area.breadcrumb[area.path_ids.index(row.area_id)] if row.area_id else _("全域")
    text = _("权责清单第 {number} 条：{where}的{what}由{lead}牵头。").format(
        number=row.number, where=where, what=what, lead=lead.short_name or lead.name
    )
    return text + _("（按“本区域同类单位”找到）") if row.lead_kind else text


def unit_tree(at: datetime, numbers: Mapping[str, int] | None = None) -> list[UnitNode]:
    """Return the units that exist, in the order of a tree view; `depth` tells how far to indent."""
    return [unit for unit in directory(numbers).walk() if unit.in_force(at)]


def descendants(unit_id: int, numbers: Mapping[str, int] | None = None) -> frozenset[int]:
    """Return the ids of a unit and everything below it."""
    return directory(numbers).descendants(unit_id)


def unit(unit_id: int, numbers: Mapping[str, int] | None = None) -> UnitNode | None:
    """Return a unit by its id, ended ones too."""
    return directory(numbers).by_id.get(unit_id)


@dataclass(frozen=True, slots=True)
class Gap:
    """A category for which the list names nobody in an area, at any of the levels asked for."""

    category: str
    area: AreaNode


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rows that speak just as loud but name different leads."""

    category: str
    area: AreaNode
    level: str
    numbers: tuple[str, ...]


def gaps_and_conflicts(
    categories: Sequence[str],
    areas: Sequence[AreaNode],
    *,
    levels: Sequence[str],
    at: datetime,
    numbers: Mapping[str, int] | None = None,
) -> tuple[list[Gap], list[Conflict]]:
    """Go through categories × areas: where nobody is named at any level, and where the list contradicts itself."""
    current = dict(numbers) if numbers is not None else None
    gaps, conflicts = [], []
    for area in areas:
        for category in categories:
            rulings = {level: responsible(category, area, level, at=at, numbers=current) for level in levels}
            if not any(rulings.values()):
                gaps.append(Gap(category, area))
            conflicts += [
                Conflict(category, area, level, (ruling.number, *ruling.contradicted_by))
                for level, ruling in rulings.items()
                if ruling is not None and ruling.contradicted_by
            ]
    return gaps, conflicts
