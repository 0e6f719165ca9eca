"""Likely pairs (疑似重复): two records that may be one person, each pair with what speaks for it."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.hub import Card, card
from lianxin.faces.console.living import person_line
from lianxin.faces.console.personpage import said_home
from lianxin.faces.console.views.people import DOOR
from lianxin.faces.identity.request import Request
from lianxin.kernel.errors import Invalid
from lianxin.registry.people import duplicates
from lianxin.registry.people.models import Person

_SIZE = 30


@require_safe
@never_cache
@staff_only("people.merge")
def pairs(request: HttpRequest) -> HttpResponse:
    """List pairs where one may merge, to be looked at side by side."""
    asked = cast("Request", request)
    found = duplicates.likely_pairs(asked.actor, after=_after(request.GET.get("after", "")), size=_SIZE)
    following = f"?after={found.after[0]}-{found.after[1]}" if found.after else ""
    return page(
        request, "console/people/pairs.html", door=DOOR, title=_("疑似重复"), next_url=following,
        rows=[_row(asked, each) for each in sorted(found.items, key=lambda each: -each.weight)],
    )  # fmt: skip


def _after(text: str) -> tuple[int, int]:
    if not text:
        return (0, 0)
    one, _dash, other = text.partition("-")
    if not all(part.isdecimal() and len(part) < 19 for part in (one, other)):
        raise Invalid({"after": _("翻页标记不正确或已失效，请回到第一页。")})
    return int(one), int(other)


def _row(asked: Request, pair: duplicates.Likely) -> dict[str, Any]:
    # Who has a number comes first: the page of both proposes to keep the first.
    first, second = sorted((pair.one, pair.other), key=lambda each: (each.id_hash is None, each.pk))
    return {
        "sides": [(_("这一份"), _side(asked, first)), (_("那一份"), _side(asked, second))],
        "why": "；".join(pair.reasons),
        "url": reverse("console:resident_merge", args=[first.key, second.key]),
    }


def _side(asked: Request, person: Person) -> dict[str, Any]:
    return {"line": person_line(asked, person), "home": said_home(person)}


@card(12, on="base")
def _card(asked: Request) -> Card | None:
    """疑似重复."""
    if not asked.actor.may("people.merge"):
        return None
    line = _("同姓名同生日、同电话、同住处的成对列出，由人判断是不是一个人")
    return Card(_("疑似重复"), reverse("console:pairs"), "merge", line)
