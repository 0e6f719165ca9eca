"""Remedies for what `checking` finds: who gets the ground, and the borders that follow."""

from collections.abc import Mapping
from dataclasses import dataclass

from lianxin.kernel.geometry.polygons import Outline

from . import rules
from .checking import Finding, longest_neighbour
from .models import Area
from .topology import united, without


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to mend: `keeper` gets or keeps the ground, and these areas get these borders."""

    keeper_id: int
    borders: Mapping[int, Outline]


def remedies(finding: Finding) -> list[Remedy]:
    """Return the ways to mend a gap, an overlap or an overhang, the best first; none for other findings."""
    if finding.outline is None:
        return []
    if finding.what == "gap":
        return _close(finding)
    borders = _borders(finding.area_ids)
    if finding.what == "overlap" and len(borders) == 2:
        return [_keep(keeper, borders) for keeper in borders]
    if finding.what == "outside" and len(borders) == 1:
        (only,) = borders
        return [Remedy(only, {only: without(borders[only], finding.outline)})]  # type: ignore[arg-type]
    return []


def _close(finding: Finding) -> list[Remedy]:
    siblings = Area.objects.filter(parent_id=finding.parent_id, valid_to=None, boundary__isnull=False)
    borders = _borders(siblings.values_list("pk", flat=True))
    keeper = longest_neighbour(finding.outline, borders)  # type: ignore[arg-type]
    if keeper is None:
        return []
    return [Remedy(keeper, {keeper: united(borders[keeper], finding.outline)})]  # type: ignore[arg-type]


def _keep(keeper: int, borders: Mapping[int, Outline]) -> Remedy:
    loser = next(pk for pk in borders if pk != keeper)
    return Remedy(keeper, {keeper: borders[keeper], loser: without(borders[loser], borders[keeper])})


def _borders(ids: object) -> dict[int, Outline]:
    rows = Area.objects.filter(pk__in=ids, boundary__isnull=False).order_by("code").values_list("pk", "boundary")
    return {pk: outline for pk, boundary in rows if (outline := rules.outline(boundary)) is not None}
