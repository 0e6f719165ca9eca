"""边界检查: what does not hold about the borders, on the map and as a list with what may be done."""

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console import land, mends
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Page, Tab
from lianxin.foundation.areas import queries
from lianxin.foundation.areas.checking import KINDS, Finding

from .areas import DOOR, SEEN_BY, atlas_of, tabs

_ROWS = 30
Numbered = list[tuple[int, Finding]]


def _shown(asked: Request) -> tuple[Numbered, Numbered, str, int]:
    """Return all findings numbered, those of this page, the kind asked for, and where the page begins."""
    every = list(enumerate(mends.found_in(asked), start=1))
    kind = asked.GET.get("kind", "")
    wanted = _of_kind(every, kind)
    after = asked.GET.get("after", "")
    begin = sum(number <= int(after) for number, _found in wanted) if after.isdecimal() and len(after) < 9 else 0
    return every, wanted[begin : begin + _ROWS], kind, begin


def _of_kind(every: Numbered, kind: str) -> Numbered:
    """Return the findings of a kind; without one, all that should be mended, which the order of codes need not."""
    return [(number, found) for number, found in every if found.kind == kind or (not kind and found.kind != "order")]


@require_safe
@staff_only(*SEEN_BY)
def check(request: HttpRequest) -> HttpResponse:
    """List gaps, overlaps, overhangs, slivers, missing borders and codes out of order."""
    asked = cast("Request", request)
    every, cut, kind, begin = _shown(asked)
    wanted = [number for number, _found in _of_kind(every, kind)]
    counts = {name: sum(found.kind == name for _number, found in every) for name in KINDS}
    to_mend = len(_of_kind(every, ""))
    named = [("", "要改的", to_mend), *((name, mends.LABELS[name], counts[name]) for name in KINDS if counts[name])]
    pager = Page(
        begin + 1 if cut else 0,
        begin + len(cut),
        len(wanted),
        previous_url=_at(kind, wanted[begin - _ROWS - 1] if begin > _ROWS else 0) if begin else "",
        next_url=_at(kind, cut[-1][0]) if begin + len(cut) < len(wanted) else "",
    )
    return page(
        request,
        "console/areas/check.html",
        door=DOOR,
        title=_("边界检查"),
        rows=[mends.line(asked, number, found) for number, found in cut],
        total=len(every),
        to_mend=to_mend,
        areas=len(atlas_of(asked).by_id),
        pager=pager,
        segments=[Tab(_at(name, 0), label, count, current=name == kind) for name, label, count in named],
        query=request.GET.urlencode(),
        **tabs(asked),
    )


def _at(kind: str, after: int) -> str:
    query = urlencode({name: value for name, value in (("kind", kind), ("after", after)) if value})
    return f"?{query}"


@require_safe
@staff_only(*SEEN_BY)
def points(request: HttpRequest) -> HttpResponse:
    """Give the findings of a page as marks to the map."""
    asked = cast("Request", request)
    return JsonResponse({"type": "FeatureCollection", "features": mends.features(asked, _shown(asked)[1])})


@require_safe
@staff_only(*SEEN_BY)
def grounds(request: HttpRequest) -> HttpResponse:
    """Give the ground of the findings of a page, with the borders around it, to the map."""
    asked = cast("Request", request)
    cut = _shown(asked)[1]
    features = []
    for parent_id in dict.fromkeys(found.parent_id for _number, found in cut):
        parent = queries.node(parent_id, asked.numbers)
        if parent is not None:
            features += land.features(parent, queries.children(parent_id, asked.at, asked.numbers))
    return JsonResponse({"type": "FeatureCollection", "features": features + mends.grounds(cut)})
