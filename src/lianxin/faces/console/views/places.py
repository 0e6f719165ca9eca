"""Places: an estate, a building with its chart, a dwelling with who lives there."""

from datetime import datetime, time
from typing import Any, cast

from django.db.models import Count as Counted
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.living import residents, rooms
from lianxin.faces.console.portraying import Asking, Group, line, portrait
from lianxin.faces.console.standing import (
    area_of,
    building_url,
    confirmed,
    crumbs,
    estate_url,
    portrait_url,
)
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.insight.portraits import chart, estates, measures
from lianxin.kernel.text import mask_name, mask_phone
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.people.models import Person
from lianxin.registry.people.queries import people_by_id
from lianxin.registry.places import queries
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate

DOOR = "console:base"
_MOST_SHOPS = 8


@require_safe
@staff_only("places.view")
def estate(request: HttpRequest, code: str) -> HttpResponse:
    """Show an estate: facts, portrait, buildings, who does business there."""
    asked = cast("Request", request)
    found = queries.get_estate(asked.actor, code)
    asking = Asking(asked.actor, found, {"estate": found.code})
    figures = estates.figures(found, at=asked.at)
    trend = line(_("登记人口"), _("人"), estates.trend(found, at=asked.at), at=asked.at, has_purpose=asking.sees_people)
    return page(
        request,
        "console/places/estate.html",
        door=DOOR,
        title=found.name,
        estate=found,
        crumbs=crumbs(asked, area_of(asked, found), (found.name, "")),
        portrait=portrait(asking, figures, [trend]),
        buildings=_buildings(asking, found),
        shops=_shops(asking, Establishment.objects.filter(estate=found)),
        has_map=found.boundary is not None or found.point is not None,
        cases_url=_to_cases(found.name) if asked.actor.may("cases.view") else "",
        may_edit=found.valid_to is None and asked.actor.may("places.edit", found),
    )


def _to_cases(name: str) -> str:
    return f"{reverse('console:cases')}?{urlencode({'q': name})}"


def _buildings(asking: Asking, found: Estate) -> list[dict[str, Any]]:
    """Return the buildings of an estate, each with its dwellings and people. Two statements."""
    stands = Q(dwellings__valid_to=None)
    rows = list(
        Building.objects.filter(estate=found, valid_to=None)
        .annotate(
            total=Counted("dwellings", filter=stands),
            vacant=Counted("dwellings", filter=stands & Q(dwellings__use=Dwelling.Use.VACANT)),
            let=Counted("dwellings", filter=stands & Q(dwellings__use=Dwelling.Use.LET)),
        )
        .order_by("number", "name", "pk")
    )
    lived = Person.objects.now().filter(home__building__estate=found).values_list("home__building_id")
    people = dict(lived.annotate(Counted("pk")).order_by())
    counts = Group({row.code: int(people.get(row.pk, 0)) for row in rows}, has_purpose=asking.sees_people)
    return [{"row": row, "url": building_url(row), "people": counts.said(row.code)} for row in rows]


def _shops(asking: Asking, found: Any) -> dict[str, Any]:
    rows = list(found.visible_to(asking.actor).now().order_by("kind", "pk")[: _MOST_SHOPS + 1])
    return {"rows": rows[:_MOST_SHOPS], "more_url": asking.to("establishments") if len(rows) > _MOST_SHOPS else ""}


@require_safe
@staff_only("places.view")
def outlines(request: HttpRequest, code: str) -> JsonResponse:
    """Give the outline of an estate and of its buildings to the map."""
    asked = cast("Request", request)
    found = queries.get_estate(asked.actor, code)
    features = [_outline(found.boundary, found.name, "community", "", "")] if found.boundary else []
    shown = Building.objects.filter(estate=found, valid_to=None, footprint__isnull=False)
    for row in shown.only("code", "name", "footprint", "floors", "address"):
        storeys = _("{floors} 层").format(floors=row.floors) if row.floors else ""
        features.append(_outline(row.footprint, row.name, "building", storeys, building_url(row)))
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _outline(shape: Any, name: str, level: str, said: str, url: str) -> dict[str, Any]:
    title = name if url else ""
    return {
        "type": "Feature",
        "geometry": shape,
        "properties": {"name": title, "title": name, "level": level, "line": said, "url": url},
    }


@require_safe
@staff_only("places.view")
def building(request: HttpRequest, code: str) -> HttpResponse:
    """Show a building: its chart, what it consists of, who does business there."""
    asked = cast("Request", request)
    found = queries.get_building(asked.actor, code)
    asking = Asking(asked.actor, found, {"building": found.code})
    figures = estates.figures(found, at=asked.at)
    drawn = chart.chart(asked.actor, found, at=asked.at)
    above = [(found.estate.name, estate_url(found.estate))] if found.estate else []
    return page(
        request,
        "console/places/building.html",
        door=DOOR,
        title=found.address,
        building=found,
        crumbs=crumbs(asked, area_of(asked, found), *above, (found.name, "")),
        chart=drawn,
        legend=_legend(asking, drawn),
        portrait=portrait(asking, figures, []),
        heads=_heads(asking, found),
        shops=_shops(asking, Establishment.objects.filter(building=found)),
        may_edit=found.valid_to is None and asked.actor.may("places.edit", found),
    )


def _legend(asking: Asking, drawn: chart.Chart) -> list[dict[str, str]]:
    """Return the states of the chart with their counts, each a list of those dwellings."""
    rows = [
        {
            "state": use,
            "label": str(Dwelling.Use(use).label),
            "count": words.count(drawn.counts.get(use, 0)),
            "url": asking.to("dwellings", use=use),
        }
        for use in measures.USES
    ]
    rows.append(
        {
            "state": "stale", "label": _("一年没有核实"), "count": words.count(drawn.counts["stale"]),
            "url": asking.to("dwellings", stale="1"),
        }
    )  # fmt: skip
    if asking.sees_care:
        rows.append({"state": "care", "label": _("需要关照"), "count": words.count(drawn.counts["care"]), "url": ""})
    return rows


def _heads(asking: Asking, found: Building) -> str:
    """Return the heads of building and entrances, masked, for who may see people."""
    if not asking.sees_people or not found.unit_head_ids:
        return ""
    people = people_by_id(found.unit_head_ids)
    return "、".join(words.UNKNOWN if pk not in people else mask_name(people[pk].name) for pk in found.unit_head_ids)


@require_safe
@never_cache
@staff_only("places.view")
def dwelling(request: HttpRequest, code: str) -> HttpResponse:
    """Show a dwelling: what it is, who lives there now or lived there on a day."""
    asked = cast("Request", request)
    found = queries.get_dwelling(asked.actor, code)
    on = _on(asked)
    place = found.building
    above = [(place.estate.name, estate_url(place.estate))] if place.estate else []
    node = area_of(asked, found)
    number = rooms(found)
    return page(
        request,
        "console/places/dwelling.html",
        door=DOOR,
        title=found.address,
        dwelling=found,
        number=number,
        crumbs=crumbs(asked, node, *above, (place.name, building_url(place)), (number, "")),
        living=residents(asked, found, at=on or asked.at),
        on=on,
        on_value=on.astimezone(ZONE).date().isoformat() if on else "",
        floor=chart.floor_label(found.floor),
        confirmed=confirmed(found.confirmed_at, asked.at),
        is_stale=found.confirmed_at is None or (asked.at - found.confirmed_at).days > measures.STALE_DAYS,
        portrait_url=portrait_url(asked, node) if node else "",
        may_edit=found.valid_to is None and asked.actor.may("places.edit", found),
        may_register=found.valid_to is None and asked.actor.may("people.edit", found),
    )


def _on(asked: Request) -> datetime | None:
    """Return the end of the day the address asks for, or nothing for now."""
    try:
        day = datetime.strptime(asked.GET.get("on", ""), "%Y-%m-%d").replace(tzinfo=ZONE).date()
    except ValueError:
        return None
    end = datetime.combine(day, time(23, 59, 59), ZONE)
    return end if day.year > 1900 and end < asked.at else None


@require_safe
@staff_only("places.view")
def establishment(request: HttpRequest, code: str) -> HttpResponse:
    """Show who does business or serves at a place."""
    asked = cast("Request", request)
    found = queries.get_establishment(asked.actor, code)
    return page(
        request,
        "console/places/establishment.html",
        door=DOOR,
        title=found.name,
        shop=found,
        crumbs=crumbs(asked, area_of(asked, found), (found.name, "")),
        confirmed=confirmed(found.confirmed_at, asked.at),
        contact=mask_name(found.contact),
        phone=mask_phone(found.contact_phone or ""),
        links=_around(asked, found),
        cases_url=_to_cases(found.name) if asked.actor.may("cases.view") else "",
        may_edit=found.valid_to is None and asked.actor.may("places.edit", found),
    )


def _around(asked: Request, found: Establishment) -> list[tuple[str, str]]:
    """Return the places around it that the person may see, as name and address."""
    around = []
    for place, name, url in (
        (found.estate, found.estate and found.estate.name, found.estate and estate_url(found.estate)),
        (found.building, found.building and found.building.name, found.building and building_url(found.building)),
    ):
        if place is not None and (asked.actor.scope("places.view").everywhere or asked.actor.may("places.view", place)):
            around.append((str(name), str(url)))
    return around
