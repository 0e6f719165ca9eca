"""审批: requests that wait for a decision, one by one or several at once after a look at what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianxin.faces.console import commanding, doing, flash, hub
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.rows import Chip, clock_chip, place_of
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Approval as Card
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.accounts.queries import elevations_waiting
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.text import mask_name
from lianxin.registry.cameras import queries as cameras
from lianxin.work.cases import actions as cases
from lianxin.work.cases import standing
from lianxin.work.cases.models import Approval, Case
from lianxin.work.cases.queries import approvals as queries
from lianxin.work.cases.queries.approvals import Request as Asked

_SIZE = 10
_MOST_AT_ONCE = 50
_OTHERS = ("people.approve_export", "sources.decide", "sources.manage")


@dataclass(frozen=True, slots=True)
class Line:
    """One request as a card: what it says, whose place one decides in, and what may be done."""

    asked: Approval
    case: Case
    card: Card
    place: str
    chip: Chip | None
    in_place_of: str = ""
    forwarded: str = ""
    decided: str = ""
    may_decide: bool = False


@require_safe
@staff_only(*commanding.MAY_SEE_APPROVALS)
def approvals(request: HttpRequest) -> HttpResponse:
    """List the requests that wait for me, those we made, and those decided."""
    asked = cast("Request", request)
    given = request.GET.get("list", "")
    wanted = given if given in queries.WANTED else "waiting"
    found = listed(request, queries.approvals(asked.actor, wanted, at=asked.at), order=queries.order(wanted),
                   size=_SIZE)  # fmt: skip
    return page(
        request, "console/command/approvals.html", door=commanding.APPROVALS, title=_("审批"),
        tabs=tabs(asked, wanted), shown=wanted, pager=found.pager,
        lines=lines(asked, found.items, may_decide=wanted == "waiting"),
        elsewhere=_elsewhere(asked) if wanted == "waiting" else [],
    )  # fmt: skip


def _elsewhere(asked: Request) -> list[tuple[str, str]]:
    """Return what else waits for one's decision on pages of its own, as (address, words)."""
    found: list[tuple[str, str]] = []
    if any(asked.actor.may(permission) for permission in _OTHERS):
        places = {reverse("console:exports"), reverse("console:requests")}
        cards = (card for card in hub.cards(asked, on="base") if card.url in places)
        found += [(card.url, f"{_(card.title)}：{each.words}") for card in cards for each in card.concerns]
    if asked.actor.may("cameras.approve") and (count := cameras.waiting(asked.actor).count()):
        found.append((reverse("console:cameras_waiting"), _("调阅：{count} 件等批准").format(count=count)))
    if asked.actor.may("accounts.elevate") and (count := elevations_waiting(asked.at).count()):
        found.append((reverse("console:elevations"), _("临时授权：{count} 件等批准").format(count=count)))
    return found


def tabs(asked: Request, current: str) -> list[Tab]:
    """Return the lists of the page, and the page of delegations."""
    counts = queries.approval_counts(asked.actor, at=asked.at)
    base = reverse(commanding.APPROVALS)
    return [
        *commanding.tabs_of(base, queries.WANTED, current, counts),
        Tab(reverse("console:delegations"), _("委托"), current=current == "delegations"),
    ]


def lines(asked: Request, found: Sequence[Approval], *, may_decide: bool) -> list[Line]:
    """Return requests as cards. Few statements, however many they are."""
    lent = standing.standings(asked.actor, at=asked.at) if may_decide else []
    gathered = queries.requests(found, at=asked.at, numbers=asked.numbers)
    return [_line(each, asked, lent, may_decide=may_decide) for each in gathered]


def _line(made: Asked, asked: Request, lent: Sequence[standing.Standing], *, may_decide: bool) -> Line:
    approval, case = made.asked, made.asked.case
    clock = clock_chip(made.clock, at=asked.at, numbers=asked.numbers) if made.clock is not None else None
    return Line(
        asked=approval,
        case=case,
        card=card_of(made, asked),
        place=place_of(case, asked.numbers),
        chip=clock,
        in_place_of=_in_place_of(approval, asked, lent),
        forwarded=mask_name(approval.forwarded_to.account.name) if approval.forwarded_to is not None else "",
        decided=_decided(approval),
        may_decide=may_decide,
    )


def _in_place_of(approval: Approval, asked: Request, lent: Sequence[standing.Standing]) -> str:
    """Say in whose place the one who looks would decide; nothing where their own post is enough."""
    if asked.actor.may(standing.DECIDES, approval.case):
        return ""
    fits = (each for each in lent if approval.kind in each.kinds and each.post.covers(approval.case)
            and each.owner_id != approval.asked_by_id)  # fmt: skip
    found = next(fits, None)
    return f"{found.label} {mask_name(found.owner_name)}" if found is not None else ""


def _decided(approval: Approval) -> str:
    if approval.state == Approval.State.ASKED:
        return ""
    by = mask_name(approval.decided_by.name) if approval.decided_by is not None else ""
    post = approval.decided_for
    place = ""
    if post is not None:
        area = post.area.name if post.area is not None else ""
        place = _("代 {who}").format(
            who=f"{area} {post.title or post.role.label} {mask_name(post.account.name)}".strip()
        )
    return " · ".join(filter(None, (str(approval.get_state_display()), by, place, approval.decision_note)))


def card_of(made: Asked, asked: Request) -> Card:
    """Return what a request says: who asks, from what to what, why, and what follows either way."""
    approval, at = made.asked, asked.at
    unit = approval.unit
    who = mask_name(approval.asked_by.name) if approval.asked_by is not None else ""
    due = words.instant(made.due_at, at) if made.due_at is not None else _("没有时限")
    then = words.instant(made.then, at) if made.then is not None else ""
    if approval.kind == Approval.Kind.EXTEND:
        new = then or _("延长 {value} {unit}").format(value=approval.limit_value, unit=approval.limit_unit)
        agreed = _("时限改到 {then}，上报人会看到新的时限").format(then=new)
        old = due
    else:
        day = words.day(words.local(approval.review_at).date(), words.local(at).date()) if approval.review_at else ""
        old, new = _("照常计时，{due} 到期").format(due=due), _("停表到 {day}").format(day=day)
        agreed = _("时钟停到 {day}，到时自动恢复并请人复查").format(day=day)
    return Card(
        title=str(approval.get_kind_display()),
        asker=f"{(unit.short_name or unit.name) if unit is not None else ''} {who}".strip(),
        old=old,
        new=new,
        reason=approval.reason,
        if_agreed=agreed,
        if_refused=_("时限不变，{due} 到期").format(due=due),
    )


@require_POST
@staff_only(*commanding.MAY_SEE_APPROVALS)
def batch(request: HttpRequest) -> HttpResponse:
    """Show what deciding several at once would do; decide them once that was seen."""
    asked = cast("Request", request)
    ids = [int(given) for given in request.POST.getlist("request") if given.isdecimal() and len(given) < 19]
    waiting = queries.approvals(asked.actor, "waiting", at=asked.at).filter(pk__in=ids[:_MOST_AT_ONCE])
    found = list(waiting.order_by("asked_at", "id"))
    back = reverse(commanding.APPROVALS)
    decision = request.POST.get("decision", "")
    if decision not in {"approve", "refuse"} or not found:
        response = HttpResponseRedirect(back)
        flash.say(request, response, _("没有选中还在等您审的申请。"))
        return response
    note = request.POST.get("note", "").strip()
    fault = _("不同意要写明原因，会告诉申请人。") if decision == "refuse" and not note else ""
    if "confirmed" in request.POST and not fault:
        return _decide_all(asked, found, decision, note, back)
    return page(
        request, "console/command/batch.html", door=commanding.APPROVALS, title=_("一起审批"), back_url=back,
        lines=lines(asked, found, may_decide=True), gone=len(set(ids)) - len(found), agrees=decision == "approve",
        decision=decision, note=note, fault=fault if "confirmed" in request.POST else "",
    )  # fmt: skip


def _decide_all(asked: Request, found: Sequence[Approval], decision: str, note: str, back: str) -> HttpResponse:
    """Decide each on its own: what is refused stops no other, and is told."""
    act = cases.approve if decision == "approve" else cases.refuse
    done, stopped = 0, []
    for approval in found:
        seen = asked.POST.get(f"seen.{approval.pk}", "")
        try:
            version = int(seen) if seen.isdecimal() else None
            act(asked.actor, case=approval.case, seen=version, at=asked.at, note=note)
            done += 1
        except LianxinError as error:
            stopped.append(f"…{approval.case.number[-6:]} {error.sentence}")
    verb = _("同意") if decision == "approve" else _("不同意")
    said = _("已{verb} {done} 件。").format(verb=verb, done=done)
    return doing.go_on(asked, back, said=" ".join([said, *(_("没办成：{why}").format(why=why) for why in stopped)]))
