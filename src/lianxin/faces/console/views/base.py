"""基础库: one search box, what is here, my areas, and what waits for somebody."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import BASE, page, staff_only
from lianxin.faces.console.hub import cards
from lianxin.faces.identity.request import Request


@require_safe
@staff_only(*BASE)
def base(request: HttpRequest) -> HttpResponse:
    """Show where everything of the base data is found."""
    asked = cast("Request", request)
    return page(request, "console/base/base.html", door="console:base", title="基础库", cards=cards(asked, on="base"))
