"""What a table is asked for, as words of an address or of a saved table; what cannot be asked is said at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as units
from lianxin.insight.statistics import periods, places
from lianxin.insight.statistics.indicators import INDICATORS, Indicator
from lianxin.insight.statistics.measures import MEASURES, Measure
from lianxin.insight.statistics.periods import Period
from lianxin.insight.statistics.places import Place
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.work.cases.words import Channel, Kind, Severity, Stage
from lianxin.work.dispatch.queries import catalogue

from .dimensions import DIMENSIONS, FILTERS, Dimension

Words = Mapping[str, Sequence[str]]
Numbers = Mapping[str, int]
RATE = "rate-"  # rate-on_time: an indicator; without it a measure
MOST_FIGURES = 8
MOST_DAYS = 400
CHARTS = ("line", "bar", "stack", "heat")
_CHOICES: Mapping[str, Sequence[str]] = {
    "channel": Channel.values, "kind": Kind.values, "severity": Severity.values, "stage": Stage.values,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A table: where, when, by what, which figures, narrowed to what. `filters` hold values as facts hold them."""

    place: Place
    period: Period
    rows: str
    figures: tuple[str, ...]
    across: str = ""
    filters: Mapping[str, tuple[str | int, ...]] = field(default_factory=dict)
    chart: str = ""
    sort: str = ""
    words: Words = field(default_factory=dict)

    @property
    def by(self) -> list[Dimension]:
        """What its rows, and perhaps its columns, are told apart by."""
        return [DIMENSIONS[code] for code in (self.rows, self.across) if code]

    @property
    def query(self) -> str:
        """The words as an address."""
        return written(self.words)

    @property
    def narrow(self) -> str:
        """The words that say which cases there are, without figures and looks: those of the lists behind numbers."""
        return written({name: said for name, said in self.words.items() if name not in {"f", "chart", "sort"}})


def written(words: Words) -> str:
    """Return words as an address."""
    return urlencode([(name, each) for name, said in words.items() for each in said if each])


def measures_of(figure: str) -> tuple[str, ...]:
    """Return the measures a figure is made of: one, or numerator and denominator."""
    what = indicator(figure)
    return (what.numerator, what.denominator) if what else (figure,)


def indicator(figure: str) -> Indicator | None:
    """Return the indicator a figure is, or None for a measure."""
    return INDICATORS[figure.removeprefix(RATE)] if figure.startswith(RATE) else None


def label(figure: str) -> str:
    """Return a figure's name."""
    return str(_known(figure).label)


def _known(figure: str) -> Measure | Indicator:
    return indicator(figure) or MEASURES[figure]


def read(words: Words, actor: Actor, *, at: datetime, numbers: Numbers) -> Asked:
    """Return what the words ask for. Raises NotFound for a place one may not see, Invalid for what cannot be told."""
    place = _place(words, actor, at, numbers)
    faults: dict[str, str] = {}
    period = _period(_word(words, "period") or periods.DEFAULT, at)
    rows = _word(words, "rows") or _first_rows(place)
    figures = tuple(dict.fromkeys(each for each in words.get("f", ()) if each)) or ("reported",)
    across = _word(words, "across")
    faults |= dict(_faults(place, period, rows, across, figures))
    filters = dict(_filters(words, numbers, faults))
    if not faults and (reason := _of_units(place, rows, across, filters, figures)):
        faults["f"] = reason
    if faults:
        raise Invalid(faults)
    chart = _word(words, "chart")
    kept = {name: tuple(said) for name, said in words.items() if name in _KEPT and any(said)}
    # What was left to us stands in the address of what is behind: it means the same for everybody then.
    kept |= {"rows": (rows,), "f": figures}
    return Asked(
        place, period, rows, figures, across, filters, chart if chart in CHARTS else "", _word(words, "sort"), kept
    )


_KEPT = ("area", "unit", "period", "rows", "across", "f", *FILTERS, "chart", "sort")


def _word(words: Words, name: str) -> str:
    said = [each for each in words.get(name, ()) if each]
    return str(said[-1]) if said else ""


def _place(words: Words, actor: Actor, at: datetime, numbers: Numbers) -> Place:
    """Return the place named, or the actor's own: so one saved table tells each of theirs."""
    found: Place | None = None
    if code := _word(words, "unit"):
        unit = units.directory(numbers).by_code.get(code)
        found = places.of_unit(unit.id, numbers) if unit else None
    elif code := _word(words, "area"):
        known = (each for each in areas.index(numbers).nodes.values() if each.code == code)
        # An area in force before one that has ended under the same code.
        nodes = sorted(known, key=lambda each: each.valid_to is not None)
        found = places.of_area(nodes[0]) if nodes else None
    else:
        mine = places.own(actor, at=at, numbers=numbers)
        found = mine[0] if mine else None
    if found is None or not places.may_see(actor, found, numbers):
        raise NotFound(_("没有这个地方，或不在您的辖区。"))
    return found


def _period(word: str, at: datetime) -> Period:
    """Return the period of a word; 2026-10-01~2026-11-15 is from day to day."""
    first, _tilde, last = word.partition("~")
    if not _tilde:
        return periods.read(word, at=at)
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise Invalid({"period": _("日期看不懂，请写成 2026-10-01。")}) from None
    if not date(2000, 1, 1) <= begin <= end <= date(2199, 12, 31):
        raise Invalid({"period": _("开始那天要在结束那天之前。")})
    said = f"{begin.year}年{begin.month}月{begin.day}日至{end.year}年{end.month}月{end.day}日"
    return Period(word, said, begin, end)


def _first_rows(place: Place) -> str:
    return {"city": "street", "street": "community"}.get(place.kind, "major")


def _faults(place: Place, period: Period, rows: str, across: str, figures: Sequence[str]) -> Iterator[tuple[str, str]]:
    if rows not in DIMENSIONS or (across and across not in DIMENSIONS):
        yield "rows", _("没有这样的分法。")
        return
    if across == rows:
        yield "across", _("横着和竖着不能按同一样分。")
    inside = {"street": {"city"}, "community": {"city", "street"}}
    for code in (rows, across):
        if place.kind not in inside.get(code, {place.kind}):
            yield "rows", _("{place}下面不再分{level}。").format(place=place.name, level=DIMENSIONS[code].label)
    if "day" in (rows, across) and (period.last - period.first).days > MOST_DAYS:
        yield "rows", _("时间太长，一天一行放不下；请按周或按月分。")
    if any(each not in MEASURES and each.removeprefix(RATE) not in INDICATORS for each in figures) or any(
        each.startswith(RATE) and each.removeprefix(RATE) not in INDICATORS for each in figures
    ):
        yield "f", _("没有这项数字。")
    elif across and len(figures) > 1:
        yield "f", _("横着再分时，一次只看一项数字。")
    elif len(figures) > MOST_FIGURES:
        yield "f", _("一张表最多放 {most} 项数字。").format(most=MOST_FIGURES)


def _of_units(place: Place, rows: str, across: str, filters: Mapping[str, object], figures: Sequence[str]) -> str:
    """Say which indicators mean nothing where cases are told apart by who handles them."""
    if place.kind != "unit" and "unit" not in (rows, across) and "of_unit" not in filters:
        return ""
    wrong = [str(what.label) for each in figures if (what := indicator(each)) is not None and not what.of_units]
    return _("按承办单位分时没有：{names}。").format(names="、".join(wrong)) if wrong else ""


def _filters(words: Words, numbers: Numbers, faults: dict[str, str]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    for name in FILTERS:
        given = [each for each in words.get(name, ()) if each]
        if not given:
            continue
        if name in _CHOICES:
            kept: list[str | int] = [each for each in given if each in _CHOICES[name]]
        elif name == "major":
            known = catalogue(numbers).by_code
            kept = [known[each].id for each in given if each in known]
        else:
            directory = units.directory(numbers).by_code
            kept = [directory[each].id for each in given if each in directory]
        if len(kept) < len(given):
            faults[name] = _("筛选里有一项已经没有了，请重新选。")
        else:
            yield name, tuple(kept)
