"""Connect a wall: it shows six digits, somebody who may types them at a desk."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.screen import actions, walls
from lianxin.faces.screen.opening import arrangers_only, looker
from lianxin.kernel.errors import Refused
from lianxin.kernel.throttle import counting

from .arranging import frame

_MOST_WALLS = 50


@never_cache
@require_safe
def connect(request: HttpRequest) -> HttpResponse:
    """Show how this screen is connected: the code it waits with, or the button that asks for one."""
    asked = cast("Request", request)
    if looker(asked) is not None:
        return HttpResponseRedirect(reverse("screen:board"))
    wall = walls.wall_of(request)
    waits = wall if wall is not None and wall.code and wall.code_until > asked.at else None
    context = {"page_title": _("连接大屏"), "wall": waits, "had": wall is not None and wall.paired_at is not None}
    return render(request, "screen/connect.html", context)


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Give this browser a code to be connected by."""
    asked = cast("Request", request)
    counting.count("screen.ask", address_of(request) or "", most=30, span=walls.CODE_LASTS, at=asked.at)
    _wall, secret = actions.begin(at=asked.at)
    response = HttpResponseRedirect(reverse("screen:connect"))
    response.set_cookie(
        walls.COOKIE, secret, max_age=walls.LASTS, httponly=True, samesite="Lax", secure=request.is_secure(),
        path=reverse("screen:board"),
    )  # fmt: skip
    return response


@require_safe
@arrangers_only
def screens(request: HttpRequest) -> HttpResponse:
    """List the walls that are connected, with the form for one more."""
    return _screens(cast("Request", request))


@require_POST
@arrangers_only
def pair(request: HttpRequest) -> HttpResponse:
    """Connect the wall that shows the code."""
    asked = cast("Request", request)
    counting.count("screen.pair", str(asked.actor.account_id), most=10, span=walls.CODE_LASTS, at=asked.at)
    code, name = "".join(request.POST.get("code", "")[:12].split()), request.POST.get("name", "")
    try:
        actions.pair(asked.actor, code=code, name=name, at=asked.at)
    except Refused as error:
        return _screens(asked, fault=str(error), typed=code, status=409)
    return HttpResponseRedirect(reverse("screen:walls"))


def _screens(asked: Request, *, fault: str = "", typed: str = "", status: int = 200) -> HttpResponse:
    found = walls.connected(asked.actor, at=asked.at).order_by("-paired_at")[:_MOST_WALLS]
    context = frame(asked, _("连着的屏幕")) | {"walls": found, "fault": fault, "typed": typed}
    return render(asked, "screen/walls.html", context, status=status)


@require_POST
@arrangers_only
def revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    """Cut a wall off."""
    asked = cast("Request", request)
    actions.revoke(asked.actor, key=key, at=asked.at)
    return HttpResponseRedirect(reverse("screen:walls"))
