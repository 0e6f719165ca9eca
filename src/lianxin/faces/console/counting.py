"""Statistics as their page draws them: figures in words, each with its definition and the list behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from lianxin.faces.console.asking import Asking
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import FunnelRow, Kpi
from lianxin.insight.statistics import figures
from lianxin.insight.statistics.behind import OPEN, STAND, STAY
from lianxin.insight.statistics.figures import Figure, Sums
from lianxin.insight.statistics.indicators import INDICATORS, Indicator
from lianxin.work.cases.settings import flow_settings

LEAST = 10  # cases: of fewer no share is told beside others
_CHART = (540, 176, 8)  # width, height, rim
_LEVELS = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a table with the list behind it: `said` is what stands there, `count` how many the list has."""

    said: str
    url: str = ""
    tone: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table of places, categories or units."""

    name: str
    url: str
    cells: Sequence[tuple[str, Cell]]  # under which heading


@dataclass(frozen=True, slots=True)
class Chart:
    """Two lines over twelve weeks, with the table behind them."""

    came: str
    went: str
    labels: Sequence[tuple[float, str]]
    came_end: tuple[float, str]
    went_end: tuple[float, str]
    rows: Sequence[tuple[str, Cell, Cell]] = field(default_factory=tuple)


def number(asking: Asking, counted: Sums, what: str, **more: Any) -> Cell:
    """Return a count as a link to its cases; a zero has none."""
    count = counted[what]
    return Cell(words.count(count), asking.cases(what, **more) if count else "", count=count)


def share(found: Figure, *, least: int = 1) -> str:
    """Say an indicator, or why it is not told."""
    if found.is_hidden:
        return _("少于 {few} 件，不列").format(few=figures.FEW)
    if found.value is None:
        return words.UNKNOWN
    return words.percent(found.value) if found.denominator >= least else _("不足 {least} 件").format(least=least)


def change(now: float | None, then: float | None, than: str, *, is_share: bool = False) -> tuple[str, str]:
    """Return how a figure changed against what, in words, and its direction."""
    if now is None or then is None:
        return "", ""
    said, direction = moved(now, then, is_share=is_share)
    if direction:
        return _("{said}，比{than}").format(said=said, than=than), direction
    return (_("和{than}一样") if now == then else _("{than}没有")).format(than=than), ""


def moved(now: float | None, then: float | None, *, is_share: bool = False) -> tuple[str, str]:
    """Return by how much a figure changed, and its direction: shares by points, counts by percent if not too few.

    A tenth more of three is no news, so below `LEAST` counts differ by cases; nothing is said where there was none.
    """
    if now is None or then is None or (not then and not is_share):
        return "", ""
    by = round((now - then) * 100, 1) if is_share else now - then
    if not by:
        return "", ""
    direction = "up" if by > 0 else "down"
    if is_share:
        return _("{points} 点").format(points=f"{abs(by):g}"), direction
    return words.percent(abs(by) / then) if then >= LEAST else words.count(abs(by)), direction


def count_card(asking: Asking, name: str, what: str, meaning: str, told: "Told") -> Kpi:
    """Return the card of a number of cases."""
    said, direction = change(told.now[what], told.then[what], told.than)
    url = asking.cases(what) if told.now[what] else ""
    points = [each[what] for each in told.line]
    count = told.now[what]
    return Kpi(name, words.count(count), _("件"), meaning, said, direction, None, points, url, count)


@dataclass(frozen=True, slots=True)
class Told:
    """The sums that the cards are made of: now, the stretch before, the points of the lines."""

    now: Sums
    then: Sums
    than: str
    line: Sequence[Sums]
    as_of: datetime | None


def share_card(asking: Asking, code: str, told: Told) -> Kpi:
    """Return the card of an indicator, with its parts in numbers."""
    what = INDICATORS[code]
    now, then = (figures.figure(what, each, as_of=told.as_of) for each in (told.now, told.then))
    said, direction = change(now.value, then.value, told.than, is_share=True)
    better = None if not direction or not what.better else direction == what.better
    parts = "" if now.is_hidden or not now.denominator else _("：{numerator} ÷ {denominator}").format(
        numerator=words.count(now.numerator), denominator=words.count(now.denominator)
    )  # fmt: skip
    points = [figures.figure(what, each, as_of=None).value for each in told.line]
    line = [each for each in points if each is not None] if None not in points else []
    value, unit = (share(now).removesuffix("%"), "%") if now.value is not None else (words.UNKNOWN, "")
    url = numerator_url(asking, now)
    meaning = f"{what.formula}{parts}。{what.definition}"
    return Kpi(str(what.label), value, unit, meaning, said, direction, better, line, url, now.numerator)


def numerator_url(asking: Asking, found: Figure, **more: Any) -> str:
    """Return the list of the cases that an indicator's numerator counts."""
    what = found.indicator
    if not found.numerator or found.is_hidden:
        return ""
    if what.is_complement:
        return asking.cases(what.denominator, **{"not": what.numerator}, **more)
    return asking.cases(what.numerator, **more)


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator with what it is made of: as the books say, and as it is counted here."""

    label: str
    formula: str
    definition: str
    value: str
    change: str
    direction: str
    better: bool | None
    numerator: Cell
    denominator: Cell
    group: str


def indicator_rows(asking: Asking, told: "Told") -> list[IndicatorRow]:
    """Return every indicator that can be told of the place, those of one kind of work together."""
    wanted: list[Indicator] = [
        each for each in INDICATORS.values() if each.of_units or asking.place.kind != "unit"
    ]  # fmt: skip
    return [_indicator_row(asking, what, told) for what in wanted]


def _indicator_row(asking: Asking, what: Indicator, told: "Told") -> IndicatorRow:
    found, before = (figures.figure(what, each, as_of=None) for each in (told.now, told.then))
    said, direction = change(found.value, before.value, told.than, is_share=True)
    above = beneath = Cell(words.UNKNOWN)
    if not found.is_hidden:
        below = asking.cases(what.denominator) if found.denominator else ""
        above = Cell(words.count(found.numerator), numerator_url(asking, found), count=found.numerator)
        beneath = Cell(words.count(found.denominator), below, count=found.denominator)
    better = None if not direction or not what.better else direction == what.better
    return IndicatorRow(
        str(what.label), str(what.formula), str(what.definition), share(found), said, direction, better,
        above, beneath, str(what.group),
    )  # fmt: skip


def funnel(asking: Asking) -> list[FunnelRow]:
    """Return how long cases stood in each stage that they left in the period."""
    settings = flow_settings(asking.numbers)
    return [
        FunnelRow(
            settings.stage_label(each.stage), each.count, each.median, each.p90, each.limit or 0.0,
            asking.cases(f"{STAY}{each.stage}"),
        )
        for each in figures.dwells(asking.place, asking.period.first, asking.period.last)
    ]  # fmt: skip


def standing_funnel(asking: Asking) -> list[FunnelRow]:
    """Return in which stage the open cases of a place stand now, and for how long so far."""
    settings = flow_settings(asking.numbers)
    return [
        FunnelRow(
            settings.stage_label(each.stage), each.count, each.median, each.p90, each.limit or each.p90,
            asking.cases(f"{STAND}{each.stage}", period=""),
        )
        for each in figures.standings(asking.place, at=asking.at)
    ]  # fmt: skip


def trend(asking: Asking, weeks: Sequence[tuple[date, date]], counted: Sequence[Sums]) -> Chart | None:
    """Return the chart of twelve weeks: reported and ended; None where nothing ever was."""
    came, went = ([each[name] for each in counted] for name in ("reported", "ended"))
    most = max(*came, *went)
    if not most:
        return None
    width, height, rim = _CHART
    step = (width - 2 * rim) / (len(weeks) - 1)

    def place(values: Sequence[int]) -> list[tuple[float, float]]:
        return [
            (round(rim + step * number, 1), round(height - rim - value / most * (height - 2 * rim), 1))
            for number, value in enumerate(values)
        ]

    lines = {name: place(values) for name, values in (("came", came), ("went", went))}
    ends = [lines["came"][-1][1], lines["went"][-1][1]]
    if abs(ends[0] - ends[1]) < 16:  # labels that would cover each other
        upper = 0 if ends[0] <= ends[1] else 1
        ends[upper], ends[1 - upper] = ends[upper] - 8, ends[upper] + 8
    today = words.local(asking.at).date()
    labels = [(lines["came"][number][0], words.day(weeks[number][0], today)) for number in range(0, len(weeks), 3)]
    return Chart(
        _points(lines["came"]), _points(lines["went"]), labels,
        (round(ends[0] + 4, 1), _("上报 {count}").format(count=words.count(came[-1]))),
        (round(ends[1] + 4, 1), _("办结 {count}").format(count=words.count(went[-1]))),
        [
            (
                f"{words.day(first, today)}–{words.day(last, today)}",
                number(asking, each, "reported", **days(first, last)),
                number(asking, each, "ended", **days(first, last)),
            )
            for (first, last), each in zip(weeks, counted, strict=True)
        ],
    )  # fmt: skip


def days(first: date, last: date) -> dict[str, str]:
    """Return the words of an address for some days."""
    return {"period": "", "from": first.isoformat(), "to": last.isoformat()}


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)


@dataclass(frozen=True, slots=True)
class Heat:
    """When reports come, by weekday and hour: a path for each shade, the darker the more.

    `rows` are weekday, its cells with their shades, and its sum; `hours` the sums of the hours.
    """

    paths: Sequence[tuple[int, str]]
    most: str
    rows: Sequence[tuple[str, Sequence[tuple[int, Cell]], Cell]]
    hours: Sequence[Cell]
    total: Cell


def heat(asking: Asking) -> Heat | None:
    """Return when cases were reported; None where none were."""
    found = figures.heat(asking.place, asking.period.first, asking.period.last)
    most = max(max(hours) for hours in found)
    if not most:
        return None
    shades = [[_shade(count, most) for count in hours] for hours in found]
    paths: dict[int, list[str]] = {}
    for weekday, hours in enumerate(shades):
        for hour, level in enumerate(hours):
            if level:
                paths.setdefault(level, []).append(f"M{hour * 20} {weekday * 20}h18v18h-18z")
    day, hour, count = max(
        ((day, hour, count) for day, hours in enumerate(found) for hour, count in enumerate(hours)),
        key=lambda each: each[2],
    )
    said = _("{day} {hour} 点最多，{count} 件").format(day=words.WEEKDAYS[day], hour=hour, count=words.count(count))

    def cell(count: int, **more: int) -> Cell:
        return Cell(words.count(count), asking.cases("reported", **more) if count else "", count=count)

    rows = [
        (
            words.WEEKDAYS[weekday],
            [(shades[weekday][hour], cell(count, weekday=weekday + 1, hour=hour)) for hour, count in enumerate(hours)],
            cell(sum(hours), weekday=weekday + 1),
        )
        for weekday, hours in enumerate(found)
    ]
    by_hour = [cell(sum(each), hour=hour) for hour, each in enumerate(zip(*found, strict=True))]
    total = cell(sum(map(sum, found)))
    return Heat([(level, "".join(parts)) for level, parts in sorted(paths.items())], said, rows, by_hour, total)


def _shade(count: int, most: int) -> int:
    return min(_LEVELS, 1 + (count * _LEVELS - 1) // most) if count else 0


def headings() -> list[str]:
    """Return what stands above the columns of a table of places, categories or units."""
    return [_("上报"), _("应处置"), _("按期处置率"), _("超期未处置"), _("返工率"), _("满意率")]


def line(name: str, counted: Sums, inside: Asking, *, url: str = "", **more: Any) -> Line:
    """Return a row: counts with their lists, shares where there are enough cases to compare."""

    def rate(code: str) -> Cell:
        found = figures.figure(INDICATORS[code], counted, as_of=None)
        said = share(found, least=LEAST)
        return Cell(said, numerator_url(inside, found, **more) if said.endswith("%") else "", count=found.numerator)

    late = number(inside, counted, "late_open", **more)
    cells = [
        number(inside, counted, "reported", **more),
        number(inside, counted, "due", **more),
        rate("on_time"),
        Cell(late.said, late.url, "late" if late.url else "", late.count),
        rate("reworked"),
        rate("satisfied"),
    ]
    return Line(name, url, list(zip(headings(), cells, strict=True)))


def stock_card(asking: Asking, *, is_now: bool) -> Kpi:
    """Return the card of the cases under way at the period's end; the list is of those under way now."""
    found = figures.stock(asking.place, asking.period.first, asking.period.last)
    meaning = _("期初 {opening} 件 + 新到 {came} 件 − 办结 {went} 件；重办、撤销并案的算新到").format(
        opening=words.count(found.opening), came=words.count(found.came), went=words.count(found.went)
    )
    url = asking.cases(OPEN, period="") if is_now and found.closing else ""
    return Kpi(_("在办"), words.count(found.closing), _("件"), meaning, url=url, count=found.closing)
