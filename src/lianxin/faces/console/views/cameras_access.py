"""Accesses (调阅): asking, deciding, opening, giving back; what waits, one's own, the record."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console import flash, videos
from lianxin.faces.console.forms_cameras import AskForm, DecideForm, span
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.hub import Card, card, concern
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, Question, ask, done, save
from lianxin.faces.console.videos import APPROVE, DOOR, OPEN, VIEW, access_line, url_of
from lianxin.faces.console.views.cases import open_case
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.parts import words
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, LianxinError, NotFound
from lianxin.registry.cameras import actions, queries
from lianxin.registry.cameras.models import Access
from lianxin.registry.cameras.settings import camera_settings

_SIZE = 20
_WAITING = "console:cameras_waiting"


@card(20, on="work")
def waiting_card(asked: Request) -> Card | None:
    """调阅等批, for who has any to decide."""
    count = queries.waiting(asked.actor).count() if asked.actor.may(APPROVE) else 0
    if not count:
        return None
    line = _("看谁要看哪里、为什么，批了才打得开")
    return Card(_("调阅等批"), reverse(_WAITING), "video", line, concern(count, _("%d 件调阅等您批")))


@require_http_methods(["GET", "POST"])
@staff_only(OPEN)
def ask_for(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask to open a camera: what for, for which case, for how long."""
    asked = cast("Request", request)
    found = queries.camera_or_404(asked.actor, key)
    initial = {"case_number": request.GET.get("case", "")[:30], "client_id": ids.uuid7(asked.at), "hours": 8}
    longest = camera_settings(asked.numbers).longest_hours
    form = AskForm(request.POST or None, initial=initial, longest=longest)

    def act(values: dict[str, Any]) -> Done:
        number = _case_of(asked, values["case_number"])
        made = actions.ask(
            asked.actor, key=values["client_id"], camera=found, purpose=values["purpose"], hours=values["hours"],
            case_number=number, at=asked.at, address=address_of(request),
        )  # fmt: skip
        granted = made.state == Access.State.GRANTED
        return Done(url_of(found), _("可以打开了") if granted else _("已送出，批准了会告诉您"))

    return save(
        request, form, act, template="console/cameras/ask.html", door=DOOR, title=_("申请调阅"), back_url=url_of(found),
        line=videos.line(asked, found), compass=videos.compass(found),
    )  # fmt: skip


def _case_of(asked: Request, number: str) -> str:
    """Return the number of a case the asker sees. Raises Invalid for another."""
    if not number.strip():
        return ""
    try:
        return open_case(asked, number.strip()).number
    except LianxinError:
        raise Invalid({"case_number": _("没有这件案卷，或者您看不到它。")}) from None


@require_http_methods(["GET", "POST"])
@staff_only(APPROVE)
def decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let somebody open a camera, for as long as asked or shorter, or refuse."""
    asked = cast("Request", request)
    found = queries.access_or_404(asked.actor, key)
    initial = {"decision": request.GET.get("decision", "approve"), "hours": found.hours, "seen": found.version}
    form = DecideForm(_sent(request), access=found, initial=initial)

    def act(values: dict[str, Any]) -> Done:
        agrees = values["decision"] == "approve"
        made = actions.decide(
            asked.actor, access=found, approve=agrees, hours=values["hours"] or None, reason=values["reason"],
            seen=values["seen"], at=asked.at, address=address_of(request),
        )  # fmt: skip
        until = words.instant(made.until, asked.at) if made.until is not None else ""
        told = _("已同意，可以打开到 {until}").format(until=until) if agrees else _("没有同意，已告诉申请人")
        return Done(reverse(_WAITING), told)

    return save(
        request, form, act, template="console/cameras/decide.html", door=DOOR, title=_("批调阅"),
        back_url=reverse(_WAITING), each=access_line(asked, found), asked_for=span(found.hours),
    )  # fmt: skip


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@never_cache
@require_POST
@staff_only(OPEN)
def open_camera(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the address in the owner's system, and say that this was noted. Refused: say why, on the camera's page."""
    asked = cast("Request", request)
    found = queries.access_or_404(asked.actor, key)
    if found.by_id != asked.actor.account_id:
        raise NotFound(_("这次调阅不是您的，只有申请人能打开。"))
    try:
        opened = actions.open_camera(asked.actor, access=found, at=asked.at, address=address_of(request))
    except LianxinError as error:
        if error.status in {403, 404}:
            raise
        response = HttpResponseRedirect(url_of(found.camera))
        flash.say(request, response, error.sentence)
        return response
    return page(
        request, "console/cameras/opened.html", door=DOOR, title=found.camera.name, address=opened.address,
        each=access_line(asked, found), platform=queries.platform_of(found.camera),
    )  # fmt: skip


@require_POST
@staff_only(OPEN)
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a request back, or give an access back."""
    asked = cast("Request", request)
    found = queries.access_or_404(asked.actor, key)
    if found.by_id != asked.actor.account_id:
        raise NotFound(_("这次调阅不是您的。"))
    try:
        made = actions.withdraw(asked.actor, access=found, at=asked.at, address=address_of(request))
        said = _("已撤回") if made.state == Access.State.WITHDRAWN else _("已交回，不能再打开了")
    except LianxinError as error:
        said = error.sentence
    return done(request, Done(url_of(found.camera), said))


class ReasonForm(forms.Form):
    """Why an access is taken away."""

    reason = forms.CharField(
        label=_lazy("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_lazy("会告诉申请人，也记入审计"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(APPROVE)
def revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take an access away before its time."""
    asked = cast("Request", request)
    found = queries.access_or_404(asked.actor, key)
    to = reverse("console:cameras_records")
    who = access_line(asked, found).who
    effect = _("{who}马上不能再打开“{name}”。已经打开的画面由权属单位的平台管。").format(
        who=who, name=found.camera.name
    )
    question = Question(_("收回这次调阅"), effect, _("收回"), to)

    def act(values: dict[str, Any]) -> Done:
        actions.revoke(
            asked.actor, access=found, reason=values["reason"], at=asked.at, address=address_of(request)
        )  # fmt: skip
        return Done(to, _("已收回"))

    return ask(request, ReasonForm(_sent(request)), question, act, door=DOOR)


@require_safe
@staff_only(APPROVE)
def waiting(request: HttpRequest) -> HttpResponse:
    """List the requests that wait for one's decision, the oldest first."""
    asked = cast("Request", request)
    found = listed(request, queries.waiting(asked.actor), order=("id",), size=_SIZE)
    return page(
        request, "console/cameras/waiting.html", door=DOOR, title=_("等我批的调阅"), pager=found.pager,
        total=found.total, tabs=videos.tabs(asked, _WAITING),
        lines=[(access_line(asked, each), span(each.hours)) for each in found.items],
    )  # fmt: skip


@require_safe
@staff_only(OPEN)
def mine(request: HttpRequest) -> HttpResponse:
    """List one's own accesses, the latest first."""
    asked = cast("Request", request)
    own = queries.mine(asked.actor).annotate(count=Count("openings"))
    found = listed(request, own, order=("-id",), size=_SIZE)
    return page(
        request, "console/cameras/mine.html", door=DOOR, title=_("我的调阅"), pager=found.pager, total=found.total,
        tabs=videos.tabs(asked, "console:cameras_mine"),
        lines=[access_line(asked, each, openings=getattr(each, "count", 0)) for each in found.items],
    )  # fmt: skip


@require_safe
@staff_only(*videos.RECORDS)
def records(request: HttpRequest) -> HttpResponse:
    """List who opened which camera when and why, as far as one may know; and how often this month."""
    asked = cast("Request", request)
    seen = queries.openings(asked.actor).select_related("access__camera__owner_unit")
    month = queries.month_begins(asked.at)
    this_month = seen.filter(at__gte=month).count()
    is_month = request.GET.get("when") == "month"
    shown = seen.filter(at__gte=month) if is_month else seen
    found = listed(request, shown, order=("-at", "-id"), size=_SIZE, is_counted=False)
    keep = camera_settings(asked.numbers).keep_days
    now = Access.objects.visible_to(asked.actor).running(asked.at).exclude(by_id=asked.actor.account_id)
    running = list(now.select_related("camera__owner_unit").order_by("until")[:_SIZE])
    return page(
        request, "console/cameras/records.html", door=DOOR, title=_("打开记录"), pager=found.pager,
        total=this_month if is_month else shown.count(), keep_years=f"{keep / 365:.2g}",
        tabs=videos.tabs(asked, "console:cameras_records"), this_month=this_month, is_month=is_month,
        rows=[videos.opening_row(asked, row) for row in found.items], month_name=words.local(asked.at).month,
        running=[
            (access_line(asked, each), asked.actor.may(APPROVE, each.camera, each.camera.owner_unit_id))
            for each in running
        ],
        links=asked.actor.may(VIEW),
    )  # fmt: skip
