"""The seat: queue, case and map side by side; file and dispatch by one key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianxin.faces.acts import inputs, performing
from lianxin.faces.acts.parsing import parse_data
from lianxin.faces.console import doing, filtering, presence, proposing
from lianxin.faces.console.buttons import Button, buttons
from lianxin.faces.console.casepage import crumbs, waits_for
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import Listed, listed
from lianxin.faces.console.rows import Row, area_of, place_of, rows
from lianxin.faces.console.views.cases import context, open_case
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Contact, Tab
from lianxin.foundation.accounts.models import DutyShift
from lianxin.foundation.accounts.queries import current_posts
from lianxin.kernel.errors import NotFound, Refused
from lianxin.kernel.files.queries import files_of_many
from lianxin.kernel.text import mask_name
from lianxin.work.cases import queries
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries import Filters
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.words import Severity, Stage

_SIZE = 14
_TABS: Mapping[str, tuple[str, Filters]] = {
    "all": ("全部", Filters(todo="desk")),
    "reported": ("待立案", Filters(stages=("reported",), mine=True)),
    "filed": ("待派遣", Filters(stages=("filed",), mine=True)),
    "handled": ("待核查", Filters(stages=("handled", "verified"), mine=True)),
    "supervised": ("督办", Filters(flag="supervised", mine=True)),
}
_ON_THE_BAR = (
    "verify", "rework", "close", "recall", "check", "merge", "escalate", "answer", "decline", "file", "dispatch",
    "call_back",
)  # fmt: skip
_MOST_ON_THE_BAR = 4


@require_GET
@staff_only("cases.file", "cases.dispatch")
def seat(request: HttpRequest) -> HttpResponse:
    """Show the desk's queue with one case open."""
    asked = cast("Request", request)
    tab = request.GET.get("tab", "all") if request.GET.get("tab") in _TABS else "all"
    filters = _filters(request, asked, tab)
    found = listed(
        request, queries.queue(asked.actor, filters, at=asked.at), order=filters.ordering, size=_SIZE,
        is_counted=not filters.words,
    )  # fmt: skip
    number = request.GET.get("case", "") or (found.items[0].number if found.items else "")
    locks = presence.others(asked.actor, [case.pk for case in found.items], at=asked.at)
    queue = _queue(request, asked, found, number, locks)
    chosen = _chosen(asked, number)
    following = _following(request, queue, number)
    return page(
        request, "console/seat.html", door="console:seat", title=_("坐席"),
        tabs=_tabs(request, asked, tab), rows=queue, pager=found.pager, total=found.total,
        chips=filtering.chips(request.GET, request.path, at=asked.at, numbers=asked.numbers),
        late_url=filtering.address(request.GET, request.path, clock="overdue"), is_late=filters.clock == "overdue",
        orders=_orders(request, filters), here=request.get_full_path(), is_open="case" in request.GET,
        back_url=filtering.address(request.GET, request.path, tab=tab),
        **(_case(asked, chosen, following) if chosen is not None else {}),
    )  # fmt: skip


def _filters(request: HttpRequest, asked: Request, tab: str) -> Filters:
    """Return the tab's own filter, narrowed by the words of the address."""
    given = filtering.read(request.GET, at=asked.at, numbers=asked.numbers)
    own = _TABS[tab][1]
    return replace(
        given, stages=own.stages or given.stages, todo=own.todo, mine=own.mine or given.mine,
        flag=own.flag or given.flag, ended=False,
    )  # fmt: skip


def _tabs(request: HttpRequest, asked: Request, current: str) -> list[Tab]:
    counts = queries.counts(asked.actor, {name: filters for name, (_label, filters) in _TABS.items()}, at=asked.at)
    return [
        Tab(filtering.address(request.GET, request.path, tab=name), _(label), counts[name], current=name == current)
        for name, (label, _filters) in _TABS.items()
    ]


def _orders(request: HttpRequest, filters: Filters) -> list[Tab]:
    return [
        Tab(filtering.address(request.GET, request.path, order=order), str(label), current=order == filters.order)
        for order, label in filtering.ORDERS.items()
    ]


def _queue(
    request: HttpRequest, asked: Request, found: Listed[Case], number: str, locks: Mapping[int, str]
) -> list[Row]:
    shown = rows(found.items, at=asked.at, numbers=asked.numbers, current=number)
    query = request.GET.copy()
    query.pop("case", None)
    start = f"{request.path}?{query.urlencode()}{'&' if query else ''}case="
    return [
        replace(row, url=start + row.number, lock=locks.get(case.pk, ""))
        for row, case in zip(shown, found.items, strict=True)
    ]


def _following(request: HttpRequest, queue: Sequence[Row], number: str) -> str:
    """Return the address of the next case of the queue: where one goes on after an act."""
    place = next((index for index, row in enumerate(queue) if row.number == number), -1)
    others = [row for row in (*queue[place + 1 :], *queue[: max(place, 0)]) if row.number != number]
    return others[0].url if others else request.path


def _chosen(asked: Request, number: str) -> Case | None:
    if not number:
        return None
    try:
        return open_case(asked, number)
    except NotFound:
        return None  # it went elsewhere meanwhile; the queue remains


def _case(asked: Request, case: Case, following: str) -> dict[str, Any]:
    """Return what the case's pane and the map's pane draw."""
    at, numbers = asked.at, asked.numbers
    gathered = queries.case_page(asked.actor, case, at=at, numbers=dict(numbers))
    presence.note(asked.actor, case.pk, at=at)
    offered = buttons(case, gathered.steps)
    names = {button.act for button in offered}
    found = proposing.proposed(case, at=at, numbers=numbers) if names & {"file", "dispatch"} else []
    first = next(iter(found), None)
    after = proposing.after(case, first, at=at, numbers=numbers) if _may(case, names) else None
    bar, more = _bar(offered, has_proposal=after is not None)
    return {
        **context(asked, gathered),
        "crumbs": crumbs(case, numbers),
        "options": proposing.options(found),
        "proposal_reason": proposing.reason(case) if case.stage == Stage.REPORTED else _("分类已定；依据权责清单"),
        "marked": proposing.marked(case, found),
        "after": after,
        "bar": bar,
        "more": more,
        "following": following,
        "client_id": doing.new_client_id(),
        "waits_for": waits_for(gathered, numbers),
        "others": presence.others(asked.actor, [case.pk], at=at).get(case.pk, ""),
        "side": _side(asked, case),
    }


def _may(case: Case, names: set[str]) -> bool:
    return "file" in names if case.stage == Stage.REPORTED else "dispatch" in names


def _bar(offered: Sequence[Button], *, has_proposal: bool) -> tuple[list[Button], list[Button]]:
    """Return the acts on the bar, the most likely first, and the rest."""
    others = [_beside_proposal(each) for each in offered] if has_proposal else list(offered)
    ranked = [each for name in _ON_THE_BAR for each in others if each.act == name and not each.primary]
    first = [each for each in others if each.primary]
    wanted = (first + ranked)[: _MOST_ON_THE_BAR - has_proposal]
    return wanted, [each for each in others if each not in wanted]


def _beside_proposal(button: Button) -> Button:
    """Return an act as it stands beside the proposal's own button, which is primary and has the key D."""
    return replace(button, primary=False, key="" if button.act == "dispatch" else button.key)


@dataclass(frozen=True, slots=True)
class Alike:
    """A case like the one at hand."""

    number: str
    title: str
    line: str
    thumb: str
    compare_url: str


@dataclass(frozen=True, slots=True)
class Side:
    """What lies around the case: people, like cases, what else is open in its grid."""

    people: Sequence[Contact]
    alike: Sequence[Alike]
    households: int | None
    open_count: int
    late_count: int
    area: str


def _side(asked: Request, case: Case) -> Side:
    area = area_of(case, asked.numbers)
    near = Filters(area_ids=(area.id,)) if area else Filters(flag="unplaced")
    counts = queries.counts(asked.actor, {"open": near, "late": replace(near, clock="overdue")}, at=asked.at)
    return Side(
        people=_people(asked, case),
        alike=alike(asked, case),
        households=area.households if area else None,
        open_count=counts["open"],
        late_count=counts["late"],
        area=area.name if area else "",
    )


def _people(asked: Request, case: Case) -> list[Contact]:
    """Return the grid's own workers, those on duty first. One statement."""
    if case.grid_id is None:
        return []
    shifts = DutyShift.objects.filter(starts_at__lte=asked.at, ends_at__gt=asked.at).values("post_id")
    posts = current_posts(asked.at).filter(area_id=case.grid_id, role__permissions__contains=["cases.check"])
    on_duty = set(posts.filter(pk__in=shifts).values_list("pk", flat=True))
    found = posts.select_related("account", "role", "area").order_by("pk")[:4]
    return [
        Contact(
            mask_name(post.account.name), f"{post.area.name if post.area else ''} {post.title or post.role.label}",
            _("在岗") if post.pk in on_duty else _("不在班"), "ok" if post.pk in on_duty else "",
        )
        for post in sorted(found, key=lambda post: post.pk not in on_duty)
    ]  # fmt: skip


def alike(asked: Request, case: Case) -> list[Alike]:
    """Return the likest cases that the actor sees, with a picture where there is one. Three statements."""
    found = queries.similar_to(case, flow_settings(asked.numbers), limit=4)
    seen = set(
        Case.objects.visible_to(asked.actor)
        .filter(pk__in=[each.case.pk for each in found])
        .values_list("pk", flat=True)
    )
    shown = [each for each in found if each.case.pk in seen]
    thumbs: dict[int, str] = {}
    for file in files_of_many("case", [each.case.pk for each in shown]) if shown else ():
        if file.has_thumb and file.subject_id is not None:
            thumbs.setdefault(file.subject_id, f"/api/v1/files/{file.key}/thumb")
    return [
        Alike(
            number=each.case.number,
            title=each.case.title,
            line=_likeness(each),
            thumb=thumbs.get(each.case.pk, ""),
            compare_url=reverse("console:compare", args=[case.number, each.case.number]),
        )
        for each in shown
    ]  # fmt: skip


def _likeness(each: queries.Likeness) -> str:
    if each.metres is not None:
        return _("%(metres)d 米") % {"metres": each.metres}
    return _("说法像 %(share)d%%") % {"share": round(each.alike * 100)}


@require_GET
@staff_only("cases.file", "cases.dispatch")
def after(request: HttpRequest, number: str) -> HttpResponse:
    """Tell what follows when another proposal is chosen."""
    asked = cast("Request", request)
    case = open_case(asked, number)
    found = proposing.proposed(case, at=asked.at, numbers=asked.numbers)
    chosen = next((each for each in found if each.category.code == request.GET.get("category")), None)
    told = proposing.after(case, chosen, at=asked.at, numbers=asked.numbers)
    return render(request, "console/after.html", {"after": told, "case": case, "now": asked.at})


@require_POST
@staff_only("cases.file", "cases.dispatch")
def file_and_dispatch(request: HttpRequest, number: str) -> HttpResponse:
    """File by the chosen proposal and dispatch to who answers for it, both or neither."""
    asked = cast("Request", request)
    case = open_case(asked, number)
    outcome = doing.outcome(lambda: _file_and_dispatch(asked, case))
    if outcome.case is None:
        said = outcome.sentence if not outcome.faults else "；".join(outcome.faults.values())
        return doing.go_on(request, f"{reverse('console:seat')}?case={number}", said=said)
    is_out = outcome.case.stage == Stage.DISPATCHED
    said = _("已派遣 …%(tail)s") if is_out else _("已立案 …%(tail)s")
    undo = reverse("console:undo", args=[number]) if is_out else ""
    return doing.go_on(
        request, doing.next_url(request, reverse("console:seat")), said=said % {"tail": number.rsplit("-", 1)[-1]},
        undo_url=undo,
    )  # fmt: skip


def _file_and_dispatch(asked: Request, case: Case) -> Case:
    found = proposing.proposed(case, at=asked.at, numbers=asked.numbers)
    chosen = next((each for each in found if each.category.code == asked.POST.get("category")), None)
    if chosen is None:
        raise Refused("no_proposal", _("请先选一种建议，或用“立案…”自己选分类。"))
    seen, now = doing.seen(asked), case
    if case.stage == Stage.REPORTED:
        severity = case.severity if case.severity != Severity.NORMAL else None
        filing = parse_data(inputs.FileIn, {"category": chosen.category.code, "severity": severity})
        now = performing.perform(
            asked.actor, "file", case=case, seen=seen, at=asked.at, data=filing, numbers=asked.numbers
        )
        seen = now.version
    if chosen.may_send and chosen.ruling is not None and asked.actor.may("cases.dispatch", case):
        lead, assists = chosen.ruling.lead_unit, chosen.ruling.assists
        wanted = {"lead": {"unit": lead.code}, "assists": [{"unit": unit.code} for unit in assists]}
        now = performing.perform(
            asked.actor, "dispatch", case=now, seen=seen, at=asked.at,
            data=parse_data(inputs.DispatchIn, wanted), numbers=asked.numbers,
        )  # fmt: skip
    return now


@require_GET
@staff_only("cases.merge", "cases.file", "cases.view")
def compare(request: HttpRequest, number: str, other: str) -> HttpResponse:
    """Show two cases side by side, to judge whether they are one."""
    asked = cast("Request", request)
    pair = [open_case(asked, each) for each in (number, other)]
    sides = [
        {"case": case, "where": place_of(case, asked.numbers), "photos": _photos(case), "row": row}
        for case, row in zip(pair, rows(pair, at=asked.at, numbers=asked.numbers), strict=True)
    ]
    values: dict[str, Any] = {
        "sides": sides, "case": pair[0], "other": pair[1], "now": asked.at,
        "may_merge": asked.actor.may("cases.merge", pair[0]) and pair[0].is_open and pair[1].is_open,
        "merge_url": reverse("console:act", args=[number, "merge"]),
        "client_id": doing.new_client_id(), "next": doing.next_url(request, reverse("console:case", args=[other])),
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        return render(request, "console/compare.html", {**values, "in_dialog": True})
    return page(
        request, "console/piece.html", door="console:seat", title=_("对照"), piece="console/compare.html", **values
    )


def _photos(case: Case) -> list[str]:
    return [f"/api/v1/files/{file.key}/thumb" for file in files_of_many("case", [case.pk]) if file.has_thumb][:2]
