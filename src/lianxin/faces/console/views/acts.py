"""Every act on a case: a small form of its own, as a dialog or a page; and undoing what can be taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.acts import performing
from lianxin.faces.console import casepage, doing, inserting
from lianxin.faces.console.buttons import DANGER
from lianxin.faces.console.choosing import Choosing
from lianxin.faces.console.components_near import candidates
from lianxin.faces.console.forming import ActForm, act_form
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.rows import place_of
from lianxin.faces.console.views.cases import open_case
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.kernel.errors import NotAllowed
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases import evidence, queries
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries import CasePage
from lianxin.work.cases.words import Stage
from lianxin.work.dispatch.queries import catalogue

# What follows from pressing the button, where the button alone does not say it.
_EFFECTS: Mapping[str, str] = {
    "void": "案卷不再计入统计，记录永久保留。作废后不能恢复，上报人会收到通知。",
    "force_close": "案件就此结束，未办完的任务一并收回。上报人会收到通知。",
    "decline": "上报人会收到这个原因，并可以申诉一次。",
    "refer": "案件就此结束，上报人会收到去处。",
    "merge": "上报人以后跟着并入的那一件看进度。",
    "escalate": "本级已派的任务会收回，由上一级接着办。",
    "delegate": "本级已派的任务会收回，由下一级接着办。",
    "return": "案件回到派遣的人手里，其他协办的任务一并收回。",
    "split": "每一件各走各的流程；原案停表，最后一件办完时结案。",
    "whistle": "叫到的单位会收到通知，按时限到场报到；会商后再分派任务，最后由吹哨的人评价。",
    "supervise": "办理单位会收到督办，一直列着，直到答复。",
    "rework": "退回原办理单位，接着原来的时限计时。",
    "handle": "转给没有参与处置的人核查。",
    "ask_suspension": "同意后停表，到复查日再看；不同意时限不变。",
    "ask_postponement": "同意后停表，到复查日再看；不同意时限不变。",
    "ask_extension": "同意后上报人会看到新的时限；不同意时限不变。",
    "reopen": "案件回到“已立案”，重新派遣。",
    "reply": "原样送给上报人，送出后不能撤回。",
    "answer": "案件就此结束，答复原样送给上报人，送出后不能撤回。",
}
# What can be taken back at once, and by which act. Words that went to somebody, and ends of a case, cannot.
UNDOES: Mapping[str, str] = {"dispatch": "recall", "merge": "unmerge"}
_UNDONE: Mapping[str, str | Promise] = {
    "recall": gettext_lazy("已撤回派遣，案件回到您手里。"),
    "unmerge": gettext_lazy("已撤销并案，两件各办各的。"),
}
# Acts that act on more than the case's own row ask for the wide dialog.
_WIDE = frozenset({"dispatch", "rule", "add_assist", "whistle", "consult", "split"})


@require_http_methods(["GET", "POST"])
@staff_only()
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Ask for what an act needs, and take it."""
    asked = cast("Request", request)
    case = open_case(asked, number)
    chosen = performing.act_named(act)
    outcome = doing.Outcome()
    if request.method == "POST":
        outcome = doing.take(asked, case, act)
        if outcome.case is not None:
            url = doing.next_url(request, reverse("console:case", args=[number]))
            at_seat = url.startswith(reverse("console:seat"))
            undo = doing.undo_url(number, at_seat=at_seat) if act in UNDOES else ""
            return doing.go_on(request, url, said=doing.said_of(act, outcome.case), undo_url=undo)
    gathered = queries.case_page(asked.actor, case, at=asked.at, numbers=dict(asked.numbers))
    if act not in {step.name for step in gathered.steps} and not outcome.sentence:
        raise NotAllowed(
            "not_yours", _("现在不能“%(act)s”。可能同事已经处理了，请看看案卷。") % {"act": chosen.step.label}
        )
    choosing = Choosing(case, asked.actor, asked.at, asked.numbers)
    form = act_form(act, chosen.schema, choosing, data=doing.typed(request), initial=_known(act, case, asked, gathered))
    form.blame(outcome.faults)
    return _shown(asked, act, form, outcome=outcome, gathered=gathered, choosing=choosing)


def _shown(
    request: Request, act: str, form: ActForm, *, outcome: doing.Outcome, gathered: CasePage, choosing: Choosing
) -> HttpResponse:
    case = gathered.case
    context: dict[str, Any] = {
        "case": case,
        "act": act,
        "label": performing.act_named(act).step.label,
        "form": form,
        "effect": _EFFECTS.get(act, ""),
        "is_danger": act in DANGER,
        "is_wide": act in _WIDE,
        "where": place_of(case, request.numbers),
        "outcome": outcome,
        "seen": outcome.version if outcome.version is not None else request.POST.get("seen", case.version),
        "client_id": doing.new_client_id(),
        "next": doing.next_url(request, reverse("console:case", args=[case.number])),
        "missing": _missing(act, case),
        "picks_point": "point.lon" in form.fields and act in {"place", "amend"},
        "like_cases": choosing.cases() if act == "merge" else (),
        "near_components": candidates(request, point=case.point) if "component" in form.fields else None,
        "ready_words": inserting.ready(case, act, at=request.at, numbers=request.numbers),
        "action": reverse("console:act", args=[case.number, act]),
    }
    status = 422 if outcome.faults else 409 if outcome.sentence else 200
    if request.headers.get("HX-Request"):
        # htmx puts in what comes with 422: the form stays, with its faults.
        return render(
            request, "console/act_dialog.html", {**context, "now": request.at}, status=422 if status > 200 else 200
        )
    return page(request, "console/act.html", door="console:cases", title=f"{context['label']} · {case.title}",
                status=status, crumbs=casepage.crumbs(case, request.numbers), **context)  # fmt: skip


def _missing(act: str, case: Case) -> list[tuple[str, str]]:
    """Return the photos the standard still demands, to be sent along with the act."""
    wanted = {"handle": evidence.FOR_HANDLING, "resolve_on_spot": evidence.FOR_HANDLING, "close": evidence.FOR_CLOSING}
    return [
        (label, str(evidence.LABELS.get(label, label)))
        for label in evidence.missing(case, wanted.get(act, frozenset()))
    ]


def _known(act: str, case: Case, request: Request, gathered: CasePage) -> dict[str, Any]:
    """Return what the page knows already, so that nothing is typed twice."""
    known: dict[str, Any] = {}
    if act in {"file", "amend", "resolve_on_spot"}:
        nodes = catalogue(request.numbers)
        choices = (case.proposal or {}).get("choices", [])
        node = nodes.by_id.get(case.category_id) if case.category_id else None
        known["category"] = node.code if node else choices[0]["code"] if choices and act == "file" else ""
    if act == "amend":
        known |= {"title": case.title, "address": case.address, "severity": case.severity, "kind": case.kind}
    if act == "amend" and case.component_id is not None:
        known |= {"component": case.component.number if case.component else "", "component_state": case.component_state}
    if act == "place":
        known["address"] = case.address
    if act in {"amend", "place"} and case.point is not None:
        known |= {"point.lon": case.point.lon, "point.lat": case.point.lat}
    if act == "whistle":
        known["place"] = case.address
    if act == "supervise" and gathered.stage_clock and gathered.stage_clock.due_at:
        known["due_at"] = _field_instant(gathered.stage_clock.due_at)
    return known


def _field_instant(at: datetime) -> str:
    return f"{words.local(at).astimezone(ZONE):%Y-%m-%dT%H:%M}"


@require_POST
@staff_only()
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """Take back what was just done: a dispatch while nobody has accepted it, a merge."""
    asked = cast("Request", request)
    case = open_case(asked, number)
    back = UNDOES["merge"] if case.stage == Stage.MERGED else UNDOES["dispatch"]
    outcome = doing.take(asked, case, back)
    url = doing.next_url(request, reverse("console:case", args=[number]))
    said = _UNDONE[back] if outcome.case else outcome.sentence
    return doing.go_on(request, url, said=str(said))


@require_POST
@staff_only()
def photos(request: HttpRequest, number: str) -> HttpResponse:
    """Add photos to a case as evidence, under the label that was chosen."""
    asked = cast("Request", request)
    case = open_case(asked, number)
    outcome = doing.outcome(lambda: _kept(asked, case))
    said = _("照片已加上。") if outcome.case else "；".join(outcome.faults.values()) or outcome.sentence
    return doing.go_on(request, reverse("console:case", args=[number]) + "#photos", said=said)


def _kept(request: Request, case: Case) -> Case:
    label = request.POST.get("label", "")
    if label in evidence.LABELS and "photos" in request.FILES:
        request.FILES.setlist(f"photos.{label}", request.FILES.getlist("photos"))
        del request.FILES["photos"]
    doing.keep_photos(request, case)
    return case
