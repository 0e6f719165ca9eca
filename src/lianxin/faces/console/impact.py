"""What new borders would move: households, people and open cases in each piece. Numbers only, of all there is.

All of it moves, whoever may look at it; so nothing is left out here, and nothing but counts comes back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from django.db.models import Count, Q
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from lianxin.foundation.areas.models import Area
from lianxin.kernel.geometry import polygons
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.geometry.polygons import Outline
from lianxin.registry.people.models import Household, Person
from lianxin.registry.places.models import Building
from lianxin.work.cases.models import Case


@dataclass(frozen=True, slots=True)
class Impact:
    """What lies in a piece; `is_counted`: households come from the register, else they are the ground's share."""

    households: int | None
    people: int
    cases: int
    is_counted: bool


def impacts(ids: frozenset[int], taken: Sequence[tuple[Area, Outline]], pieces: Sequence[Outline]) -> list[Impact]:
    """Return what each piece would hold; `ids` are the areas that take part with all below them. Four statements."""
    buildings = _points(Building.objects.now().filter(area_id__in=ids, point__isnull=False).values_list("pk", "point"))
    places = _places(buildings, pieces)
    running = Household.objects.filter(valid_to=None, dwelling__building__in=buildings)
    households = dict(running.values_list("dwelling__building").annotate(count=Count("pk")))
    living = Person.objects.now().filter(home__building__in=buildings)
    people = dict(living.values_list("home__building").annotate(count=Count("pk")))
    cases = Case.objects.filter(ended_at=None, area_now_id__in=ids)
    reported = _places(_points(cases.filter(~Q(point=None)).values_list("pk", "point")), pieces)
    found = []
    for place, piece in enumerate(pieces):
        inside = [pk for pk, at in places.items() if at == place]
        counted = sum(households.get(pk, 0) for pk in inside)
        found.append(
            Impact(
                households=counted if households else share(taken, piece),
                people=sum(people.get(pk, 0) for pk in inside),
                cases=sum(at == place for at in reported.values()),
                is_counted=bool(households),
            )
        )
    return found


def torn(ids: frozenset[int], pieces: Sequence[Outline]) -> int:
    """Return how many buildings a new border would run through, but for a corner: none should. One statement."""
    if len(pieces) < 2:
        return 0
    drawn = Building.objects.now().filter(area_id__in=ids, footprint__isnull=False)
    footprints = [shape(footprint) for footprint in drawn.values_list("footprint", flat=True) if footprint]
    return sum(_is_torn(footprint, pieces) for footprint in footprints)


def _is_torn(footprint: BaseGeometry, pieces: Sequence[Outline]) -> bool:
    least = footprint.area * 0.02
    return sum(shapely.intersection(piece, footprint).area > least for piece in pieces) > 1


def share(taken: Sequence[tuple[Area, Outline]], piece: Outline) -> int | None:
    """Return the households of a piece as its ground's share of what the areas had; None where one is not known."""
    total = 0.0
    for area, border in taken:
        common = polygons.area(shapely.intersection(border, piece))
        if common < 1:
            continue
        if area.households is None:
            return None
        total += area.households * common / polygons.area(border)
    return round(total)


def _points(rows: object) -> dict[int, Point]:
    return dict(rows)  # type: ignore[call-overload, no-any-return]


def _places(points: Mapping[int, Point], pieces: Sequence[Outline]) -> dict[int, int]:
    """Return in which piece each point lies; what lies in none is left out."""
    if not points:
        return {}
    places = np.full(len(points), -1)
    lons = np.array([point.lon for point in points.values()])
    lats = np.array([point.lat for point in points.values()])
    for place, piece in reversed(list(enumerate(pieces))):
        places[shapely.intersects_xy(piece, lons, lats)] = place
    return {pk: int(place) for pk, place in zip(points, places, strict=True) if place >= 0}
