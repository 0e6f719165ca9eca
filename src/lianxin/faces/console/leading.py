"""The leader's home: what waits for a word, and the figures around it; every number opens its cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Kpi, Tab
from lianxin.foundation.organizations.queries import directory
from lianxin.insight.statistics import figures, folding, periods, places
from lianxin.insight.statistics.figures import Sums
from lianxin.insight.statistics.indicators import INDICATORS
from lianxin.insight.statistics.periods import Period
from lianxin.kernel.configuration.queries import current
from lianxin.work.dispatchdays import queries as days
from lianxin.work.dispatchdays.models import LEAD, DispatchDay

from . import counting, dayshow
from .asking import Asking
from .counting import Cell, Told

SHOWN = 4  # things that wait for a word
LEAST = 30  # cases a unit has to have had before it stands beside others
BEHIND = 0.85  # of what fell due: below it the bar is striped
_TOP, _END = 3, 2  # of the table of units; those between are one line
_LINE = timedelta(days=11)
PERIODS = (("today", gettext_lazy("今天")), ("month", gettext_lazy("本月")), ("year", gettext_lazy("本年")))
_CARDS = ("on_time", "settled_locally", "satisfied")
_NUMERALS = "零一两三四五六七八九十"


class Home(Asking):
    """What the home asks for; its lists are those of statistics, told from where the home stands."""

    def cases(self, what: str, **more: Any) -> str:
        """Return the list behind a number."""
        return self.to("statistics_cases", what=what, **more)


def period_of(asked: Request) -> tuple[str, Period]:
    """Return the word and the days the address asks for; this month where it says nothing known."""
    word = asked.GET.get("period", "")
    if word == "today":
        day = periods.today(asked.at)
        return word, Period("", _("今天"), day, day)
    return (word, periods.read(word, at=asked.at)) if word == "year" else ("month", periods.read("month", at=asked.at))


def segments(here: str) -> list[Tab]:
    """Return the switch between today, this month and this year."""
    home = reverse("console:work")
    return [Tab(f"{home}?period={word}", str(label), current=word == here) for word, label in PERIODS]


def told(home: Home, word: str) -> Told:
    """Return the sums of the cards: now, before, and twelve points. One statement, and how far it goes."""
    period = home.period
    if word == "today":
        then = Period("", "", period.first, period.last)
        line = [(day, day) for back in range(12) for day in [period.last - _LINE + timedelta(days=back)]]
    else:
        then, line = periods.before(period), periods.line(period)
    found = figures.sums(home.place, [(period.first, period.last), (then.first, then.last), *line])
    return Told(found[0], found[1], then.label, found[2:], folding.standing(at=home.at).as_of)


def cards(home: Home, counted: Told, word: str) -> list[Kpi]:
    """Return the four figures; today is not over, so it is not compared."""
    came = counting.count_card(home, _("上报"), "reported", _("全部渠道上报的，一件算一件"), counted)
    shares = [_short(counting.share_card(home, code, counted), code, counted) for code in _CARDS]
    made = [replace(each, change=each.change.split("，")[0]) for each in (came, *shares)]
    return [replace(each, change="", direction="", better=None) for each in made] if word == "today" else made


def _short(card: Kpi, code: str, counted: Told) -> Kpi:
    """Let the card say its formula with its numbers; the whole definition stands with the indicators."""
    found = figures.figure(INDICATORS[code], counted.now, as_of=None)
    if found.value is None:
        return replace(card, meaning=str(INDICATORS[code].formula))
    parts = f"（{words.count(found.numerator)} ÷ {words.count(found.denominator)}）"
    return replace(card, meaning=f"{INDICATORS[code].formula}{parts}")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit beside its like; between the first and the last `between` says how many are left out."""

    rank: int = 0
    name: str = ""
    due: Cell | None = None
    on_time: Cell | None = None
    width: float = 0
    is_behind: bool = False
    reworked: Cell | None = None
    satisfied: str = ""
    between: int = 0


@dataclass(frozen=True, slots=True)
class Units:
    """Units of one kind that had enough cases, the most punctual first."""

    kind: str
    lines: Sequence[UnitLine]
    tabs: Sequence[Tab]
    all_url: str


def units(home: Home, kind: str, word: str) -> Units:
    """Return the table of units, like with like. One statement."""
    found = figures.by_facet(home.place, "unit", home.period.first, home.period.last)
    known = directory(home.numbers).by_id
    by_kind: dict[str, list[tuple[float, int, Sums]]] = {}
    for pk, sums in found.items():
        if pk in known and sums["due"] >= LEAST:
            by_kind.setdefault(known[pk].kind, []).append((sums["on_time"] / sums["due"], pk, sums))
    labels = {each["key"]: each["label"] for each in _kinds(home.numbers)}
    ordered = sorted(by_kind, key=lambda each: (-len(by_kind[each]), each))
    chosen = kind if kind in by_kind else next(iter(ordered), "")
    ranked = sorted(by_kind.get(chosen, []), key=lambda each: (-each[0], -each[2]["due"], each[1]))
    lines = [_unit_line(home, rank, known[pk].short_name or known[pk].name, pk, sums)
             for rank, (_share, pk, sums) in enumerate(ranked, 1)]  # fmt: skip
    if len(lines) > _TOP + _END + 1:
        lines = [*lines[:_TOP], UnitLine(between=len(lines) - _TOP - _END), *lines[-_END:]]
    base = f"{reverse('console:work')}?period={word}&kind="
    tabs = [Tab(f"{base}{each}", labels.get(each, _("其他单位")), current=each == chosen) for each in ordered]
    return Units(labels.get(chosen, ""), lines, tabs if len(tabs) > 1 else [], home.to(by="unit"))


def _kinds(numbers: Mapping[str, int]) -> Sequence[Mapping[str, str]]:
    return current("unit_kinds", numbers) or []


def _unit_line(home: Home, rank: int, name: str, pk: int, sums: Sums) -> UnitLine:
    share = sums["on_time"] / sums["due"]
    rated = figures.figure(INDICATORS["satisfied"], sums, as_of=None)
    on_time = Cell(words.percent(share), home.cases("on_time", by_unit=pk), count=sums["on_time"])
    return UnitLine(
        rank, name, counting.number(home, sums, "due", by_unit=pk), on_time, round(share * 100, 1), share < BEHIND,
        counting.number(home, sums, "reworked", by_unit=pk), counting.share(rated),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matters:
    """What waits for the leader's word: the first few, and how many there are (`many`: more than were looked at)."""

    rows: Sequence[dayshow.ProposalRow]
    count: int
    late: int
    many: bool
    day: DispatchDay | None
    day_name: str = ""
    listed: int = 0


def matters(asked: Request) -> Matters:
    """Return what waits for the leader's word, and the next dispatch day. Six statements."""
    found = days.proposals(asked.actor, at=asked.at, limit=days.PROPOSED)
    shown = dayshow.proposal_rows(asked, found[:SHOWN])
    late = sum(row.row.chip is not None and row.row.chip.state == "late" for row in shown)
    leads = asked.actor.may(LEAD)
    coming = DispatchDay.objects.visible_to(asked.actor).filter(state__in=["prepared", "open"]) if leads else None
    day = coming.order_by("starts_at").first() if coming is not None else None
    return Matters(
        shown, len(found), late, len(found) >= days.PROPOSED, day, dayshow.name_of(day, asked.at) if day else "",
        day.items.count() if day else 0,
    )  # fmt: skip


def greeting(asked: Request, waiting: Matters) -> str:
    """Say the hour, how many things wait for a word, and how many of those shown are late."""
    hello = words.greeting(asked.at)
    if not waiting.count:
        return _("{hello}。没有要您过问的事。").format(hello=hello)
    shown = len(waiting.rows)
    late = _("{count}件已超时").format(count=numeral(waiting.late)) if waiting.late else _("都没有超时")
    if waiting.count <= shown:
        return _("{hello}。{count}件事等您过问，{late}。").format(hello=hello, count=numeral(shown), late=late)
    total = (
        _("{count} 多件事").format(count=waiting.count)
        if waiting.many
        else _("{count} 件事").format(count=waiting.count)
    )
    said = _("{hello}。{total}等您过问，先看这{count}件，{late}。")
    return said.format(hello=hello, total=total, count=numeral(shown), late=late)


def numeral(count: int) -> str:
    """Say a small number in Chinese, as one speaks it: 四, 两."""
    return _NUMERALS[count] if 0 <= count <= 10 else str(count)


def home_of(asked: Request, period: Period) -> Home | None:
    """Return the place of the leader's post; None for who may see no figures."""
    own = places.own(asked.actor, at=asked.at, numbers=asked.numbers)
    return Home(own[0], period, asked.at, asked.numbers) if own else None
