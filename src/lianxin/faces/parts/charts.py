"""Charts (图表): what a page hands to `{% chart %}`. docs/how-to/draw-a-chart.md shows each kind."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.parts import words

Kind = Literal["line", "bar", "stack", "heat", "pie"]
MOST_SERIES = 6  # beyond these the rest is 其他
MOST_SLICES = 5
_KINDS = {
    "line": gettext_lazy("折线图"), "bar": gettext_lazy("柱图"), "stack": gettext_lazy("堆叠柱图"),
    "heat": gettext_lazy("热力图"), "pie": gettext_lazy("环图"),
}  # fmt: skip
# What would end a script element or begin a comment in it.
_ESCAPES = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


@dataclass(frozen=True, slots=True)
class Series:
    """One line, one colour of bars, or one row of a heat map; `tone` "late" draws it red with stripes.

    `urls` opens the cases behind each value; an empty one opens none. None is a value that is not known or not told.
    """

    name: str
    values: Sequence[float | None]
    tone: str = ""
    urls: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its table: `labels` stand along the axis, `head` names them (周, 街道).

    `as_of` and `definition` are sentences that go with the picture wherever it goes. Values of
    a share lie between 0 and 1.
    """

    kind: Kind
    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    head: str = ""
    unit: str = ""
    as_of: str = ""
    definition: str = ""
    is_share: bool = False
    digits: int = 1  # behind the point
    is_time: bool = False  # labels are instants: bars stand, however many there are
    from_zero: bool = True  # lines only: whether the axis holds 0, though nothing comes near it

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to draw."""
        return not any(value for each in self.series for value in each.values)

    @property
    def said(self) -> str:
        """The chart in one sentence, for those who hear it."""
        what = _("{kind}：{title}").format(kind=_KINDS[self.kind], title=self.title)
        if self.unit and not self.is_share:
            what = _("{what}，单位{unit}").format(what=what, unit=self.unit)
        tops = [told for each in self.series[:MOST_SERIES] if (told := self._top(each))]
        return "；".join([what, *tops, _("各数见下面的“看数据”")])

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, str, str]]]]:
        """The table: name, then (heading, words, address) for each value; of a heat map a row a series."""
        if self.kind == "heat":
            return [
                (each.name, [self._cell(head, each, place) for place, head in enumerate(self.labels)])
                for each in self.series
            ]
        return [
            (label, [self._cell(each.name, each, place) for each in self.series])
            for place, label in enumerate(self.labels)
        ]

    @property
    def heads(self) -> list[str]:
        """The headings of the table's columns of numbers."""
        return list(self.labels) if self.kind == "heat" else [each.name for each in self.series]

    @property
    def data(self) -> SafeString:
        """The data block that the script reads: no markup in it can end it."""
        told = {
            "title": self.title, "unit": self.unit, "labels": list(self.labels), "as_of": self.as_of,
            "definition": self.definition, "said": self.said, "is_share": self.is_share,
            "digits": self.digits, "from_zero": self.from_zero, "is_time": self.is_time,
            "series": [{"name": each.name, "values": list(each.values), "tone": each.tone} for each in self.series],
        }  # fmt: skip
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
        return format_html('<script type="application/json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above

    def _top(self, each: Series) -> str:
        known = [(value, label) for value, label in zip(each.values, self.labels, strict=False) if value is not None]
        if not known:
            return ""
        value, label = max(known, key=lambda pair: pair[0])
        return _("{name}最多的是{label}，{value}").format(name=each.name, label=label, value=self._said(value))

    def _cell(self, head: str, each: Series, place: int) -> tuple[str, str, str]:
        value = each.values[place] if place < len(each.values) else None
        return head, self._said(value), each.urls[place] if place < len(each.urls) and value else ""

    def _said(self, value: float | None) -> str:
        if value is None:
            return words.UNKNOWN
        if self.digits > 1 and not self.is_share:
            return f"{value:,.{self.digits}f}"
        return words.percent(value) if self.is_share else words.count(value)


def folded(chart: Chart) -> Chart:
    """Return the chart with what is more than six series added up as 其他; shares are left out, for they do not add."""
    if len(chart.series) <= MOST_SERIES or chart.kind == "heat":
        return chart
    kept, rest = list(chart.series[: MOST_SERIES - 1]), chart.series[MOST_SERIES - 1 :]
    if chart.is_share:
        return replace(chart, series=chart.series[:MOST_SERIES])
    sums = [sum(each.values[place] or 0 for each in rest) for place in range(len(chart.labels))]
    return replace(chart, series=[*kept, Series(_("其他"), sums)])
