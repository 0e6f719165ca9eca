"""Where a resident is at home: the community or grid this browser remembers, and who answers there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts import queries as accounts
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Role
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.text import mask_name

COOKIE = "lx_place"
_YEAR = 365 * 86400
# The kind of unit whose desk answers for an area, where it is not called like the area's role.
_KINDS = {Role.CITY.value: "centre"}
_BELOW = frozenset({Role.COMMUNITY, Role.GRID, Role.MICRO})


@dataclass(frozen=True, slots=True)
class Here:
    """A community, and the grid in it if that is known too."""

    community: AreaNode
    grid: AreaNode | None

    @property
    def area(self) -> AreaNode:
        """The smallest area that is known."""
        return self.grid or self.community


@dataclass(frozen=True, slots=True)
class Desk:
    """Whom to ring: a desk of the community, else of the place. Never a person's own phone."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Worker:
    """Who looks after the grid, as everybody may know: surname, post, on duty or not."""

    name: str
    post: str
    is_on_duty: bool


def here_of(request: Request) -> Here | None:
    """Return where this browser said it is at home; None if it never did, or the area is no more."""
    code = request.COOKIES.get(COOKIE, "")
    return here_at(code, request.at, request.numbers) if code else None


def here_at(code: str, at: datetime, numbers: Mapping[str, int]) -> Here | None:
    """Return the community, and grid, that a code names; None for anything else."""
    atlas = areas.atlas(at, numbers)
    area = atlas.by_code.get(code)
    if area is None or area.role not in _BELOW or area.community_id is None:
        return None
    grid = atlas.by_id.get(area.grid_id) if area.grid_id is not None else None
    return Here(atlas.by_id[area.community_id], grid)


def remember(request: HttpRequest, response: HttpResponse, here: Here) -> None:
    """Let this browser come back to the same community."""
    response.set_cookie(
        COOKIE, here.area.code, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
    )


def desk_of(here: Here | None, at: datetime, numbers: Mapping[str, int]) -> Desk | None:
    """Return the nearest desk with a phone: community, street, city; else the place's hotline."""
    if here is not None:
        atlas, known = areas.atlas(at, numbers), organizations.directory(numbers)
        for area_id in reversed(here.community.path_ids):
            role = atlas.by_id[area_id].role
            unit = known.nearest(_KINDS.get(role, role), [area_id], at)
            if unit is not None and unit.duty_phone:
                return Desk(unit.short_name, unit.duty_phone)
    hotline = (current("place", numbers) or {}).get("hotline", "")
    return Desk(hotline, hotline) if hotline else None


def workers_of(here: Here | None, at: datetime) -> list[Worker]:
    """Return who has a post at the grid itself. Two statements."""
    if here is None or here.grid is None:
        return []
    posts = accounts.current_posts(at).filter(area_id=here.grid.id).select_related("account", "role")
    found = list(posts.order_by("role__sort", "pk")[:2])
    on_duty = set(accounts.on_duty(at=at, place=here.grid)) if found else set()
    return [
        Worker(mask_name(post.account.name), post.title or post.role.label, post.account_id in on_duty)
        for post in found
    ]
