"""Registering, amending, pausing and retiring devices; their keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.faces.console import sensing
from lianxin.faces.console.forms_sensors import RENAMED, DeviceForm, WhyForm, initial_of
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.land import center_of
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, save
from lianxin.faces.console.sensing import DOOR, MANAGE
from lianxin.faces.identity.request import Request
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotAllowed
from lianxin.registry.sensors import actions, queries
from lianxin.registry.sensors.changing import MANAGE as LABEL
from lianxin.registry.sensors.models import Device

_FORM = "console/sensors/form.html"


@contextmanager
def renamed() -> Iterator[None]:
    """Let what an act says of its columns stand at the form's fields."""
    try:
        yield
    except Invalid as invalid:
        raise Invalid({RENAMED.get(name, name): told for name, told in invalid.fields.items()}) from None


def found_by(asked: Request, key: UUID) -> Device:
    """Return a device that the person may amend. Raises NotFound, NotAllowed."""
    device = queries.device_or_404(asked.actor, key)
    if not sensing.keeps(asked.actor, device):
        raise NotAllowed(MANAGE, _("您的岗位不能做这件事：{label}。").format(label=LABEL))
    return device


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Register a device."""
    asked = cast("Request", request)
    given = request.POST.get("client_id", "")
    key = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    form = DeviceForm(request.POST or None, asked=asked, initial={"component": request.GET.get("component", "")[:24]})

    def act(_values: dict[str, Any]) -> Done:
        with renamed():
            made = actions.register(asked.actor, key=key, told=form.told(), at=asked.at)
        return Done(sensing.url_of(made), _("{name}已登记").format(name=made.name))

    return save(
        request, form, act, template=_FORM, door=DOOR, title=_("登记设备"), verb=_("登记"), back_url=reverse(DOOR),
        client_id=key, center=center_of(asked),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Correct a device."""
    asked = cast("Request", request)
    device = found_by(asked, key)
    form = DeviceForm(request.POST or None, asked=asked, device=device, initial=dict(initial_of(device)))

    def act(values: dict[str, Any]) -> Done:
        seen = values["seen"] or device.version
        with renamed():
            actions.amend(asked.actor, device=device, seen=seen, told=form.told(), at=asked.at)
        return Done(sensing.url_of(device), _("已改好"))

    center = f"{device.point.lon},{device.point.lat}" if device.point else center_of(asked)
    return save(
        request, form, act, template=_FORM, door=DOOR, title=_("改设备资料"), verb=_("改好了"),
        back_url=sensing.url_of(device), center=center,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def pause(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take nothing from a device for a while."""
    asked = cast("Request", request)
    device = found_by(asked, key)
    effect = _("它送来的读数都不收，也不算失联，直到恢复使用。")
    question = Question(_("停用{name}").format(name=device.name), effect, _("停用"), sensing.url_of(device))

    def act(values: dict[str, Any]) -> Done:
        actions.pause(asked.actor, device=device, seen=device.version, why=values["why"], at=asked.at)
        return Done(sensing.url_of(device), _("{name}已停用").format(name=device.name))

    return ask(request, WhyForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def resume(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take from a device again."""
    asked = cast("Request", request)
    device = found_by(asked, key)
    effect = _("从现在起重新收它的读数。")
    question = Question(_("恢复使用{name}").format(name=device.name), effect, _("恢复使用"), sensing.url_of(device),
                        is_danger=False)  # fmt: skip

    def act(_values: dict[str, Any]) -> Done:
        actions.resume(asked.actor, device=device, seen=device.version, at=asked.at)
        return Done(sensing.url_of(device), _("{name}已恢复使用").format(name=device.name))

    return ask(request, NothingForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def retire(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a device off the books."""
    asked = cast("Request", request)
    device = found_by(asked, key)
    effect = _("它从地图和清单上拿掉，密钥作废，不能再恢复；读数和记录都留着。")
    question = Question(_("{name}退役").format(name=device.name), effect, _("退役"), sensing.url_of(device))

    def act(values: dict[str, Any]) -> Done:
        actions.retire(asked.actor, device=device, seen=device.version, why=values["why"], at=asked.at)
        return Done(reverse(DOOR), _("{name}已退役").format(name=device.name))

    return ask(request, WhyForm(request.POST or None), question, act, door=DOOR)


@never_cache
@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def key(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a device a key: asked first, then shown this once."""
    asked = cast("Request", request)
    device = found_by(asked, key)
    effect = _("新密钥只显示这一次，请当场写进设备。原来的密钥走 HTTP 再用一天，走 MQTT 马上作废。")
    question = Question(_("给{name}发密钥").format(name=device.name), effect, _("发密钥"), sensing.url_of(device),
                        is_danger=False)  # fmt: skip
    if request.method == "POST":
        told = actions.issue_key(asked.actor, device=device, at=asked.at)
        return shown(request, name=device.name, number=device.number, told=told, back_url=sensing.url_of(device))
    return _question(request, question)


def _question(request: HttpRequest, question: Question) -> HttpResponse:
    return page(
        request, "console/ask.html", door=DOOR, title=question.title, question=question, url=request.path,
        form=NothingForm(),
    )  # fmt: skip


def shown(request: HttpRequest, *, name: str, number: str, told: str, back_url: str, adapter: str = "plain",
          door: str = DOOR) -> HttpResponse:  # fmt: skip
    """Show a key this once, with how it is used."""
    topic = f"lx/v1/{number}" if adapter == "plain" else f"lx/v1/{number}/…"
    return page(
        request, "console/sensors/key.html", door=door, title=_("{name}的密钥").format(name=name), number=number,
        key=told, back_url=back_url, broker_url=settings.MQTT_PUBLIC_URL, topic=topic,
        address=request.build_absolute_uri(reverse("devices:post", args=[adapter])),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let no key of a device count."""
    asked = cast("Request", request)
    device = found_by(asked, key)
    effect = _("它的密钥马上作废，再送来的都不收，直到重新发一把。密钥丢了、泄露了才这样做。")
    question = Question(_("收回{name}的密钥").format(name=device.name), effect, _("收回"), sensing.url_of(device))

    def act(_values: dict[str, Any]) -> Done:
        actions.revoke_key(asked.actor, device=device, at=asked.at)
        return Done(sensing.url_of(device), _("密钥已收回"))

    form: forms.Form = NothingForm(request.POST or None)
    return ask(request, form, question, act, door=DOOR)
