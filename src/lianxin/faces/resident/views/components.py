"""What the code on a component's label (部件标牌) opens: what it is, whose, how it is, and a way to report it.

Everybody may read it: it tells of a lamp or a manhole cover, never of a person.
"""

from datetime import timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.resident import frame
from lianxin.faces.resident.labels import labelled, words_of
from lianxin.faces.resident.nearby import open_on
from lianxin.kernel.throttle.counting import count

_HOUR = timedelta(hours=1)
_LOOKS_AN_HOUR = 600  # behind one address there may be a whole neighbourhood


@require_safe
@frame.resident_page
def component(request: HttpRequest, number: str) -> HttpResponse:
    """Show the component behind a label. Raises NotFound, with what to do instead, for one unknown or struck off."""
    asked = cast("Request", request)
    count("resident.component", address_of(request) or "", most=_LOOKS_AN_HOUR, span=_HOUR, at=asked.at)
    found = labelled(number)
    report_url = f"{reverse('resident:report')}?{urlencode({'component': found.number})}"
    return frame.page(
        request, "resident/component.html", title=found.name, back=reverse("resident:home"),
        thing=words_of(found, at=asked.at, numbers=asked.numbers), report_url=report_url,
        same=open_on(found, numbers=asked.numbers), label=_("报修"),
    )  # fmt: skip
