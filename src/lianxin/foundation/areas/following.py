"""What still lies in areas that have ended: rooms above say what of theirs does, a job marks when nothing is left.

A room that keeps an area of its own on its rows registers once, in `AppConfig.ready`:

    @following.waits("people", _("人员"))
    def _waiting(ended: frozenset[int]) -> int: ...

`ended` are ids of areas that are no more; the answer is how many rows should have moved and have not.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.functional import Promise

Waiting = Callable[[frozenset[int]], int]


@dataclass(frozen=True, slots=True)
class Room:
    """Who must move its rows after a re-division, and how it counts those that have not."""

    name: str
    label: str | Promise
    waiting: Waiting


_rooms: dict[str, Room] = {}


def waits(name: str, label: str | Promise) -> Callable[[Waiting], Waiting]:
    """Let a room be asked, under `name`, how many of its rows (`label` in words) wait to be moved."""

    def connect(count: Waiting) -> Waiting:
        _rooms[name] = Room(name, label, count)
        return count

    return connect


def left(ended: Collection[int]) -> dict[str, int]:
    """Return how much still lies in areas that have ended, by the rooms' words; nothing when all has moved."""
    if not ended:
        return {}
    counts = {str(room.label): room.waiting(frozenset(ended)) for room in _rooms.values()}
    return {label: count for label, count in counts.items() if count}
