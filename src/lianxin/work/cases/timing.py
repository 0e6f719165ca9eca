"""The clocks of a case: which limit applies, and how a stored clock starts, pauses, resumes, extends and stops."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from lianxin.kernel.worktime import rules as worktime
from lianxin.kernel.worktime.limits import Limit, Unit

from .models import Case, Clock
from .settings import FlowSettings
from .words import Severity

# An urgent case's clocks run day and night; the hours stay as many, so that urgent is never later than normal.
_CONTINUOUS = {
    Unit.WORK_MINUTE: (1, Unit.MINUTE),
    Unit.WORK_HOUR: (1, Unit.URGENT_HOUR),
    Unit.WORK_DAY: (Unit.WORK_DAY.length // Unit.URGENT_HOUR.length, Unit.URGENT_HOUR),
}


def limit_for(name: str, case: Case, settings: FlowSettings) -> Limit:
    """Return the limit that a clock of this name has for the case: the standard's for handling, else the profile's."""
    limit = settings.limit(name, case.kind)
    if name == "handle" and case.standard is not None:
        limit = Limit(case.standard.limit_value, Unit(case.standard.limit_unit))
    if case.severity == Severity.URGENT and settings.urgent_continuous and limit.unit in _CONTINUOUS:
        times, unit = _CONTINUOUS[limit.unit]
        return Limit(limit.value * times, unit)
    return limit


def value_of(clock: Clock, calendar: worktime.Calendar) -> worktime.Clock:
    """Return the stored clock as a value to reckon with."""
    pauses = tuple(
        worktime.Pause(datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None)
        for start, end in clock.pauses
    )
    limit = Limit(clock.limit_value, Unit(clock.limit_unit))
    return worktime.Clock(clock.started_at, limit, calendar, pauses, timedelta(seconds=clock.extended_seconds))


def plan(clock: Clock, calendar: worktime.Calendar, share: float) -> None:
    """Set when the clock warns and falls due, from its start, limit, pauses and extensions."""
    value = value_of(clock, calendar)
    clock.due_at, clock.warn_at = value.due_at, value.warn_at(share)
    if clock.shortened_to is not None and clock.due_at is not None and clock.shortened_to < clock.due_at:
        whole = clock.shortened_to - clock.started_at
        clock.due_at, clock.warn_at = clock.shortened_to, clock.started_at + whole * share
    clock.calendar = calendar.version


def start(
    case: Case, *, subject: str, subject_id: int | None, name: str, limit: Limit, at: datetime,
    calendar: worktime.Calendar, share: float,
) -> Clock:  # fmt: skip
    """Make a running clock; it is stored with the case's other changes."""
    clock = Clock(
        case=case, subject=subject, subject_id=subject_id, name=name,
        limit_value=limit.value, limit_unit=str(limit.unit), started_at=at, pauses=[],
    )  # fmt: skip
    plan(clock, calendar, share)
    return clock


def pause(clock: Clock, at: datetime, calendar: worktime.Calendar, share: float) -> None:
    """Let the clock stand from now on."""
    clock.pauses = [*clock.pauses, [at.isoformat(), None]]
    clock.paused_at = at
    plan(clock, calendar, share)


def resume(clock: Clock, at: datetime, calendar: worktime.Calendar, share: float) -> None:
    """Let the clock run again; it may warn and fall due anew."""
    clock.pauses = [*clock.pauses[:-1], [clock.pauses[-1][0], at.isoformat()]]
    clock.paused_at = None
    plan(clock, calendar, share)
    forget_past(clock, at)


def forget_past(clock: Clock, at: datetime) -> None:
    """Forget a warning or lateness that the clock's new instants have not reached."""
    if clock.warn_at is None or clock.warn_at > at:
        clock.warned_at = None
    if clock.due_at is None or clock.due_at > at:
        clock.overdue_at = None


def extend(clock: Clock, by: Limit, at: datetime, calendar: worktime.Calendar, share: float) -> None:
    """Give the clock more of its own kind of time."""
    clock.extended_seconds += int(by.counted.total_seconds())
    plan(clock, calendar, share)
    forget_past(clock, at)


def spent(clock: Clock, at: datetime, calendar: worktime.Calendar) -> Mapping[str, timedelta]:
    """Return the counted time used and allowed, for pages that show the proof."""
    value = value_of(clock, calendar)
    return {"used": value.used(clock.stopped_at or at), "total": value.total}
