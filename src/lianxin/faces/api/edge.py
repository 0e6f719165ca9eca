"""The edge of the API: every request gets a number, every failure leaves as problem+json, whoever made it."""

import json
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from lianxin.faces.acts.problems import MEDIA_TYPE, Problem, problem
from lianxin.kernel.ids import uuid7

PREFIX = "/api/"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
Respond = Callable[[HttpRequest], HttpResponseBase]


def number_requests(get_response: Respond) -> Respond:
    """Middleware: give each request a number (or keep the one a proxy gave), and API failures their form."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-Id", "")
        number = given if _GIVEN.fullmatch(given) else uuid7().hex
        request.request_id = number  # type: ignore[attr-defined]
        response = get_response(request)
        if response.status_code >= 400 and request.path.startswith(PREFIX):
            response = _as_problem(request, response)
        response["X-Request-Id"] = number
        return response

    return respond


def problem_response(request: HttpRequest, told: Problem) -> HttpResponse:
    """Return a problem as a response."""
    number = getattr(request, "request_id", "")
    body = json.dumps(told.document(instance=request.path, request_id=number), ensure_ascii=False)
    response = HttpResponse(body, status=told.status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if told.retry_after is not None:
        response["Retry-After"] = str(told.retry_after)
    if told.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="lianxin"'
    return response


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Turn what Django or the router says by itself into a problem."""
    if response.get("Content-Type", "").startswith(MEDIA_TYPE):
        return response
    told = problem_response(request, problem(response.status_code))
    if "Allow" in response:
        told["Allow"] = response["Allow"]
    return told
