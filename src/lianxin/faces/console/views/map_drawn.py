"""Draw to count on the one map (圈选): what lies inside a drawn shape, each number a link to its list."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.mapping import DOOR, SEEN_BY, instant, look_of
from lianxin.faces.identity.request import Request
from lianxin.faces.maps import drawn, polygons
from lianxin.faces.maps.layers import FILTERS, Look
from lianxin.faces.parts import words
from lianxin.kernel.errors import Invalid

from .map_shapes import refused, sent_by

_COMPACT = {"ensure_ascii": False, "separators": (",", ":")}


@never_cache
@require_POST
@staff_only(*SEEN_BY)
def count(request: HttpRequest) -> JsonResponse:
    """Count what lies inside a drawn shape, and keep the shape for the lists behind the numbers."""
    asked = cast("Request", request)
    try:
        sent = sent_by(asked)
        chosen = sent.get("filters")
        filters = (
            {name: str(chosen[name])[:40] for name in FILTERS if chosen.get(name)} if isinstance(chosen, dict) else {}
        )
        when = instant(str(sent.get("at") or ""), asked.at)
        look = Look(asked.actor, asked.at, asked.numbers, when, filters)
        outline = polygons.read_polygon(sent.get("polygon"))
        inside = polygons.count(look, outline)
    except Invalid as error:
        return refused(error)
    key = drawn.keep(outline, at=asked.at)
    told = _told(inside, key, _asked(look))
    layers = [{name: one[name] for name in ("code", "label", "shape", "count", "late")} for one in told["counts"]]
    html = render_to_string("console/map/count.html", {**told, "is_piece": True}, request=request)
    return JsonResponse(
        {
            "key": key,
            "squareMetres": round(inside.square_metres),
            "layers": layers,
            "areas": told["shares"],
            "html": html,
        },
        json_dumps_params=_COMPACT,
    )


@never_cache
@require_safe
@staff_only(*SEEN_BY)
def counted(request: HttpRequest, key: str) -> HttpResponse:
    """Show again what lies inside a shape that was drawn."""
    asked = cast("Request", request)
    look = look_of(asked)
    told = _told(polygons.count(look, drawn.opened(key, at=asked.at)), key, _asked(look))
    if request.headers.get("X-Requested-With") == "fetch":
        return render(request, "console/map/count.html", {**told, "is_piece": True})
    return page(request, "console/map/count_page.html", door=DOOR, title=f"{_('圈选结果')} · {_('一张图')}", **told)


def _asked(look: Look) -> dict[str, str]:
    """Return how somebody looks, as words of an address."""
    return {**look.filters, **({"at": look.when.isoformat()} if look.when else {})}


def _told(inside: polygons.Inside, key: str, asked: Mapping[str, str]) -> dict[str, Any]:
    counts = []
    for each in inside.counts:
        address = reverse("console:map_list", args=[each.layer.code])
        url = f"{address}?{urlencode({'drawn': key, **asked})}"
        counts.append({
            "code": each.layer.code, "label": str(each.layer.label), "shape": each.layer.shape, "count": each.count,
            "late": each.late, "url": url, "late_url": f"{url}&late=1",
        })  # fmt: skip
    shares = [
        {"key": each.code, "name": each.name, "share": round(each.share, 4), "said": words.percent(each.share)}
        for each in inside.areas
    ]
    return {
        "size": _size(inside.square_metres), "counts": counts, "shares": shares, "key": key,
        "is_filtered": any(name in asked for name in FILTERS),
    }  # fmt: skip


def _size(square_metres: float) -> str:
    if square_metres < 100_000:
        return _("{size} 平方米").format(size=f"{square_metres:,.0f}")
    return _("{size} 平方公里").format(size=f"{square_metres / 1e6:,.2f}")
