"""A portrait as its page draws it: figures said in words, small counts left out, each with the list behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from lianxin.faces.parts import drawing, words
from lianxin.faces.parts.shapes import Kpi
from lianxin.foundation.accounts.actor import Actor, Placed
from lianxin.foundation.areas.queries import AreaNode
from lianxin.insight.portraits import measures, rules
from lianxin.insight.portraits.areas import Figures, Point
from lianxin.registry.care import queries as care
from lianxin.registry.care.models import CareTag
from lianxin.registry.places.models import Building, Dwelling, Establishment

WIDTH, HEIGHT = 320, 80


@dataclass(frozen=True, slots=True)
class Asking:
    """Who looks at which place: what may be told in full, and how lists are narrowed to the place."""

    actor: Actor
    place: Placed
    query: Mapping[str, str]  # of the lists: area=…, estate=… or building=…

    @property
    def sees_people(self) -> bool:
        return self.actor.scope("people.view").everywhere or self.actor.may("people.view", self.place)

    @property
    def sees_care(self) -> bool:
        return care.serves(self.actor, self.place)

    def to(self, name: str, **more: str) -> str:
        """Return the address of a list, narrowed to the place."""
        return f"{reverse(f'console:{name}')}?{urlencode({**self.query, **more})}"


@dataclass(frozen=True, slots=True)
class Count:
    """A count as it is told; `share` is of the largest of its group, for its bar."""

    label: str
    said: str
    share: float = 0.0
    url: str = ""
    of_all: str = ""

    @property
    def width(self) -> float:
        return round(min(1.0, self.share) * 100, 1)

    @property
    def left(self) -> float:
        return round(100 - self.width, 1)


@dataclass(frozen=True, slots=True)
class AgeRow:
    """A band of the pyramid."""

    label: str
    men: Count
    women: Count


@dataclass(frozen=True, slots=True)
class Line:
    """A trend: the points of its drawing, its ends in words, and the table behind it."""

    title: str
    unit: str
    points: str
    first: str
    last: str
    rows: Sequence[tuple[str, str]]
    end_y: float = 0.0

    @property
    def text_y(self) -> float:
        """Where its last figure stands beside the end of the line, within the drawing."""
        return min(max(self.end_y + 4, 12), HEIGHT - 4)


@dataclass(frozen=True, slots=True)
class Portrait:
    """All that is told of a place."""

    kpis: Sequence[Kpi]
    ages: Sequence[AgeRow]
    unknown: str  # people without sex, in words
    uses: Sequence[Count]
    kinds: Sequence[Count]
    needs: Sequence[Count]
    lines: Sequence[Line]
    as_of: datetime | None
    is_short: bool  # small counts were left out


def said(count: int | None) -> str:
    """Say a count, or that it is too small to be told."""
    return _("少于 {few}").format(few=rules.FEW) if count is None else words.count(count)


class Group:
    """Counts whose sum is told as well: small ones, and what would give one away, are left out without purpose."""

    def __init__(self, counts: Mapping[str, int], *, has_purpose: bool) -> None:
        self._counts = counts
        self.hidden: frozenset[str] = frozenset() if has_purpose else rules.hidden(counts)
        # A larger one left out for the sake of a small one is not "fewer than five": all that is left out reads alike.
        is_mixed = any(counts[name] >= rules.FEW for name in self.hidden)
        self._left_out = _("不列出") if is_mixed else said(None)
        shown = [count for name, count in counts.items() if name not in self.hidden]
        self._most = max([*shown, rules.FEW])

    def said(self, name: str) -> str:
        """Say one of the counts, or that it is left out."""
        return self._left_out if name in self.hidden else words.count(self._counts[name])

    def share(self, name: str) -> float:
        """Return how long its bar is against the longest that is shown; one length for all that are left out."""
        return (rules.FEW - 1 if name in self.hidden else self._counts[name]) / self._most


def portrait(asking: Asking, found: Figures, lines: Sequence[Line], *, extra: Sequence[Kpi] = ()) -> Portrait:
    """Draw a place's figures for who asks."""
    people = Group({one: found[one] for one in measures.PEOPLE}, has_purpose=asking.sees_people)
    return Portrait(
        kpis=[*kpis(asking, found), *extra],
        ages=_ages(asking, found, people),
        unknown=_unknown(found, people),
        uses=_uses(asking, found),
        kinds=_kinds(asking, found),
        needs=_needs(asking, found),
        lines=[line for line in lines if line.points],
        as_of=found.as_of,
        is_short=bool(people.hidden) or not asking.sees_care,
    )


def kpis(asking: Asking, found: Figures) -> list[Kpi]:
    """Return the four figures that stand on top: people, households, dwellings, vacancy."""
    people = rules.tell(found.people, has_purpose=asking.sees_people)
    households = rules.tell(found[measures.HOUSEHOLDS], has_purpose=asking.sees_people)
    to_people = asking.to("people") if asking.sees_people else ""
    vacant, let = found.share("dwellings.vacant"), found.share("dwellings.let")
    return [
        Kpi(_("登记人口"), said(people), _("人"), _("在册、住在这里的人，含租住"), url=to_people),
        Kpi(_("户数"), said(households), _("户"), _("在册的家庭户和集体户")),
        Kpi(
            _("房屋"), words.count(found.dwellings), _("套"),
            _("{stale} 套一年没有核实").format(stale=words.count(found[measures.STALE])), url=asking.to("dwellings"),
        ),
        Kpi(
            _("空置率"), "—" if vacant is None else words.percent(vacant).removesuffix("%"),
            "" if vacant is None else "%",
            _("空置 ÷ 全部房屋；出租 {let}").format(let="—" if let is None else words.percent(let)),
            url=asking.to("dwellings", use="vacant"),
        ),
    ]  # fmt: skip


def _ages(asking: Asking, found: Figures, people: Group) -> list[AgeRow]:
    def cell(sex: str, band: str) -> Count:
        name = measures.people(sex, band)
        url = asking.to("people", sex=sex, band=band) if asking.sees_people and found[name] else ""
        return Count("", people.said(name), people.share(name), url)

    bands = [(band.code, band.label) for band in reversed(measures.BANDS)]
    if any(found[measures.people(sex, measures.UNKNOWN)] for sex in ("m", "f")):
        bands.append((measures.UNKNOWN, _("年龄不详")))
    return [AgeRow(label, cell("m", code), cell("f", code)) for code, label in bands] if found.people else []


def _unknown(found: Figures, people: Group) -> str:
    names = [one for one in measures.PEOPLE if one.startswith("people..")]
    count = sum(found[one] for one in names)
    return (_("不列出") if people.hidden.intersection(names) else words.count(count)) if count else ""


def _uses(asking: Asking, found: Figures) -> list[Count]:
    total = found.dwellings
    if not total:
        return []
    counts = {use: found[f"dwellings.{use}"] for use in measures.USES}
    return [
        Count(
            str(Dwelling.Use(use).label), words.count(count), count / total, asking.to("dwellings", use=use),
            words.percent(count / total),
        )
        for use, count in counts.items()
    ]  # fmt: skip


def _kinds(asking: Asking, found: Figures) -> list[Count]:
    counts = {kind: count for kind in measures.KINDS if (count := found[f"places.{kind}"])}
    most = max(counts.values(), default=1)
    return [
        Count(
            str(Establishment.Kind(kind).label), words.count(count), count / most,
            asking.to("establishments", kind=kind),
        )
        for kind, count in sorted(counts.items(), key=lambda pair: -pair[1])
    ]  # fmt: skip


def _needs(asking: Asking, found: Figures) -> list[Count]:
    """Return needs of care, the most frequent first; a single hidden one is not to be reckoned: no sum is told."""
    if isinstance(asking.place, Building) and not asking.sees_care:
        return []  # too small a place: that somebody there needs care says too much
    counts = {need: count for need in measures.NEEDS if (count := found[f"care.{need}"])}
    most = max(counts.values(), default=1)
    purpose = asking.sees_care
    told = {need: rules.tell(count, has_purpose=purpose) for need, count in counts.items()}
    return [
        Count(
            str(CareTag.Need(need).label),
            said(count),
            (rules.FEW - 1 if count is None else count) / max(most, rules.FEW),
            asking.to("people", need=need) if purpose and asking.sees_people else "",
        )
        for need, count in sorted(told.items(), key=lambda pair: -(pair[1] or 0))
    ]


def told_below(
    asking: Asking, nodes: Sequence[tuple[AreaNode, str]], counts: Mapping[int, Mapping[str, int]]
) -> list[dict[str, str]]:
    """Return a row for each of some areas with its address; small counts of people only to who has a purpose."""
    people, households = (
        Group({node.code: counts[node.id].get(what, 0) for node, _url in nodes}, has_purpose=asking.sees_people)
        for what in ("people", "households")
    )
    return [
        {
            "name": node.name,
            "url": url,
            "people": people.said(node.code),
            "households": households.said(node.code),
            "dwellings": words.count(counts[node.id].get("dwellings", 0)),
            "places": words.count(counts[node.id].get("places", 0)),
        }
        for node, url in nodes
    ]


def line(title: str, unit: str, points: Sequence[Point], *, at: datetime, has_purpose: bool = True) -> Line:
    """Draw a trend; of a line with small counts nothing is drawn for who has no purpose."""
    if len(points) < 2 or any(rules.tell(one.count, has_purpose=has_purpose) is None for one in points):
        return Line(title, unit, "", "", "", ())
    today = words.local(at).date()
    rows = [(words.day(one.day, today), words.count(one.count)) for one in points]
    drawn = drawing.spark([one.count for one in points], WIDTH, HEIGHT, 6)
    return Line(title, unit, drawn, rows[0][0], rows[-1][1], rows, float(drawn.rpartition(",")[2]))
