"""Who opens the big screen, and of where."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.insight.statistics import places
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import NotAllowed

from . import blocks, layouts, walls
from .blocks import Asked
from .layouts import Arrangement
from .models import Layout, Wall

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks: an actor, and the wall it looks through if it is one."""

    actor: Actor
    wall: Wall | None

    @property
    def post_id(self) -> int | None:
        """The post whose arrangement is shown."""
        held = self.actor.holding_for(walls.VIEW)
        return held.post_id if held else None


def looker(request: Request) -> Looker | None:
    """Return who looks: whoever is signed in, else the wall; None where neither may."""
    if request.signed_in is not None and request.actor.may(walls.VIEW):
        return Looker(request.actor, None)
    wall = walls.wall_of(request)
    actor = walls.actor_for(wall, at=request.at)
    if wall is None or actor is None or not actor.may(walls.VIEW):
        return None
    walls.note_sign_of_life(wall, at=request.at)
    return Looker(actor, wall)


def arrangers_only(view: View) -> View:
    """Let a page be seen by signed-in staff who may arrange screens."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **values: object) -> HttpResponse:
        asked = cast("Request", request)
        if asked.signed_in is None or asked.actor.kind != "staff":
            return HttpResponseRedirect(f"{reverse('console:sign_in')}?{urlencode({'next': request.get_full_path()})}")
        if not asked.actor.may("screen.arrange"):
            raise NotAllowed("not_yours", _("您的岗位不能打开这一页。"))
        return view(request, *args, **values)

    return guarded


def home(actor: Actor, *, at: datetime, numbers: places.Numbers) -> AreaNode | None:
    """Return the area a screen begins with: the whole place, or that of the first post that may look."""
    scope = actor.scope(walls.VIEW)
    if scope.everywhere:
        return next(iter(areas.children(None, at, numbers)), None)
    ids = (*sorted(scope.street_ids), *sorted(scope.community_ids))
    found = (areas.node(pk, numbers) for pk in ids)
    return next((each for each in found if each is not None), None)


def asked_of(request: Request, actor: Actor, code: str) -> Asked:
    """Return of where a board is asked. Raises Http404 for an area the actor may not look at, or none."""
    node = (
        areas.atlas(request.at, request.numbers).by_code.get(code)
        if code
        else home(actor, at=request.at, numbers=request.numbers)
    )
    place = places.of_area(node) if node is not None else None
    if node is None or place is None or not (node.is_whole or actor.may(walls.VIEW, node)):
        raise Http404
    if node.is_whole and not actor.scope(walls.VIEW).everywhere:
        raise Http404
    return Asked(actor, node, place, request.at, request.numbers)


def arrangement(post_id: int | None) -> tuple[tuple[Arrangement, ...], int]:
    """Return the pages of a post, and their version: 0 for the house's own."""
    layout = Layout.objects.filter(post_id=post_id).first() if post_id else None
    if layout is None:
        return layouts.OWN, 0
    return layouts.read(layout.pages, blocks.known()), layout.version


def title(numbers: places.Numbers) -> str:
    """Return what the screen says of the place."""
    names = current("place", numbers) or {}
    return str(names.get("centre") or _("网格化服务管理"))
