"""Register, amend, check and strike off components; take the list out."""

import io
from typing import Any, cast
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianxin.faces.console import facilities, land
from lianxin.faces.console.facilities import CHECK, DOOR, EDIT, VIEW
from lianxin.faces.console.forms_components import CheckForm, ComponentForm, EndForm, PurposeForm, told_of
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, Question, ask, faults_into, save
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.parts.shapes import Crumb
from lianxin.kernel.files import actions as files
from lianxin.kernel.files.models import FileKind
from lianxin.kernel.ids import uuid7
from lianxin.kernel.tables.writing import HEAD, Cell, write_excel
from lianxin.registry.components import actions, exporting, queries
from lianxin.registry.components.classes import catalogue
from lianxin.registry.components.models import Component

_MOST_PHOTOS = 4
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (20, 26, 12, 14, 22, 22, 22, 30, 8, 12, 12, 8, 14, 14, 26, 20, 17)


@require_http_methods(["GET", "POST"])
@staff_only(EDIT)
def add(request: HttpRequest) -> HttpResponse:
    """Put a component on the books, where it stands."""
    asked = cast("Request", request)

    def act(_values: dict[str, Any]) -> Done:
        told, photos = form.given(), _stored(asked)
        made = actions.register(asked.actor, key=uuid7(), told=told, files=photos, at=asked.at)
        said = _("已登记“{name}”，标识码 {number}").format(name=made.name, number=facilities.grouped(made.number))
        return Done(facilities.url_of(made), said)

    known = catalogue(asked.numbers)
    initial = {"category": asked.GET.get("class", "")}
    form = ComponentForm(request.POST or None, asked=asked, classes=known, initial=initial)
    return save(
        request, form, act, template="console/components/form.html", door=DOOR, title=_("登记部件"),
        crumbs=_way((_("登记部件"), "")), verb=_("登记"), back_url=reverse(DOOR),
        center=land.center_of(asked), areas_url=land.areas_url(asked), photos=_MOST_PHOTOS, points_url="",
    )  # fmt: skip


def _way(*steps: tuple[str, str]) -> list[Crumb]:
    return [Crumb(_("部件"), reverse(DOOR)), *(Crumb(name, url) for name, url in steps)]


def _stored(asked: Request) -> tuple[UUID, ...]:
    """Take the photos that came with a form."""
    sent = asked.FILES.getlist("photos")[:_MOST_PHOTOS]
    by_id = asked.actor.account_id
    return tuple(files.store(file.read(), kind=FileKind.PHOTO, by_id=by_id, at=asked.at).key for file in sent)


@require_http_methods(["GET", "POST"])
@staff_only(EDIT)
def amend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change what is told of a component, or move it."""
    asked = cast("Request", request)
    found = queries.component_or_404(asked.actor, key)
    to = facilities.url_of(found)

    def act(values: dict[str, Any]) -> Done:
        seen = values["seen"] or found.version
        told = form.given(found)
        actions.amend(asked.actor, component=found, seen=seen, told=told, files=_stored(asked), at=asked.at)
        return Done(to, _("改好了"))

    form = ComponentForm(
        request.POST or None, asked=asked, classes=catalogue(asked.numbers), held=found, initial=told_of(found)
    )
    return save(
        request, form, act, template="console/components/form.html", door=DOOR,
        title=_("改“{name}”").format(name=found.name), crumbs=_way((found.name, to), (_("改资料"), "")),
        verb=_("保存"), back_url=to, center=f"{found.point.lon},{found.point.lat}",
        areas_url=land.areas_url(asked), photos=_MOST_PHOTOS, component=found,
        grouped=facilities.grouped(found.number), points_url=reverse("console:component_near", args=[key]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(CHECK, EDIT)
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say how a component was found."""
    asked = cast("Request", request)
    found = queries.component_or_404(asked.actor, key)
    to = facilities.url_of(found)

    def act(values: dict[str, Any]) -> Done:
        place = form.place()
        actions.check(
            asked.actor, key=values["key"], component=found, state=values["state"], note=values["note"],
            files=_stored(asked), point=place if place != found.point else None, at=asked.at,
        )  # fmt: skip
        return Done(to, _("已核对，状态是“{state}”").format(state=form.state_label()))

    initial = {"key": uuid7(), "state": found.state, "lon": found.point.lon, "lat": found.point.lat}
    form = CheckForm(request.POST or None, asked=asked, initial=initial)
    return save(
        request, form, act, template="console/components/check.html", door=DOOR,
        title=_("核对“{name}”").format(name=found.name), crumbs=_way((found.name, to), (_("核对"), "")),
        back_url=to, component=found, grouped=facilities.grouped(found.number), photos=_MOST_PHOTOS,
        center=f"{found.point.lon},{found.point.lat}", areas_url=land.areas_url(asked),
        points_url=reverse("console:component_near", args=[key]), seen=facilities.seen_words(asked, found),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(EDIT)
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Strike a component off."""
    asked = cast("Request", request)
    found = queries.component_or_404(asked.actor, key)
    to = facilities.url_of(found)
    question = Question(
        _("注销“{name}”").format(name=found.name),
        _("它从名单和地图上拿掉，标识码 {number} 不再给别的部件；经过和案件都留着。").format(
            number=facilities.grouped(found.number)
        ),
        _("注销"), to,
    )  # fmt: skip

    def act(values: dict[str, Any]) -> Done:
        seen = values["seen"] or found.version
        actions.end(asked.actor, component=found, seen=seen, reason=values["reason"], at=asked.at)
        return Done(to, _("已注销"))

    form = EndForm(request.POST if request.method == "POST" else None, initial={"seen": found.version})
    return ask(request, form, question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(VIEW)
def export(request: HttpRequest) -> HttpResponse:
    """Give the list as an Excel file, once it is said what for."""
    asked = cast("Request", request)
    where = facilities.narrow(asked)
    rows = Component.objects.visible_to(asked.actor)
    rows = (rows if asked.GET.get("gone") else rows.now()).filter(where[0].where)
    form = PurposeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with faults_into(form):
            purpose = form.cleaned_data["purpose"]
            found = exporting.take_out(asked.actor, found=rows, purpose=purpose, at=asked.at, address=address_of(asked))
            return _file(asked, found)
    back = f"{reverse(DOOR)}?{asked.GET.urlencode()}" if asked.GET else reverse(DOOR)
    return page(
        request, "console/components/export.html", door=DOOR, title=_("导出部件名单"), form=form,
        status=422 if form.errors else 200, count=rows.count(), chips=where[0].chips, back_url=back,
        crumbs=_way((_("导出"), "")),
    )  # fmt: skip


def _file(asked: Request, found: Any) -> HttpResponse:
    target, head = io.BytesIO(), True
    lines = []
    for line in found:
        lines.append([Cell(text, HEAD) for text in line] if head else line)
        head = False
    write_excel(target, _("部件"), lines, widths=_WIDTHS)
    target.seek(0)
    name = f"部件-{asked.at:%Y%m%d}.xlsx"
    return cast("HttpResponse", FileResponse(target, as_attachment=True, filename=name, content_type=_XLSX))
