"""What of a record is asked, and how time is shared among who asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

MOST_SECONDS = 2 * 3600  # a form left open over lunch is no work
SCREENFUL = 12  # records a grid worker is shown a day


class State(StrEnum):
    """How well a field is known."""

    MISSING = "missing"
    STALE = "stale"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that runs here, as far as one record is concerned."""

    id: int
    fields: frozenset[str]  # codes
    from_date: date
    every_days: int | None

    def wants(self, code: str, confirmed: datetime | None, today: date) -> bool:
        """Tell whether the request still wants a field that was last found right then."""
        if code not in self.fields:
            return False
        since = self.from_date
        if self.every_days is not None:
            since = max(since, today - timedelta(days=self.every_days - 1))
        return confirmed is None or confirmed.date() < since


def state_of(value: str | None, known_at: datetime | None, stale_after_days: int | None, at: datetime) -> State:
    """Return how well a field is known: `known_at` is when it was last found right."""
    if not (value or "").strip():
        return State.MISSING
    if stale_after_days and (known_at is None or known_at < at - timedelta(days=stale_after_days)):
        return State.STALE
    return State.KNOWN


def is_asked(state: State, *, is_required: bool, is_wanted: bool) -> bool:
    """Tell whether a field is asked: missing and needed, stale, or wanted by a request; else it is left in peace."""
    return state == State.STALE or is_wanted or (state == State.MISSING and is_required)


def parts(seconds: int, among: Sequence[int]) -> dict[int, int]:
    """Share seconds evenly among requests; what is left over goes to the first, so that nothing is lost or made up."""
    if not among:
        return {}
    each, rest = divmod(min(seconds, MOST_SECONDS), len(among))
    return {request: each + (1 if n < rest else 0) for n, request in enumerate(among)}
