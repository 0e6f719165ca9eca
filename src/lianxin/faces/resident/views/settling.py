"""What a browser remembers: large print, and the community one is at home in."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.identity.request import Request
from lianxin.faces.resident import frame
from lianxin.faces.resident.here import Here, here_at, remember
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Role
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point

_ELDER_CHOICES = 6  # on one page of large print


def next_url(request: HttpRequest, default: str) -> str:
    """Return where a form asks to go on, if that is one of our pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and wanted.startswith("/") else default


@require_POST
@frame.resident_page
def elder(request: HttpRequest) -> HttpResponse:
    """Switch large print on or off, and keep it."""
    response = HttpResponseRedirect(next_url(request, reverse("resident:home")))
    wanted = "1" if request.POST.get("elder") == "1" else "0"
    response.set_cookie(frame.ELDER, wanted, max_age=frame.YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_http_methods(["GET", "POST"])
@frame.resident_page
def place(request: HttpRequest) -> HttpResponse:
    """Choose the community, from street to grid or by the phone's own position."""
    asked = cast("Request", request)
    if request.method == "POST":
        return _keep(asked)
    return _choose(asked)


def _keep(request: Request) -> HttpResponse:
    try:
        here = _wanted(request)
    except Invalid as error:
        return _choose(request, fault=error.sentence)
    response = HttpResponseRedirect(next_url(request, reverse("resident:home") + "?said=place"))
    remember(request, response, here)
    return response


def _wanted(request: Request) -> Here:
    code = request.POST.get("area", "")
    if not code:
        point = Point.checked(request.POST.get("lon"), request.POST.get("lat"))
        found = areas.locate(point.lon, point.lat, request.at, request.numbers)
        if found is None:
            raise Invalid({"point": _("您现在的位置不在本地。请从下面选。")})
        code = found.code
    here = here_at(code, request.at, request.numbers)
    if here is None:
        raise Invalid({"area": _("没有这个社区或网格，请重新选择。")})
    return here


def _choose(request: Request, fault: str = "") -> HttpResponse:
    atlas = areas.atlas(request.at, request.numbers)
    above = atlas.by_code.get(request.GET.get("in", ""))
    roots = atlas.children(None)
    if above is None and len(roots) == 1:
        above = roots[0]
    choices = [area for area in atlas.children(above.id if above else None) if area.role != Role.MICRO]
    shown, following = _page(request, choices)
    is_root = above is None or above.parent_id is None
    return frame.page(
        request, "resident/place.html", title=_("选您的社区"), back=reverse("resident:home"),
        status=422 if fault else 200, told=[{"tone": "wrong", "words": fault}] if fault else [],
        above=None if is_root else above, choices=shown, following=following,
        may_stop=above is not None and above.role == Role.COMMUNITY, next=next_url(request, ""),
    )  # fmt: skip


def _page(request: Request, choices: list[AreaNode]) -> tuple[list[AreaNode], int | None]:
    """Return the choices of this page, and the number of the next page: few at a time in large print."""
    if not frame.is_elder(request):
        return choices, None
    text = request.GET.get("page", "0")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    begin = number * _ELDER_CHOICES
    shown = choices[begin : begin + _ELDER_CHOICES]
    return shown, number + 1 if begin + _ELDER_CHOICES < len(choices) else None
