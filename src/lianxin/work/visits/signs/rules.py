"""The day of a sign: when it is due, who is asked in which order, what ends it. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from lianxin.kernel.worktime.calendars import ZONE

from .models import Pause, Sign, SignDay

State = SignDay.State
CONSENT = "signs"
EARLIEST, LATEST = time(6), time(22)
# A job that was down for some hours still asks somebody to look; on the next day it would only frighten people.
LATE_AT_MOST = timedelta(hours=6)
ASKING = (State.NEIGHBOUR, State.WORKER, State.CLERK)
OVER = (State.GIVEN, State.FINE, State.HELPED, State.STOPPED)


def day_of(at: datetime) -> date:
    """Return the day an instant falls on, here."""
    return at.astimezone(ZONE).date()


def due_at(sign: Sign, day: date) -> datetime:
    """Return until when the sign is expected on a day."""
    return datetime.combine(day, sign.until, ZONE)


def is_paused(pauses: Iterable[Pause], day: date) -> bool:
    """Tell whether no sign is expected on a day."""
    return any(pause.from_date <= day <= pause.until_date for pause in pauses)


def is_missed(sign: Sign, day: date, at: datetime) -> bool:
    """Tell whether the time of a day has passed, not too long ago, and the sign was agreed to before it."""
    due = due_at(sign, day)
    return sign.started_at < due <= at < due + LATE_AT_MOST


def first_step(sign: Sign) -> State:
    """Return who is asked first: the neighbour where there is one, else the grid worker."""
    return State.NEIGHBOUR if sign.neighbour_phone else State.WORKER


def next_step(state: str) -> State:
    """Return who is asked when this one gave no answer; after the community there is nobody."""
    return State.WORKER if state == State.NEIGHBOUR else State.CLERK


def is_open(state: str) -> bool:
    """Tell whether somebody is being asked to look."""
    return state in ASKING
