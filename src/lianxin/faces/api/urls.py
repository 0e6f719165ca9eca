"""Addresses of the API: `/api/v1/…` and its document."""

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lianxin.faces.acts.problems import problem

from . import (
    account,
    cases,
    catalogues,
    devices,
    files,
    homes,
    oversight,
    patrols,
    people,
    places,
    reports,
    sources,
    sync,
)
from .edge import problem_response
from .routes import make_api

api = make_api(
    title="Lianxin 连心",
    version="1",
    description="Reports, cases, areas, units and accounts of one place. See docs/api.",
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
)
# What is asked most stands first: addresses are tried in this order.
_MODULES = (
    reports, cases, files, places, catalogues, account, oversight, people, homes, sources, sync, patrols, devices,
)  # fmt: skip
for _module in _MODULES:
    api.add_router("", _module.router)


@cache
def _document() -> bytes:
    return json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), ensure_ascii=False).encode()


@require_safe
def document(_: HttpRequest) -> HttpResponse:
    """Give the OpenAPI document."""
    return HttpResponse(_document(), content_type="application/json")


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Answer any other address under the API."""
    return problem_response(request, problem(404))


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", document, name="openapi"),
    path("api/v1/", api.urls),
    re_path(r"^api(?:/.*)?$", nothing_here, name="api-nothing-here"),
]
