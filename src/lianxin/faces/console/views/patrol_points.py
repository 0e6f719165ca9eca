"""Points: the list and the map, one with its stickers and history, and sheets of stickers to print."""

from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

import segno
from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import land, patrolling
from lianxin.faces.console.forms_patrols import PointForm, TagForm, told_of
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.lookups import find_areas
from lianxin.faces.console.patrolling import DOOR
from lianxin.faces.console.saving import Done, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Tab
from lianxin.kernel.ids import uuid7
from lianxin.kernel.text import clean
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols import stickers
from lianxin.work.patrols.checklists import list_for
from lianxin.work.patrols.models import CheckIn, Hazard, Point
from lianxin.work.patrols.models.points import PointQuerySet
from lianxin.work.patrols.queries import coverage, ledger
from lianxin.work.patrols.words import HazardKind, PointKind

_SIZE = 40
_MAP_MOST = 1500
_SHEETS = 96  # stickers in one print: four sheets of A4


@require_safe
@staff_only("patrols.view")
def points(request: HttpRequest) -> HttpResponse:
    """List points by kind, area and words; the map shows the same."""
    asked = cast("Request", request)
    found, chosen = _chosen(asked)
    shown = listed(request, found, order=("code",), size=_SIZE)
    last = coverage.last_at([point.pk for point in shown.items])
    rows = [{"point": point, "area": patrolling.area_name(point, asked), "last": last.get(point.pk)}
            for point in shown.items]  # fmt: skip
    kinds = [("", _("全部")), *((str(code), str(label)) for code, label in PointKind.choices)]
    query = {name: value for name, value in chosen.items() if value}
    return page(
        request, "console/patrols/points.html", door=DOOR, title=_("巡查点"), tabs=patrolling.tabs("patrol_points"),
        rows=rows, pager=shown.pager, total=shown.total, chosen=chosen, query=query,
        kinds=[Tab(_with(request, "kind", code), label, current=code == chosen["kind"]) for code, label in kinds],
        may_plan=asked.actor.may("patrols.plan"), areas_url=land.areas_url(asked), query_words=urlencode(query),
    )  # fmt: skip


def _with(request: HttpRequest, name: str, value: str) -> str:
    kept = {key: one for key, one in request.GET.items() if key not in {name, "after", "first"} and one}
    if value:
        kept[name] = value
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def _chosen(asked: Request) -> tuple[PointQuerySet, dict[str, str]]:
    given = asked.GET
    chosen = {"kind": given.get("kind", ""), "words": clean(given.get("words", ""), 40), "area": given.get("area", "")}
    found = Point.objects.visible_to(asked.actor).now()
    if chosen["kind"] in PointKind.values:
        found = found.filter(kind=chosen["kind"])
    if chosen["words"]:
        found = found.filter(Q(name__contains=chosen["words"]) | Q(code=chosen["words"].upper()))
    if chosen["area"]:
        areas = find_areas(asked, chosen["area"][:80])
        ids = [node.id for node in areas]
        found = found.filter(
            Q(grid_id__in=ids) | Q(community_id__in=ids) | Q(street_id__in=ids) | Q(area_id__in=ids)
        )  # fmt: skip
    return found, chosen


@require_safe
@staff_only("patrols.view")
def points_map(request: HttpRequest) -> JsonResponse:
    """Give the points of the list to the map."""
    found, _chosen_by = _chosen(cast("Request", request))
    return patrolling.collection(
        patrolling.feature(
            point.place, shape="point", title=point.name, line=f"{point.code} {point.get_kind_display()}",
            url=reverse("console:patrol_point", args=[point.key]),
        )
        for point in found.only("key", "code", "name", "kind", "place").order_by("code")[:_MAP_MOST]
    )  # fmt: skip


@require_safe
@staff_only("patrols.view")
def point_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a point: where it is, what is asked there, who was there of late, which hazards come back."""
    asked = cast("Request", request)
    point = patrolling.point_of(asked, key)
    visits = CheckIn.objects.filter(point=point).select_related("round", "round__team").order_by("-made_at")[:12]
    hazards = Hazard.objects.visible_to(asked.actor).filter(point=point).order_by("-pk")[:12]
    came_back = ledger.came_back([point.pk], at=asked.at)
    borders = land.areas_url(asked)
    again = [(str(HazardKind(kind).label), times) for (_pk, kind), times in sorted(came_back.items())]
    return page(
        request, "console/patrols/point.html", door=DOOR, title=point.name,
        crumbs=patrolling.crumbs((_("巡查点"), reverse("console:patrol_points")), (point.name, "")),
        point=point, area=patrolling.area_name(point, asked), visits=visits, hazards=hazards, again=again,
        questions=list_for(point, asked.numbers).questions, may_plan=asked.actor.may("patrols.plan", point),
        typed=stickers.typed_of(point) if asked.actor.may("patrols.plan", point) else "",
        areas_url=borders, stations=point.stations.select_related("route").order_by("route__name"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def add(request: HttpRequest) -> HttpResponse:
    """Put a point on the map."""
    asked = cast("Request", request)

    def act(_values: dict[str, Any]) -> Done:
        made = patrols.add_point(asked.actor, key=uuid7(), given=form.given(), at=asked.at)
        return Done(reverse("console:patrol_point", args=[made.key]), _("已加上“{name}”").format(name=made.name))

    form = PointForm(request.POST or None, asked=asked)
    return save(
        request, form, act, template="console/patrols/point_form.html", door=DOOR, title=_("添加巡查点"),
        verb=_("加上"), back_url=reverse("console:patrol_points"), center=land.center_of(asked),
        areas_url=land.areas_url(asked),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def amend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a point, or move it."""
    asked = cast("Request", request)
    point = patrolling.point_of(asked, key)
    to = reverse("console:patrol_point", args=[key])

    def act(values: dict[str, Any]) -> Done:
        patrols.amend_point(asked.actor, point=point, given=form.given(), seen=values["seen"], at=asked.at)
        return Done(to, _("改好了"))

    form = PointForm(request.POST or None, asked=asked, initial=told_of(point))
    return save(
        request, form, act, template="console/patrols/point_form.html", door=DOOR,
        title=_("改“{name}”").format(name=point.name), verb=_("改好了"), back_url=to,
        center=f"{point.place.lon},{point.place.lat}", areas_url=land.areas_url(asked),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a point be visited no more."""
    asked = cast("Request", request)
    point = patrolling.point_of(asked, key)
    to = reverse("console:patrol_point", args=[key])
    question = Question(
        _("停用“{name}”").format(name=point.name), _("它从所有路线里拿掉，以前的打卡和隐患都留着。"), _("停用"), to
    )

    def act(_values: dict[str, Any]) -> Done:
        patrols.end_point(asked.actor, point=point, at=asked.at)
        return Done(reverse("console:patrol_points"), _("已停用“{name}”").format(name=point.name))

    return ask(request, _nothing(request), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def sticker(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make another code for a point."""
    asked = cast("Request", request)
    point = patrolling.point_of(asked, key)
    to = reverse("console:patrol_point", args=[key])
    question = Question(
        _("给“{name}”换一张贴纸").format(name=point.name),
        _("现在贴着的马上失效，请打印新的贴上。贴好以前可以用定位打卡。"), _("换一张"), to,
    )  # fmt: skip

    def act(_values: dict[str, Any]) -> Done:
        patrols.renew_sticker(asked.actor, point=point, at=asked.at)
        return Done(f"{reverse('console:patrol_stickers')}?point={key}", _("旧贴纸已失效，请打印这一张"))

    return ask(request, _nothing(request), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def tag(request: HttpRequest, key: UUID) -> HttpResponse:
    """Bind an NFC tag to a point, or take it away."""
    asked = cast("Request", request)
    point = patrolling.point_of(asked, key)
    to = reverse("console:patrol_point", args=[key])
    effect = _("手机碰一下标签就能打卡。标签号只存一个认得出、还原不了的值。")
    title = _("“{name}”的碰一碰标签").format(name=point.name)
    question = Question(title, effect, _("记下"), to, is_danger=False)

    def act(values: dict[str, Any]) -> Done:
        patrols.bind_tag(asked.actor, point=point, serial=values["serial"], at=asked.at)
        return Done(to, _("已记下标签") if values["serial"] else _("已取下标签"))

    return ask(request, TagForm(request.POST if request.method == "POST" else None), question, act, door=DOOR)


def _nothing(request: HttpRequest) -> forms.Form:
    return forms.Form(request.POST if request.method == "POST" else None)


@require_safe
@staff_only("patrols.plan")
def sheets(request: HttpRequest) -> HttpResponse:
    """Show stickers to print, 24 on a sheet of A4: those of the list, or of one point."""
    asked = cast("Request", request)
    found, _chosen_by = _chosen(asked)
    found = found.within(asked.actor, "patrols.plan")
    if only := request.GET.get("point", ""):
        found = found.filter(key=only) if len(only) == 36 else found.none()
    whole = found.count()
    first = max(0, int(text) - 1) if (text := request.GET.get("from", "")).isdecimal() and len(text) < 6 else 0
    rows = [
        {"point": point, "typed": stickers.typed_of(point), "qr": qr_of(point)}
        for point in found.order_by("code")[first : first + _SHEETS]
    ]  # fmt: skip
    following = first + _SHEETS + 1 if whole > first + _SHEETS else None
    return page(
        request, "console/patrols/sheets.html", door=DOOR, title=_("打印贴纸"), rows=rows, whole=whole,
        crumbs=patrolling.crumbs((_("巡查点"), reverse("console:patrol_points")), (_("打印贴纸"), "")),
        next_url=_with(request, "from", str(following)) if following else "",
    )  # fmt: skip


def qr_of(point: Point) -> SafeString:
    """Draw a point's QR code: it opens the residents' page of the point, and the worker's app reads it too."""
    address = f"{settings.PUBLIC_URL}/patrol/{stickers.text_of(point)}"
    code = segno.make(address, error="m", micro=False)
    # Drawn by us from our own text; nothing in it comes from people.
    return mark_safe(code.svg_inline(omitsize=True, border=2, svgclass="qr", lineclass=None))  # noqa: S308
