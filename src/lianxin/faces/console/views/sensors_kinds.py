"""Kinds of devices and limits: what is in force, and changing it."""

from dataclasses import fields
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import sensing
from lianxin.faces.console.forms_sensors import LIMIT_LABELS, KindForm, LimitsForm, kind_initial
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, NoteForm, Question, ask, save
from lianxin.faces.console.sensing import DOOR, MANAGE
from lianxin.faces.identity.request import Request
from lianxin.kernel.errors import NotFound
from lianxin.registry.sensors import configuring
from lianxin.registry.sensors.kinds import Kind, Measure
from lianxin.registry.sensors.models import Device
from lianxin.registry.sensors.settings import Limits, practice

_FORM = "console/sensors/settings_form.html"
_HOME = "console:sensor_kinds"


@require_safe
@staff_only(MANAGE)
def kinds(request: HttpRequest) -> HttpResponse:
    """Show kinds with their measures, and the limits."""
    asked = cast("Request", request)
    known = practice(asked.numbers)
    counts: dict[str, int] = {}
    for kind in Device.objects.visible_to(asked.actor).now().values_list("kind", flat=True):
        counts[kind] = counts.get(kind, 0) + 1
    rows = [
        {"kind": kind, "count": counts.get(kind.code, 0), "every": sensing.every(kind.expected_every),
         "measures": [_range(kind.measures[code]) for code in kind.own],
         "url": f"{reverse(DOOR)}?kind={kind.code}"}
        for kind in known.kinds.values()
    ]  # fmt: skip
    limits = [(*LIMIT_LABELS[each.name], getattr(known.limits, each.name)) for each in fields(Limits)]
    return page(
        request, "console/sensors/kinds.html", door=DOOR, title=_("设备类型和限度"), rows=rows, limits=limits,
        tabs=sensing.tabs(asked, _HOME), may_change=asked.actor.scope(MANAGE).everywhere,
    )  # fmt: skip


def _range(measure: Measure) -> tuple[str, str]:
    """Return a measure and its range in words."""
    if measure.form == "yes_no":
        return measure.label, "、".join(measure.words)
    return measure.label, f"{measure.least:g} – {measure.most:g} {measure.unit}".strip()


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def limits(request: HttpRequest) -> HttpResponse:
    """Change the limits."""
    asked = cast("Request", request)
    form = LimitsForm(request.POST or None)

    def act(values: dict[str, Any]) -> Done:
        reason = values.pop("reason")
        configuring.put_limits(asked.actor, values=values, reason=reason, at=asked.at)
        return Done(reverse(_HOME), _("限度已改好"))

    return save(
        request, form, act, template=_FORM, door=DOOR, title=_("收发限度"), verb=_("改好了"), back_url=reverse(_HOME)
    )


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Add a kind."""
    return _kind(request, KindForm(request.POST or None, initial={"expected_every": 3_600}), _("加设备类型"))


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def kind(request: HttpRequest, code: str) -> HttpResponse:
    """Change a kind."""
    found = _found(cast("Request", request), code)
    form = KindForm(request.POST or None, initial=dict(kind_initial(found)))
    form.fields["code"].disabled = True
    return _kind(request, form, found.label, drop_url=reverse("console:sensor_kind_drop", args=[code]))


def _found(asked: Request, code: str) -> Kind:
    found = practice(asked.numbers).kinds.get(code)
    if found is None:
        raise NotFound(_("没有这种设备类型。"))
    return found


def _kind(request: HttpRequest, form: KindForm, title: str, drop_url: str = "") -> HttpResponse:
    asked = cast("Request", request)

    def act(values: dict[str, Any]) -> Done:
        told = form.told()
        configuring.put_kind(asked.actor, told=told, reason=values["reason"], at=asked.at)
        return Done(reverse(_HOME), _("{name}已改好").format(name=told.label))

    return save(
        request, form, act, template=_FORM, door=DOOR, title=title, verb=_("改好了"), back_url=reverse(_HOME),
        drop_url=drop_url,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Take a kind out of use."""
    asked = cast("Request", request)
    found = _found(asked, code)
    effect = _("登记设备时不再有这一类。已退役设备的读数照样看得到。")
    question = Question(_("停用类型“{name}”").format(name=found.label), effect, _("停用"), reverse(_HOME))

    def act(values: dict[str, Any]) -> Done:
        configuring.drop_kind(asked.actor, kind=found, reason=values["note"], at=asked.at)
        return Done(reverse(_HOME), _("{name}已停用").format(name=found.label))

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)
