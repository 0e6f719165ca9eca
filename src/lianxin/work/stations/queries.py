"""Reads: stations near a place, the kinds there are, and photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.files.models import StoredFile
from lianxin.kernel.files.queries import files_of_many
from lianxin.kernel.geometry.fields import Distance
from lianxin.kernel.geometry.points import Point

from . import rules
from .models import Station
from .rules import Open

SUBJECT = "station"
FARTHEST = 20_000  # metres; beyond that nobody walks, and the list would be the whole county's
_MOST = 100


@dataclass(frozen=True, slots=True)
class Near:
    """A station, how far it is (None: nobody said where from), and whether it is open."""

    station: Station
    metres: int | None
    now: Open


def near(
    at: datetime, *, point: Point | None, area: AreaNode | None = None, kind: str = "", most: int = _MOST
) -> list[Near]:
    """Return standing stations, the nearest to a point first; without one those of an area. One statement."""
    found: QuerySet[Station] = Station.objects.standing()
    if kind:
        found = found.filter(kind=kind)
    if point is not None:
        around = found.filter(point__near=(point.lon, point.lat, FARTHEST))
        rows = list(around.annotate(metres=Distance("point", point.lon, point.lat)).order_by("metres", "pk")[:most])
        return [Near(row, round(row.metres), rules.open_now(row, at)) for row in rows]
    if area is not None:
        found = found.filter(Q(community_id=area.community_id) if area.community_id else Q(street_id=area.street_id))
    return [Near(row, None, rules.open_now(row, at)) for row in found.order_by("pk")[:most]]


def public_station(key: UUID) -> Station | None:
    """Return a station that stands. One statement."""
    return Station.objects.standing().filter(key=key).first()


def photos_of(stations: Sequence[Station]) -> dict[int, list[StoredFile]]:
    """Return the photos of stations by id. One statement, none without stations."""
    found: dict[int, list[StoredFile]] = {}
    if stations:
        for file in files_of_many(SUBJECT, [station.pk for station in stations]):
            if file.subject_id is not None:
                found.setdefault(file.subject_id, []).append(file)
    return found
