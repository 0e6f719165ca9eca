"""What a place decides about people: the document "people", typed, with a default for every line."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from lianxin.kernel.configuration.queries import current


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """How long a look lasts and how many there may be; how long what is kept."""

    look_seconds: int = 60
    looks_per_hour: int = 60
    looks_per_day: int = 300
    ask_work_days: int = 15
    # Retention (保存期限) in days: people who died or left, looks, what stood in records before a change.
    keep_ended_days: int = 730
    keep_look_days: int = 1095
    keep_revision_days: int = 1095


# What a place may decide, from the least to the most: the law wants the log of who looked for half a year, an answer
# in fifteen working days.
LIMITS: Mapping[str, tuple[int, int]] = {
    "look_seconds": (10, 300),
    "looks_per_hour": (1, 600),
    "looks_per_day": (1, 5000),
    "ask_work_days": (1, 15),
    "keep_ended_days": (30, 3650),
    "keep_look_days": (183, 3650),
    "keep_revision_days": (183, 3650),
}


def people_settings(numbers: Mapping[str, int] | None = None) -> PeopleSettings:
    """Return the settings in force; what the document does not say keeps its default."""
    document: Mapping[str, Any] = current("people", numbers) or {}
    known = [each.name for each in fields(PeopleSettings) if each.name in document]
    return PeopleSettings(**{name: _between(int(document[name]), *LIMITS[name]) for name in known})


def _between(value: int, least: int, most: int) -> int:
    return max(least, min(value, most))
