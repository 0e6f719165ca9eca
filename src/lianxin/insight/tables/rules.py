"""When a scheduled table falls due, and how long what was made lives. Pure, the calendar is handed in."""

from datetime import date, datetime, time, timedelta
from typing import Protocol

from lianxin.kernel.worktime.calendars import ZONE

TABLE_LIVES = timedelta(days=30)
LIST_LIVES = timedelta(days=1)
MOST_CASES = 1_000_000  # of one list
MOST_SAVED = 100  # tables one person keeps
MOST_LISTS = 3  # lists of one person that are being made
ATTEMPTS = 3
STUCK = timedelta(minutes=15)  # without a sign, after which what was being made is made again
_LOOK = 31  # days back and ahead: a run of days off is shorter


class WorkDays(Protocol):
    """A calendar that knows working days."""

    def is_workday(self, day: date) -> bool: ...


class Timed(Protocol):
    """When something is wanted."""

    @property
    def every(self) -> str: ...
    @property
    def hour(self) -> int: ...
    @property
    def weekday(self) -> int: ...
    @property
    def day(self) -> int: ...
    @property
    def is_on_workdays(self) -> bool: ...


def following(timed: Timed, after: datetime, calendar: WorkDays) -> datetime:
    """Return the first due instant after an instant. One that falls on a day off moves to the next working day."""
    begin = after.astimezone(ZONE).date() - timedelta(days=_LOOK)
    for ahead in range(3 * _LOOK):
        day = begin + timedelta(days=ahead)
        if not _is_day(timed, day):
            continue
        if timed.is_on_workdays:
            day = _workday(day, calendar)
        due = datetime.combine(day, time(timed.hour), ZONE)
        if due > after:
            return due
    raise ValueError(timed.every)


def _is_day(timed: Timed, day: date) -> bool:
    if timed.every == "week":
        return day.isoweekday() == timed.weekday
    return timed.every == "day" or day.day == timed.day


def _workday(day: date, calendar: WorkDays) -> date:
    for ahead in range(_LOOK):
        if calendar.is_workday(day + timedelta(days=ahead)):
            return day + timedelta(days=ahead)
    return day  # a calendar that knows no working day moves nothing
