"""What sections share: places on the map in few bytes, and whose area a pack is of."""

from typing import Any

from pydantic import BaseModel

from lianxin.foundation.accounts.actor import Actor, Scope
from lianxin.kernel.geometry.points import Point

_DIGITS = 6  # a tenth of a metre


class PackPointOut(BaseModel):
    """WGS-84 degrees."""

    lon: float
    lat: float


def point_out(point: Point | None) -> PackPointOut | None:
    """Return a point to a tenth of a metre."""
    return PackPointOut(lon=round(point.lon, _DIGITS), lat=round(point.lat, _DIGITS)) if point else None


def outline_out(geometry: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a GeoJSON geometry with no more digits than the ground has."""
    if not geometry:
        return None
    return {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}


def _rounded(value: Any) -> Any:
    if isinstance(value, (int, float)):
        return round(value, _DIGITS)
    return [_rounded(each) for each in value]


def own_ground(actor: Actor, permission: str) -> Scope | None:
    """Return the grids and communities in which the actor may do this; None for who has neither, or a wider area.

    Nobody carries a street or the whole place about on a phone.
    """
    scope = actor.scope(permission)
    if scope.everywhere or scope.street_ids or not (scope.grid_ids or scope.community_ids):
        return None
    return scope
