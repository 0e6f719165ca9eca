"""What a place decides about its mailbox: the document "wishes", typed, with a default for every line."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from lianxin.kernel.configuration.queries import current


@dataclass(frozen=True, slots=True)
class Desk:
    """To whom one may write: a desk of the community, the street or the city."""

    code: str
    label: str
    level: str


DESKS = (
    Desk("community", "社区", "community"),
    Desk("street", "街道", "street"),
)
LEVELS = frozenset({"community", "street", "city"})


@dataclass(frozen=True, slots=True)
class WishSettings:
    """Working hours to the first answer, days to rate and reopen in, and how long words are kept once settled."""

    first_answer_hours: int = 16
    reopen_days: int = 30
    keep_days: int = 365
    # code:level:label of each desk; the words are the place's.
    desks: tuple[str, ...] = ()


LIMITS: Mapping[str, tuple[int, int]] = {
    "first_answer_hours": (1, 80),
    "reopen_days": (7, 90),
    "keep_days": (30, 1095),
}


def wish_settings(numbers: Mapping[str, int] | None = None) -> WishSettings:
    """Return the settings in force; what the document does not say keeps its default."""
    document: Mapping[str, Any] = current("wishes", numbers) or {}
    told: dict[str, Any] = {}
    for each in fields(WishSettings):
        if each.name in LIMITS and each.name in document:
            least, most = LIMITS[each.name]
            told[each.name] = max(least, min(most, int(document[each.name])))
    if document.get("desks"):
        told["desks"] = tuple(document["desks"])
    return WishSettings(**told)


def desks(numbers: Mapping[str, int] | None = None) -> tuple[Desk, ...]:
    """Return to whom one may write here, in the order of the form."""
    read = [_desk(line) for line in wish_settings(numbers).desks]
    return tuple(desk for desk in read if desk is not None) or DESKS


def _desk(line: str) -> Desk | None:
    code, _colon, rest = line.partition(":")
    level, _colon, label = rest.partition(":")
    return Desk(code[:20], label, level) if code and label and level in LEVELS else None
