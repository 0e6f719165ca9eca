"""Small pieces that pages fetch: who else is here, the layers of maps, who reported."""

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from lianxin.faces.console import presence
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.rows import case_chip
from lianxin.faces.console.views.cases import open_case
from lianxin.faces.identity.request import Request, address_of
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.audit import actions as audit
from lianxin.kernel.errors import NotAllowed, NotFound
from lianxin.kernel.geometry.points import Point
from lianxin.work.cases import queries
from lianxin.work.cases.models import Case, Reporter
from lianxin.work.cases.queries.page import may_see_reporter
from lianxin.work.cases.settings import flow_settings

SHOWN_SECONDS = 60
REASONS = {
    "detail": "核实案件细节",
    "visit": "约定上门时间",
    "answer": "告知办理结果",
    "other": "其他，写明",
}


@require_GET
@staff_only()
def here(request: HttpRequest, number: str) -> HttpResponse:
    """Say that I have the case open, and tell who else has."""
    asked = cast("Request", request)
    case = open_case(asked, number)
    presence.note(asked.actor, case.pk, at=asked.at)
    others = presence.others(asked.actor, [case.pk], at=asked.at).get(case.pk, "")
    return render(request, "console/here.html", {"others": others})


@require_GET
@staff_only()
def map_areas(request: HttpRequest, number: str) -> JsonResponse:
    """Give the border of the case's community and of its grids."""
    asked = cast("Request", request)
    case = open_case(asked, number)
    near = case.community_id or case.street_id
    atlas = areas.atlas(asked.at, asked.numbers)
    # Without a place yet: the streets, to choose from.
    nodes = list(atlas.descend(near)) if near else [node for node in atlas if node.role == "street"]
    return borders(nodes)


@require_GET
@staff_only("cases.report")
def entry_areas(request: HttpRequest) -> JsonResponse:
    """Give the borders of the communities, to find one's way on the map of the entry desk."""
    asked = cast("Request", request)
    atlas = areas.atlas(asked.at, asked.numbers)
    return borders([node for node in atlas if node.role == "community"])


def borders(nodes: list[areas.AreaNode]) -> JsonResponse:
    """Return areas with their borders as GeoJSON. One statement."""
    shapes = dict(Area.objects.filter(pk__in=[node.id for node in nodes]).values_list("pk", "boundary"))
    features = [
        {
            "type": "Feature",
            "id": node.id,
            "geometry": shapes.get(node.id),
            "properties": {
                "name": node.name,
                "level": "grid" if node.role == "grid" else node.role,
                "url": f"{reverse('console:cases')}?area={node.code}",
            },
        }
        for node in nodes if shapes.get(node.id)
    ]  # fmt: skip
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_GET
@staff_only()
def map_points(request: HttpRequest, number: str) -> JsonResponse:
    """Give the case and the like ones around it that the actor may see."""
    asked = cast("Request", request)
    case = open_case(asked, number)
    found = queries.similar_to(case, flow_settings(asked.numbers))
    alike = [each.case.pk for each in found if each.case.point is not None]
    seen = Case.objects.visible_to(asked.actor).filter(pk__in=alike)
    features = [_point(case, case.point, asked, shape="here")] if case.point is not None else []
    features += [_point(each, each.point, asked) for each in seen if each.point is not None]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _point(case: Case, point: Point, request: Request, shape: str = "") -> dict[str, object]:
    chip = case_chip(case, "minute", at=request.at, numbers=request.numbers)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [point.lon, point.lat]},
        "properties": {
            "shape": shape or (chip.state if chip else "ok"),
            "title": case.title,
            "line": case.address,
            "url": reverse("console:case", args=[case.number]),
        },
    }


@never_cache
@require_http_methods(["GET", "POST"])
@staff_only()
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show who reported, for a minute, for a reason that is kept."""
    asked = cast("Request", request)
    case = open_case(asked, number)
    if not may_see_reporter(case, asked.actor):
        raise NotAllowed("reporter", _("这一件的上报人信息不向您的岗位公开。"))
    reporter = Reporter.objects.filter(case=case, erased_at=None).first()
    if reporter is None:
        raise NotFound(_("没有留姓名电话，或已按期限删去。"))
    context = {"case": case, "reasons": REASONS.items(), "action": reverse("console:reveal", args=[number]),
               "back": reverse("console:case", args=[number])}  # fmt: skip
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        more = request.POST.get("more", "").replace("\0", "").strip()[:200]
        if reason in REASONS and (reason != "other" or more):
            said = more if reason == "other" else " ".join(filter(None, (REASONS[reason], more)))
            audit.record(
                asked.actor, "cases.reveal", at=asked.at, subject_kind="case", subject_id=case.pk,
                subject_label=case.number, fields=("name", "phone"), reason=said, case_id=case.pk,
                address=address_of(request),
            )  # fmt: skip
            return _pieced(
                request, "console/revealed.html", {**context, "reporter": reporter, "seconds": SHOWN_SECONDS}
            )
        context |= {"fault": _("请选一个理由；选“其他”要写明。"), "chosen": reason, "more": more}
    return _pieced(request, "console/reveal.html", context, status=422 if "fault" in context else 200)


def _pieced(request: HttpRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    """Answer with the piece alone for a dialog, and within a page for who came without script."""
    if request.headers.get("HX-Request"):
        return render(
            request, template, {**context, "in_dialog": True, "now": cast("Request", request).at}, status=status
        )
    response = page(request, "console/piece.html", door="console:cases", title=_("看号码要说明理由"), status=status,
                    piece=template, **context)  # fmt: skip
    if "seconds" in context:
        response["Refresh"] = f"{SHOWN_SECONDS}; url={context['back']}"
    return response
