"""Clock arithmetic: when a limit falls due, how much of it is used. Pure; instants are aware, results in UTC."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

from lianxin.kernel.worktime.calendars import STANDARD_HOURS, ZONE, Calendar, Season
from lianxin.kernel.worktime.limits import Limit, Unit, phrase

__all__ = [
    "STANDARD_HOURS",
    "ZONE",
    "Calendar",
    "Clock",
    "Limit",
    "Pause",
    "Season",
    "Unit",
    "counted",
    "due",
    "phrase",
    "worked",
]


def due(start: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """Return when a limit that begins at `start` runs out."""
    return _after(start, limit.counted, calendar, is_working=limit.unit.is_working)


def worked(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Return the whole working minutes between two instants."""
    return calendar.worked(start, end) // timedelta(minutes=1)


def counted(start: datetime, end: datetime, unit: Unit, calendar: Calendar) -> timedelta:
    """Return the time between two instants as this unit counts it; zero when they stand the other way round."""
    if unit.is_working:
        return calendar.worked(start, end)
    return max(end - start, timedelta())


def _after(start: datetime, amount: timedelta, calendar: Calendar, *, is_working: bool) -> datetime:
    instant = calendar.after(start, amount) if is_working else start + amount
    return instant.astimezone(UTC)


class Pause(NamedTuple):
    """A stretch in which a clock stands; `end` is None while it still does."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Clock:
    """A running limit: its start, its pauses in order, and what extensions have added in its own kind of time."""

    start: datetime
    limit: Limit
    calendar: Calendar
    pauses: tuple[Pause, ...] = ()
    extended: timedelta = field(default_factory=timedelta)

    def __post_init__(self) -> None:
        """Refuse pauses that overlap, run backwards, or go on after an open one."""
        reached = self.start
        for index, pause in enumerate(self.pauses):
            is_last = index == len(self.pauses) - 1
            if pause.start < reached or (pause.end is None and not is_last) or (pause.end or pause.start) < pause.start:
                raise ValueError("Pauses of a clock follow one another and begin after its start.")
            reached = pause.end or pause.start

    @property
    def total(self) -> timedelta:
        """Return the counted time allowed, extensions included."""
        return self.limit.counted + self.extended

    @property
    def is_paused(self) -> bool:
        """Say whether the clock stands now."""
        return bool(self.pauses) and self.pauses[-1].end is None

    @property
    def due_at(self) -> datetime | None:
        """Return when the clock runs out; None while a pause holds it."""
        return self.when_used(self.total)

    def warn_at(self, share: float = 0.8) -> datetime | None:
        """Return when this share of the counted time is used; None while a pause comes before that."""
        return self.when_used(self.total * share)

    def when_used(self, amount: timedelta) -> datetime | None:
        """Return when this much counted time has passed; None if an open pause comes first."""
        is_working = self.limit.unit.is_working
        for begin, end in self._runs():
            if end is not None:
                passed = counted(begin, end, self.limit.unit, self.calendar)
                if passed < amount:
                    amount -= passed
                    continue
            return _after(begin, amount, self.calendar, is_working=is_working)
        return None

    def used(self, at: datetime) -> timedelta:
        """Return the counted time used up to an instant, pauses left out."""
        total = timedelta()
        for begin, end in self._runs():
            total += counted(begin, at if end is None else min(end, at), self.limit.unit, self.calendar)
        return total

    def remaining(self, at: datetime) -> timedelta:
        """Return the counted time left at an instant; below zero it tells by how much the clock is late."""
        return self.total - self.used(at)

    def pause(self, at: datetime) -> Self:
        """Return the clock standing from this instant on."""
        if self.is_paused:
            raise ValueError("The clock stands already.")
        return replace(self, pauses=(*self.pauses, Pause(at)))

    def resume(self, at: datetime) -> Self:
        """Return the clock running again from this instant on."""
        if not self.is_paused:
            raise ValueError("The clock runs already.")
        return replace(self, pauses=(*self.pauses[:-1], Pause(self.pauses[-1].start, at)))

    def extend(self, by: Limit) -> Self:
        """Return the clock with more time, counted in the same way as its limit."""
        if by.unit.is_working != self.limit.unit.is_working:
            raise ValueError("An extension is counted in the same kind of time as the limit.")
        return replace(self, extended=self.extended + by.counted)

    def _runs(self) -> Iterator[tuple[datetime, datetime | None]]:
        begin = self.start
        for pause in self.pauses:
            yield begin, pause.start
            if pause.end is None:
                return
            begin = pause.end
        yield begin, None
