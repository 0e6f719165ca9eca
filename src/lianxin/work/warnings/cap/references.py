"""What one CAP message says of another: `sender,identifier,sent`; and instants as CAP writes them."""

import re
from dataclasses import dataclass
from datetime import datetime

from lianxin.kernel.worktime.calendars import ZONE

# An offset is demanded; a letter for the zone ("Z") is not allowed by the standard.
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST, LONGEST = 100, 200
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reference:
    """The extended identifier of a message: all three together are unique in the world."""

    sender: str
    identifier: str
    sent: datetime

    @property
    def text(self) -> str:
        """Return it as it stands in `references`."""
        return f"{self.sender},{self.identifier},{write_instant(self.sent)}"


def read_instant(text: str) -> datetime:
    """Return an aware instant. Raises ValueError for any other form, `Z` among them."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(text)
    instant = datetime.fromisoformat(text)
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueError(text)
    return instant


def write_instant(instant: datetime) -> str:
    """Return `2026-11-22T14:05:00+08:00`: in the place's own time, to the second."""
    return instant.astimezone(ZONE).replace(microsecond=0).isoformat()


def read_references(text: str) -> tuple[Reference, ...]:
    """Return what a message refers to. Raises ValueError for what is not in threes, or too many."""
    parts = text.split()
    if len(parts) > MOST:
        raise ValueError(text)
    found = []
    for part in parts:
        sender, identifier, sent = part.split(",")
        if not sender or not identifier or max(len(sender), len(identifier)) > LONGEST:
            raise ValueError(part)
        found.append(Reference(sender, identifier, read_instant(sent)))
    return tuple(dict.fromkeys(found))
