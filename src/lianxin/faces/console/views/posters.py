"""Posters (海报) of an area, an estate or its buildings: scanning opens the report page at that very place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import posters
from lianxin.faces.parts.posters import Poster
from lianxin.faces.parts.shapes import Crumb
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.registry.places.models import Building, Estate

MAY = ("places.view", "areas.manage")
_MOST = 300  # pages of one file
_KINDS = {"city": "centre"}


@dataclass(frozen=True, slots=True)
class _Set:
    """Posters to be had together: `of` names them in the address."""

    of: str
    label: str
    count: int


@require_safe
@staff_only(*MAY)
def posters_page(request: HttpRequest) -> HttpResponse:
    """Offer the posters of an area or an estate, in two sizes."""
    asked = cast("Request", request)
    estate, area = _estate(asked, request.GET.get("estate", "")), _area(asked, request.GET.get("area", ""))
    if estate is None and area is None:
        raise NotFound(_("没有这个地方，或不在您的辖区。"))
    name, back = _named(estate, area)
    file = reverse("console:poster_file")
    sets = [
        {"label": each.label, "count": each.count,
         "files": [(size, f"{file}?{urlencode({'of': each.of, 'size': size})}") for size in posters.SIZES]}
        for each in _sets(asked, estate, area)
    ]  # fmt: skip
    return page(
        request, "console/places/posters.html", door="console:base", title=_("海报"), name=name, sets=sets,
        crumbs=[Crumb(name, back), Crumb(_("海报"))],
    )  # fmt: skip


def _named(estate: Estate | None, area: AreaNode | None) -> tuple[str, str]:
    if estate is not None:
        return estate.name, reverse("console:estate", args=[estate.code])
    return (area.name, reverse("console:area", args=[area.code])) if area is not None else ("", "")


def _sets(asked: Request, estate: Estate | None, area: AreaNode | None) -> list[_Set]:
    if estate is not None:
        count = estate.buildings.now().count()
        found = [_Set(f"estate:{estate.code}", _("整个小区一张"), 1)]
        return [*found, _Set(f"buildings:{estate.code}", _("每栋楼一张"), count)] if count else found
    if area is None:
        return []
    found = [_Set(f"area:{area.code}", _("{name}一张").format(name=area.name), 1)]
    below = areas.children(area.id, asked.at, asked.numbers)
    return [*found, _Set(f"below:{area.code}", _("下面每个一张"), len(below))] if below else found


@require_safe
@staff_only(*MAY)
def poster_file(request: HttpRequest) -> HttpResponse:
    """Give the posters as one PDF, a page each."""
    asked = cast("Request", request)
    size = request.GET.get("size", "A4")
    if size not in posters.SIZES:
        raise Invalid({"size": _("纸张只有 A4 和 A5。")})
    found = _posters(asked, request.GET.get("of", ""))
    texts = current("texts", asked.numbers) or {}
    portal = texts.get("portal", {})
    words = posters.Words(
        portal.get("name") or _("连心"), _("扫一扫，反映身边事"),
        _("{hint}，不用下载，不用登录").format(hint=portal.get("report_hint") or _("拍张照，30 秒说清")),
    )  # fmt: skip
    response = StreamingHttpResponse(posters.pdf(found, words, size=size), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="posters-{size}.pdf"'
    return cast("HttpResponse", response)


def _posters(asked: Request, of: str) -> list[Poster]:
    what, _colon, code = of.partition(":")
    estate = _estate(asked, code) if what in {"estate", "buildings"} else None
    area = _area(asked, code) if what in {"area", "below"} else None
    if what == "building" and (one := Building.objects.visible_to(asked.actor).now().filter(code=code).first()):
        return [_of_building(asked, one)]
    if estate is not None and what == "estate":
        return [_poster(asked, estate.name, _node(asked, estate.area_id), estate.code)]
    if estate is not None:
        standing = estate.buildings.now().select_related("estate").order_by("number", "name")
        return [_of_building(asked, each) for each in _few(list(standing[: _MOST + 1]))]
    if area is not None and what == "area":
        return [_of_area(asked, area)]
    if area is not None:
        return [_of_area(asked, each) for each in _few(areas.children(area.id, asked.at, asked.numbers))]
    raise NotFound(_("没有这个地方，或不在您的辖区。"))


def _few(found: Sequence) -> Sequence:  # type: ignore[type-arg]
    if len(found) > _MOST:
        raise Invalid({"of": _("一次最多 {most} 张，请分开打印。").format(most=_MOST)})
    return found


def _of_building(asked: Request, building: Building) -> Poster:
    name = f"{building.estate.name if building.estate else ''} {building.name}".strip()
    return _poster(asked, name, _node(asked, building.area_id), building.code)


def _of_area(asked: Request, area: AreaNode) -> Poster:
    return _poster(asked, area.name, area, area.code, own=True)


def _poster(asked: Request, name: str, area: AreaNode | None, code: str, *, own: bool = False) -> Poster:
    above = area.breadcrumb[1 : -1 if own else None] if area is not None else ()
    desk, phone = _desk(asked, area)
    return Poster(name, " ".join(above), f"{settings.PUBLIC_URL}{reverse('resident:here', args=[code])}", desk, phone)


def _desk(asked: Request, area: AreaNode | None) -> tuple[str, str]:
    """Return the nearest desk with a phone, else the place's hotline. Never a person's own."""
    known = organizations.directory(asked.numbers)
    for area_id in reversed(area.path_ids if area is not None else ()):
        above = areas.node(area_id, asked.numbers)
        role = above.role if above is not None else ""
        unit = known.nearest(_KINDS.get(role, role), [area_id], asked.at)
        if unit is not None and unit.duty_phone:
            return unit.short_name, unit.duty_phone
    hotline = (current("place", asked.numbers) or {}).get("hotline", "")
    return (_("热线"), hotline) if hotline else ("", "")


def _node(asked: Request, area_id: int | None) -> AreaNode | None:
    return areas.node(area_id, asked.numbers) if area_id is not None else None


def _estate(asked: Request, code: str) -> Estate | None:
    return Estate.objects.visible_to(asked.actor).now().filter(code=code).first() if code else None


def _area(asked: Request, code: str) -> AreaNode | None:
    found = areas.atlas(asked.at, asked.numbers).by_code.get(code) if code else None
    may = found is not None and any(asked.actor.may(each, found) for each in MAY)
    return found if may and found is not None and found.community_id is not None else None
