"""Count what a table asks for: from the cubes where they hold it, else from the facts. Reads only.

Every case stands in at most one row of a measure, so sums of rows are totals; what has no street, unit or category
stands in a row of its own (key None). Cubes and facts give the same.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db import connection
from django.db.models.expressions import RawSQL

from lianxin.foundation.areas import queries as areas
from lianxin.insight.statistics.cubes import measured
from lianxin.insight.statistics.figures import instants
from lianxin.insight.statistics.measures import INSTANTS, MEASURES
from lianxin.insight.statistics.places import Place
from lianxin.work.cases.models import Case
from lianxin.work.cases.models.case import CaseQuerySet

from .asking import Asked, indicator, measures_of
from .dimensions import DIMENSIONS, FILTERS

Key = Any  # an id, a word, a day or a number; None: cases that have none
Sums = dict[str, int]
Counted = dict[tuple[Key, Key], Sums]
MANY = 300_000  # facts that may have to be read, beyond which the page says so first
ALL = object()  # a row or column of all


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the numbers come from, and about how many facts have to be read for them."""

    source: Literal["cube", "facts"]
    facts: int

    @property
    def is_long(self) -> bool:
        """Tell whether it takes more than a moment."""
        return self.source == "facts" and self.facts > MANY


def plan(asked: Asked) -> Plan:
    """Say where a table's numbers come from. One statement, none for a cube."""
    if _facet(asked) is not None:
        return Plan("cube", 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE relname = 'case_fact'")
        return Plan("facts", int(cursor.fetchone()[0]))


def count(asked: Asked) -> Counted:
    """Return the measures of every row and column. One statement from facts, two from a cube."""
    names = tuple(dict.fromkeys(name for figure in asked.figures for name in measures_of(figure)))
    facet = _facet(asked)
    return _from_facts(asked, names) if facet is None else _from_cube(asked, names, *facet)


def _from_facts(asked: Asked, names: Sequence[str]) -> Counted:
    where, values = _which(asked)
    begin, end = instants(asked.period.first, asked.period.last)
    used = [name for name in INSTANTS if any(MEASURES[each].instant == name for each in names)]
    dated = " OR ".join(f"(f.{name} >= %s AND f.{name} < %s)" for name in used)
    keys = [DIMENSIONS[code].fact.format(at="instant.at") if code else "0" for code in (asked.rows, asked.across)]
    counted = measured(f"{keys[0]} AS r, {keys[1]} AS c", "1, 2", names).format(
        more="", where="AND instant.at >= %s AND instant.at < %s"
    )
    found = _rows(
        f"WITH change AS (SELECT 1 AS sign, f.* FROM case_fact f WHERE {where} AND ({dated})) {counted}",
        [*values, *([begin, end] * len(used)), begin, end],
    )
    return {(row[0], row[1]): dict(zip(names, row[2:], strict=True)) for row in found if any(row[2:])}


def _facet(asked: Asked) -> tuple[str, str] | None:
    """Return the facet of the cube and by which of its columns it is told apart; None where no cube holds it."""
    timed = {code for code in (asked.rows, asked.across) if code and DIMENSIONS[code].on_cell}
    rest = {asked.rows, asked.across} - timed - {""}
    kind = asked.place.kind
    if asked.filters or len(rest) > 1:
        return None
    if not rest:
        return ("unit" if kind == "unit" else "", "")
    (code,) = rest
    if code in {"street", "community"} and kind in {"city", "street"}:
        return "", "area_id"
    if (code == "unit" and kind == "city") or (code == "major" and kind in {"city", "street"}):
        return code, "facet_id"
    return None


def _from_cube(asked: Asked, names: Sequence[str], facet: str, column: str) -> Counted:
    place = asked.place
    one = ["unit", [0], [place.unit_id]] if place.kind == "unit" else ["", [place.area_id], [0]]
    whole = _cells(asked, names, *one, column="")
    if not column:
        return whole
    code = asked.rows if not DIMENSIONS[asked.rows].on_cell else asked.across
    inside = _areas(place, code) if column == "area_id" else [place.area_id]
    found = _cells(asked, names, facet, inside, [0] if column == "area_id" else None, column=column)
    return {key: sums for key, sums in _with_none(asked, whole, found).items() if any(sums.values())}


def _cells(asked: Asked, names: Sequence[str], facet: Any, inside: Any, facet_ids: Any, *, column: str) -> Counted:
    """Return sums of cells; `column` stands for what is told apart by area or facet, nothing leaves it out."""
    keys = [
        DIMENSIONS[code].on_cell or (f"cell.{column}" if column else "NULL::bigint") if code else "0"
        for code in (asked.rows, asked.across)
    ]
    sums = ", ".join(f"sum(cell.{name})::int" for name in names)
    found = _rows(
        f"SELECT {keys[0]}, {keys[1]}, {sums} FROM flow_cell cell WHERE cell.facet = %s AND cell.area_id = ANY(%s)"
        f"{' AND cell.facet_id = ANY(%s)' if facet_ids is not None else ''}"
        " AND cell.day BETWEEN %s AND %s GROUP BY 1, 2",
        [facet, inside, *([facet_ids] if facet_ids is not None else []), asked.period.first, asked.period.last],
    )
    return {(row[0], row[1]): dict(zip(names, row[2:], strict=True)) for row in found if any(row[2:])}


def _with_none(asked: Asked, whole: Counted, found: Counted) -> Counted:
    """Add what is in no street, unit or category: what the whole has more than its parts."""
    told_apart = 0 if not DIMENSIONS[asked.rows].on_cell else 1
    parts: Mapping[Key, Sums] = defaultdict(lambda: defaultdict(int))
    for key, sums in found.items():
        for name, value in sums.items():
            parts[key[1 - told_apart]][name] += value
    rest = {key: {name: value - parts[key[1 - told_apart]][name] for name, value in sums.items()}
            for key, sums in whole.items()}  # fmt: skip
    return {**found, **rest}


def _areas(place: Place, role: str) -> list[int]:
    """Return all areas of a level in a place, those that have ended as well: cases stay where they were reported."""
    nodes = areas.index().nodes.values()
    return [node.id for node in nodes if node.role == role and place.area_id in (0, node.street_id)]


def _which(asked: Asked) -> tuple[str, list[Any]]:
    """Return which facts a table is about, whatever the days."""
    parts, values = ["true"], []  # type: tuple[list[str], list[Any]]
    if asked.place.kind == "unit":
        parts, values = ["f.unit_id = %s"], [asked.place.unit_id]
    elif asked.place.kind != "city":
        parts, values = [f"f.{asked.place.kind}_id = %s"], [asked.place.area_id]
    for name, kept in asked.filters.items():
        parts.append(f"{FILTERS[name]} = ANY(%s)")
        values.append(list(kept))
    return " AND ".join(parts), values


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a table: a figure in a row and a column; `ALL` for totals."""

    asked: Asked
    figure: str
    row: Key = ALL
    column: Key = ALL


def word_of(key: Key) -> str:
    """Return a row or column as a word of an address."""
    return "none" if key is None else key.isoformat() if isinstance(key, date) else str(key)


def key_of(code: str, word: str | None) -> Key:
    """Return the row or column of a word, all where there is none; raise ValueError for one that means nothing."""
    if word is None:
        return ALL
    if word == "none":
        return None
    dimension = DIMENSIONS[code]
    if dimension.is_number:
        return int(word[:18])
    return date.fromisoformat(word) if dimension.sort == "time" else word[:20]


def cases(number: Number) -> CaseQuerySet:
    """Return the cases behind a number, not yet narrowed to what an actor may see: of a share its numerator."""
    statement, values = _ids(number)
    return Case.objects.filter(pk__in=RawSQL(statement, values))  # noqa: S611 - made of constants, values apart


def count_behind(number: Number) -> int:
    """Return how many cases stand behind a number, by the facts. One statement."""
    statement, values = _ids(number)
    return int(_rows(f"SELECT count(*) FROM ({statement}) found", values)[0][0])


def _ids(number: Number) -> tuple[str, list[Any]]:
    where, values = _which(number.asked)
    what = indicator(number.figure)
    measure = MEASURES[measures_of(number.figure)[0]]
    parts = [where]
    if what is not None and what.is_complement:
        measure, without = MEASURES[what.denominator], MEASURES[what.numerator]
        parts.append(f"NOT ({without.where})")
    at = f"f.{measure.instant}"
    parts += [f"({measure.where})", f"{at} >= %s", f"{at} < %s"]
    values = [*values, *instants(number.asked.period.first, number.asked.period.last)]
    for code, key in ((number.asked.rows, number.row), (number.asked.across, number.column)):
        if code and key is not ALL:
            parts.append(f"{DIMENSIONS[code].fact.format(at=at)} IS NOT DISTINCT FROM %s")
            values.append(key)
    return f"SELECT f.case_id FROM case_fact f WHERE {' AND '.join(parts)}", values


def _rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
