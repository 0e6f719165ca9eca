"""The doors of the grid worker's app: its one page, its service worker, its manifest, and how the sign-in stands."""

import json
from base64 import b64encode
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.faces.identity.cookies import SESSION
from lianxin.faces.identity.request import Request
from lianxin.faces.sync.packs.me import pack_days
from lianxin.foundation.accounts.queries import was_revoked
from lianxin.kernel import crypto
from lianxin.kernel.configuration.queries import current

from .listing import listing, service_worker

# As the tokens --lx-brand-d and --lx-paper: a phone paints with them before any style sheet has come.
_BRAND, _PAPER = "#0e464d", "#f6f4ef"


@require_safe
def shell(request: HttpRequest, path: str = "") -> HttpResponse:  # noqa: ARG001 - the app reads its address itself
    """Give the app's one page: the same for everybody and every address below /worker/, so that a phone may keep it."""
    response = render(request, "worker/shell.html", {"app": listing()})
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def script(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give the service worker, with version and files written in: when these differ, it is a new one."""
    app = listing()
    told = {"version": app.version, "shell": reverse("worker:home"), "files": app.files, "later": app.later}
    text = f"self.LX={json.dumps(told)};\n{service_worker()}"
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("worker:home")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Give what a phone needs to put the app on its start screen."""
    asked = cast("Request", request)
    place = current("place", asked.numbers) or {}
    platform = str(place.get("platform") or _("连心"))
    told: dict[str, Any] = {
        "id": reverse("worker:home"),
        "name": _("%(platform)s · 网格员") % {"platform": platform},
        "short_name": platform[:6],
        "description": _("网格员的手机版：没有信号也能用"),
        "lang": "zh-CN",
        "dir": "ltr",
        "start_url": reverse("worker:home"),
        "scope": reverse("worker:home"),
        "display": "standalone",
        "orientation": "portrait",
        "theme_color": _BRAND,
        "background_color": _PAPER,
        "icons": [
            _icon("icon-192.png", "192x192"),
            _icon("icon-512.png", "512x512"),
            _icon("icon-maskable.png", "512x512", purpose="maskable"),
        ],
    }
    response = JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-cache"
    return response


def _icon(name: str, sizes: str, purpose: str = "any") -> dict[str, str]:
    return {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}


@never_cache
@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Tell the app how its sign-in stands: in, out (over, or never was) or revoked (ended from elsewhere: forget).

    `seal` is what the account's outbox on a phone is sealed with. It is the account's, not the phone's, and is told to
    nobody else: so what was not sent waits on the phone for its owner's next sign-in, and only for that.
    """
    asked = cast("Request", request)
    actor, signed_in = asked.actor, asked.signed_in
    told: dict[str, Any] = {"state": "out", "csrf": get_token(request)}
    if signed_in is not None and actor.account_id is not None:
        told |= {
            "state": "in",
            "account": str(actor.account_id),
            "name": actor.name,
            "must_change_password": signed_in.must_change_password,
            "pack_days": pack_days(asked.numbers),
            "seal": b64encode(crypto.secret(f"worker.outbox.{actor.account_id}")).decode(),
            "posts": [
                {
                    "role": held.role,
                    "label": held.role_label,
                    "area": held.area_name,
                    "unit": held.unit_name,
                    "permissions": sorted(held.permissions),
                }
                for held in actor.holdings
            ],
        }
    elif (key := request.COOKIES.get(SESSION)) and was_revoked(key):
        told["state"] = "revoked"
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})
