"""A notice as a member of the staff reads it, confirms it, and asks about it."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, done, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb
from lianxin.foundation.notifications import actions as notifications
from lianxin.kernel import ids
from lianxin.kernel.errors import NotFound
from lianxin.kernel.files.models import FileKind
from lianxin.work.disclosure import queries, questions, rules
from lianxin.work.disclosure import receipts as acts
from lianxin.work.disclosure.models import Receipt, State

DOOR = "console:inbox"
_SIZE = 30


@require_safe
@staff_only()
def received(request: HttpRequest) -> HttpResponse:
    """List notices that were meant for me, those not read first."""
    asked = cast("Request", request)
    found = queries.received(asked.actor, asked.at)
    shown = listed(request, found.order_by("-notice_id"), order=("-notice_id",), size=_SIZE)
    return page(
        request, "console/notices/received.html", door=DOOR, title=_("收到的通知"), pager=shown.pager,
        rows=[(one, rules.is_unread(one, one.notice), _wants(one)) for one in shown.items],
        crumbs=[Crumb(_("消息"), reverse(DOOR)), Crumb(_("收到的通知"))],
    )  # fmt: skip


def _wants(receipt: Receipt) -> bool:
    return receipt.notice.confirm_by is not None and not rules.is_confirmed(receipt, receipt.notice)


def _found(asked: Request, key: UUID) -> Receipt:
    found = queries.receipt_of(asked.actor, key)
    if found is None:
        raise NotFound(_("没有这份通知，或不是发给您的。"))
    return found


class AskForm(forms.Form):
    """A question about the notice."""

    words = forms.CharField(
        label=gettext_lazy("有不清楚的"), max_length=rules.MOST_QUESTION, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("发通知的单位两个工作日内答复"),
    )  # fmt: skip
    client_id = forms.CharField(max_length=36, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only()
def reading(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a notice that was meant for me; opening it is the receipt. A question is asked here."""
    asked = cast("Request", request)
    receipt = _found(asked, key)
    if request.method == "GET" and receipt.notice.state != State.WITHDRAWN:
        receipt = acts.mark(asked.actor, key=key, read_at=asked.at, at=asked.at)
        notifications.mark_read(asked.actor, link=request.path, at=asked.at)
    notice = receipt.notice

    def act(values: dict[str, Any]) -> Done:
        questions.ask(
            asked.actor, key=ids.parse(values["client_id"]), notice_key=key, words=values["words"], at=asked.at
        )
        return Done(request.path, _("已问到发通知的单位"))

    return save(
        request, AskForm(request.POST or None, initial={"client_id": ids.uuid7(asked.at)}), act,
        template="console/notices/reading.html", door=DOOR, title=notice.title, notice=notice, receipt=receipt,
        paragraphs=rules.paragraphs(notice.body), wants=_wants(receipt), is_out=rules.is_out(notice, asked.at),
        files=[one for one in queries.files_of([notice]).get(notice.pk, []) if one.kind == FileKind.PHOTO],
        answers=queries.answers_of(notice), mine=queries.own_questions(asked.actor, [notice.pk])[:10],
        versions=notice.versions.order_by("-version")[:10], confirmed=rules.is_confirmed(receipt, notice),
        crumbs=[Crumb(_("收到的通知"), reverse("console:notices_in")), Crumb(notice.title)],
    )  # fmt: skip


@require_POST
@staff_only()
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    """Confirm, or note that residents were told."""
    asked = cast("Request", request)
    _found(asked, key)
    explained = request.POST.get("what") == "explained"
    acts.mark(asked.actor, key=key, read_at=asked.at, at=asked.at, confirmed=True, explained=explained)
    said = _("记下了：已向居民说明") if explained else _("已确认")
    return done(request, Done(reverse("console:notice_in", args=[key]), said))
