"""视频点位: the list, one camera, what it covers, the register as a table."""

import io
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import videos
from lianxin.faces.console.filtering import address
from lianxin.faces.console.forms_cameras import ExportForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import faults_into
from lianxin.faces.console.standing import area_of, crumbs
from lianxin.faces.console.videos import DOOR, MANAGE, OPEN, VIEW
from lianxin.faces.console.views.cases import open_case
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Crumb, Filter
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.tables.writing import write_excel
from lianxin.registry.cameras import codes, exporting, queries
from lianxin.registry.cameras.models import Access, Camera
from lianxin.registry.cameras.queries import Wanted

_SIZE, _OPENINGS, _AREAS = 30, 20, {"street", "community"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COMPACT = {"ensure_ascii": False, "separators": (",", ":")}


def wanted_by(asked: Request) -> Wanted:
    """Read what the list is narrowed to; words that stand for nothing known are passed over."""
    given = asked.GET
    unit = organizations.directory(asked.numbers).by_code.get(given.get("owner", ""))
    kind, state = given.get("kind", ""), given.get("state", "")
    return Wanted(
        words=" ".join(given.get("q", "").replace("\0", "").split())[:60], owner_unit_id=unit.id if unit else None,
        kind=kind if kind in Camera.Kind.values else "", state=state if state in Camera.State.values else "",
        area=areas.atlas(asked.at, asked.numbers).by_code.get(given.get("area", "")),
    )  # fmt: skip


def _chips(asked: Request, wanted: Wanted) -> list[Filter]:
    unit = organizations.unit(wanted.owner_unit_id, asked.numbers) if wanted.owner_unit_id is not None else None
    told = (
        ("q", f"“{wanted.words}”" if wanted.words else ""), ("owner", unit.short_name or unit.name if unit else ""),
        ("kind", str(Camera.Kind(wanted.kind).label) if wanted.kind else ""),
        ("state", str(Camera.State(wanted.state).label) if wanted.state else ""),
        ("area", " ".join(wanted.area.breadcrumb[1:] or wanted.area.breadcrumb) if wanted.area else ""),
    )  # fmt: skip
    return [Filter(said, address(asked.GET, asked.path, **{name: None})) for name, said in told if said]


def _choices(asked: Request) -> list[dict[str, Any]]:
    """Return the selects of the list: owners that own something here, types, states, areas."""
    owners = []
    for unit_id, count in queries.owners(asked.actor):
        unit = organizations.unit(unit_id, asked.numbers)
        if unit is not None:
            owners.append((unit.code, f"{unit.short_name or unit.name}（{count:,}）"))
    scope = asked.actor.scope(VIEW)
    is_all = scope.everywhere or bool(scope.unit_ids)
    nodes = [node for node in areas.tree(asked.at, asked.numbers)
             if node.role in _AREAS and (is_all or asked.actor.may(VIEW, node))]  # fmt: skip
    low = min((node.depth for node in nodes), default=0)
    named = [(node.code, "\u3000" * (node.depth - low) + node.name) for node in nodes]
    lists = (
        ("owner", _("权属单位"), owners), ("kind", _("类型"), Camera.Kind.choices),
        ("state", _("状态"), Camera.State.choices), ("area", _("区域"), named),
    )  # fmt: skip
    return [
        {"name": name, "label": label, "chosen": asked.GET.get(name, ""), "options": [("", label), *options]}
        for name, label, options in lists
    ]


@require_safe
@staff_only(VIEW, videos.APPROVE, "audit.read", "config.manage")
def cameras(request: HttpRequest) -> HttpResponse:
    """List the cameras one sees; who may see none, but records or platforms, is led there."""
    asked = cast("Request", request)
    if not asked.actor.may(VIEW):
        return HttpResponseRedirect(videos.home(asked))
    wanted = wanted_by(asked)
    narrowed = queries.cameras(asked.actor, wanted)
    found = listed(request, narrowed.defer("words"), order=("id",), size=_SIZE, is_counted=False)
    return page(
        request, "console/cameras/cameras.html", door=DOOR, title=_("视频点位"), pager=found.pager,
        total=narrowed.count(), tabs=videos.tabs(asked, DOOR), lines=[videos.line(asked, row) for row in found.items],
        chips=_chips(asked, wanted), choices=_choices(asked), words=wanted.words,
        may_manage=asked.actor.may(MANAGE), query=asked.GET.urlencode(),
    )  # fmt: skip


@require_safe
@staff_only(VIEW)
def camera(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a camera: its number in its parts, what it covers, one's own access, who opened it."""
    asked = cast("Request", request)
    found = queries.camera_or_404(asked.actor, key)
    own = queries.own_accesses(asked.actor, [found.pk], at=asked.at).get(found.pk)
    if own is not None:
        own.camera = found
    platform, actor = queries.platform_of(found), asked.actor
    keeps = actor.may(MANAGE, found, found.owner_unit_id) and found.valid_to is None
    opened = list(queries.openings_of(actor, found).order_by("-at", "-pk")[:_OPENINGS])
    for row in opened:
        row.access.camera = found
    waiting = list(queries.waiting(actor).filter(camera=found).order_by("pk")[:10])
    for each in waiting:
        each.camera = found
    return page(
        request, "console/cameras/camera.html", door=DOOR, title=found.name, line=videos.line(asked, found),
        camera=found, parts=codes.parse(found.number), compass=videos.compass(found), platform=platform,
        crumbs=[Crumb(_("视频点位"), reverse(DOOR)), *crumbs(asked, area_of(asked, found))],
        own=videos.access_line(asked, own) if own is not None else None,
        may_ask=own is None and found.valid_to is None and actor.may(OPEN, found, found.owner_unit_id),
        may_open=own is not None and own.state == Access.State.GRANTED, case=request.GET.get("case", "")[:30],
        waiting=[videos.access_line(asked, each) for each in waiting], keeps=keeps,
        opened=[videos.opening_row(asked, row) for row in opened],
        month=queries.opened_this_month(found, at=asked.at), month_name=words.local(asked.at).month,
        sees_all=sees_all(asked, found),
    )  # fmt: skip


def sees_all(asked: Request, found: Camera) -> bool:
    """Tell whether the record shows every opening, not one's own only."""
    actor = asked.actor
    return (
        actor.may("audit.read") or actor.may(videos.APPROVE, found, found.owner_unit_id)
        or found.owner_unit_id in actor.scope(VIEW).unit_ids
    )  # fmt: skip


@never_cache
@require_safe
@staff_only(VIEW)
def cover(request: HttpRequest, key: UUID) -> JsonResponse:
    """Give what a camera covers, for its small map."""
    asked = cast("Request", request)
    found = queries.camera_or_404(asked.actor, key)
    return _drawn([found])


@never_cache
@require_safe
@staff_only(VIEW)
def case_cover(request: HttpRequest, number: str) -> JsonResponse:
    """Give what the cameras cover that look at a case's place."""
    asked = cast("Request", request)
    case = open_case(asked, number)
    found = queries.covering(asked.actor, case.point, at=asked.at) if case.point is not None else []
    return _drawn([one.camera for one in found])


def _drawn(found: list[Camera]) -> JsonResponse:
    told = {"type": "FeatureCollection", "features": videos.features(found)}
    return JsonResponse(told, json_dumps_params=_COMPACT)


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def export(request: HttpRequest) -> HttpResponse:
    """Take the list out as a table, as its address narrows it; the columns are those an import takes."""
    asked = cast("Request", request)
    found, form = queries.cameras(asked.actor, wanted_by(asked)), ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with faults_into(form):
            rows = exporting.take_out(
                asked.actor, found=found, purpose=form.cleaned_data["purpose"], at=asked.at,
                address=address_of(request),
            )  # fmt: skip
            content = io.BytesIO()
            write_excel(content, _("视频点位"), rows, widths=(24, 30, 10, 12, 12, 36))
            name = f"cameras-{words.local(asked.at):%Y%m%d-%H%M}.xlsx"
            return HttpResponse(
                content.getvalue(), content_type=_XLSX,
                headers={"Content-Disposition": f'attachment; filename="{name}"'},
            )  # fmt: skip
    return page(
        request, "console/cameras/export.html", door=DOOR, title=_("导出视频点位"), form=form, total=found.count(),
        status=422 if form.errors else 200, back_url=f"{reverse(DOOR)}?{asked.GET.urlencode()}",
    )  # fmt: skip
