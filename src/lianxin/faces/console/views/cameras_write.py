"""Registering, amending and ending cameras; the owners' platforms."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import videos
from lianxin.faces.console.forms_cameras import CameraForm, PlatformForm, initial_of
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.land import center_of
from lianxin.faces.console.saving import Done, NoteForm, Question, ask, save
from lianxin.faces.console.videos import DOOR, MANAGE, url_of
from lianxin.faces.identity.request import Request
from lianxin.foundation.areas.acting import demand
from lianxin.kernel import ids
from lianxin.kernel.errors import NotFound
from lianxin.registry.cameras import actions, addresses, queries
from lianxin.registry.cameras.models import Platform
from lianxin.registry.cameras.settings import camera_settings

_CONFIG = "config.manage"
_FORM = "console/cameras/form.html"


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Register a camera."""
    asked = cast("Request", request)
    given = request.POST.get("client_id", "")
    key = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    form = CameraForm(request.POST or None, asked=asked, initial={"state": "on", "angle": 60, "reach_m": 80})

    def act(_values: dict[str, Any]) -> Done:
        made = actions.register(asked.actor, key=key, told=form.told(), at=asked.at)
        return Done(url_of(made), _("{name}已登记").format(name=made.name))

    return save(
        request, form, act, template=_FORM, door=DOOR, title=_("登记视频点位"), verb=_("登记"),
        back_url=reverse(DOOR), client_id=key, center=center_of(asked),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Correct a camera."""
    asked = cast("Request", request)
    found = queries.camera_or_404(asked.actor, key)
    demand(asked.actor, MANAGE, _("登记、修改视频点位"), found, found.owner_unit_id)
    form = CameraForm(request.POST or None, asked=asked, initial=dict(initial_of(found)))

    def act(values: dict[str, Any]) -> Done:
        actions.amend(asked.actor, camera=found, told=form.told(), seen=values["seen"], at=asked.at)
        return Done(url_of(found), _("已改好"))

    return save(
        request, form, act, template=_FORM, door=DOOR, title=_("改点位资料"), verb=_("改好了"), back_url=url_of(found),
        center=f"{found.point.lon},{found.point.lat}",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a camera off the register."""
    asked = cast("Request", request)
    found = queries.camera_or_404(asked.actor, key)
    demand(asked.actor, MANAGE, _("登记、修改视频点位"), found, found.owner_unit_id)
    effect = _("它从地图和清单上拿掉，正在进行的调阅马上结束；登记和打开记录都留着。")
    question = Question(_("注销{name}").format(name=found.name), effect, _("注销"), url_of(found))

    def act(values: dict[str, Any]) -> Done:
        actions.end(asked.actor, camera=found, reason=values["note"], at=asked.at)
        return Done(reverse(DOOR), _("{name}已注销").format(name=found.name))

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)


@require_safe
@staff_only(_CONFIG)
def platforms(request: HttpRequest) -> HttpResponse:
    """List the owners' platforms and say which hosts they may lead to."""
    asked = cast("Request", request)
    hosts = camera_settings(asked.numbers).hosts
    rows = []
    for one in Platform.objects.select_related("unit").order_by("name", "pk"):
        fault = addresses.fault(one.template, hosts) if one.template else ""
        rows.append({"platform": one, "unit": one.unit.short_name or one.unit.name, "fault": fault})
    return page(
        request, "console/cameras/platforms.html", door=DOOR, title=_("视频平台"), rows=rows, hosts=hosts,
        tabs=videos.tabs(asked, "console:camera_platforms"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(_CONFIG)
def platform(request: HttpRequest, code: str = "") -> HttpResponse:
    """Register a platform, or change its address."""
    asked = cast("Request", request)
    found = Platform.objects.select_related("unit").filter(code=code).first() if code else None
    if code and found is None:
        raise NotFound(_("没有登记过这个平台。"))
    initial: dict[str, Any] = {}
    if found is not None:
        initial = {"code": found.code, "name": found.name, "unit": found.unit.name, "template": found.template,
                   "seen": found.version}  # fmt: skip
    form = PlatformForm(request.POST or None, asked=asked, initial=initial)
    if found is not None:
        form.fields["code"].disabled = True

    def act(values: dict[str, Any]) -> Done:
        made = actions.put_platform(
            asked.actor, code=values["code"], name=values["name"], unit_id=values["unit"].id,
            template=values["template"], reason=values["reason"], seen=values["seen"] if found else 0, at=asked.at,
        )  # fmt: skip
        return Done(reverse("console:camera_platforms"), _("{name}已记下").format(name=made.name))

    return save(
        request, form, act, template="console/cameras/platform.html", door=DOOR,
        title=found.name if found else _("登记视频平台"), back_url=reverse("console:camera_platforms"),
        hosts=camera_settings(asked.numbers).hosts, platform=found,
    )  # fmt: skip
