"""Trends as their page draws them: this week, month or year against the last, and what is unlike its own past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.console import counting
from lianxin.faces.console.asking import Asking, channel_name
from lianxin.faces.console.counting import Cell
from lianxin.faces.parts import words
from lianxin.faces.parts.charts import Chart, Series
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.areas import queries as areas
from lianxin.insight.statistics import figures, periods, places, unusual
from lianxin.insight.statistics.figures import Figure, Span, Sums
from lianxin.insight.statistics.indicators import INDICATORS
from lianxin.insight.statistics.unusual import Unusual
from lianxin.work.dispatch.queries import catalogue

SHOWN = 12  # of what is unusual
# What may be drawn: a measure or an indicator by its code.
DRAWN: Mapping[str, str | Promise] = {
    "reported": gettext_lazy("上报"), "ended": gettext_lazy("办结"), "late": gettext_lazy("超期"),
    "on_time": gettext_lazy("按期处置率"), "reworked": gettext_lazy("返工率"), "satisfied": gettext_lazy("满意率"),
}  # fmt: skip
_COUNTS = {"reported", "ended", "late"}
# What stands in the table beside it: counts, then shares.
_COMPARED = ("reported", "filed", "dispatched", "due", "late", "ended")
_SHARES = ("on_time", "dispatched_right", "reworked", "solved", "satisfied")


@dataclass(frozen=True, slots=True)
class Grain:
    """Two stretches side by side, cut into the same parts: this one so far, and the one before as a whole."""

    code: str
    now: str
    then: str
    labels: Sequence[str]
    ours: Sequence[Span]  # the parts of this one that have begun
    theirs: Sequence[Span]

    @property
    def so_far(self) -> Span:
        """From the first day of ours up to today."""
        return self.ours[0][0], self.ours[-1][1]


def grain(code: str, today: date) -> Grain:
    """Return a grain by its code: week by days, month by days, year by months; another is the month."""
    if code == "week":
        monday = today - timedelta(days=today.weekday())
        ours = [(day, day) for day in _days(monday, today)]
        theirs = [(day, day) for day in _days(monday - timedelta(days=7), monday - timedelta(days=1))]
        return Grain(code, _("本周"), _("上周"), [str(each) for each in words.WEEKDAYS], ours, theirs)
    if code == "year":
        months = [(date(year, month, 1), periods.month_end(date(year, month, 1)))
                  for year in (today.year, today.year - 1) for month in range(1, 13)]  # fmt: skip
        ours = [(first, min(last, today)) for first, last in months[:12] if first <= today]
        labels = [_("{month}月").format(month=month) for month in range(1, 13)]
        return Grain(code, _("今年"), _("去年"), labels, ours, months[12:])
    first = today.replace(day=1)
    before = first - timedelta(days=1)
    ours = [(day, day) for day in _days(first, today)]
    theirs = [(day, day) for day in _days(before.replace(day=1), before)]
    most = max(periods.month_end(today).day, before.day)
    return Grain("month", _("本月"), _("上月"), [str(day) for day in range(1, most + 1)], ours, theirs)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=each) for each in range((last - first).days + 1)]


@dataclass(frozen=True, slots=True)
class Compared:
    """A line of the table: a figure of this stretch so far, of the same part of the one before, and the change."""

    label: str
    now: Cell
    then: Cell
    change: str
    direction: str
    better: bool | None


@dataclass(frozen=True, slots=True)
class Trend:
    """The chart of one figure, and the table of all, this against last."""

    chart: Chart
    lines: Sequence[Compared]
    now: str
    then: str


def trend(asking: Asking, cut: Grain, what: str, *, as_of: str) -> Trend:
    """Return a figure in each part of two stretches, and all figures of both so far. One statement."""
    begun, until = cut.so_far
    before = cut.theirs[0][0], min(cut.theirs[-1][1], _same_part(cut, until))
    spans = [(begun, until), before, *cut.ours, *cut.theirs]
    found = figures.sums(asking.place, spans, facet=asking.facet, facet_id=asking.facet_id)
    ours, theirs = found[2 : 2 + len(cut.ours)], found[2 + len(cut.ours) :]
    series = [_series(asking, cut.now, what, cut.ours, ours), _series(asking, cut.then, what, cut.theirs, theirs)]
    head = {"week": _("星期"), "month": _("日"), "year": _("月")}[cut.code]
    is_share = what not in _COUNTS
    title = _("{what}：{now}和{then}").format(what=DRAWN[what], now=cut.now, then=cut.then)
    definition = str(INDICATORS[what].formula) if is_share else ""
    unit = "" if is_share else _("件")
    chart = Chart("line", title, cut.labels, series, head, unit, as_of, definition, is_share)
    today = words.local(asking.at).date()
    return Trend(
        chart, _lines(asking, (begun, until), before, found[0], found[1]),
        _span(begun, until, today), _span(*before, today),
    )  # fmt: skip


def _same_part(cut: Grain, until: date) -> date:
    """Return until when the stretch before has gone as far as this one."""
    if cut.code == "week":
        return until - timedelta(days=7)
    if cut.code == "year":
        return until.replace(year=until.year - 1, day=28 if (until.month, until.day) == (2, 29) else until.day)
    last = until.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(until.day, last.day))


def _span(first: date, last: date, today: date) -> str:
    return words.day(first, today) if first == last else f"{words.day(first, today)}–{words.day(last, today)}"


def _series(asking: Asking, name: str, what: str, spans: Sequence[Span], sums: Sequence[Sums]) -> Series:
    cells = [_cell(asking, what, span, each) for span, each in zip(spans, sums, strict=True)]
    return Series(name, [value for value, _cell in cells], urls=[cell.url for _value, cell in cells])


def _cell(asking: Asking, what: str, span: Span, sums: Sums) -> tuple[float | None, Cell]:
    """Return a figure of some days with the list behind it."""
    if what in _COUNTS:
        return _count(asking, what, span, sums)
    found = figures.figure(INDICATORS[what], sums, as_of=None)
    # Shares stand without a list in charts: the numbers they are made of stand in the table.
    return found.value, Cell(counting.share(found), count=found.numerator)


def _count(asking: Asking, what: str, span: Span, sums: Sums) -> tuple[int, Cell]:
    days = counting.days(*span)
    if what != "late":
        return sums[what], counting.number(asking, sums, what, **days)
    count = sums["due"] - sums["on_time"]
    url = asking.cases("due", **{"not": "on_time"}, **days) if count else ""
    return count, Cell(words.count(count), url, count=count)


def _lines(asking: Asking, now: Span, then: Span, ours: Sums, theirs: Sums) -> list[Compared]:
    lines = []
    labels = {"filed": _("立案"), "dispatched": _("派遣"), "due": _("应处置")} | dict(DRAWN)
    for what in _COMPARED:
        (count, cell), (before, old) = (_count(asking, what, *each) for each in ((now, ours), (then, theirs)))
        said, direction = counting.moved(count, before)
        better = None if what != "late" or not direction else direction == "down"
        lines.append(Compared(str(labels[what]), cell, old, said, direction, better))
    for what in _SHARES:
        one = INDICATORS[what]
        found, was = (figures.figure(one, each, as_of=None) for each in (ours, theirs))
        said, direction = counting.moved(found.value, was.value, is_share=True)
        cell, old = _share_cell(asking, found, now), _share_cell(asking, was, then)
        better = None if not direction else direction == one.better
        lines.append(Compared(str(one.label), cell, old, said, direction, better))
    return lines


def _share_cell(asking: Asking, found: Figure, span: Span) -> Cell:
    url = counting.numerator_url(asking, found, **counting.days(*span))
    return Cell(counting.share(found), url, count=found.numerator)


def grain_tabs(asking: Asking, cut: Grain, what: str) -> list[Tab]:
    """Return the stretches to choose from."""
    labels = {"week": _("本周和上周"), "month": _("本月和上月"), "year": _("今年和去年")}
    return [
        Tab(asking.to("statistics_trends", period="", by=code, what=what), label, current=code == cut.code)
        for code, label in labels.items()
    ]


def figure_tabs(asking: Asking, cut: Grain, what: str) -> list[Tab]:
    """Return the figures to choose from."""
    return [
        Tab(asking.to("statistics_trends", period="", by=cut.code, what=code), str(label), current=code == what)
        for code, label in DRAWN.items()
    ]


@dataclass(frozen=True, slots=True)
class Strange:
    """Something unlike its own past, in words: what, how many, and why it is flagged."""

    name: str
    url: str  # of its own trends
    what: str
    cell: Cell
    why: str
    is_more: bool


def strange(asking: Asking) -> tuple[list[Strange], str]:
    """Return what was unusual last week, the strangest first, and which week that was."""
    monday, sunday = unusual.last_week(asking.at)
    below = places.below(asking.place, at=asking.at, numbers=asking.numbers)
    if asking.place.kind == "city":
        below += [one for each in below for one in places.below(each, at=asking.at, numbers=asking.numbers)]
    found = unusual.find(asking.place, below, at=asking.at)[:SHOWN]
    week = _span(monday, sunday, words.local(asking.at).date())
    return [_strange(asking, each, counting.days(monday, sunday)) for each in found], week


def _strange(asking: Asking, each: Unusual, days: Mapping[str, str]) -> Strange:
    there, name = _where(asking, each)
    measure, left_out = ("reported", {}) if each.what == "reported" else ("due", {"not": "on_time"})
    usual = each.usual
    why = _("往常一周 {middle} 件上下：此前 {weeks} 周里有一半在 {low} 到 {high} 件之间").format(
        middle=f"{usual.middle:g}", weeks=usual.weeks, low=round(usual.low), high=round(usual.high)
    )
    cell = Cell(words.count(each.count), there.cases(measure, **left_out, **days) if each.count else "",
                count=each.count)  # fmt: skip
    url = there.to("statistics_trends", period="", by="month", **{"from": "", "to": ""})
    return Strange(name, url, str(DRAWN[each.what]), cell, why, each.is_more)


def _where(asking: Asking, each: Unusual) -> tuple[Asking, str]:
    """Return where something unusual lies, and what that is called."""
    if each.facet == "unit":
        unit = places.of_unit(each.facet_id, asking.numbers)
        if unit is not None:
            return Asking(unit, asking.period, asking.at, asking.numbers), unit.name
    if each.facet == "major":
        known = catalogue(asking.numbers).by_id.get(each.facet_id)
        name = known.name if known else str(each.facet_id)
        return Asking(asking.place, asking.period, asking.at, asking.numbers, "major", each.facet_id, name), name
    if each.facet == "channel":
        name = channel_name(each.facet_id)
        return Asking(asking.place, asking.period, asking.at, asking.numbers, "channel", each.facet_id, name), name
    node = areas.node(each.area_id, asking.numbers) if each.area_id else None
    place = (places.of_area(node) if node else None) or asking.place
    return Asking(place, asking.period, asking.at, asking.numbers), place.name
