"""The cases behind a number: exactly those that it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases.models import Case
from lianxin.work.cases.models.case import CaseQuerySet

from .cubes import STANDING, STAYS
from .figures import STAGES, instants
from .measures import FACETS, MEASURES
from .places import Place

OPEN = "open"  # what is under way now, whatever the days
STAY = "stay-"  # stay-handling: what left a stage in these days
LATE_STAY = "late-stay-"
STAND = "stand-"  # stand-handling: what stands in a stage now, whatever the days


@dataclass(frozen=True, slots=True)
class Behind:
    """A number: a measure in a place and a stretch of days, perhaps of one category, unit, weekday or hour only."""

    what: str
    place: Place
    first: date
    last: date
    major_id: int | None = None
    unit_id: int | None = None
    channel: int | None = None  # its number among CHANNELS, from 1
    weekday: int | None = None  # 1 is Monday
    hour: int | None = None
    is_not: str = ""  # a measure whose cases are left out


def is_known(what: str) -> bool:
    """Tell whether there is a number of this name."""
    if what == OPEN or what in MEASURES:
        return True
    return any(what.startswith(begin) and what.removeprefix(begin) in STAGES for begin in (STAY, LATE_STAY, STAND))


def is_of_now(what: str) -> bool:
    """Tell whether a number is of what is open now, whatever the days asked for."""
    return what == OPEN or what.startswith(STAND)


def count(number: Behind) -> int:
    """Return how many cases stand behind a number, by the facts. One statement."""
    statement, values = _ids(number)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({statement}) found", values)
        return int(cursor.fetchone()[0])


def cases(number: Behind) -> CaseQuerySet:
    """Return the cases behind a number, not yet narrowed to what an actor may see."""
    statement, values = _ids(number)
    return Case.objects.filter(pk__in=RawSQL(statement, values))  # noqa: S611 - made of constants, values apart


def _ids(number: Behind) -> tuple[str, list[Any]]:
    if number.what.startswith(STAND):
        return _stands(number)
    return _stays(number) if STAY in number.what else _facts(number)


def _stands(number: Behind) -> tuple[str, list[Any]]:
    where, values = _place(number.place, "s")
    statement = f"SELECT s.case_id FROM stage_spell s WHERE {STANDING} AND {where} AND s.stage = %s"
    return statement, [*values, number.what.removeprefix(STAND)]


def _stays(number: Behind) -> tuple[str, list[Any]]:
    stage = number.what.removeprefix("late-").removeprefix(STAY)
    where, values = _place(number.place, "s")
    late = " AND s.is_late" if number.what.startswith(LATE_STAY) else ""
    left = "s.stage = %s AND s.left_at >= %s AND s.left_at < %s"
    statement = f"SELECT s.case_id FROM stage_spell s WHERE {STAYS}{late} AND {where} AND {left}"
    return statement, [*values, stage, *instants(number.first, number.last)]


def _facts(number: Behind) -> tuple[str, list[Any]]:
    where, values = _place(number.place, "f")
    parts = [where]
    if number.what == OPEN:
        parts.append("f.ended_at IS NULL")
    else:
        measure = MEASURES[number.what]
        parts.append(f"({measure.where}) AND f.{measure.instant} >= %s AND f.{measure.instant} < %s")
        values += instants(number.first, number.last)
    if number.is_not:
        parts.append(f"NOT ({MEASURES[number.is_not].where})")
    local = f"f.reported_at AT TIME ZONE '{ZONE.key}'"
    given: Mapping[str, int | None] = {
        "f.major_id": number.major_id, "f.unit_id": number.unit_id, FACETS["channel"]: number.channel,
        f"extract(isodow FROM {local})": number.weekday, f"extract(hour FROM {local})": number.hour,
    }  # fmt: skip
    for expression, value in given.items():
        if value is not None:
            parts.append(f"{expression} = %s")
            values.append(value)
    return f"SELECT f.case_id FROM case_fact f WHERE {' AND '.join(parts)}", values


def _place(place: Place, table: str) -> tuple[str, list[Any]]:
    if place.kind == "city":
        return "true", []
    if place.kind == "unit":
        return f"{table}.unit_id = %s", [place.unit_id]
    return f"{table}.{place.kind}_id = %s", [place.area_id]
