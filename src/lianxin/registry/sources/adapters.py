"""How values reach the records of the rooms above: each kind of record registers one adapter when its room starts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import Spot

from .models import Source


@dataclass(frozen=True, slots=True)
class Known:
    """A record as an offer meets it: where it lies, its values as text by column, since when they are known."""

    id: int
    spot: Spot
    values: Mapping[str, str | None]
    as_of: datetime | None
    label: str  # masked, for a queue
    url_key: str = ""  # what the record's page is found by


class Adapter(Protocol):
    """What a room above does for its records. Values are text by column (`phone`)."""

    def find(self, named: Mapping[str, str]) -> int | None:
        """Return the id of the record these words name (id number, code); None for none. Raises Invalid for others."""

    def read(self, subject_id: int, names: Iterable[str], *, for_update: bool = False) -> Known | None:
        """Return the record with these columns, or None when it has ended."""

    def cleaned(self, values: Mapping[str, str | None], *, at: datetime) -> dict[str, str | None]:
        """Return the values in their one form, as `read` gives them; raise Invalid with all that cannot be taken."""

    def apply(
        self, actor: Actor, subject_id: int, values: Mapping[str, str | None], *, source: Source | None, at: datetime
    ) -> None:
        """Write the values into the record by the room's own act, in the actor's name and whatever its post."""

    def masked(self, name: str, value: str | None) -> str:
        """Return the value as it may be shown without a look."""


_adapters: dict[str, Adapter] = {}


def register(subject: str, adapter: Adapter) -> None:
    """Let a room take offers about its records."""
    _adapters[subject] = adapter


def adapter(subject: str) -> Adapter | None:
    """Return how records of this kind are reached, or None when no room takes offers about them."""
    return _adapters.get(subject)


def subjects() -> list[str]:
    """Return the kinds of records that take offers."""
    return sorted(_adapters)
