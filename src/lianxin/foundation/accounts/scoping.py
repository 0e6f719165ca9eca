"""What lies in a scope: filters of records by the hot levels each of them carries."""

from dataclasses import dataclass

from django.db.models import Q

from .actor import Scope


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a record lies; None above its level, or where it has no place yet."""

    street_id: int | None = None
    community_id: int | None = None
    grid_id: int | None = None


def within(scope: Scope) -> Q:
    """Return what lies in a scope of areas; nothing for a scope of units only."""
    where = Q(pk__in=[])
    if scope.street_ids:
        where |= Q(street_id__in=scope.street_ids)
    if scope.community_ids:
        where |= Q(community_id__in=scope.community_ids)
    if scope.grid_ids:
        where |= Q(grid_id__in=scope.grid_ids)
    return where
