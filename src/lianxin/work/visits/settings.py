"""What a place decides about visits and signs of life: the document "visits", typed, with a default for every line."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from lianxin.kernel.configuration.queries import current


@dataclass(frozen=True, slots=True)
class VisitSettings:
    """How long what is kept; how long each asked one has to look."""

    keep_words_days: int = 730  # then words and names go, the counts stay
    edit_days: int = 7  # after a visit was written down
    neighbour_minutes: int = 40  # from asking the neighbour to asking the grid worker
    worker_minutes: int = 60  # from asking the grid worker to asking the community
    remind_minutes: int = 60  # before the time: the text message with the link
    keep_sign_days: int = 90


# What a place may decide, from the least to the most.
LIMITS: Mapping[str, tuple[int, int]] = {
    "keep_words_days": (30, 1095),
    "edit_days": (1, 30),
    "neighbour_minutes": (10, 180),
    "worker_minutes": (10, 240),
    "remind_minutes": (10, 240),
    "keep_sign_days": (7, 365),
}


def visit_settings(numbers: Mapping[str, int] | None = None) -> VisitSettings:
    """Return the settings in force; what the document does not say keeps its default."""
    document: Mapping[str, Any] = current("visits", numbers) or {}
    known = [each.name for each in fields(VisitSettings) if each.name in document]
    return VisitSettings(**{name: _between(int(document[name]), *LIMITS[name]) for name in known})


def _between(value: int, least: int, most: int) -> int:
    return max(least, min(value, most))
