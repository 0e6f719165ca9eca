"""The clocks of one case in one act: turned in memory, then written in few statements."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q

from lianxin.kernel.worktime.limits import Limit
from lianxin.kernel.worktime.rules import Calendar

from . import timing
from .models import Case, Clock
from .settings import FlowSettings

_MOVING = (
    "limit_value", "limit_unit", "calendar", "pauses", "extended_seconds", "shortened_to", "due_at", "warn_at",
    "warned_at", "overdue_at", "paused_at", "stopped_at",
)  # fmt: skip
# A paused case lets these stand; calls, tasks and approvals run on.
_PAUSABLE = frozenset({"stage", "assignment"})


def _state(clock: Clock) -> dict[str, Any]:
    return {name: getattr(clock, name) for name in _MOVING}


class Dial:
    """All clocks of a case that an act may turn. The stage's is shown on the case."""

    def __init__(self, case: Case, at: datetime, calendar: Calendar, settings: FlowSettings) -> None:
        self.case, self.at, self._calendar, self._settings = case, at, calendar, settings
        self._share = settings.warn_share
        self.clocks: list[Clock] = []
        self._stored: dict[int, dict[str, Any]] = {}

    def load(self) -> None:
        """Load the clocks that run or stand, and those of handling, which a rework takes up again. One statement."""
        wanted = Q(stopped_at=None) | Q(name="handle")
        self.clocks = list(Clock.objects.filter(wanted, case=self.case).order_by("id"))
        self._stored = {clock.pk: _state(clock) for clock in self.clocks}

    def runs(self, subject: str) -> bool:
        """Tell whether a clock for this sort of thing runs or stands."""
        return any(clock.subject == subject and clock.stopped_at is None for clock in self.clocks)

    def of(self, subject: str, subject_id: int | None) -> Clock | None:
        """Return the running clock of one thing."""
        found = (clock for clock in self.clocks if clock.subject == subject and clock.subject_id == subject_id)
        return next((clock for clock in found if clock.stopped_at is None), None)

    @property
    def stage_clock(self) -> Clock | None:
        """The one clock that runs or stands for the stage of an open case."""
        return self.of("stage", None)

    def start(self, subject: str, subject_id: int | None, name: str, limit_name: str = "") -> Clock:
        """Start a clock; `limit_name` where the limit has another name than the clock."""
        clock = timing.start(
            self.case, subject=subject, subject_id=subject_id, name=name,
            limit=timing.limit_for(limit_name or name, self.case, self._settings), at=self.at,
            calendar=self._calendar, share=self._share,
        )  # fmt: skip
        self.clocks.append(clock)
        return clock

    def stop(self, which: Callable[[Clock], bool] = lambda _clock: True) -> None:
        """Stop the running or standing clocks that `which` picks."""
        for clock in self.clocks:
            if clock.stopped_at is None and which(clock):
                if clock.paused_at is not None:
                    timing.resume(clock, self.at, self._calendar, self._share)
                clock.stopped_at = self.at

    def turn(self, name: str) -> None:
        """Let the stage's clock give way to the next; a rework takes up the one it had."""
        self.stop(lambda clock: clock.subject == "stage")
        self.take_up("stage", None, name) or self.start("stage", None, name)
        self.show()

    def take_up(self, subject: str, subject_id: int | None, name: str) -> Clock | None:
        """Run a stopped clock of this round of handling again, as if it had never stopped (返工不重新计时)."""
        since = self.case.dispatched_at
        if name != "handle" or since is None:
            return None
        mine = (clock for clock in reversed(self.clocks) if (clock.subject, clock.subject_id) == (subject, subject_id))
        clock = next((each for each in mine if each.name == name and each.started_at >= since), None)
        if clock is not None:
            clock.stopped_at = None
        return clock

    def pause(self) -> None:
        """Let the clocks of stage and assignments stand from now on."""
        for clock in self._pausable():
            if clock.paused_at is None:
                timing.pause(clock, self.at, self._calendar, self._share)
        self.show()

    def resume(self) -> None:
        """Let them run again."""
        for clock in self._pausable():
            if clock.paused_at is not None:
                timing.resume(clock, self.at, self._calendar, self._share)
        self.show()

    def extend(self, more: Limit, assignment_id: int | None) -> None:
        """Give the stage's clock and one assignment's more time."""
        for clock in self._pausable():
            if clock.subject == "stage" or clock.subject_id == assignment_id:
                timing.extend(clock, more, self.at, self._calendar, self._share)
        self.show()

    def shorten(self, due_at: datetime) -> None:
        """Let the stage's clock fall due no later than a leader says."""
        clock = self.stage_clock
        if clock is not None and (clock.shortened_to is None or due_at < clock.shortened_to):
            clock.shortened_to = due_at
            timing.plan(clock, self._calendar, self._share)
            self.show()

    def replan(self, *, limits: bool) -> bool:
        """Reckon the running clocks anew, with `limits` also how long they may be; returns whether any moved."""
        running = [clock for clock in self.clocks if clock.stopped_at is None]
        before = [(clock.due_at, clock.warn_at) for clock in running]
        for clock in running:
            if limits and clock.subject in _PAUSABLE:
                limit = timing.limit_for(clock.name, self.case, self._settings)
                clock.limit_value, clock.limit_unit = limit.value, str(limit.unit)
            timing.plan(clock, self._calendar, self._share)
            timing.forget_past(clock, self.at)
        self.show()
        return before != [(clock.due_at, clock.warn_at) for clock in running]

    def show(self) -> None:
        """Show the stage's clock on the case, where queues sort and filter by it."""
        clock = self.stage_clock
        self.case.due_at = clock.due_at if clock else None
        self.case.warn_at = clock.warn_at if clock else None
        self.case.is_overdue = clock is not None and clock.overdue_at is not None

    def write(self) -> None:
        """Store what has moved. What stops goes first, since only one stage clock may run."""
        moved = {clock.pk: names for clock in self.clocks if clock.pk is not None and (names := self._moved(clock))}
        stops = [pk for pk, names in moved.items() if names == ["stopped_at"] and self._is_stopped(pk)]
        if stops:
            Clock.objects.filter(pk__in=stops).update(stopped_at=self.at)
        others = [clock for clock in self.clocks if clock.pk in moved and clock.pk not in stops]
        for clock in sorted(others, key=lambda clock: clock.stopped_at is None):
            clock.save(update_fields=moved[clock.pk])
        # A clock that began and stopped in this act ran for no time: the journal tells, no row is needed.
        self.clocks = [clock for clock in self.clocks if clock.pk is not None or clock.stopped_at is None]
        fresh = [clock for clock in self.clocks if clock.pk is None]
        if fresh:
            Clock.objects.bulk_create(fresh)
        self._stored = {clock.pk: _state(clock) for clock in self.clocks}

    def _moved(self, clock: Clock) -> list[str]:
        stored = self._stored[clock.pk]
        return [name for name in _MOVING if getattr(clock, name) != stored[name]]

    def _is_stopped(self, pk: int) -> bool:
        return any(clock.pk == pk and clock.stopped_at is not None for clock in self.clocks)

    def _pausable(self) -> list[Clock]:
        return [clock for clock in self.clocks if clock.stopped_at is None and clock.subject in _PAUSABLE]
