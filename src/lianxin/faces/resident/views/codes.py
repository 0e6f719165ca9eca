"""What a scanned code opens: the report page at that very place, which one may still change."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.identity.request import Request
from lianxin.faces.resident import frame
from lianxin.faces.resident.here import here_at, here_of, remember
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Area
from lianxin.kernel.errors import NotFound
from lianxin.registry.places.models import Building, Estate
from lianxin.registry.places.rehoming import home_now


@require_safe
@frame.resident_page
def here(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to the report page with grid, estate or building filled in; remember the community if none is known."""
    asked = cast("Request", request)
    area, place = _place(asked, code[:40])
    at = here_at(area, asked.at, asked.numbers)
    if at is None:
        raise NotFound(_("这个码的地方已经调整。请点“请您反映”，自己选地点。"))
    query = {"area": area} | ({"at": place} if place else {})
    response = HttpResponseRedirect(f"{reverse('resident:report')}?{urlencode(query)}")
    if here_of(asked) is None:
        remember(request, response, at)
    return response


def _place(asked: Request, code: str) -> tuple[str, str]:
    """Return the code of an area that is, and words for the place in it; a code of an ended area leads on."""
    building = Building.objects.now().filter(code=code).select_related("estate").first()
    if building is not None:
        estate = building.estate.name if building.estate is not None else ""
        return _area_code(asked, building.area_id), f"{estate}{building.name}"
    whole = Estate.objects.now().filter(code=code).first()
    if whole is not None:
        return _area_code(asked, whole.area_id), whole.name
    known = areas.atlas(asked.at, asked.numbers).by_code.get(code)
    area_id = known.id if known is not None else Area.objects.filter(code=code).values_list("pk", flat=True).first()
    return _area_code(asked, area_id), ""


def _area_code(asked: Request, area_id: int | None) -> str:
    found = home_now(None, area_id, at=asked.at)
    return found.code if found is not None else ""
