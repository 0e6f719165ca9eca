"""Self-service tables as pages draw them: the form that asks, cells with their cases, the chart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.charts import MOST_SERIES, Chart, Series
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.organizations import queries as units
from lianxin.insight.statistics import periods, places
from lianxin.insight.statistics.figures import FEW
from lianxin.insight.statistics.indicators import INDICATORS
from lianxin.insight.statistics.measures import MEASURES
from lianxin.insight.tables import counting, telling
from lianxin.insight.tables.asking import RATE, Asked, written
from lianxin.insight.tables.counting import ALL, Key
from lianxin.insight.tables.dimensions import DIMENSIONS
from lianxin.insight.tables.telling import Cell, Line, Table
from lianxin.work.cases.words import Channel, Kind, Severity, Stage
from lianxin.work.dispatch.queries import catalogue

MOST_CELLS = 100  # of a page of a table
MOST_POINTS = 120  # of a chart
MOST_BARS = 30
CHARTS: Mapping[str, str | Promise] = {
    "": _lazy("表格"), "line": _lazy("折线图"), "bar": _lazy("柱图"), "stack": _lazy("堆叠图"), "heat": _lazy("热力图"),
}  # fmt: skip
_ASIDE = ("from", "to", "row", "col", "what", "run", "more", "table", "first", "after", "format", "name", "shared")


def words_of(request: Request) -> dict[str, list[str]]:
    """Return what the address asks a table for; two days make a period."""
    given = {name: request.GET.getlist(name) for name in request.GET if name not in _ASIDE}
    begin, end = request.GET.get("from", ""), request.GET.get("to", "")
    if begin and end:
        given["period"] = [f"{begin}~{end}"]
    return given


class TableForm(forms.Form):
    """What a table is to tell: by what, which figures, where, when, narrowed to what. Sent as words of the address."""

    use_required_attribute = False  # an empty period stands for the two days

    rows = forms.ChoiceField(label=_lazy("一行一个"), choices=[(one.code, one.label) for one in DIMENSIONS.values()])
    across = forms.ChoiceField(
        label=_lazy("横着再分"), required=False, help_text=_lazy("再分时只看一项数字"),
        choices=[("", _lazy("不分")), *((one.code, one.label) for one in DIMENSIONS.values())],
    )  # fmt: skip
    area = forms.ChoiceField(label=_lazy("看哪里"))
    period = forms.ChoiceField(label=_lazy("什么时候"))
    begin = forms.DateField(label=_lazy("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_lazy("到"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    major = forms.ChoiceField(label=_lazy("大类"), required=False)
    of_unit = forms.ChoiceField(label=_lazy("承办单位"), required=False)

    def __init__(self, request: Request, asked: Asked) -> None:
        initial = {name: (asked.words.get(name) or [""])[-1] for name in self.base_fields}
        begin, tilde, end = asked.period.word.partition("~")
        super().__init__(
            initial=initial | {
                "rows": asked.rows, "area": asked.place.code, "period": "" if tilde else asked.period.word,
                "begin": begin if tilde else "", "end": end if tilde else "",
            }
        )  # fmt: skip
        own = [(word, periods.read(word, at=request.at).label) for word in periods.WORDS]
        self._offer("period", [*own, ("", _("从哪天到哪天"))])
        self._offer("area", list(_places(request, asked)))
        tops = [(node.code, node.name) for node in catalogue(request.numbers).children(None)]
        self._offer("major", [("", _("全部")), *tops])
        directory = units.directory(request.numbers).by_id.values()
        offered = ((one.code, one.short_name or one.name) for one in directory if one.valid_to is None)
        self._offer("of_unit", [("", _("全部")), *offered])

    def _offer(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type
        field.choices = choices

    def add_prefix(self, field_name: str) -> str:
        """Let the two days be called `from` and `to` in the address."""
        return {"begin": "from", "end": "to"}.get(field_name, field_name)


def _places(request: Request, asked: Asked) -> Iterator[tuple[str, str]]:
    """Yield where one may look: one's own places and the level below, and where one looks now."""
    told = {asked.place.code: asked.place.name}
    for mine in places.own(request.actor, at=request.at, numbers=request.numbers):
        told[mine.code] = mine.name
        if mine.kind != "unit":
            told |= {one.code: one.name for one in places.below(mine, at=request.at, numbers=request.numbers)}
    yield from told.items()


@dataclass(frozen=True, slots=True)
class Choice:
    """A box to tick."""

    value: str
    label: str | Promise
    is_on: bool


def figures_offered(asked: Asked) -> list[tuple[str, list[Choice]]]:
    """Return the figures to tick, numbers and shares apart."""
    chosen = set(asked.figures)
    counts = [Choice(code, one.label, code in chosen) for code, one in MEASURES.items()]
    shares = [Choice(RATE + code, one.label, RATE + code in chosen) for code, one in INDICATORS.items()]
    return [(_("件数"), counts), (_("比率"), shares)]


def filters_offered(asked: Asked) -> list[tuple[str, str | Promise, list[Choice]]]:
    """Return what to narrow to by ticking: name, label and boxes."""
    offered = {"channel": Channel, "severity": Severity, "kind": Kind, "stage": Stage}
    return [
        (name, DIMENSIONS[name].label,
         [Choice(value, said, value in asked.filters.get(name, ())) for value, said in words.choices])
        for name, words in offered.items()
    ]  # fmt: skip


def chosen(asked: Asked, numbers: Mapping[str, int]) -> str:
    """Say in words what a table is narrowed to."""
    said = []
    for name, kept in asked.filters.items():
        dimension = DIMENSIONS[{"of_unit": "unit"}.get(name, name)]
        said.append("、".join(telling.name(dimension, key, numbers) for key in kept))
    return "；".join(said)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A cell in words, with the list of its cases; `count` is how many stand there."""

    said: str
    url: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row in words."""

    name: str
    cells: Sequence[tuple[str, Drawn]]  # under which heading
    is_total: bool = False


def rows(table: Table, lines: Sequence[Line], *, base: str) -> list[Row]:
    """Return rows in words; `base` is the address of the lists behind, as seen from the page."""
    narrow = table.asked.narrow
    return [
        Row(
            line.name,
            [(head, draw(table.asked, line.key, cell, f"{base}?{narrow}"))
             for head, cell in zip(table.heads, line.cells, strict=True)],
            line.key is ALL,
        )
        for line in lines
    ]  # fmt: skip


def draw(asked: Asked, row: Key, cell: Cell, base: str) -> Drawn:
    """Say a cell, and open its cases."""
    if cell.is_hidden:
        return Drawn(_("少于 {few} 件，不列").format(few=FEW))
    said = words.UNKNOWN if cell.value is None else (
        words.percent(cell.value) if cell.is_share else words.count(cell.value)
    )  # fmt: skip
    if not cell.count:
        return Drawn(said)
    where = {"what": cell.figure}
    if row is not ALL:
        where["row"] = counting.word_of(row)
    if asked.across and cell.column is not ALL:
        where["col"] = counting.word_of(cell.column)
    return Drawn(said, f"{base}&{urlencode(where)}", cell.count)


def cut(table: Table, first: int) -> tuple[list[Line], int]:
    """Return the rows of one page from one on, and how many a page has."""
    size = max(5, MOST_CELLS // max(1, len(table.heads)))
    return list(table.lines[first : first + size]), size


def looks(asked: Asked) -> list[Tab]:
    """Return the ways a table can be looked at, as links."""
    fits = {"line": DIMENSIONS[asked.rows].sort == "time", "bar": True, "stack": True, "heat": bool(asked.across)}
    if asked.figures[0].startswith(RATE):
        fits["stack"] = False
    return [
        Tab(f"?{written({**asked.words, 'chart': [name]})}", str(said), current=name == asked.chart)
        for name, said in CHARTS.items()
        if fits.get(name, True)
    ]


def chart(table: Table, *, base: str, as_of: str) -> tuple[Chart | None, str]:
    """Return the chart of a table, or why there is none; then what is left out of it."""
    asked = table.asked
    lines = list(table.lines)
    if DIMENSIONS[asked.rows].sort == "time":
        if len(lines) > MOST_POINTS:
            return None, _("这样有 {count} 个点，图上挤不下；请按周或按月分。").format(count=len(lines))
        note = ""
    else:
        most = max(10, MOST_BARS // max(1, len(asked.figures)))
        note = _("图里只有前 {most} 行。").format(most=most) if len(lines) > most else ""
        lines = lines[:most]
    is_share = asked.figures[0].startswith(RATE)
    places_ = [
        place for place, cell in enumerate(table.total.cells)
        if cell.is_share == is_share and not (asked.across and cell.column is ALL)
    ]  # fmt: skip
    if not asked.across and len(places_) < len(table.heads):
        note += _("件数和比率不画在一起，图里是{names}。").format(names="、".join(table.heads[at] for at in places_))
    series = [_series(table, lines, place, f"{base}?{asked.narrow}") for place in places_]
    kind: Any = asked.chart
    definition = "；".join(f"{name}：{said}" for name, said in telling.definitions(asked)[:MOST_SERIES])
    drawn = Chart(
        kind, table.title, [line.name for line in lines], series, head=table.head, unit="" if is_share else _("件"),
        as_of=as_of, definition=definition, is_share=is_share,
    )  # fmt: skip
    return (_turned(drawn) if kind == "heat" else drawn), note


def _series(table: Table, lines: Sequence[Line], place: int, base: str) -> Series:
    cells = [draw(table.asked, line.key, line.cells[place], base) for line in lines]
    tone = "late" if not table.asked.across and table.asked.figures[place] == "late_open" else ""
    return Series(
        table.heads[place], [line.cells[place].value for line in lines], tone,
        [cell.url for cell in cells] if len(lines) * len(table.heads) <= MOST_CELLS else (),
    )  # fmt: skip


def _turned(drawn: Chart) -> Chart:
    """Return a heat map in which each row of the table is a row of shades."""
    series = [
        Series(
            name, [each.values[place] for each in drawn.series], "",
            [each.urls[place] for each in drawn.series] if all(each.urls for each in drawn.series) else (),
        )
        for place, name in enumerate(drawn.labels)
    ]  # fmt: skip
    return replace(drawn, labels=[each.name for each in drawn.series], series=series)


@dataclass(frozen=True, slots=True)
class Starter:
    """A table to begin with."""

    label: str | Promise
    why: str | Promise
    query: str

    @property
    def url(self) -> str:
        """Where it is told."""
        return f"{reverse('console:table_make')}?{self.query}"


STARTERS = (
    Starter(_lazy("各地上报和按期处置率"), _lazy("哪里多，哪里慢"), "f=reported&f=due&f=rate-on_time&f=late_open"),
    Starter(_lazy("每周上报和办结"), _lazy("是多了还是少了"), "rows=week&f=reported&f=ended&period=quarter&chart=line"),
    Starter(
        _lazy("星期和钟点"), _lazy("什么时候人手要够"), "rows=weekday&across=hour&f=reported&period=quarter&chart=heat"
    ),
    Starter(
        _lazy("各单位应处置和按期处置率"), _lazy("谁手里多"), "rows=unit&f=due&f=on_time&f=late_open&f=rate-on_time"
    ),
    Starter(
        _lazy("各大类从哪里来"), _lazy("居民说的和网格员看到的"), "rows=major&across=channel&f=reported&chart=stack"
    ),
    Starter(
        _lazy("满意率按月"), _lazy("不到 5 人评价的不列"), "rows=month&f=asked_satisfied&f=rate-satisfied&period=twelve"
    ),
)
