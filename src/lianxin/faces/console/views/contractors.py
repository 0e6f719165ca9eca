"""施工方: a unit hands one of its parts to a crew by a link, follows it, and confirms or sends back what was done."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.rows import place_of
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, faults_into
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Photo
from lianxin.foundation.notifications import actions as notifications
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.files.queries import files_of
from lianxin.kernel.text import mask_name, mask_phone
from lianxin.work.cases.asking import handling_post
from lianxin.work.cases.evidence import LABELS
from lianxin.work.cases.models import Assignment, Case
from lianxin.work.contractors import actions as contractors
from lianxin.work.contractors import queries
from lianxin.work.contractors.messages import invitation
from lianxin.work.contractors.models import Link

_HANDLES = "cases.handle"
_STATES = {
    "waiting": gettext_lazy("等对方接下"),
    "working": gettext_lazy("正在办"),
    "done": gettext_lazy("说办好了，等确认"),
    "confirmed": gettext_lazy("已确认"),
    "over": gettext_lazy("已停用"),
}


class LinkForm(forms.Form):
    """To whom, what, and for how long."""

    crew = forms.CharField(label=gettext_lazy("施工队或公司"), max_length=60)
    person = forms.CharField(label=gettext_lazy("联系人"), max_length=60, required=False)
    phone = forms.CharField(
        label=gettext_lazy("手机号"), max_length=30,
        help_text=gettext_lazy("链接发到这个号码；加密存放，停用 30 天后删除"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "type": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    task = forms.CharField(
        label=gettext_lazy("做什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("对方只看得到地点和这几句，看不到案卷和上报人；别写居民的姓名电话"),
    )  # fmt: skip
    days = forms.IntegerField(
        label=gettext_lazy("几天内有效"), initial=7, min_value=1, max_value=contractors.MOST_DAYS,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
    )  # fmt: skip


class BackForm(forms.Form):
    """What is not done yet."""

    note = forms.CharField(
        label=gettext_lazy("哪里还没办好"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ConfirmForm(forms.Form):
    """What the unit says was done."""

    note = forms.CharField(
        label=gettext_lazy("处置反馈"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("做了什么、结果怎样；上报人看得见"),
    )  # fmt: skip


def _part(asked: Request, pk: int) -> Assignment:
    """Return an assignment of a case the actor sees. Raises 404."""
    seen = Case.objects.visible_to(asked.actor).order_by().values("pk")
    found = Assignment.objects.select_related("case", "unit").filter(pk=pk, case__in=seen).first()
    if found is None:
        raise Http404
    return found


@sensitive_variables("token")
@require_http_methods(["GET", "POST"])
@staff_only(_HANDLES)
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a contractor and make the link, which is shown this once."""
    asked = cast("Request", request)
    given = _part(asked, pk)
    form = LinkForm(request.POST if request.method == "POST" else None)
    frame: dict[str, Any] = {
        "door": "console:cases", "title": _("交给施工方"), "case": given.case, "given": given,
        "where": place_of(given.case, asked.numbers), "crumbs": _crumbs(given.case, _("交给施工方")),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with faults_into(form):
            made = contractors.issue(asked.actor, assignment_id=pk, at=asked.at, **form.cleaned_data)
            way = request.build_absolute_uri(reverse("resident:contractor", args=[made.token]))
            return page(request, "console/command/link_made.html", **frame, link=made.link, way=way,
                        failed=_send(made.link, given, way))  # fmt: skip
    return page(request, "console/command/link_form.html", status=422 if form.errors else 200, **frame, form=form)


def _send(link: Link, given: Assignment, way: str) -> str:
    """Send the link by text message, which is kept nowhere; say what stopped it."""
    unit = given.unit.short_name if given.unit is not None else _("派活的单位")
    try:
        notifications.send_code(link.phone or "", invitation(unit, way, link.expires_at))
    except LianxinError as error:
        return error.sentence
    return ""


def _crumbs(case: Case, last: str) -> list[Crumb]:
    return [Crumb(case.title, reverse("console:case", args=[case.number])), Crumb(last)]


@require_safe
@staff_only()
def link(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a link: how far the contractor is, what was said and sent."""
    asked = cast("Request", request)
    found = queries.find(asked.actor, key)
    state = queries.state_of(found, asked.at)
    mine = handling_post(found.assignment, asked.actor, _HANDLES) is not None
    case = found.assignment.case
    return page(
        request, "console/command/link.html", door="console:cases", title=_("施工方 {crew}").format(crew=found.crew),
        crumbs=_crumbs(case, found.crew), link=found, case=case, state=state, state_label=_STATES[state],
        person=mask_name(found.person or ""), phone=mask_phone(found.phone or ""), maker=mask_name(found.made_by.name),
        words=found.words.order_by("-pk"), photos=_photos(found), may_decide=mine and state == "done",
        may_revoke=mine and found.revoked_at is None and found.confirmed_at is None,
    )  # fmt: skip


def _photos(found: Link) -> list[Photo]:
    """Return what was sent through the link, and what is demanded and missing."""
    sent = list(files_of(queries.FILES, found.pk))
    there = [
        Photo(
            label=str(LABELS.get(file.label, file.label)), url=f"/api/v1/files/{file.key}",
            thumb=f"/api/v1/files/{file.key}/thumb" if file.has_thumb else "", at=file.taken_at or file.created_at,
            after=file.label.startswith("after"),
        )
        for file in sent
    ]  # fmt: skip
    lacking = set(queries.demanded(found.assignment.case)) - {file.label for file in sent}
    return there if found.confirmed_at is not None else [*there, *(Photo(str(LABELS[one])) for one in sorted(lacking))]


@require_http_methods(["GET", "POST"])
@staff_only(_HANDLES)
def revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a link back."""
    asked = cast("Request", request)
    found = queries.find(asked.actor, key)
    to = reverse("console:contractor_link", args=[key])
    question = Question(_("收回给“{crew}”的链接").format(crew=found.crew), _("立刻打不开，已发的照片还留着。"),
                        _("收回链接"), to)  # fmt: skip

    def act(_values: dict[str, Any]) -> Done:
        contractors.revoke(asked.actor, link=found, at=asked.at)
        return Done(to, _("已收回，链接打不开了。"))

    form = NothingForm(request.POST if request.method == "POST" else None)
    return ask(request, form, question, act, door="console:cases")


@require_http_methods(["GET", "POST"])
@staff_only(_HANDLES)
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    """Agree that it is done: the photos go to the case, and the unit's part is handled."""
    asked = cast("Request", request)
    found = queries.find(asked.actor, key)
    case = found.assignment.case
    question = Question(_("确认“{crew}”办好了").format(crew=found.crew),
                        _("对方的照片转为案卷的证据，本单位这一件报处置好，转给没有参与处置的人核查。"), _("确认办好"),
                        reverse("console:contractor_link", args=[key]), is_danger=False)  # fmt: skip

    def act(values: dict[str, Any]) -> Done:
        contractors.confirm(asked.actor, link=found, seen=None, note=values["note"], at=asked.at)
        return Done(reverse("console:case", args=[case.number]), _("已确认办好，转去核查。"))

    last = found.words.filter(kind="done").order_by("-pk").values_list("note", flat=True).first()
    form = ConfirmForm(request.POST if request.method == "POST" else None, initial={"note": last or ""})
    return ask(request, form, question, act, door="console:cases")


@require_http_methods(["GET", "POST"])
@staff_only(_HANDLES)
def send_back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let the contractor do it again."""
    asked = cast("Request", request)
    found = queries.find(asked.actor, key)
    to = reverse("console:contractor_link", args=[key])
    question = Question(_("退回“{crew}”重做").format(crew=found.crew), _("对方在链接里看到这几句，接着办。"),
                        _("退回重做"), to, is_danger=False)  # fmt: skip

    def act(values: dict[str, Any]) -> Done:
        contractors.send_back(asked.actor, link=found, note=values["note"], at=asked.at)
        return Done(to, _("已退回，对方打开链接就能看到。"))

    form = BackForm(request.POST if request.method == "POST" else None)
    return ask(request, form, question, act, door="console:cases")
