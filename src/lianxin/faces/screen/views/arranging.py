"""Arrange the big screen of one's post: which blocks on which page."""

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.identity.request import Request
from lianxin.faces.screen import actions, blocks, layouts
from lianxin.faces.screen.layouts import MOST_PAGES, SLOTS, Arrangement
from lianxin.faces.screen.opening import arrangement, arrangers_only
from lianxin.kernel.errors import Invalid, Stale

_REFUSED = 422
_STALE = 409


def frame(request: Request, title: str) -> dict[str, Any]:
    """Return what the desk's pages about screens share."""
    held = request.actor.holding_for("screen.arrange")
    post = f"{held.area_name or held.unit_name} {held.role_label}".strip() if held else ""
    return {"page_title": title, "now": request.at, "post": post}


@require_http_methods(["GET", "HEAD", "POST"])
@arrangers_only
def arrange(request: HttpRequest) -> HttpResponse:
    """Show the pages as a form, and keep what was chosen."""
    asked = cast("Request", request)
    held = asked.actor.holding_for("screen.arrange")
    pages, version = arrangement(held.post_id if held else None)
    if request.method != "POST":
        return _form(asked, pages, version)
    wanted = _read(request.POST)
    try:
        seen = int(request.POST.get("seen") or 0)
    except ValueError:
        seen = 0
    try:
        actions.arrange(
            asked.actor, pages=wanted, narrow=list(blocks.known("narrow")), wide=list(blocks.known("wide")),
            at=asked.at, seen=seen,
        )  # fmt: skip
    except Invalid as error:
        return _form(asked, wanted, seen, faults=list(error.fields.values()), status=_REFUSED)
    except Stale as error:
        return _form(asked, wanted, version, faults=[str(error)], status=_STALE)
    return HttpResponseRedirect(reverse("screen:board"))


@require_POST
@arrangers_only
def restore(request: HttpRequest) -> HttpResponse:
    """Let the house's own arrangement stand again."""
    asked = cast("Request", request)
    actions.restore(asked.actor, at=asked.at)
    return HttpResponseRedirect(reverse("screen:arrange"))


def _read(given: Mapping[str, str]) -> list[Arrangement]:
    pages = []
    for number in range(1, MOST_PAGES + 1):
        columns = {
            side: tuple(code for slot in range(1, SLOTS + 1) if (code := given.get(f"{side}_{number}_{slot}", "")))
            for side in ("left", "right")
        }
        title = given.get(f"title_{number}", "").strip()[:20]
        pages.append(Arrangement(title, columns["left"], given.get(f"middle_{number}", ""), columns["right"]))
    return pages


def _form(
    asked: Request, pages: "list[Arrangement] | tuple[Arrangement, ...]", version: int, *,
    faults: list[str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    shown = [*pages, *(Arrangement("", (), "", ()) for _number in range(MOST_PAGES - len(pages)))]
    return render(
        asked,
        "screen/arrange.html",
        frame(asked, _("排大屏"))
        | {
            "pages": [_page(number, each) for number, each in enumerate(shown, start=1)],
            "narrow": list(blocks.known("narrow").values()),
            "wide": list(blocks.known("wide").values()),
            "version": version,
            "faults": faults or [],
            "slots": layouts.SLOTS,
        },
        status=status,
    )


def _page(number: int, each: Arrangement) -> dict[str, Any]:
    def slots(side: str, codes: tuple[str, ...]) -> list[tuple[str, str]]:
        padded = (*codes, *("" for _slot in range(SLOTS - len(codes))))
        return [(f"{side}_{number}_{slot}", code) for slot, code in enumerate(padded, start=1)]

    return {
        "number": number, "title": each.title, "middle": each.middle,
        "left": slots("left", each.left), "right": slots("right", each.right),
    }  # fmt: skip
