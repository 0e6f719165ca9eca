"""What a person sees when an act is refused or a page is not there: the sentence, what is safe, what to do."""

import logging
import sys
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.kernel.errors import LianxinError

log = logging.getLogger(__name__)


class FaultMiddleware:
    """Turn expected failures of pages into pages; the API turns its own into problem+json."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show an expected failure; bugs rise."""
        if isinstance(exception, LianxinError):
            return fault(request, exception.sentence, status=exception.status)
        return None


def fault(request: HttpRequest, sentence: str, *, status: int, number: str = "") -> HttpResponse:
    """Show one failure."""
    if request.headers.get("HX-Request"):
        # A piece of a page: the page keeps what it has and says why.
        response: HttpResponse = JsonResponse({"said": sentence}, status=status)
        response["HX-Reswap"] = "none"
        return response
    # A failure before anybody was identified has no actor; residents and strangers have the portal.
    is_staff = getattr(getattr(request, "actor", None), "kind", "") == "staff"
    context: dict[str, Any] = {
        "sentence": sentence, "number": number, "page_title": _("没有办成"),
        "home_url": reverse("console:home") if is_staff else reverse("resident:home"),
    }  # fmt: skip
    return render(request, "parts/fault.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show that there is no such page."""
    log.debug("no page: %s", exception)
    return fault(request, _("没有这一页。可能地址写错了，或它已经不在了。"), status=404)


def forbidden(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show that a form was too old to be trusted."""
    log.info("csrf: %s", reason)
    return fault(request, _("这一页打开得太久了。请返回刷新后再送一次，填写的内容还在。"), status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Show that we have a bug; the number finds it in the log."""
    number = uuid4().hex[:8].upper()
    # With its traceback: without debugging nobody else writes it down.
    log.error("request %s failed at %s", number, request.path, exc_info=sys.exc_info())
    return fault(request, _("我们这边出了问题，已经记下。您填写的内容没有丢，请稍后再试。"), status=500, number=number)
