"""Filters of cases as words: what a list's address, and so a saved view, means."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Protocol

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.text import looks_personal
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases.queries import Filters
from lianxin.work.cases.queries.todo import LABELS as TODO
from lianxin.work.cases.words import ENDS, Channel, Kind, Severity, Stage
from lianxin.work.dispatch.queries import catalogue

Numbers = Mapping[str, int]
Labels = Mapping[str, str | Promise]
CLOCKS: Labels = {
    "overdue": gettext_lazy("已超时"),
    "warn": gettext_lazy("快到期"),
    "paused": gettext_lazy("挂账、缓办"),
}
FLAGS: Labels = {
    "supervised": gettext_lazy("督办"),
    "approval": gettext_lazy("待审批"),
    "follow_up": gettext_lazy("要回访"),
    "whistled": gettext_lazy("吹过哨"),
    "unplaced": gettext_lazy("没定位置"),
}
ORDERS: Labels = {"due": gettext_lazy("先到期"), "newest": gettext_lazy("新上报"), "oldest": gettext_lazy("早上报")}
# The tabs of the seat, each a filter of its own under what else the address says.
TABS: Mapping[str, tuple[str | Promise, Filters]] = {
    "all": (gettext_lazy("全部"), Filters(todo="desk")),
    "reported": (gettext_lazy("待立案"), Filters(stages=("reported",), mine=True)),
    "filed": (gettext_lazy("待派遣"), Filters(stages=("filed",), mine=True)),
    "handled": (gettext_lazy("待核查"), Filters(stages=("handled", "verified"), mine=True)),
    "supervised": (gettext_lazy("督办"), Filters(flag="supervised", mine=True)),
}
WORDS = (
    "tab", "state", "stage", "clock", "severity", "kind", "channel", "flag", "todo", "mine", "area", "category", "unit",
    "from", "to", "q", "order",
)  # fmt: skip
_ENDED = {"open": False, "ended": True, "all": None}
_LONGEST = 600


class Words(Protocol):
    """The words of an address; `QueryDict` is one."""

    def get(self, key: str, default: Any = ..., /) -> Any: ...
    def getlist(self, key: str, /) -> list[Any]: ...
    def __contains__(self, key: object, /) -> bool: ...


def read(query: Words, *, at: datetime, numbers: Numbers) -> Filters:
    """Return what the address asks for; a word that means nothing here is left out."""
    stages = tuple(stage for stage in query.getlist("stage") if stage in Stage.values)
    area = areas.atlas(at, numbers).by_code.get(query.get("area", ""))
    unit = organizations.directory(numbers).by_code.get(query.get("unit", ""))
    state = query.get("state", "open")
    ended = _ENDED.get(state, False)
    return Filters(
        stages=stages,
        severity=_among(query, "severity", Severity.values),
        category_ids=_categories(query.get("category", ""), numbers),
        area_ids=(area.id,) if area and not area.is_whole else (),
        unit_id=unit.id if unit else None,
        channel=_among(query, "channel", Channel.values),
        kind=_among(query, "kind", Kind.values),
        clock=_among(query, "clock", CLOCKS),
        flag=_among(query, "flag", FLAGS),
        todo=_among(query, "todo", TODO),
        mine="mine" in query,
        words=query.get("q", "").replace("\0", "").strip()[:80],
        reported_from=day(query.get("from", "")),
        reported_to=day(query.get("to", ""), days=1),
        ended=None if set(stages) & {str(end) for end in ENDS} or ("q" in query and "state" not in query) else ended,
        order=_among(query, "order", ORDERS) or "due",
    )


def read_at_seat(query: Words, *, at: datetime, numbers: Numbers) -> Filters:
    """Return the tab's own filter, narrowed by the other words of the address."""
    given = read(query, at=at, numbers=numbers)
    own = TABS[tab(query)][1]
    return replace(
        given, stages=own.stages or given.stages, todo=own.todo, mine=own.mine or given.mine,
        flag=own.flag or given.flag, ended=False,
    )  # fmt: skip


def tab(query: Words) -> str:
    """Return the seat's tab that the words name, the first if none."""
    named = str(query.get("tab", "all"))
    return named if named in TABS else "all"


def day(text: str, *, days: int = 0) -> datetime | None:
    """Return the beginning of a day, or of one so many later; None for anything else."""
    try:
        found = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=ZONE).date()
    except ValueError:
        return None
    return datetime.combine(found, time(), ZONE) + timedelta(days=days) if 1990 < found.year < 2200 else None


def kept(query: QueryDict) -> str:
    """Return the words worth keeping, in one order; "" where they would be too long or name a person or a telephone."""
    chosen = [(name, value) for name in WORDS for value in query.getlist(name) if value or name == "mine"]
    words = QueryDict(mutable=True)
    for name, value in chosen:
        words.appendlist(name, value)
    text = words.urlencode()
    return "" if len(text) > _LONGEST or looks_personal(query.get("q", "") or "") else text


def gone(query: Words, *, at: datetime, numbers: Numbers) -> list[str]:
    """Return which words name something that is no more: without them the view would show far more than was meant."""
    known: Mapping[str, Any] = {
        "area": areas.atlas(at, numbers).by_code,
        "category": catalogue(numbers).by_code,
        "unit": organizations.directory(numbers).by_code,
    }
    return [name for name, codes in known.items() if query.get(name) and query.get(name) not in codes]


def _among(query: Words, name: str, known: Any) -> str:
    value = str(query.get(name, ""))
    return value if value in known else ""


def _categories(code: str, numbers: Numbers) -> tuple[int, ...]:
    """Return a category and all below it."""
    nodes = catalogue(numbers)
    found = nodes.by_code.get(code)
    wanted = [found.id] if found else []
    for category_id in wanted:
        wanted += [node.id for node in nodes.children(category_id)]
    return tuple(wanted)
