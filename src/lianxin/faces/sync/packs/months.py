"""One's own months, with what stands behind each figure and one's own appeals."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel

from lianxin.faces.sync.sections import section
from lianxin.foundation.accounts.actor import Actor
from lianxin.insight.months import queries
from lianxin.insight.months.figures import THINGS, Thing, in_order
from lianxin.insight.months.models import Appeal
from lianxin.insight.months.queries import Month, Value

_BACK = 5  # months before the present one; only their figures
_MOST_THINGS = 60  # of the present month and the one before


class MonthThingOut(BaseModel):
    """One thing behind a figure; `counts` tells whether it counts or is only among them."""

    id: int
    title: str
    line: str
    number: str
    counts: bool


class MonthFigureOut(BaseModel):
    """A figure of a month: how many of how many."""

    code: str
    number: int
    total: int | None
    was_number: int | None  # before a ruling changed it
    things: list[MonthThingOut]


class MonthPackedOut(BaseModel):
    """One of my months."""

    month: str
    is_closed: bool
    figures: list[MonthFigureOut]


class MonthDefinitionOut(BaseModel):
    """What a figure is and how it is counted."""

    code: str
    label: str
    definition: str
    unit: str


class MonthAppealOut(BaseModel):
    """One of my appeals and what was answered."""

    key: str
    month: str
    figure: str
    thing: int | None
    words: str
    asked_at: datetime
    due_at: datetime
    ruling: str
    answer: str


class MonthPackOut(BaseModel):
    """My months (我的月报)."""

    definitions: list[MonthDefinitionOut]
    months: list[MonthPackedOut]
    appeals: list[MonthAppealOut]


@section("month", out=MonthPackOut, order=80)
def month(actor: Actor, *, at: datetime, numbers: Mapping[str, int]) -> MonthPackOut | None:  # noqa: ARG001
    """Carry the present month and the five before it; the things behind the latest two."""
    if actor.account_id is None or actor.kind != "staff":
        return None
    held = queries.own_months(actor, at=at, back=_BACK)
    known = _known(actor, held[:2])
    return MonthPackOut(
        definitions=[
            MonthDefinitionOut(
                code=one.code, label=str(one.label), definition=str(one.definition), unit=str(one.unit)
            )
            for one in in_order()
        ],
        months=[_month(each, known if number < 2 else {}) for number, each in enumerate(held)],
        appeals=[_appeal(each) for each in queries.own_appeals(actor, [each.month for each in held])[:30]],
    )  # fmt: skip


Known = Mapping[str, Mapping[int, Thing]]


def _known(actor: Actor, months: Sequence[Month]) -> Known:
    """Return what stands behind the figures of these months, by kind of thing and id: asked once a kind."""
    wanted: dict[str, dict[int, None]] = {}
    for value in (value for each in months for value in each.values):
        wanted.setdefault(value.figure.thing, {}).update(dict.fromkeys(_shown(value)))
    return {kind: {thing.id: thing for thing in THINGS[kind](actor, list(ids))} for kind, ids in wanted.items() if ids}


def _shown(value: Value) -> list[int]:
    """Return what is listed: first what does not count, for that is what one asks about."""
    return [*value.missed, *value.ruled[0]][:_MOST_THINGS]


def _month(one: Month, known: Known) -> MonthPackedOut:
    return MonthPackedOut(
        month=f"{one.month:%Y-%m}", is_closed=one.frozen_at is not None,
        figures=[_figure(value, known.get(value.figure.thing, {})) for value in one.values],
    )  # fmt: skip


def _figure(value: Value, known: Mapping[int, Thing]) -> MonthFigureOut:
    counts = set(value.ruled[0])
    return MonthFigureOut(
        code=value.figure.code, number=value.number, total=value.total,
        was_number=len(value.counted) if value.is_ruled else None,
        things=[_thing(known[pk], counts=pk in counts) for pk in _shown(value) if pk in known],
    )  # fmt: skip


def _thing(one: Thing, *, counts: bool) -> MonthThingOut:
    return MonthThingOut(id=one.id, title=one.title, line=one.line, number=one.number, counts=counts)


def _appeal(one: Appeal) -> MonthAppealOut:
    return MonthAppealOut(
        key=str(one.key), month=f"{one.month:%Y-%m}", figure=one.code, thing=one.thing_id, words=one.words,
        asked_at=one.asked_at, due_at=one.due_at, ruling=one.get_ruling_display() if one.ruling else "",
        answer=one.answer,
    )  # fmt: skip
