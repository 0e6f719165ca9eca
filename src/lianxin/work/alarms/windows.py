"""When a rule is awake: windows by weekday and hours, or by the work calendar. Pure; instants are aware."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol, Self

from lianxin.kernel.worktime.calendars import ZONE

WORKDAY, RESTDAY = "workday", "restday"
DAYS = (1, 2, 3, 4, 5, 6, 7)
_AHEAD_DAYS = (3, 16)  # looked at in turn; no holiday is longer


class Days(Protocol):
    """What tells working days; `worktime.calendars.Calendar` does."""

    def is_workday(self, day: date) -> bool:
        """Say whether people work on this day."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of some days: weekdays 1–7, or working or rest days. `until` not after `since` runs past midnight."""

    days: frozenset[int] | str = frozenset(DAYS)
    since: time = time()
    until: time = time()

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Self:
        """Return the window that a rule's content says."""
        days = content.get("days") or list(DAYS)
        return cls(
            days if isinstance(days, str) else frozenset(int(day) for day in days),
            time.fromisoformat(str(content.get("from") or "00:00")),
            time.fromisoformat(str(content.get("to") or "00:00")),
        )

    def is_on(self, day: date, calendar: Days) -> bool:
        """Tell whether the window begins on this day."""
        if isinstance(self.days, str):
            return calendar.is_workday(day) is (self.days == WORKDAY)
        return day.isoweekday() in self.days

    def span(self, day: date) -> tuple[datetime, datetime]:
        """Return from when until when it lasts that begins on this day."""
        ends_on = day if self.until > self.since else day + timedelta(days=1)
        return datetime.combine(day, self.since, ZONE), datetime.combine(ends_on, self.until, ZONE)


@dataclass(frozen=True)
class Schedule:
    """The windows of a rule; without any it is always awake."""

    windows: tuple[Window, ...]
    calendar: Days

    @classmethod
    def read(cls, windows: Sequence[Mapping[str, Any]], calendar: Days) -> "Schedule | None":
        """Return the schedule of a rule's content; None: always awake."""
        return cls(tuple(Window.read(one) for one in windows), calendar) if windows else None

    def is_awake(self, at: datetime) -> bool:
        """Tell whether the rule watches at this instant; a window's end is no longer in it."""
        today = at.astimezone(ZONE).date()
        return any(begins <= at < ends for begins, ends in self._spans(today - timedelta(days=1), 2))

    def next_change(self, at: datetime) -> datetime | None:
        """Return when it next wakes or falls asleep; None where it does not within a fortnight."""
        now = self.is_awake(at)
        first = at.astimezone(ZONE).date() - timedelta(days=1)
        for days in _AHEAD_DAYS:
            edges = sorted({edge for span in self._spans(first, days) for edge in span if edge > at})
            for edge in edges:
                if self.is_awake(edge) is not now:
                    return edge.astimezone(UTC)
        return None

    def _spans(self, first: date, count: int) -> Iterator[tuple[datetime, datetime]]:
        for ahead in range(count):
            day = first + timedelta(days=ahead)
            for window in self.windows:
                if window.is_on(day, self.calendar):
                    yield window.span(day)
