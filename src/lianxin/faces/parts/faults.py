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
    """Turn expected failures of pages into pages; the API turns its own into problem+json.

    No failure leaves without words: a browser shows an error without a body as a fault of the connection.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; give words to what failed without any."""
        response = self._get_response(request)
        is_mute = response.status_code >= 400 and not response.streaming and not response.content
        # Programs, and scripts of a page, read the status.
        if not is_mute or "text/html" not in request.headers.get("Accept", ""):
            return response
        told = fault(request, _mute(response.status_code), status=response.status_code)
        for name in {"Allow", "Cache-Control", "Retry-After"} & {*response.headers}:
            told[name] = response[name]
        return told

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show an expected failure; bugs rise."""
        if isinstance(exception, LianxinError):
            return fault(request, exception.sentence, status=exception.status)
        return None


def _mute(status: int) -> str:
    if status == 405:
        return _("这个地址要从页面上的按钮进来，不能直接打开。请返回上一页，再按一次那个按钮。")
    return _("没有办成。请返回上一页再试一次。")


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
    sentence = _("我们这边出了问题，已经记下。您填写的内容没有丢，请稍后再试。")
    try:
        return fault(request, sentence, status=500, number=number)
    except Exception:
        # What broke the page may break this one: without words a browser shows a fault of the connection.
        log.exception("request %s has no page of its failure", number)
        return HttpResponse(f"{sentence} {number}", status=500, content_type="text/plain; charset=utf-8")
