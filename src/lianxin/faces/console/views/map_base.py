"""管理 › 底图: sheets, editions, and the background; and the tiles that the map fetches."""

from typing import Any, cast
from uuid import UUID

import shapely
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from shapely.geometry import mapping as mapping_of

from lianxin.faces.console.forms_map import SYSTEMS, BackgroundForm, SheetForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.hub import Card, card, concern
from lianxin.faces.console.mapping import SEEN_BY
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, done, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.kernel import ids
from lianxin.kernel.errors import LianxinError, NotFound
from lianxin.registry.basemap import actions, jobs, queries
from lianxin.registry.basemap.models import Background, Edition, Sheet, Theme

DOOR = "console:admin"
MANAGE = actions.MANAGE
_SHEETS = 20
_PREVIEWED = 3_000
# How the small map draws a theme's kinds.
_DRAWN = {
    ("road", "main"): "main", ("road", ""): "road", ("water", "river"): "river", ("water", ""): "water",
    ("green", ""): "green", ("land", ""): "green", ("building", ""): "building",
}  # fmt: skip
_KINDS = {
    "main": "主干道", "street": "街道、县乡道", "lane": "巷道、村道", "path": "人行道", "river": "河渠（线）",
    "area": "水面", "": "",
}  # fmt: skip


@require_GET
@staff_only(*SEEN_BY)
def tile(_request: HttpRequest, edition: int, z: int, x: int, y: int) -> HttpResponse:
    """Give one vector tile; it never changes, for each edition has addresses of its own."""
    data = queries.tile(edition, z, x, y) if max(x, y) < 1 << 24 and z < 32 else None
    response = HttpResponse(data or b"", content_type="application/vnd.mapbox-vector-tile", status=200 if data else 204)
    if data:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@require_safe
@staff_only(MANAGE)
def base(request: HttpRequest) -> HttpResponse:
    """Show what the map is drawn on: themes, sheets lately brought in, editions, the background."""
    asked = cast("Request", request)
    editions = list(Edition.objects.order_by("-made_at", "-pk")[: actions.KEPT_EDITIONS + 3])
    shown = next((one for one in editions if one.is_shown), None)
    sheets = {one.pk: one for one in Sheet.objects.filter(pk__in=[pk for one in editions for pk in one.sheet_ids])}
    used = {sheets[pk].theme: sheets[pk] for pk in (shown.sheet_ids if shown else ()) if pk in sheets}
    latest = Sheet.objects.order_by("-added_at", "-pk")[:_SHEETS]
    return page(
        request, "console/map/base.html", door=DOOR, title=_("底图"),
        themes=[{"code": code, "label": label, "sheet": used.get(code)} for code, label in Theme.choices],
        sheets=latest, editions=[_told(one, sheets) for one in editions],
        waiting=any(one.state == Edition.State.CUTTING for one in editions)
        or any(one.state == Sheet.State.WAITING for one in latest),
        background=Background.objects.first(), now=asked.at,
    )  # fmt: skip


def _told(edition: Edition, sheets: dict[int, Sheet]) -> dict[str, Any]:
    themes = [sheets[pk].get_theme_display() for pk in edition.sheet_ids if pk in sheets]
    size = f"{edition.byte_count / 1024 / 1024:.1f} MB"
    return {"row": edition, "themes": "、".join(themes) or _("空"), "size": size}


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def bring(request: HttpRequest) -> HttpResponse:
    """Bring in a file of a theme."""
    asked = cast("Request", request)
    given = request.POST.get("client_id", "")
    key = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()

    def act(values: dict[str, Any]) -> Done:
        file = values["file"]
        with transaction.atomic():
            sheet = actions.bring(
                asked.actor, key=key, theme=values["theme"], file=file, name=file.name, size=file.size,
                source=values["source"], licence=values["licence"], system=values["system"], at=asked.at,
            )  # fmt: skip
            jobs.read.defer(sheet_id=sheet.pk)
        return Done(_url(sheet), _("文件已收下，正在读"))

    return save(
        request, form, act, template="console/map/bring.html", door=DOOR, title=_("导入底图数据"), client_id=key,
        back_url=reverse("console:map_base"),
    )  # fmt: skip


def _url(sheet: Sheet) -> str:
    return reverse("console:map_sheet", args=[sheet.key])


@require_safe
@staff_only(MANAGE)
def sheet(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what was found in a file, before it is used."""
    found = actions.sheet_or_404(key)
    shown = Edition.objects.filter(is_shown=True).first()
    counts = [(_KINDS.get(kind, kind) or found.get_theme_display(), count) for kind, count in found.counts.items()]
    waits = found.state in {Sheet.State.WAITING, Sheet.State.READING}
    response = page(
        request, "console/map/sheet.html", door=DOOR, title=found.name, sheet=found, counts=counts,
        system=dict(SYSTEMS).get(found.system, dict(SYSTEMS)["cgcs2000"]),
        is_used=bool(shown and found.pk in shown.sheet_ids), waits=waits,
        center=_center(found), more_faults=found.fault_count - len(found.faults),
    )  # fmt: skip
    if waits:
        response["Refresh"] = "3"
    return response


def _center(found: Sheet) -> str:
    if not found.box:
        return ""
    west, south, east, north = found.box
    return f"{(west + east) / 2:.6f},{(south + north) / 2:.6f}"


@require_GET
@staff_only(MANAGE)
def preview(_request: HttpRequest, key: UUID) -> JsonResponse:
    """Give some thousand features of a sheet to the preview, as it would be drawn."""
    found = actions.sheet_or_404(key)
    rows = found.features.order_by("pk").values_list("kind", "shape")[:_PREVIEWED]
    features = [
        {"type": "Feature", "geometry": mapping_of(shapely.from_wkb(bytes(shape))),
         "properties": {"kind": _DRAWN.get((found.theme, kind)) or _DRAWN.get((found.theme, ""), "green")}}
        for kind, shape in rows
    ]  # fmt: skip
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def use(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a sheet take the place of its theme's."""
    asked = cast("Request", request)
    found = actions.sheet_or_404(key)
    question = Question(
        _("换上“{name}”").format(name=found.name),
        _("{theme}整类换成这一份，切好片就生效；原来的一版留着，可以换回去。").format(theme=found.get_theme_display()),
        _("换上"), _url(found), is_danger=False,
    )  # fmt: skip

    def act(_values: dict[str, Any]) -> Done:
        with transaction.atomic():
            jobs.cut.defer(edition_id=actions.use(asked.actor, sheets=[found], at=asked.at).pk)
        return Done(reverse("console:map_base"), _("正在切片，切好就换上"))

    return ask(request, NothingForm(request.POST or None), question, act, door=DOOR)


@require_POST
@staff_only(MANAGE)
def drop(request: HttpRequest, theme: str) -> HttpResponse:
    """Take a theme from the map."""
    asked = cast("Request", request)
    if theme not in Theme.values:
        raise NotFound(_("没有这一类。"))

    def act() -> None:
        with transaction.atomic():
            jobs.cut.defer(edition_id=actions.drop(asked.actor, theme=theme, at=asked.at).pk)

    return _back(request, act, _("正在切片，切好就不画{theme}了").format(theme=Theme(theme).label))


@require_POST
@staff_only(MANAGE)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an earlier edition again."""
    asked = cast("Request", request)
    found = Edition.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这一版。"))
    return _back(request, lambda: actions.show(asked.actor, edition=found, at=asked.at), _("已换回那一版"))


def _back(request: HttpRequest, act: Any, said: str) -> HttpResponse:
    try:
        act()
    except LianxinError as error:
        said = error.sentence
    return done(request, Done(reverse("console:map_base"), said))


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def background(request: HttpRequest) -> HttpResponse:
    """Set the pictures under our own map."""
    asked = cast("Request", request)
    row = Background.objects.first()
    names = ("name", "url", "shift", "attribution", "most_zoom", "is_on")
    initial = {name: getattr(row, name) for name in names} | {"seen": row.version} if row else {}
    form = BackgroundForm(request.POST or None, initial=initial)

    def act(values: dict[str, Any]) -> Done:
        actions.set_background(asked.actor, at=asked.at, **values)
        return Done(reverse("console:map_base"), _("背景图已改好"))

    return save(
        request, form, act, template="console/map/background.html", door=DOOR, title=_("背景图"),
        has_key=bool(row and row.key), back_url=reverse("console:map_base"),
    )  # fmt: skip


@card(45)
def base_card(asked: Request) -> Card | None:
    """底图."""
    if not asked.actor.may(MANAGE):
        return None
    shown = Edition.objects.filter(is_shown=True).first()
    failed = Edition.objects.filter(state=Edition.State.FAILED, made_at__gt=shown.made_at).count() if shown else 0
    line = _("{count} 张瓦片").format(count=words.count(shown.tile_count)) if shown else _("还没有导入，图上只有边界")
    concerns = concern(failed, _("有一版没有切成"), is_late=True)
    return Card(_("底图"), reverse("console:map_base"), "map", line, concerns)
