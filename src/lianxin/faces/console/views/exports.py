"""Exports (导出): choose fields with what each would give away, say why, be approved, fetch within a day."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.hub import Card, card, concern
from lianxin.faces.console.listing import listed
from lianxin.faces.console.lookups import AreaField, LookupForm
from lianxin.faces.console.saving import Done, done, save
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.foundation.areas import queries as areas
from lianxin.registry.exports import actions
from lianxin.registry.exports.actions import Wanted
from lianxin.registry.exports.columns import TABLES
from lianxin.registry.exports.models import Export
from lianxin.registry.sources import queries as sources
from lianxin.registry.sources.models import Sensitivity

from .sources import DOOR

SEEN_BY = ("people.export", "people.approve_export", "audit.read")
State = Export.State
_SIZE = 30
_TONES: Mapping[str, str] = {State.ASKED: "warn", State.READY: "ok", State.REFUSED: "late", State.FAILED: "late"}
_TYPES = {"csv": "text/csv; charset=utf-8",
          "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip


@require_safe
@staff_only(*SEEN_BY)
def exports(request: HttpRequest) -> HttpResponse:
    """List exports, the latest first: one's own, or all for who approves."""
    asked = cast("Request", request)
    found = Export.objects.visible_to(asked.actor).prefetch_related("downloads")
    waiting = request.GET.get("state") == "asked"
    shown = listed(request, found.filter(state=State.ASKED) if waiting else found, order=("-id",), size=_SIZE)
    kinds = [
        Tab(request.path, "全部", current=not waiting),
        Tab(f"{request.path}?state=asked", "等批准", current=waiting),
    ]
    return page(
        request, "console/exports/exports.html", door=DOOR, title=_("导出"), kinds=kinds,
        rows=[_row(asked, one) for one in shown.items], pager=shown.pager, total=shown.total,
        may_ask=asked.actor.may("people.export"),
    )  # fmt: skip


def _row(asked: Request, one: Export) -> dict[str, Any]:
    node = areas.node(one.area_id, asked.numbers) if one.area_id is not None else None
    known = sources.register(asked.numbers).by_code
    return {
        "one": one,
        "table": TABLES[one.subject].label,
        "area": node.full_name if node else "本人辖区",
        "tone": _TONES.get(one.state, "pause"),
        "fields": [(known[code].label, code in one.plain) for code in one.fields if code in known],
        "fetched": len(one.downloads.all()),
    }


class ExportForm(LookupForm):
    """Where, why, in which format; the fields are chosen in a table of their own."""

    area = AreaField(label=_lazy("哪个范围"), required=False, help_text=_lazy("不填是您辖区的全部"))
    purpose = forms.CharField(
        label=_lazy("用来做什么"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_lazy("审批人、审计都看得到"),
    )
    basis = forms.CharField(
        label=_lazy("依据"), max_length=300, required=False, help_text=_lazy("不打码时要写，例如文号")
    )
    format = forms.ChoiceField(
        label=_lazy("格式"), choices=Export.Format.choices, widget=forms.RadioSelect, initial="xlsx"
    )


@require_http_methods(["GET", "POST"])
@staff_only("people.export")
def add(request: HttpRequest) -> HttpResponse:
    """Ask for an export."""
    asked = cast("Request", request)
    subject = request.POST.get("subject") or request.GET.get("subject", "")
    subject = subject if subject in TABLES else "person"
    chosen = request.POST.getlist("fields")
    plain = [code for code in request.POST.getlist("plain") if code in chosen]

    def act(values: dict[str, Any]) -> Done:
        area = values.pop("area")
        wanted = Wanted(
            subject=subject, fields=tuple(chosen), plain=tuple(plain), area_id=area.id if area else None, **values
        )
        made = actions.ask(asked.actor, wanted=wanted, at=asked.at, address=address_of(request))
        said = "要别人批准，已经告诉审批人" if made.why_approval else "正在生成，好了会发消息给您"
        return Done(reverse("console:export", args=[made.key]), said)

    subjects = [Tab(f"{request.path}?subject={name}", table.label, current=name == subject)
                for name, table in TABLES.items()]  # fmt: skip
    return save(
        request, ExportForm(request.POST or None, asked=asked), act, template="console/exports/form.html", door=DOOR,
        title=_("导出数据"), subject=subject, subjects=subjects, choices=_choices(asked, subject, chosen, plain),
        may_reveal=asked.actor.may("people.reveal"), most=actions.approval_rows(), back_url=reverse("console:exports"),
    )  # fmt: skip


def _choices(asked: Request, subject: str, chosen: list[str], plain: list[str]) -> list[dict[str, Any]]:
    table, known = TABLES[subject], sources.register(asked.numbers).by_code
    return [
        {
            "node": known[code],
            "sensitivity": str(Sensitivity(known[code].sensitivity).label),
            "masks": column.masked is not None,
            "chosen": code in chosen,
            "plain": code in plain,
        }
        for code, column in table.columns.items()
        if code in known
    ]


@require_safe
@staff_only(*SEEN_BY)
def export(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one export: what, why, who approved, who fetched it."""
    asked = cast("Request", request)
    found = actions.find(asked.actor, key)
    return page(request, "console/exports/export.html", door=DOOR, title=_("导出"), **_context(asked, found))


class DecisionForm(forms.Form):
    """Approve or not, and why."""

    reason = forms.CharField(label=_lazy("理由"), max_length=300, help_text=_lazy("申请人看得到"))


def _context(asked: Request, found: Export) -> dict[str, Any]:
    is_own = found.by_id is not None and found.by_id == asked.actor.account_id
    return {
        "row": _row(asked, found),
        "crumbs": [Crumb("导出", reverse("console:exports")), Crumb(TABLES[found.subject].label)],
        "is_own": is_own,
        "may_decide": found.state == State.ASKED and not is_own and asked.actor.may("people.approve_export"),
        "may_cancel": is_own and found.state in {State.ASKED, State.QUEUED, State.RUNNING, State.READY},
        "is_ready": found.state == State.READY and found.expires_at is not None and found.expires_at > asked.at,
        "is_waiting": found.state in {State.QUEUED, State.RUNNING},
        "downloads": found.downloads.order_by("-at")[:20],
        "form": DecisionForm(),
    }


@require_POST
@staff_only("people.approve_export")
def decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let an export be made, or not."""
    asked = cast("Request", request)
    found = actions.find(asked.actor, key)
    approve = request.POST.get("verdict") == "approve"
    seen = request.POST.get("seen", "")

    def act(values: dict[str, Any]) -> Done:
        actions.decide(
            asked.actor, export=found, approve=approve, reason=values["reason"], at=asked.at,
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None, address=address_of(request),
        )  # fmt: skip
        return Done(reverse("console:exports"), "已批准，正在生成" if approve else "没有批准，已告诉申请人")

    context = {name: value for name, value in _context(asked, found).items() if name != "form"}
    return save(
        request, DecisionForm(request.POST), act, template="console/exports/export.html", door=DOOR, title=_("导出"),
        **context,
    )  # fmt: skip


@require_POST
@staff_only("people.export")
def cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take one's own export back."""
    asked = cast("Request", request)
    found = actions.find(asked.actor, key)
    actions.cancel(asked.actor, export=found, at=asked.at)
    return done(request, Done(reverse("console:exports"), "已取消，文件不再保留"))


@require_safe
@staff_only("people.export")
def file(request: HttpRequest, key: UUID) -> Any:
    """Give the file to who asked for it; each time is noted."""
    asked = cast("Request", request)
    found = actions.find(asked.actor, key)
    content = actions.fetch(asked.actor, export=found, at=asked.at, address=address_of(request))
    response = StreamingHttpResponse(content, content_type=_TYPES[found.format])
    response["Content-Disposition"] = f'attachment; filename="lianxin-{found.key.hex[-12:]}.{found.format}"'
    response["Cache-Control"] = "private, no-store"
    return response


@card(64, on="base")
def _card(asked: Request) -> Card | None:
    """导出."""
    if not any(map(asked.actor.may, ("people.export", "people.approve_export"))):
        return None
    waiting = 0
    if asked.actor.may("people.approve_export"):
        waiting = Export.objects.filter(state=State.ASKED).exclude(by_id=asked.actor.account_id).count()
    return Card(
        "导出", reverse("console:exports"), "download", "打码、留痕、批准后才带走", concern(waiting, "%d 份等批准")
    )
