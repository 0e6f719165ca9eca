"""My community: what I reported, who looks after us, what goes on nearby."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.resident import frame
from lianxin.faces.resident.here import here_of, workers_of
from lianxin.faces.resident.matters import matters
from lianxin.faces.resident.nearby import public_matters


@require_safe
@frame.resident_page
def home(request: HttpRequest) -> HttpResponse:
    """Show the page a resident comes to first."""
    asked = cast("Request", request)
    here = here_of(asked)
    is_elder = frame.is_elder(request)
    mine, total = matters(asked.actor, asked.at, asked.numbers, most=1 if is_elder else 3)
    around = [] if here is None or is_elder else public_matters(here.community.id, asked.at, asked.numbers)
    return frame.page(
        request, "resident/home.html", title=here.community.name if here else str(frame.texts(asked.numbers)["name"]),
        greeting=words.greeting(asked.at), mine=mine, total=total, workers=workers_of(here, asked.at), around=around,
        has_services=frame.modules(asked.numbers).get("services", False),
    )  # fmt: skip


@require_safe
@frame.resident_page
def services(request: HttpRequest) -> HttpResponse:
    """List what can be done here now; there is no such page where the place has not switched it on."""
    asked = cast("Request", request)
    if not frame.modules(asked.numbers).get("services", False):
        raise Http404
    return frame.page(request, "resident/services.html", title=_("帮您办事"), back="/")
