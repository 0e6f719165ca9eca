"""Statutory holidays and make-up days of China, as the library of yearly State Council notices knows them."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from chinese_calendar import constants

# Cases and their clocks are younger than this.
FIRST_YEAR = 2015


class StatutoryDay(NamedTuple):
    """A day named by a notice; `is_off` is false for a make-up day."""

    day: date
    is_off: bool
    name: str


@lru_cache(maxsize=1)
def known_years() -> tuple[int, ...]:
    """Return the years whose notice the library holds, from FIRST_YEAR on."""
    return tuple(sorted({day.year for day in constants.holidays if day.year >= FIRST_YEAR}))


def days_of(year: int) -> Iterator[StatutoryDay]:
    """Yield the days off and the make-up days of a year; nothing when its notice is not known."""
    names: Any = constants.Holiday  # an Enum with members richer than type checkers follow
    for table, is_off in ((constants.holidays, True), (constants.workdays, False)):
        for day, name in table.items():
            if day.year == year:
                yield StatutoryDay(day, is_off, names(name).chinese)
