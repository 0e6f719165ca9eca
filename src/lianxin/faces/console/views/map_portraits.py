"""Portraits beside the map (画像): what one point, area, estate or building tells, as a piece of HTML."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.faces.console import mapfacts
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.mapping import DOOR, SEEN_BY
from lianxin.faces.identity.request import Request
from lianxin.kernel.errors import NotFound


@never_cache
@require_safe
@staff_only(*SEEN_BY)
def portrait(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Show the portrait of one thing: the piece alone to the map, else a page."""
    asked = cast("Request", request)
    told = mapfacts.TELLERS.get(kind)
    if told is None:
        raise NotFound(_("没有这样的画像。"))
    context: dict[str, Any] = {"portrait": told(asked, key), "now": asked.at}
    if request.headers.get("X-Requested-With") == "fetch" or request.headers.get("HX-Request"):
        return render(request, "console/map/portrait.html", context)
    title = context["portrait"].title
    return page(request, "console/map/portrait_page.html", door=DOOR, title=title, **context)
