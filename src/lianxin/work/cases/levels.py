"""The levels that hold a case: which is above, which below, and which enters a report. Pure."""

from typing import Protocol

from .settings import FlowSettings
from .words import LEVELS, Level


class Placed(Protocol):
    """Anything with a place at the hot levels."""

    @property
    def street_id(self) -> int | None: ...
    @property
    def community_id(self) -> int | None: ...
    @property
    def grid_id(self) -> int | None: ...


def has_place(level: str, place: Placed) -> bool:
    """Tell whether there is an area of this level around the place; the city is everywhere."""
    return level == Level.CITY or getattr(place, f"{level}_id") is not None


def home_level(level: str, place: Placed) -> str:
    """Return the level itself, or the next above that the place has."""
    return next(each for each in LEVELS[LEVELS.index(level) :] if has_place(each, place))


def level_above(settings: FlowSettings, level: str, place: Placed) -> str | None:
    """Return the level that takes over from this one, or None at the top."""
    if level == LEVELS[-1]:
        return None
    above = settings.escalate_to.get(level) or LEVELS[LEVELS.index(level) + 1]
    return home_level(above, place)


def level_below(level: str, place: Placed) -> str | None:
    """Return the next lower level that the place has and that may hold a case (never the grid)."""
    lower = reversed(LEVELS[1 : LEVELS.index(level)])
    return next((each for each in lower if has_place(each, place)), None)


def entry_level(settings: FlowSettings, channel: str, place: Placed) -> str:
    """Return the level that first holds a report from this channel."""
    if place.street_id is None:
        return Level.CITY
    return home_level(settings.entry_level.get(channel, Level.CITY), place)


def may_send(settings: FlowSettings, level: str, unit_kind: str) -> bool:
    """Tell whether a holder at `level` may dispatch to a unit of this kind (the profile's 条块 rule)."""
    kinds = settings.may_dispatch.get(level, frozenset())
    return "*" in kinds or unit_kind in kinds
