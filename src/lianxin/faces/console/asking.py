"""What a page of statistics is asked for: a place, a period, perhaps one category or channel; words of the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as units
from lianxin.insight.statistics import periods, places
from lianxin.insight.statistics.measures import CHANNELS
from lianxin.insight.statistics.periods import Period
from lianxin.insight.statistics.places import Place
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.work.cases.words import Channel
from lianxin.work.dispatch.queries import catalogue


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for. `facet` is "" or a part of the place's cases: one broad category (major) or one channel."""

    place: Place
    period: Period
    at: datetime
    numbers: Mapping[str, int]
    facet: str = ""
    facet_id: int = 0
    facet_name: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The words of the address that keep what is asked for."""
        where = {"unit" if self.place.kind == "unit" else "area": self.place.code} if self.place.code else {}
        part = {self.facet: str(self.facet_id)} if self.facet else {}
        # Days that have no word of their own stand for themselves.
        days = {} if self.period.word else {"from": f"{self.period.first}", "to": f"{self.period.last}"}
        return {**where, **part, "period": self.period.word} | days

    def to(self, name: str = "statistics", **more: Any) -> str:
        """Return an address that keeps place and period; an empty word is left out."""
        return f"{reverse(f'console:{name}')}?{_words(self.query | more)}"

    def cases(self, what: str, **more: Any) -> str:
        """Return the list behind a number, as seen from the pages of statistics: short, for there are many."""
        return f"cases?{_words({'what': what} | self.query | more)}"

    def of_all(self) -> "Asking":
        """Return the same without its category or channel."""
        return replace(self, facet="", facet_id=0, facet_name="")


def _words(query: Mapping[str, Any]) -> str:
    return urlencode({word: value for word, value in query.items() if value not in ("", None)})


def read(request: Request) -> Asking:
    """Return what the address asks for. Raises NotFound for a place one may not see, Invalid for no such time."""
    period = periods.read(request.GET.get("period") or periods.DEFAULT, at=request.at)
    asking = Asking(_place(request), _between(request, period), request.at, request.numbers)
    return _narrowed(request, asking)


def whole(request: Request, name: str) -> int | None:
    """Return a whole number of the address, or None."""
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 12 else None


def channel_name(number: int) -> str:
    """Return what a channel is called, by its number among those that are counted."""
    return str(Channel(CHANNELS[number - 1]).label) if 1 <= number <= len(CHANNELS) else ""


def _narrowed(request: Request, asking: Asking) -> Asking:
    """Return it narrowed to a category or channel, where the address names one and cubes hold it."""
    if asking.place.kind not in {"city", "street"}:
        return asking
    known = catalogue(request.numbers).by_id.get(whole(request, "major") or 0)
    if known is not None:
        return replace(asking, facet="major", facet_id=known.id, facet_name=known.name)
    number = whole(request, "channel") or 0
    name = channel_name(number)
    return replace(asking, facet="channel", facet_id=number, facet_name=name) if name else asking


def _place(request: Request) -> Place:
    found: Place | None
    if code := request.GET.get("unit"):
        unit = next((each for each in units.directory(request.numbers).by_id.values() if each.code == code), None)
        found = places.of_unit(unit.id, request.numbers) if unit else None
    elif code := request.GET.get("area"):
        known = areas.index(request.numbers).nodes.values()
        # An area in force before one that has ended under the same code.
        nodes = sorted((each for each in known if each.code == code), key=lambda each: each.valid_to is not None)
        found = places.of_area(nodes[0]) if nodes else None
    else:
        mine = places.own(request.actor, at=request.at, numbers=request.numbers)
        found = mine[0] if mine else None
    if found is None or not places.may_see(request.actor, found, request.numbers):
        raise NotFound(_("没有这个区域或单位的统计，或不在您的辖区。"))
    return found


def _between(request: Request, period: Period) -> Period:
    """Return the days from … to, where the address names them."""
    given = [request.GET.get(name, "") for name in ("from", "to")]
    if not all(given):
        return period
    try:
        first, last = (date.fromisoformat(each) for each in given)
    except ValueError as error:
        raise Invalid({"from": _("日期写成 2026-11-01 这样。")}) from error
    if first > last:
        raise Invalid({"from": _("开始日期在结束日期之后。")})
    today = words.local(request.at).date()
    return Period("", f"{words.day(first, today)}–{words.day(last, today)}", first, last)


def crumbs(request: Request, asking: Asking, name: str = "statistics") -> list[Crumb]:
    """Return the way down to the place: what lies above it as links, where one may look."""
    place = asking.place
    if place.kind == "unit" or not place.area_id:
        return [Crumb(place.name)]
    node = areas.node(place.area_id, request.numbers)
    above = [areas.node(pk, request.numbers) for pk in node.path_ids] if node else []
    found = [each for one in above if one is not None and (each := places.of_area(one)) is not None]
    may = {each: places.may_see(request.actor, each, request.numbers) for each in found}
    return [Crumb(each.name, asking.to(name, area=each.code) if each != place and may[each] else "") for each in found]


def own(request: Request, asking: Asking, name: str = "statistics") -> list[Tab]:
    """Return the places of one's posts to choose from, where there are several."""
    mine = places.own(request.actor, at=request.at, numbers=request.numbers)
    if len(mine) < 2:
        return []
    return [
        Tab(Asking(each, asking.period, asking.at, asking.numbers).to(name), each.name, current=each == asking.place)
        for each in mine
    ]


def sections(asking: Asking, current: str) -> list[Tab]:
    """Return the pages of statistics as tabs; a unit has no hours, for reports come to areas."""
    pages = {
        "statistics": _("概览"), "statistics_trends": _("趋势"), "statistics_heat": _("时段"),
        "statistics_indicators": _("评价指标"),
    }  # fmt: skip
    if asking.place.kind == "unit":
        del pages["statistics_heat"]
    keeps = {"statistics_trends", "statistics_indicators"}
    return [
        Tab((asking if name in keeps else asking.of_all()).to(name), label, current=name == current)
        for name, label in pages.items()
    ]


def period_tabs(asking: Asking, name: str = "statistics") -> list[Tab]:
    """Return the periods to choose from."""
    kept = {"from": "", "to": ""}
    return [
        Tab(asking.to(name, period=word, **kept), periods.read(word, at=asking.at).label,
            current=word == asking.period.word)
        for word in periods.WORDS
    ]  # fmt: skip
