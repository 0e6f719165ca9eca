"""Points inside the county, and keys for its staff: what the replay takes from the installation before it begins."""

from datetime import datetime
from functools import cache
from random import Random

from django.db import transaction
from shapely import contains_xy
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Account, Role
from lianxin.foundation.areas.models import Area
from lianxin.kernel.geometry.points import Point
from lianxin.operations.simulation.scene import Scene


@transaction.atomic
def tokens(scene: Scene, *, at: datetime) -> dict[int, str]:
    """Make a key for each member of staff that lasts for the replay, narrowed to what its role may do; by account."""
    scopes = {role.code: list(role.permissions) for role in Role.objects.all()}
    people = Account.objects.in_bulk([player.account_id for player in scene.players])
    made = {}
    for player in scene.players:
        account = people[player.account_id]
        _token, made[player.account_id] = accounts.create_token(
            SYSTEM, account=account, name="演练", scopes=scopes[player.role], days=1, at=at
        )
    return made


@cache
def _grids() -> list[BaseGeometry]:
    grids = Area.objects.filter(role="grid", valid_to=None).order_by("code")
    return [shape(boundary) for boundary in grids.values_list("boundary", flat=True) if boundary]


def somewhere(rng: Random) -> Point:
    """Return a point inside some grid. Raises LookupError where no grid has a border."""
    if not _grids():
        raise LookupError("No grid has a border yet.")
    polygon = rng.choice(_grids())
    west, south, east, north = polygon.bounds
    for _try in range(200):
        lon, lat = round(rng.uniform(west, east), 7), round(rng.uniform(south, north), 7)
        if contains_xy(polygon, lon, lat):
            return Point(lon, lat)
    inside = polygon.representative_point()
    return Point(inside.x, inside.y)
