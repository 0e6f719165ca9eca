"""The building chart beside the map (作战图): a cell a dwelling, coloured by a chosen state; no names."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.faces.console import battle
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.mapping import DOOR
from lianxin.faces.identity.request import Request
from lianxin.registry.places import queries


@never_cache
@require_safe
@staff_only("places.view")
def chart(request: HttpRequest, code: str) -> HttpResponse:
    """Show the chart of a building: the piece alone to the map, else a page."""
    asked = cast("Request", request)
    building = queries.get_building(asked.actor, code)
    drawn = battle.drawn(asked, building, request.GET.get("state", ""))
    name = f"{building.estate.name} {building.name}" if building.estate else building.address
    context: dict[str, Any] = {"chart": drawn, "building": building, "name": name, "now": asked.at}
    if request.headers.get("X-Requested-With") == "fetch" or request.headers.get("HX-Request"):
        return render(request, "console/map/chart.html", context)
    return page(
        request, "console/map/chart_page.html", door=DOOR, title=_("{name} 楼栋图").format(name=name), **context
    )
