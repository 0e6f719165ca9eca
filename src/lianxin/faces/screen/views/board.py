"""The board: one page of blocks, drawn whole at first, then asked for again as things happen."""

from dataclasses import replace
from typing import Any, cast

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.screen import blocks, layouts, ticker
from lianxin.faces.screen.blocks import Asked
from lianxin.faces.screen.layouts import Arrangement
from lianxin.faces.screen.opening import Looker, arrangement, asked_of, home, looker, title
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as units

_GONE = 401
_FEW = 2  # blocks of a column that leave each other room for long lists
_ROWS_BESIDE_TWO = 4


@never_cache
@require_safe
def board(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show the big screen of an area; a browser that may not look is asked to be connected."""
    asked = cast("Request", request)
    who = looker(asked)
    if who is None:
        return HttpResponseRedirect(reverse("screen:connect"))
    of = asked_of(asked, who.actor, code)
    pages, _version = arrangement(who.post_id)
    context = _context(request, who, of, pages)
    start = home(who.actor, at=of.at, numbers=of.numbers)
    return render(
        request,
        "screen/board.html",
        context
        | {
            "now": asked.at,
            "today": words.local(asked.at).date(),
            "weekday": words.WEEKDAYS[words.local(asked.at).weekday()],
            "counted": _counted(of),
            "is_home": start is not None and start.id == of.node.id,
            "may_arrange": who.wall is None and who.actor.may("screen.arrange"),
            "is_wall": who.wall is not None,
            "turn": layouts.TURN_SECONDS,
            "build": _build(),
            "feed": context["feed"],
        },
    )


@never_cache
@require_safe
def page(request: HttpRequest, code: str = "") -> HttpResponse:
    """Give one page of blocks anew."""
    asked = cast("Request", request)
    who = looker(asked)
    if who is None:
        return HttpResponse(status=_GONE)
    of = asked_of(asked, who.actor, code)
    pages, _version = arrangement(who.post_id)
    return render(request, "screen/page.html", _context(request, who, of, pages) | {"now": asked.at})


@never_cache
@require_safe
def now(request: HttpRequest) -> JsonResponse:
    """Tell how far things are: a screen asks each few seconds and reads anew only when something happened."""
    asked = cast("Request", request)
    if looker(asked) is None:
        return JsonResponse({}, status=_GONE)
    return JsonResponse({"feed": ticker.feed_number(), "build": _build(), "now": asked.at.isoformat()})


def _context(request: HttpRequest, who: Looker, of: Asked, pages: tuple[Arrangement, ...]) -> dict[str, Any]:
    given = request.GET.get("page", "")
    number = int(given) - 1 if given.isdecimal() and 0 < int(given[:4]) <= len(pages) else 0
    shown = pages[number]
    feed = ticker.feed_number()
    return {
        "title": shown.title,
        "number": number + 1,
        "pages": [(place, each.title) for place, each in enumerate(pages, start=1)],
        "left": _drawn(shown.left, of),
        "middle": blocks.drawn(shown.middle, of),
        "right": _drawn(shown.right, of),
        "ticks": ticker.ticks(of, upto=feed),
        "feed": feed,
        "place_title": title(of.numbers) if of.node.is_whole else of.node.name,
        "trail": _trail(who, of),
        "code": of.node.code,
    }


def _drawn(codes: tuple[str, ...], of: Asked) -> list[blocks.Block]:
    of = replace(of, rows=_ROWS_BESIDE_TWO if len(codes) > _FEW else of.rows)
    return [found for code in codes if (found := blocks.drawn(code, of)) is not None]


def _trail(who: Looker, of: Asked) -> list[tuple[str, str]]:
    """Return the areas above, as far as the looker may look."""
    above = [areas.node(pk, of.numbers) for pk in of.node.path_ids[:-1]]
    scope = who.actor.scope("screen.view")
    return [
        (each.name, each.code)
        for each in above
        if each is not None and (scope.everywhere or (not each.is_whole and who.actor.may("screen.view", each)))
    ]


def _counted(of: Asked) -> dict[str, int]:
    inside = [each for each in areas.atlas(of.at, of.numbers).descend(of.node.id) if each.id != of.node.id]
    found = {role: sum(each.role == role for each in inside) for role in ("street", "community", "grid")}
    return found | {"units": len(units.unit_tree(of.at, of.numbers)) if of.node.is_whole else 0}


def _build() -> str:
    """Return which front end is served: when it changes, a screen reads itself anew."""
    return str(staticfiles_storage.url("screen.js"))
