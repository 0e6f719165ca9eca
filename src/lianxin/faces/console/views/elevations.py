"""Short elevations (临时授权): asked for, decided by a second person, given back."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.console.forms_staff import ElevationForm
from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, done, save
from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts import actions, permissions
from lianxin.foundation.accounts.models import Elevation
from lianxin.foundation.accounts.queries import elevations_waiting
from lianxin.kernel.errors import NotFound
from lianxin.kernel.text import mask_name

from .staff import DOOR, tabs

GRANT = "accounts.elevate"


@require_http_methods(["GET", "POST"])
@staff_only()
def elevations(request: HttpRequest) -> HttpResponse:
    """Show what waits, what runs and what was; ask for one."""
    asked = cast("Request", request)
    grants = asked.actor.scope(GRANT).everywhere
    seen = Elevation.objects.select_related("account", "granted_by")
    waiting = elevations_waiting(asked.at)
    if not grants:
        seen, waiting = (found.filter(account_id=asked.actor.account_id or 0) for found in (seen, waiting))
    running = seen.filter(starts_at__lte=asked.at, ends_at__gt=asked.at, ended_at=None).order_by("ends_at")
    past = seen.exclude(pk__in=running).exclude(pk__in=waiting).order_by("-pk")[:20]

    def act(values: dict[str, Any]) -> Done:
        made = actions.request_elevation(asked.actor, **values, at=asked.at)
        said = "已经开始，用完请交还" if made.starts_at else "已经提出，等另一位管理员批准"
        return Done(reverse("console:elevations"), said)

    return save(
        request,
        ElevationForm(request.POST or None),
        act,
        template="console/staff/elevations.html",
        door=DOOR,
        title=_("临时授权"),
        tabs=tabs(asked),
        waiting=[_said(asked, one) for one in waiting],
        running=[_said(asked, one) for one in running],
        past=[_said(asked, one) for one in past],
        grants=grants,
    )


def _said(asked: Request, one: Elevation) -> dict[str, Any]:
    is_own = one.account_id == asked.actor.account_id
    return {
        "row": one,
        "who": "我" if is_own else mask_name(one.account.name),
        "is_own": is_own,
        "granter": mask_name(one.granted_by.name) if one.granted_by else "",
        "what": "、".join(permissions.label(code) for code in one.permissions),
        "was": "不同意"
        if one.starts_at is None and one.ended_at
        else "没人批准，已过期"
        if one.starts_at is None
        else "",
    }


def _elevation_or_404(pk: int) -> Elevation:
    found = Elevation.objects.select_related("account").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这次申请。"))
    return found


@require_POST
@staff_only(GRANT)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant or refuse what another person asked for."""
    asked = cast("Request", request)
    found = _elevation_or_404(pk)
    grant = request.POST.get("decision") == "approve"
    actions.decide_elevation(asked.actor, elevation=found, grant=grant, at=asked.at)
    name = mask_name(found.account.name)
    said = f"已同意，{name}可用 {found.minutes} 分钟" if grant else f"没有同意{name}的申请"
    return done(request, Done(reverse("console:elevations"), said))


@require_http_methods(["GET", "POST"])
@staff_only()
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Give permissions back before their time."""
    asked = cast("Request", request)
    found = _elevation_or_404(pk)
    if found.account_id != asked.actor.account_id and not asked.actor.scope(GRANT).everywhere:
        raise NotFound(_("没有这次申请。"))
    to = reverse("console:elevations")

    def act(_values: dict[str, Any]) -> Done:
        actions.end_elevation(asked.actor, elevation=found, at=asked.at)
        return Done(to, "临时授权已交还")

    form = NothingForm(request.POST if request.method == "POST" else None)
    return ask(request, form, Question("交还临时授权", "下一次点击起就没有这些权限。", "交还", to), act, door=DOOR)
