"""Whose value holds (一数一源), and how much a request asks of people. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import ceil


class Outcome(StrEnum):
    """What becomes of an offered value."""

    APPLIED = "applied"
    SAME = "same"
    CONFLICT = "conflict"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class Held:
    """The value that stands: since when it is known to be right, and whether the field's owner said so."""

    value: str | None
    at: datetime | None = None
    by_owner: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """A value from a source: as of when, and whether the source owns the field."""

    value: str | None
    at: datetime
    by_owner: bool = False


def decide(held: Held, offered: Offered) -> Outcome:
    """Return what becomes of an offered value.

    The owner of a field overwrites, unless it has said something later itself. Who does not own it fills what is
    empty and replaces what is older and not the owner's; against the rest it is a conflict, for a person to rule.
    """
    if same(held.value, offered.value):
        return Outcome.SAME
    is_later = held.at is not None and held.at > offered.at
    if offered.by_owner:
        return Outcome.OLDER if held.by_owner and is_later else Outcome.APPLIED
    if not (held.value or "").strip():
        return Outcome.APPLIED
    if not (offered.value or "").strip():
        return Outcome.SAME  # not to know is no contradiction
    return Outcome.CONFLICT if held.by_owner or is_later else Outcome.APPLIED


def same(one: str | None, other: str | None) -> bool:
    """Tell whether two values say the same, whatever the blanks and the case of letters."""
    return _bare(one) == _bare(other)


def _bare(text: str | None) -> str:
    return "".join((text or "").split()).casefold()


def owns(owner_ids: frozenset[int], unit_id: int | None) -> bool:
    """Tell whether a source speaks for the owner of a field; `owner_ids`: its owner and all units below.

    Empty for a field of the community: who serves there speaks for no unit of its own (None).
    """
    return unit_id is None if not owner_ids else unit_id in owner_ids


@dataclass(frozen=True, slots=True)
class Effort:
    """What a request asks for: minutes a record, how many records, how often, from when to when."""

    minutes_each: int
    count: int
    every_days: int | None  # None: once
    from_date: date
    until_date: date

    @property
    def weeks(self) -> int:
        """How many weeks it runs, begun ones too."""
        return max(1, ceil(((self.until_date - self.from_date).days + 1) / 7))

    @property
    def minutes_a_week(self) -> float:
        """Minutes of work a week, all grids together."""
        total = self.minutes_each * self.count
        if self.every_days is None:
            return total / self.weeks
        return total * 7 / min(self.every_days, self.weeks * 7)

    def runs_on(self, day: date) -> bool:
        """Tell whether the request runs on a day."""
        return self.from_date <= day <= self.until_date


HEAVY = 240.0  # minutes a week and grid worker above which a page warns: half a working day


def shared(minutes: float, households: dict[int, int | None]) -> dict[int, float]:
    """Return how a load falls on grids: by their households where all are known, else evenly."""
    if not households:
        return {}
    known = [count for count in households.values() if count]
    if len(known) == len(households):
        whole = sum(known)
        return {grid: minutes * (count or 0) / whole for grid, count in households.items()}
    return {grid: minutes / len(households) for grid in households}
