"""Small made-up worlds of facts, and tables counted in Python over them, as plainly as can be."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from cast import Cast
from lianxin.foundation.areas.queries import AreaNode
from lianxin.insight.statistics import folding
from lianxin.insight.statistics.models import CaseFact
from lianxin.insight.tables.asking import Asked, measures_of
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases.words import Channel, Kind, Severity, Stage
from lianxin.work.dispatch.models import Category

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=ZONE)

# Each measure again, in Python: what it asks of a fact.
PUBLIC = {"resident", "call", "hotline", "media"}
WHERE: Mapping[str, Callable[[CaseFact], bool]] = {
    "reported": lambda fact: True,
    "worker_reported": lambda fact: fact.channel == "worker",
    "filed": lambda fact: True,
    "filed_void": lambda fact: fact.stage == "void",
    "public_filed": lambda fact: fact.channel in PUBLIC,
    "due": lambda fact: True,
    "on_time": lambda fact: fact.is_done and not fact.is_late,
    "late_open": lambda fact: not fact.is_done,
    "ended": lambda fact: True,
    "asked_satisfied": lambda fact: fact.satisfaction != "",
    "satisfied": lambda fact: fact.satisfaction in {"satisfied", "basically"},
}
DATED = {
    "reported": "reported_at", "worker_reported": "reported_at", "filed": "filed_at", "filed_void": "filed_at",
    "public_filed": "filed_at", "due": "duty_at", "on_time": "duty_at", "late_open": "duty_at", "ended": "ended_at",
    "asked_satisfied": "ended_at", "satisfied": "ended_at",
}  # fmt: skip


def make_facts(cast: Cast, dice: Random, count: int) -> list[CaseFact]:
    """Lay in so many facts at random, some without street, unit or category, and make the cubes."""
    grids = [node for node in cast.county.areas.values() if node.role == "grid"]
    units = [unit.id for unit in cast.county.units.values()][:5]
    categories = list(Category.objects.order_by("pk"))
    made = [_fact(pk, dice, grids, units, categories) for pk in range(1, count + 1)]
    CaseFact.objects.bulk_create(made)
    folding.build_cubes()
    return made


def _fact(
    pk: int, dice: Random, grids: Sequence[AreaNode], units: Sequence[int], categories: Sequence[Category]
) -> Any:
    grid = dice.choice(grids) if dice.random() < 0.9 else None
    category = dice.choice(categories) if categories and dice.random() < 0.9 else None
    top = category
    while top is not None and top.parent is not None:
        top = top.parent
    reported = NOW - timedelta(hours=dice.randrange(24 * 100))

    def later(share: float) -> datetime | None:
        return reported + timedelta(hours=dice.randrange(240)) if dice.random() < share else None

    ended = later(0.7)
    return CaseFact(
        case_id=pk, street_id=grid.street_id if grid else None, community_id=grid.community_id if grid else None,
        grid_id=grid.id if grid else None,
        category_id=category.pk if category else None, major_id=top.pk if top else None,
        unit_id=dice.choice(units) if dice.random() < 0.8 else None,
        kind=dice.choice(Kind.values), severity=dice.choice(Severity.values), channel=dice.choice(Channel.values),
        stage=dice.choice(Stage.values), solved="",
        satisfaction=dice.choice(["", "", "satisfied", "basically", "not"]) if ended else "",
        returns=0, reworks=0, extensions=0, is_filed_late=False, is_dispatched_late=False, is_verified_late=False,
        is_checked_late=False, is_done=dice.random() < 0.7, is_late=dice.random() < 0.3, reported_at=reported,
        filed_at=later(0.8), duty_at=later(0.8), ended_at=ended,
    )  # fmt: skip


def plainly(facts: Sequence[CaseFact], asked: Asked) -> dict[tuple[Any, Any], dict[str, int]]:
    """Count one by one what a table asks for."""
    names = {name for figure in asked.figures for name in measures_of(figure)}
    counted: dict[tuple[Any, Any], dict[str, int]] = {}
    for fact in facts:
        if not _is_among(fact, asked):
            continue
        for name in names:
            at = getattr(fact, DATED[name])
            if at is None or not WHERE[name](fact):
                continue
            if not asked.period.first <= at.astimezone(ZONE).date() <= asked.period.last:
                continue
            key = (_key(asked.rows, fact, at), _key(asked.across, fact, at) if asked.across else 0)
            counted.setdefault(key, dict.fromkeys(names, 0))[name] += 1
    return counted


def _is_among(fact: CaseFact, asked: Asked) -> bool:
    place = asked.place
    if place.kind == "unit" and fact.unit_id != place.unit_id:
        return False
    if place.kind in {"street", "community"} and getattr(fact, f"{place.kind}_id") != place.area_id:
        return False
    fields = {"major": "major_id", "of_unit": "unit_id"}
    return all(getattr(fact, fields.get(name, name)) in kept for name, kept in asked.filters.items())


def _key(code: str, fact: CaseFact, at: datetime) -> Any:
    here = at.astimezone(ZONE)
    day = here.date()
    if code in {"street", "community", "unit", "major", "category"}:
        return getattr(fact, f"{code}_id")
    return {
        "day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1),
        "weekday": day.isoweekday(), "hour": here.hour,
    }.get(code) or (here.hour if code == "hour" else getattr(fact, code))  # fmt: skip
