"""Search (搜索): one box for people and places, answered as one types. What is typed travels in the body, never in an
address, so that no name or number stands in a log.
"""

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.identity.request import Request, address_of
from lianxin.kernel.errors import Invalid, LianxinError
from lianxin.registry.people import finding, looks
from lianxin.registry.people.finding import Answer
from lianxin.registry.places.finding import Found

DOOR = "console:base"
_PAGES = {"estate": "estate", "building": "building", "dwelling": "dwelling", "establishment": "establishment",
          "person": "resident"}  # fmt: skip
_KINDS = {"estate": gettext_lazy("小区"), "building": gettext_lazy("楼栋"), "dwelling": gettext_lazy("房屋"),
          "establishment": gettext_lazy("单位场所"), "person": gettext_lazy("人员")}  # fmt: skip
_ICONS = {"estate": "building", "building": "layers", "dwelling": "home", "establishment": "receipt", "person": "user"}
_NUMBERS = {"id_number": gettext_lazy("证件号码"), "phone": gettext_lazy("电话号码")}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was found."""

    url: str
    label: str
    where: str
    kind: str
    icon: str


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("places.view", "people.view")
def search(request: HttpRequest) -> HttpResponse:
    """Show the box, or answer what was typed: the piece alone to the script, else a page."""
    asked = cast("Request", request)
    context: dict[str, Any] = {"words": "", "find_url": reverse("console:search")}
    if request.method == "POST":
        context |= _answered(asked)
    status = 422 if context.get("fault") else 200
    if request.headers.get("HX-Request"):
        return render(request, "console/base/found.html", context, status=status)
    return page(request, "console/base/search.html", door=DOOR, title=_("搜索"), status=status, **context)


def _answered(asked: Request) -> dict[str, Any]:
    words = asked.POST.get("q", "").replace("\0", "")[:100]
    told: dict[str, Any] = {"words": words, "is_asked": bool(words.strip())}
    try:
        answer = finding.find(
            asked.actor, words, at=asked.at, after=asked.POST.get("after", "")[:40],
            reason=asked.POST.get("reason", "")[:30], note=asked.POST.get("note", "").replace("\0", "")[:200],
            address=address_of(asked),
        )  # fmt: skip
    except Invalid as invalid:
        is_number = "reason" in asked.POST
        return told | {"fault": "；".join(invalid.fields.values())} | (_reasons(asked) if is_number else {})
    except LianxinError as error:
        return told | {"fault": error.sentence}
    if answer.needs_reason:
        return told | _reasons(asked) | {"number": str(_NUMBERS.get(answer.kind, ""))}
    return told | _found(answer)


def _reasons(asked: Request) -> dict[str, Any]:
    return {
        "needs_reason": True, "reasons": looks.REASONS.items(), "chosen": asked.POST.get("reason", ""),
        "note": asked.POST.get("note", "")[:200],
    }  # fmt: skip


def _found(answer: Answer) -> dict[str, Any]:
    return {
        "places": [_line(each) for each in answer.places],
        "people": [_line(each) for each in answer.people],
        "next": answer.next or "",
    }


def _line(found: Found) -> Line:
    url = reverse(f"console:{_PAGES[found.kind]}", args=[found.key])
    return Line(url, found.label, found.where, str(_KINDS[found.kind]), _ICONS[found.kind])
