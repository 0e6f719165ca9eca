"""Suggestions while an area, a unit or a colleague is typed."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.lookups import suggestions
from lianxin.faces.identity.request import Request


@require_safe
@staff_only()
def suggest(request: HttpRequest, kind: str) -> HttpResponse:
    """Give options for what has been typed: the one value of the address, whatever its field is called."""
    words = next((str(value) for name, value in request.GET.items() if value and name != "csrfmiddlewaretoken"), "")
    options = suggestions(cast("Request", request), kind, words[:80].replace("\0", ""))
    return render(request, "console/options.html", {"options": options})
