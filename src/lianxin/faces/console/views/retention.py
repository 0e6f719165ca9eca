"""How long what is kept (保存期限): what the nightly run takes away next, and by which rule."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.hub import Card, card
from lianxin.faces.identity.request import Request
from lianxin.registry.people import retention

from .sources import DOOR


@require_safe
@staff_only("people.answer")
def periods(request: HttpRequest) -> HttpResponse:
    """Show each period with how much falls due tonight and within thirty days."""
    asked = cast("Request", request)
    rows = retention.preview(asked.actor, at=asked.at)
    return page(request, "console/sources/retention.html", door=DOOR, title=_("保存期限"), rows=rows)


@card(66, on="base")
def _card(asked: Request) -> Card | None:
    """保存期限."""
    if not asked.actor.may("people.answer"):
        return None
    return Card(_("保存期限"), reverse("console:retention"), "clock", _("档案、查看留痕存多久，近期到期多少"))
