"""吹哨: the board of whistles, and one whistle with its consultation and rating."""

from collections.abc import Mapping
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import commanding, doing
from lianxin.faces.console.commanding import Board
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.rows import place_of
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb
from lianxin.work.cases import rules
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries import whistles as queries
from lianxin.work.cases.queries.whistles import Blown
from lianxin.work.cases.settings import flow_settings

_SIZE = 8
_ACTS = ("consult", "rate", "nudge", "report_in")


@require_safe
@staff_only(*commanding.MAY_SEE_WHISTLES)
def whistles(request: HttpRequest) -> HttpResponse:
    """Show the whistles one sees, with how far each unit has come."""
    asked = cast("Request", request)
    given = request.GET.get("list", "")
    wanted = given if given in queries.WANTED else "open"
    found = listed(request, queries.whistles(asked.actor, wanted, at=asked.at), order=queries.ORDER, size=_SIZE)
    counts = queries.whistle_counts(asked.actor, at=asked.at)
    return page(
        request, "console/command/whistles.html", door=commanding.WHISTLES, title=_("吹哨"),
        tabs=commanding.tabs_of(request.path, queries.WANTED, wanted, counts), shown=wanted, late=counts["late"],
        boards=[board(each, asked) for each in queries.gathered(found.items)], pager=found.pager,
    )  # fmt: skip


def board(blown: Blown, asked: Request) -> Board:
    """Return the card of a whistle, with what the one who looks may do about it."""
    whistle, case = blown.whistle, blown.whistle.case
    offered = _offered(blown, asked)
    return Board(
        whistle=whistle,
        case=case,
        place=place_of(case, asked.numbers),
        caller=commanding.caller_of(whistle),
        ways=[commanding.way(each, whistle, at=asked.at, numbers=asked.numbers) for each in blown.called],
        came=sum(1 for each in blown.called if each.call.reported_in_at is not None),
        is_late=any(each.is_late(asked.at) for each in blown.called),
        state=commanding.next_of(blown),
        may_consult="consult" in offered,
        may_rate="rate" in offered,
        may_nudge="nudge" in offered,
        may_report_in="report_in" in offered,
    )


def _offered(blown: Blown, asked: Request) -> set[str]:
    """Return which acts about this whistle are the actor's now; only a case's latest whistle is acted on."""
    case = blown.whistle.case
    parties = rules.Known(whistle=blown.whistle, calls=[each.call for each in blown.called])
    asking = rules.Asking(case, asked.actor, parties, flow_settings(asked.numbers), asked.at)
    steps = (rules.FLOW[name] for name in _ACTS if name in rules.FLOW.names())
    return {step.name for step in steps if rules.obstacle(step, asking) is None}


@require_http_methods(["GET", "POST"])
@staff_only(*commanding.MAY_SEE_WHISTLES)
def whistle(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one whistle; take its consultation or its rating from the form below."""
    asked = cast("Request", request)
    found = queries.whistles(asked.actor, "all", at=asked.at).filter(pk=pk).first()
    if found is None:
        raise Http404
    blown = queries.gathered([found])[0]
    outcome = doing.Outcome()
    act = request.POST.get("act", "")
    if request.method == "POST" and act in {"consult", "rate"}:
        outcome = _take(asked, found.case, blown, act)
        if outcome.case is not None:
            return doing.go_on(request, reverse("console:whistle", args=[pk]), said=doing.said_of(act, outcome.case))
    return page(
        request, "console/command/whistle.html", door=commanding.WHISTLES, title=found.case.title,
        crumbs=[Crumb(_("吹哨"), reverse(commanding.WHISTLES)), Crumb(found.case.title)],
        board=board(blown, asked), units=_units(blown, request.POST), outcome=outcome, act=act,
        typed=request.POST if request.method == "POST" else {}, client_id=doing.new_client_id(),
        seen=outcome.version if outcome.version is not None else request.POST.get("seen", found.case.version),
        status=422 if outcome.faults else 409 if outcome.sentence else 200,
    )  # fmt: skip


def _take(asked: Request, case: Case, blown: Blown, act: str) -> doing.Outcome:
    """Turn the form of this page, a line a unit, into what the act is told."""
    sent = asked.POST
    told = QueryDict(mutable=True)
    told["note"] = sent.get("note", "")
    codes = [called.call.unit.code for called in blown.called]
    if act == "rate":
        for code in codes:
            if sent.get(f"stars.{code}"):
                told[f"stars.{code}"] = sent[f"stars.{code}"]
        return doing.take_as(asked, case, act, told)
    told["plan"] = sent.get("plan", "")
    leads = [code for code in codes if sent.get(f"part.{code}") == "lead"]
    if len(leads) > 1:
        return doing.Outcome(faults={"lead": _("主办只能有一家，其余选协办。")}, sentence=_("有几项要改。填的都还在。"))
    if leads:
        _target(told, "lead", leads[0], sent)
    assists = [code for code in codes if sent.get(f"part.{code}") == "assist"]
    for number, code in enumerate(assists):
        _target(told, f"assists.{number}", code, sent)
    return doing.take_as(asked, case, act, told)


def _target(told: QueryDict, name: str, code: str, sent: QueryDict) -> None:
    told[f"{name}.unit"] = code
    if task := sent.get(f"task.{code}", "").strip():
        told[f"{name}.task"] = task


def _units(blown: Blown, sent: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the units of a whistle as lines of its forms, with what was typed for them."""
    rows = []
    for called in blown.called:
        unit = called.call.unit
        rows.append(
            {
                "code": unit.code,
                "name": unit.short_name or unit.name,
                "came": called.call.reported_in_at is not None,
                "part": sent.get(f"part.{unit.code}", ""),
                "task": sent.get(f"task.{unit.code}", ""),
                "stars": sent.get(f"stars.{unit.code}", ""),
                "rated": called.call.rated_at is not None,
            }
        )
    return rows
