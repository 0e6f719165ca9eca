"""接入系统台账: the register of joined and closed systems, one of them, and what is done to it."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import sensing
from lianxin.faces.console.forms_sensors import CloseForm, SystemForm, system_initial
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, save
from lianxin.faces.console.sensing import DOOR, SYSTEMS, VIEW
from lianxin.faces.console.views.sensors_write import renamed, shown
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.foundation.areas.acting import demand
from lianxin.kernel import ids
from lianxin.registry.sensors import counting, keys, queries
from lianxin.registry.sensors import systems as acts
from lianxin.registry.sensors.adapters import ADAPTERS
from lianxin.registry.sensors.models import System
from lianxin.registry.sensors.queries import DAY

_HOME = "console:systems"
_FORM = "console/sensors/system_form.html"


def _url(system: System) -> str:
    return reverse("console:system", args=[system.key])


def _row(asked: Request, flowing: queries.Flowing) -> dict[str, Any]:
    system = flowing.system
    adapter = ADAPTERS.get(system.adapter)
    return {
        "system": system, "flow": flowing, "url": _url(system), "owner": sensing.unit_name(system.owner_unit_id, asked),
        "adapter": adapter.label if adapter else _("不推送，只在册"),
        "devices_url": f"{reverse(DOOR)}?system={system.code}",
        "silent_url": f"{reverse(DOOR)}?system={system.code}&health=silent",
    }  # fmt: skip


@require_safe
@staff_only(VIEW, SYSTEMS)
def systems(request: HttpRequest) -> HttpResponse:
    """List systems: those that are joined, or those that were closed."""
    asked = cast("Request", request)
    is_closed = request.GET.get("state") == "closed"
    found = queries.systems(at=asked.at)
    sides = [[one for one in found if (one.system.closed_on is not None) is side] for side in (False, True)]
    return page(
        request, "console/sensors/systems.html", door=DOOR, title=_("接入系统"), tabs=sensing.tabs(asked, _HOME),
        rows=[_row(asked, one) for one in sides[is_closed]], is_closed=is_closed,
        states=[
            Tab(request.path, _("在用"), len(sides[0]), not is_closed),
            Tab(f"{request.path}?state=closed", _("已关停"), len(sides[1]), is_closed),
        ],
        may_add=asked.actor.scope(SYSTEMS).everywhere, total=len(sides[is_closed]),
    )  # fmt: skip


@require_safe
@staff_only(VIEW, SYSTEMS)
def system(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a system: whose, since when, how it is joined, how it does, what was refused."""
    asked = cast("Request", request)
    found = queries.system_or_404(key)
    flowing = next(one for one in queries.systems(at=asked.at) if one.system.pk == found.pk)
    may = asked.actor.scope(SYSTEMS).everywhere
    refused = queries.refusals(asked.actor, since=asked.at - 31 * DAY, system=found) if may else []
    adapter = found.adapter or "plain"
    return page(
        request, "console/sensors/system.html", door=DOOR, title=found.name, row=_row(asked, flowing), may_keep=may,
        crumbs=[Crumb(_("接入系统"), reverse(_HOME))],
        keys=list(keys.counting_now(found, at=asked.at)) if may else [],
        refused=[{"row": one, "reason": counting.REASONS.get(one.reason, one.reason),
                  "url": sensing.url_of(one.device) if one.device else ""} for one in refused],
        address=request.build_absolute_uri(reverse("devices:post", args=[adapter])),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(SYSTEMS)
def add(request: HttpRequest) -> HttpResponse:
    """Put a system on the books."""
    asked = cast("Request", request)
    given = request.POST.get("client_id", "")
    key = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    form = SystemForm(request.POST or None, asked=asked)

    def act(_values: dict[str, Any]) -> Done:
        with renamed():
            made = acts.register(asked.actor, key=key, told=form.told(), at=asked.at)
        return Done(_url(made), _("{name}已登记").format(name=made.name))

    return save(
        request, form, act, template=_FORM, door=DOOR, title=_("登记接入系统"), verb=_("登记"), back_url=reverse(_HOME),
        client_id=key,
    )  # fmt: skip


def _kept(asked: Request, key: UUID) -> System:
    demand(asked.actor, SYSTEMS, acts.MANAGE)
    return queries.system_or_404(key)


@require_http_methods(["GET", "POST"])
@staff_only(SYSTEMS)
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Correct what is told of a system."""
    asked = cast("Request", request)
    found = _kept(asked, key)
    form = SystemForm(request.POST or None, asked=asked, system=found, initial=dict(system_initial(found)))

    def act(values: dict[str, Any]) -> Done:
        with renamed():
            seen = values["seen"] or found.version
            acts.amend(asked.actor, system=found, seen=seen, told=form.told(), at=asked.at)
        return Done(_url(found), _("已改好"))

    return save(
        request, form, act, template=_FORM, door=DOOR, title=_("改系统资料"), verb=_("改好了"), back_url=_url(found)
    )


@require_http_methods(["GET", "POST"])
@staff_only(SYSTEMS)
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    """Close a system."""
    asked = cast("Request", request)
    found = _kept(asked, key)
    effect = _("它的密钥马上作废，再送来的都不收；名下的设备留在册里，可以改由别的系统上报。")
    question = Question(_("关停{name}").format(name=found.name), effect, _("关停"), _url(found))

    def act(values: dict[str, Any]) -> Done:
        acts.close(
            asked.actor, system=found, seen=found.version, why=values["why"], closed_on=values["closed_on"], at=asked.at
        )  # fmt: skip
        return Done(_url(found), _("{name}已关停").format(name=found.name))

    return ask(request, CloseForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(SYSTEMS)
def reopen(request: HttpRequest, key: UUID) -> HttpResponse:
    """Join a closed system again."""
    asked = cast("Request", request)
    found = _kept(asked, key)
    effect = _("它回到在用的清单；推送数据要重新发密钥。")
    question = Question(
        _("恢复接入{name}").format(name=found.name), effect, _("恢复接入"), _url(found), is_danger=False
    )

    def act(_values: dict[str, Any]) -> Done:
        acts.reopen(asked.actor, system=found, seen=found.version, at=asked.at)
        return Done(_url(found), _("{name}已恢复接入").format(name=found.name))

    return ask(request, NothingForm(request.POST or None), question, act, door=DOOR)


@never_cache
@require_http_methods(["GET", "POST"])
@staff_only(SYSTEMS)
def key(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a system a key: asked first, then shown this once."""
    asked = cast("Request", request)
    found = _kept(asked, key)
    effect = _("新密钥只显示这一次，请当场交给对方。原来的密钥走 HTTP 再用一天，走 MQTT 马上作废。")
    question = Question(_("给{name}发密钥").format(name=found.name), effect, _("发密钥"), _url(found), is_danger=False)
    if request.method == "POST":
        told = acts.issue_key(asked.actor, system=found, at=asked.at)
        return shown(
            request, name=found.name, number=found.code, told=told, back_url=_url(found), adapter=found.adapter
        )
    return page(
        request, "console/ask.html", door=DOOR, title=question.title, question=question, url=request.path,
        form=NothingForm(),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(SYSTEMS)
def revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let no key of a system count."""
    asked = cast("Request", request)
    found = _kept(asked, key)
    effect = _("它的密钥马上作废，再送来的都不收，直到重新发一把。")
    question = Question(_("收回{name}的密钥").format(name=found.name), effect, _("收回"), _url(found))

    def act(_values: dict[str, Any]) -> Done:
        acts.revoke_key(asked.actor, system=found, at=asked.at)
        return Done(_url(found), _("密钥已收回"))

    return ask(request, NothingForm(request.POST or None), question, act, door=DOOR)
