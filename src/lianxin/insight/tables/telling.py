"""From counts to a table: names, order, totals, shares, and what is not told because too few said it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as units
from lianxin.insight.statistics import folding, places
from lianxin.insight.statistics.figures import FEW
from lianxin.insight.statistics.indicators import PRIVATE
from lianxin.insight.statistics.measures import MEASURES
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.words import Channel, Kind, Severity, Stage
from lianxin.work.dispatch.queries import catalogue

from . import counting
from .asking import Asked, indicator, label, measures_of
from .counting import ALL, Counted, Key, Plan, Sums
from .dimensions import DIMENSIONS, Dimension

Numbers = Mapping[str, int]
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WORDS: Mapping[str, Mapping[str, str | Promise]] = {
    "channel": {each.value: each.label for each in Channel}, "kind": {each.value: each.label for each in Kind},
    "severity": {each.value: each.label for each in Severity}, "stage": {each.value: each.label for each in Stage},
}  # fmt: skip
_DATED: Mapping[str, str | Promise] = {
    "reported_at": lazy("按上报日计，一件案件一次"), "checked_at": lazy("按第一次答复核实的日子计"),
    "filed_at": lazy("按第一次立案的日子计"), "dispatched_at": lazy("按第一次派遣的日子计"),
    "verified_at": lazy("按第一次核查的日子计"), "duty_at": lazy("按办好或到期的日子计，先到的算；停表的不算"),
    "ended_at": lazy("按办结的日子计"), "reopened_at": lazy("按最后一次重办的日子计"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a table. `value` is None where there is none or it is not told; `count` cases stand behind it."""

    figure: str
    value: float | None
    count: int = 0
    is_hidden: bool = False
    column: Key = ALL

    @property
    def is_share(self) -> bool:
        """Tell whether the value is a share between 0 and 1."""
        return indicator(self.figure) is not None


@dataclass(frozen=True, slots=True)
class Line:
    """A row: what it is of, and its numbers."""

    key: Key
    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is told: headings, rows in order, the row of all, and as of when."""

    asked: Asked
    plan: Plan
    heads: Sequence[str]
    lines: Sequence[Line]
    total: Line
    as_of: datetime

    @property
    def head(self) -> str:
        """What the rows are told apart by."""
        return str(DIMENSIONS[self.asked.rows].label)

    @property
    def title(self) -> str:
        """Say what the table is: 各街道的上报、按期处置率."""
        by = "、".join(str(each.label) for each in self.asked.by)
        return _("按{by}看{figures}").format(by=by, figures="、".join(label(each) for each in self.asked.figures))


def told(asked: Asked, *, at: datetime, numbers: Numbers) -> Table:
    """Count a table and tell it. Three statements at most."""
    counted = counting.count(asked)
    rows = _keys(asked, asked.rows, {row for row, _column in counted}, at, numbers)
    columns: list[Key] = [ALL]
    if asked.across:
        found = {column for _row, column in counted}
        columns = [*(key for key in _keys(asked, asked.across, found, at, numbers)), ALL]
    sums = _added(asked, counted)
    hidden = _hidden(asked, sums, rows, columns)
    lines = [
        Line(row, name(DIMENSIONS[asked.rows], row, numbers), _cells(asked, sums, hidden, row, columns)) for row in rows
    ]
    total = Line(ALL, _("合计"), _cells(asked, sums, hidden, ALL, columns))
    as_of = folding.standing(at=at).as_of or at
    return Table(asked, counting.plan(asked), _heads(asked, columns, numbers), _sorted(asked, lines), total, as_of)


def _heads(asked: Asked, columns: Sequence[Key], numbers: Numbers) -> list[str]:
    if not asked.across:
        return [label(each) for each in asked.figures]
    return [_("合计") if key is ALL else name(DIMENSIONS[asked.across], key, numbers) for key in columns]


def _added(asked: Asked, counted: Counted) -> dict[tuple[Key, Key], Sums]:
    """Return the sums of every cell, row, column and of all."""
    sums: dict[tuple[Key, Key], Sums] = {}
    for (row, column), cell in counted.items():
        across = column if asked.across else ALL
        for key in {(row, across), (row, ALL), (ALL, across), (ALL, ALL)}:
            into = sums.setdefault(key, {})
            for measure, value in cell.items():
                into[measure] = into.get(measure, 0) + value
    return sums


def _cells(
    asked: Asked, sums: Mapping[tuple[Key, Key], Sums], hidden: set[tuple[Key, Key]], row: Key, columns: Sequence[Key]
) -> list[Cell]:
    if asked.across:
        (figure,) = asked.figures
        return [
            _cell(figure, sums.get((row, column), {}), column, is_hidden=(row, column) in hidden) for column in columns
        ]
    return [_cell(figure, sums.get((row, ALL), {}), ALL, is_hidden=(row, ALL) in hidden) for figure in asked.figures]


def _cell(figure: str, sums: Mapping[str, int], column: Key, *, is_hidden: bool) -> Cell:
    what = indicator(figure)
    if is_hidden and not PRIVATE.isdisjoint(measures_of(figure)):
        return Cell(figure, None, is_hidden=True, column=column)
    if what is None:
        value = sums.get(figure, 0)
        return Cell(figure, value, value, column=column)
    numerator, denominator = sums.get(what.numerator, 0), sums.get(what.denominator, 0)
    if what.is_complement:
        numerator = denominator - numerator
    return Cell(figure, numerator / denominator if denominator else None, numerator, column=column)


def _hidden(
    asked: Asked, sums: Mapping[tuple[Key, Key], Sums], rows: Sequence[Key], columns: Sequence[Key]
) -> set[tuple[Key, Key]]:
    """Return the cells where fewer than five persons said something, and so many more that no sum gives them away."""
    names = {name for figure in asked.figures for name in measures_of(figure)} & PRIVATE
    if not names:
        return set()
    asked_of = {
        key: max(_asked_of(name, each) for name in names)
        for key, each in sums.items()
        if key[0] is not ALL or asked.across
    }
    few = {key for key, count in asked_of.items() if 0 < count < FEW}
    if sum(asked_of.get((row, ALL), 0) for row in rows) < FEW:
        return set(sums)
    while added := {key for line in _lines(rows, columns, asked) if (key := _also(line, asked_of, few)) is not None}:
        few |= added
    return few


def _asked_of(name: str, sums: Mapping[str, int]) -> int:
    """Return how many were asked what a measure tells of."""
    of = {"solved": "asked_solved", "satisfied": "asked_satisfied"}.get(name, name)
    return sums.get(of, sums.get(name, 0))


def _lines(rows: Sequence[Key], columns: Sequence[Key], asked: Asked) -> Iterable[list[tuple[Key, Key]]]:
    """Yield the cells that add up to one total: down each column, and along each row and the totals."""
    for column in columns:
        yield [(row, column) for row in rows]
    if asked.across:
        for row in (*rows, ALL):
            yield [(row, column) for column in columns if column is not ALL]


def _also(
    line: Sequence[tuple[Key, Key]], asked_of: Mapping[tuple[Key, Key], int], few: set[tuple[Key, Key]]
) -> tuple[Key, Key] | None:
    """Return one cell more to hide where what is hidden in a line could be found by taking the rest from its sum."""
    inside = [key for key in line if key in few]
    if not inside or (len(inside) > 1 and sum(asked_of[key] for key in inside) >= FEW):
        return None
    rest = [key for key in line if key not in few and asked_of.get(key, 0) > 0]
    return min(rest, key=lambda key: asked_of[key]) if rest else None


def _keys(asked: Asked, code: str, found: set[Key], at: datetime, numbers: Numbers) -> list[Key]:
    """Return the rows or columns there are: all days and areas, with nothing in them as well; of others those found."""
    dimension, rest = DIMENSIONS[code], {None} & found
    known = found - {None}
    if dimension.sort == "time":
        return [*_times(asked, code), *rest]
    if dimension.sort == "area":
        inside = _below(asked, code, at, numbers)
        return [*inside, *sorted(known - set(inside)), *rest]
    if dimension.sort == "word":
        return [*(word for word in _WORDS[code] if word in known), *rest]
    order = {pk: place for place, pk in enumerate(catalogue(numbers).by_id)} if code in {"major", "category"} else {}
    return [*sorted(known, key=lambda pk: (order.get(pk, len(order)), pk)), *rest]


def _below(asked: Asked, code: str, at: datetime, numbers: Numbers) -> list[int]:
    inside = places.below(asked.place, at=at, numbers=numbers)
    if code == "community" and asked.place.kind == "city":
        inside = [one for each in inside for one in places.below(each, at=at, numbers=numbers)]
    return [each.area_id for each in inside]


def _times(asked: Asked, code: str) -> list[Key]:
    if code == "weekday":
        return list(range(1, 8))
    if code == "hour":
        return list(range(24))
    first, last = asked.period.first, asked.period.last
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    if code == "week":
        days = [day - timedelta(days=day.weekday()) for day in days]
    elif code == "month":
        days = [day.replace(day=1) for day in days]
    return list(dict.fromkeys(days))


def name(dimension: Dimension, key: Key, numbers: Numbers) -> str:
    """Return the name of a row or column."""
    if key is None:
        return _("没有{what}").format(what=dimension.label)
    if dimension.sort == "time":
        return _time(dimension.code, key)
    if dimension.sort == "word":
        stage = flow_settings(numbers).stage_label(key) if dimension.code == "stage" else ""
        return stage or str(_WORDS[dimension.code].get(key, key))
    return _thing(dimension.code, key, numbers)


def _thing(code: str, pk: int, numbers: Numbers) -> str:
    if code in {"street", "community"}:
        node = areas.index(numbers).nodes.get(pk)
        return node.name if node else str(pk)
    if code == "unit":
        found = units.unit(pk, numbers)
        return found.short_name or found.name if found else str(pk)
    known = catalogue(numbers).by_id.get(pk)
    return known.name if known else str(pk)


def _time(code: str, key: Any) -> str:
    if code == "weekday":
        return _WEEKDAYS[key - 1]
    if code == "hour":
        return _("{hour} 点").format(hour=key)
    day: date = key
    if code == "month":
        return f"{day.year}年{day.month}月"
    said = f"{day.month}月{day.day}日"
    return _("{day}起一周").format(day=said) if code == "week" else said


def _sorted(asked: Asked, lines: Sequence[Line]) -> list[Line]:
    """Return the rows as asked: by a figure, the most first; without a word things by their first figure."""
    figures = list(asked.figures)
    place: int | None = None
    if asked.sort in figures and not asked.across:
        place = figures.index(asked.sort)
    elif not asked.sort and DIMENSIONS[asked.rows].sort == "thing":
        place = -1 if asked.across else 0
    if place is None:
        return list(lines)
    return sorted(lines, key=lambda line: -(_value(line.cells[place])))


def _value(cell: Cell) -> float:
    return cell.value if cell.value is not None else -1.0


def definitions(asked: Asked) -> list[tuple[str, str]]:
    """Return each figure with what it says."""
    return [
        (str(what.label), str(what.definition))
        if (what := indicator(figure)) is not None
        else (str(MEASURES[figure].label), str(_DATED[MEASURES[figure].instant]))
        for figure in asked.figures
    ]
