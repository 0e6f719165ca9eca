"""Stations near home: what is open now, where, what it offers."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.identity.request import Request
from lianxin.faces.resident import frame
from lianxin.faces.resident.blocks import Block, block, demand_on
from lianxin.faces.resident.here import Here, here_of
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.files.models import FileKind
from lianxin.kernel.geometry.points import Point
from lianxin.work.stations import queries, rules
from lianxin.work.stations.queries import Near

MODULE = "stations"
_ON_HOME, _SIZE, _ELDER_SIZE = 2, 30, 4
_WALKED = 3_000  # metres; farther nobody goes on foot
_SPEED = 70  # metres a minute, on foot and not in a hurry


def _center(here: Here | None) -> Point | None:
    return (here.area.center or here.community.center) if here is not None else None


@block(order=60, module=MODULE)
def _on_home(asked: Request, here: Here | None) -> Block | None:
    if here is None:
        return None
    found = queries.near(asked.at, point=_center(here), area=here.community, most=_ON_HOME)
    return Block("resident/blocks/stations.html", {"stations": _said(found)}) if found else None


@require_http_methods(["GET", "HEAD", "POST"])
@frame.resident_page
def stations(request: HttpRequest) -> HttpResponse:
    """List stations, the nearest first: to home, or to where the phone is. That position is kept nowhere."""
    asked = cast("Request", request)
    demand_on(asked, MODULE)
    here = here_of(asked)
    point, is_phone = _point(request)
    kinds, kind = rules.kinds(asked.numbers), request.GET.get("kind", "")
    most = _ELDER_SIZE if frame.is_elder(request) else _SIZE
    found = queries.near(
        asked.at, point=point or _center(here), area=here.community if here else None,
        kind=kind if kind in kinds else "", most=most,
    )  # fmt: skip
    return frame.page(
        request, "resident/stations.html", title=_("服务站点"), back=reverse("resident:home"), stations=_said(found),
        kinds=kinds, kind=kind, is_phone=is_phone, measured=point is not None or _center(here) is not None,
    )  # fmt: skip


def _point(request: HttpRequest) -> tuple[Point | None, bool]:
    if request.method != "POST":
        return None, False
    try:
        return Point.checked(request.POST.get("lon"), request.POST.get("lat")), True
    except Invalid:
        return None, False


@require_safe
@frame.resident_page
def station(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one station: hours, what it offers, the way there."""
    asked = cast("Request", request)
    demand_on(asked, MODULE)
    found = queries.public_station(key)
    if found is None:
        raise NotFound(_("没有这个站点，可能已经撤销。"))
    photos = [file for file in queries.photos_of([found]).get(found.pk, []) if file.kind == FileKind.PHOTO]
    return frame.page(
        request, "resident/station.html", title=found.name, back=reverse("resident:stations"), station=found,
        kind=rules.kinds(asked.numbers).get(found.kind, ""), hours=rules.say_hours(found.hours),
        open=rules.open_now(found, asked.at), photos=photos,
    )  # fmt: skip


def _said(found: list[Near]) -> list[tuple[Near, str]]:
    return [(each, walk_words(each)) for each in found]


def walk_words(near: Near) -> str:
    """Say how far a station is, on foot where it is near: 320 米，走 5 分钟."""
    if near.metres is None:
        return ""
    metres = max(50, round(near.metres, -1))
    far = _("{n} 米").format(n=metres) if metres < 1_000 else _("{n} 公里").format(n=f"{metres / 1000:.1f}")
    if metres >= _WALKED:
        return far
    return _("{far}，走 {minutes} 分钟").format(far=far, minutes=max(1, round(metres / _SPEED)))
