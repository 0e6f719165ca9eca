"""The responsibility list as pure rules: which row speaks for a category in an area."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of the list as the rules need it."""

    id: int
    number: str
    category: str  # "" = all
    area_id: int | None  # None = everywhere
    level: str
    lead_id: int | None
    lead_kind: str
    assists: tuple[int, ...]
    basis: str
    valid_from: datetime
    valid_to: datetime | None

    def in_force(self, at: datetime) -> bool:
        """Tell whether the row holds at an instant."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


def speaking(
    rows: Iterable[ListRow], category: str, path_ids: Sequence[int], level: str, at: datetime
) -> list[ListRow]:
    """Return the most specific rows that match: the longer category first, then the deeper area.

    More than one means that the list contradicts itself; they come by number, so the same one leads each time.
    """
    depth = {area_id: place for place, area_id in enumerate(path_ids, start=1)}
    matching = [
        ((len(row.category), depth.get(row.area_id or 0, 0)), row)
        for row in rows
        if row.level == level
        and category.startswith(row.category)
        and (row.area_id is None or row.area_id in depth)
        and row.in_force(at)
    ]
    if not matching:
        return []
    best = max(weight for weight, _row in matching)
    return sorted((row for weight, row in matching if weight == best), key=lambda row: (row.number, row.id))
