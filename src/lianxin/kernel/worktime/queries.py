"""Calendars in force, kept in the process until the version `worktime` changes."""

from collections.abc import Mapping
from datetime import time
from functools import lru_cache

from django.utils.translation import gettext as _

from lianxin.kernel.errors import NotFound
from lianxin.kernel.versions import Versioned
from lianxin.kernel.worktime import statutory
from lianxin.kernel.worktime.calendars import Calendar, Season
from lianxin.kernel.worktime.models import CalendarDay, DayKind, DaySource, WorkCalendar, WorkSeason


def calendar(code: str | None = None, numbers: Mapping[str, int] | None = None) -> Calendar:
    """Return a calendar by its code, or the default one; with `numbers` from `versions.read()` without any query.

    Where no calendar was ever made, the national one serves: 08:00–12:00, 14:00–18:00, statutory holidays.
    """
    known = _calendars.get() if numbers is None else _calendars.at(numbers)
    found = known.get(code)
    if found is None:
        raise NotFound(_("没有代码为“%(code)s”的工作日历。") % {"code": code})
    return found


def _load() -> dict[str | None, Calendar]:
    days: dict[int, list[CalendarDay]] = {}
    for day in CalendarDay.objects.all():
        days.setdefault(day.calendar_id, []).append(day)
    seasons: dict[int, list[Season]] = {}
    for season in WorkSeason.objects.order_by("calendar_id", "position"):
        seasons.setdefault(season.calendar_id, []).append(_season(season))
    known: dict[str | None, Calendar] = {}
    for row in WorkCalendar.objects.all():
        known[row.code] = _calendar(row, seasons.get(row.pk, []), days.get(row.pk, []))
        if row.is_default:
            known[None] = known[row.code]
    known.setdefault(None, _national())
    return known


_calendars = Versioned("worktime", _load)


def _calendar(row: WorkCalendar, seasons: list[Season], days: list[CalendarDay]) -> Calendar:
    told = {day.day.year for day in days if day.source == DaySource.STATUTORY}
    awaited = {day.day.year for day in days if day.source == DaySource.STATUTORY and not day.confirmed}
    return Calendar(
        code=row.code,
        name=row.name,
        seasons=tuple(seasons),
        holidays=frozenset(day.day for day in days if day.kind == DayKind.HOLIDAY),
        workdays=frozenset(day.day for day in days if day.kind == DayKind.WORKDAY),
        confirmed_years=frozenset(told - awaited),
    )


def _season(row: WorkSeason) -> Season:
    return Season(
        periods=tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in row.periods),
        first=(row.first_month, row.first_day),
        last=(row.last_month, row.last_day),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


@lru_cache(maxsize=1)
def _national() -> Calendar:
    years = statutory.known_years()
    days = [day for year in years for day in statutory.days_of(year)]
    return Calendar(
        code="national",
        name=_("全国标准工作时间"),
        holidays=frozenset(day.day for day in days if day.is_off),
        workdays=frozenset(day.day for day in days if not day.is_off),
        confirmed_years=frozenset(years),
    )
