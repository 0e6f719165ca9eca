"""The map in the middle: open cases by area, the darker ground the fewer; what is late, nearly late, just done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.parts import words
from lianxin.faces.screen.blocks import Asked, Told, widget
from lianxin.faces.screen.drawing import HEIGHT, WIDTH, Ground, ground
from lianxin.faces.screen.spacing import apart
from lianxin.foundation.areas.queries import node
from lianxin.insight.statistics import figures
from lianxin.work.cases import queries
from lianxin.work.cases.models import Case
from lianxin.work.cases.models.case import CaseQuerySet
from lianxin.work.cases.queries import Filters
from lianxin.work.cases.words import Stage

_LEVELS = 5
_MOST = {"late": 12, "warn": 8, "done": 8}
_PULSES = 6  # at once, the most
_LATELY = timedelta(hours=2)
_MOST_NAMES = 16
_LETTER, _NAME_HIGH = 26, 58  # of a name and the count below it, as the sheet draws them


@dataclass(frozen=True, slots=True)
class Land:
    """An area of the drawing, the lighter the more is open there."""

    path: str
    level: int
    name: str
    code: str
    said: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name on the map with its count."""

    x: float
    y: float
    name: str
    said: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A case on the map, without words: late, warn or done."""

    kind: str
    x: float
    y: float
    pulses: bool = False


@widget("map", gettext_lazy("在办案件地图"), width="wide", permissions=("cases.view", "statistics.view"))
def land(asked: Asked) -> Told | None:
    """Draw the place."""
    drawn = ground(asked.node, at=asked.at, numbers=asked.numbers)
    if drawn is None:
        return None
    open_now = _open(asked, drawn)
    lands = _lands(asked, drawn, open_now)
    role = "city" if asked.node.is_whole else asked.node.role
    by = {"city": _("按社区"), "street": _("按社区"), "community": _("按网格")}.get(role, "")
    return Told(
        by,
        {
            "box": f"0 0 {WIDTH} {HEIGHT}", "lands": lands, "lines": [each.path for each in drawn.lines],
            "names": _names(asked, drawn, open_now), "marks": _marks(asked, drawn),
        },
    )  # fmt: skip


def _open(asked: Asked, drawn: Ground) -> Mapping[int, int]:
    ids = [each.area_id for each in drawn.lands]
    if asked.node.role != "community":
        return figures.open_in([*ids, *(each.area_id for each in drawn.lines)])
    # Grids are in no cube; a community's open cases are few.
    found = queries.queue(asked.actor, asked.filters, at=asked.at).order_by()
    return dict(found.values_list("grid_id").annotate(count=Count("id")))


def _lands(asked: Asked, drawn: Ground, open_now: Mapping[int, int]) -> list[Land]:
    most = max((open_now.get(each.area_id, 0) for each in drawn.lands), default=0)
    found = []
    for each in drawn.lands:
        area, count = node(each.area_id, asked.numbers), open_now.get(each.area_id, 0)
        level = min(_LEVELS, 1 + (count * _LEVELS - 1) // most) if count else 0
        if area is not None:
            code = area.code if area.role != "grid" else ""
            found.append(Land(each.path, level, area.name, code, words.count(count)))
    return found


def _names(asked: Asked, drawn: Ground, open_now: Mapping[int, int]) -> list[Name]:
    """Name the larger areas where there are several; else those of the ground, if they are few enough to be read."""
    shown = drawn.lines if len(drawn.lines) > 1 else drawn.lands
    if len(shown) > _MOST_NAMES:
        shown = sorted(shown, key=lambda each: -open_now.get(each.area_id, 0))[:_MOST_NAMES]
    named = [(each, node(each.area_id, asked.numbers)) for each in shown]
    names = [
        Name(each.x, each.y, area.name, _("{count} 件").format(count=words.count(open_now.get(each.area_id, 0))))
        for each, area in named
        if area is not None
    ]
    spots = apart([(name.x, name.y) for name in names], [(_LETTER * len(name.name), _NAME_HIGH) for name in names])
    return [replace(name, x=x, y=y) for name, (x, y) in zip(names, spots, strict=True)]


def _marks(asked: Asked, drawn: Ground) -> list[Mark]:
    at = asked.at
    found = {
        "late": _by_clock(asked, "overdue"),
        "warn": _by_clock(asked, "warn"),
        "done": queries.queue(asked.actor, replace(asked.filters, ended=True), at=at)
        .filter(ended_at__gt=at - _LATELY, stage=Stage.CLOSED)
        .order_by("-ended_at"),
    }
    marks: list[Mark] = []
    pulses = 0
    for kind, cases in found.items():  # what is late beats first, and is drawn last
        rows: Sequence[Case] = list(cases.filter(is_confidential=False, point__isnull=False)[: _MOST[kind]])
        for case in rows:
            spot = drawn.spot(case.point) if case.point else (-1.0, -1.0)
            if drawn.holds(spot):
                beats = kind != "done" and pulses < _PULSES
                pulses += beats
                marks.append(Mark(kind, *spot, pulses=beats))
    return marks[::-1]


def _by_clock(asked: Asked, clock: str) -> CaseQuerySet:
    filters: Filters = replace(asked.filters, clock=clock)
    return queries.queue(asked.actor, filters, at=asked.at).order_by("due_at", "id")
