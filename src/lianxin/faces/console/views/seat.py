"""The seat: queue, case and map side by side; file and dispatch by one key."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianxin.faces.console import batching, doing, filtering, presence, proposing, sending, videos, viewing
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
from lianxin.insight.views import reading
from lianxin.insight.views.queries import Seen, views_of
from lianxin.kernel.errors import NotFound
from lianxin.kernel.files.queries import files_of_many
from lianxin.kernel.text import mask_name
from lianxin.work.cases import queries
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries import Filters
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.words import Stage

_SIZE = 14
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
    # Who comes without any words comes to the view they chose to begin with.
    views = views_of(asked.actor, "seat")
    if not request.GET and (url := viewing.default_url(views)):
        return HttpResponseRedirect(url)
    shown = _queue(asked, request.GET.get("case", ""), views)
    chosen = _chosen(asked, shown.number)
    return page(
        request, "console/seat.html", door="console:seat", title=_("坐席"),
        **shown.context, is_open="case" in request.GET,
        back_url=filtering.address(request.GET, request.path, tab=reading.tab(request.GET)),
        may_call=asked.actor.may("cases.report"),
        **(_case(asked, chosen, _following(shown.rows, shown.number)) if chosen is not None else {}),
    )  # fmt: skip


@require_GET
@staff_only("cases.file", "cases.dispatch")
def seat_queue(request: HttpRequest) -> HttpResponse:
    """Draw the queue alone, as it is now: what a live page puts in place of what it shows."""
    asked = cast("Request", request)
    shown = _queue(asked, request.GET.get("case", ""), views_of(asked.actor, "seat"))
    return render(request, "console/seat_queue.html", {**shown.context, "now": asked.at})


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue as it is drawn; `number` is the case that is open beside it."""

    rows: Sequence[Row]
    number: str
    context: dict[str, Any]


def _queue(asked: Request, number: str, views: Sequence[Seen]) -> Queue:
    filters = reading.read_at_seat(asked.GET, at=asked.at, numbers=asked.numbers)
    found = listed(
        asked, queries.queue(asked.actor, filters, at=asked.at), order=filters.ordering, size=_SIZE,
        is_counted=not filters.words, path=_path(),
    )  # fmt: skip
    number = number or (found.items[0].number if found.items else "")
    shown = _rows(asked, found, number)
    words = asked.GET.copy()
    words["case"] = number
    return Queue(shown, number, {
        "rows": shown, "pager": found.pager, "total": found.total, "tabs": _tabs(asked, reading.tab(asked.GET)),
        "chips": filtering.chips(asked.GET, _path(), at=asked.at, numbers=asked.numbers),
        "late_url": filtering.address(asked.GET, _path(), clock="overdue"), "is_late": filters.clock == "overdue",
        "orders": _orders(asked, filters), "live_url_of_queue": f"{reverse('console:seat_queue')}?{words.urlencode()}",
        "menu": viewing.menu(asked, "seat", _path(), views), "batch": batching.offered(asked.actor),
        "beyond": batching.beyond(found.pager, len(shown)),
        "may_export": asked.actor.may("cases.export"), "words": reading.kept(asked.GET) or "tab=all",
        "back": f"{_path()}?{words.urlencode()}",
    })  # fmt: skip


def _path() -> str:
    return reverse("console:seat")


@dataclass(frozen=True, slots=True)
class KeyedTab:
    """A tab of the seat, with the digit that opens it."""

    url: str
    label: str
    count: int
    current: bool
    key: str


def _tabs(asked: Request, current: str) -> list[KeyedTab]:
    filters = {}
    for name in reading.TABS:  # each with what else the address says: its number is that of the list it opens
        words = asked.GET.copy()
        words["tab"] = name
        filters[name] = reading.read_at_seat(words, at=asked.at, numbers=asked.numbers)
    counts = queries.counts(asked.actor, filters, at=asked.at)
    return [
        KeyedTab(filtering.address(asked.GET, _path(), tab=name), str(label), counts[name], name == current, str(place))
        for place, (name, (label, _own)) in enumerate(reading.TABS.items(), 1)
    ]


def _orders(asked: Request, filters: Filters) -> list[Tab]:
    return [
        Tab(filtering.address(asked.GET, _path(), order=order), str(label), current=order == filters.order)
        for order, label in filtering.ORDERS.items()
    ]


def _rows(asked: Request, found: Listed[Case], number: str) -> list[Row]:
    locks = presence.others(asked.actor, [case.pk for case in found.items], at=asked.at)
    shown = rows(found.items, at=asked.at, numbers=asked.numbers, current=number)
    query = asked.GET.copy()
    query.pop("case", None)
    # Without a path: the page's own, and fourteen of them are short.
    start = f"?{query.urlencode()}{'&' if query else ''}case="
    return [
        replace(row, url=start + row.number, lock=locks.get(case.pk, ""))
        for row, case in zip(shown, found.items, strict=True)
    ]


def _following(queue: Sequence[Row], number: str) -> str:
    """Return the address of the next case of the queue: where one goes on after an act."""
    place = next((index for index, row in enumerate(queue) if row.number == number), -1)
    others = [row for row in (*queue[place + 1 :], *queue[: max(place, 0)]) if row.number != number]
    return _path() + others[0].url if others else _path()


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
        "proposal_reason": proposing.reason(case, found),
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
    open_url: str
    late_url: str
    area: str
    cameras: Sequence[dict[str, Any]] = ()


def _side(asked: Request, case: Case) -> Side:
    area = area_of(case, asked.numbers)
    near = Filters(area_ids=(area.id,)) if area else Filters(flag="unplaced")
    near_words = {"area": area.code} if area else {"flag": "unplaced"}
    counts = queries.counts(asked.actor, {"open": near, "late": replace(near, clock="overdue")}, at=asked.at)
    return Side(
        people=_people(asked, case),
        alike=alike(asked, case),
        households=area.households if area else None,
        open_count=counts["open"],
        late_count=counts["late"],
        open_url=_cases(near_words),
        late_url=_cases(near_words | {"clock": "overdue"}),
        area=area.name if area else "",
        cameras=videos.covering(asked, case.point)[:3],
    )


def _cases(query: dict[str, str]) -> str:
    return f"{reverse('console:cases')}?{urlencode(query)}"


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
    code, seen = request.POST.get("category", ""), doing.seen(request)
    outcome = doing.outcome(
        lambda: sending.file_and_dispatch(asked.actor, case, code, seen=seen, at=asked.at, numbers=asked.numbers)
    )
    if outcome.case is None:
        said = outcome.sentence if not outcome.faults else "；".join(outcome.faults.values())
        return doing.go_on(request, f"{reverse('console:seat')}?case={number}", said=said)
    is_out = outcome.case.stage == Stage.DISPATCHED
    said = _("已派遣 …%(tail)s") if is_out else _("已立案 …%(tail)s")
    undo = doing.undo_url(number, at_seat=True) if is_out else ""
    return doing.go_on(
        request, doing.next_url(request, reverse("console:seat")), said=said % {"tail": number.rsplit("-", 1)[-1]},
        undo_url=undo,
    )  # fmt: skip


@require_GET
@staff_only("cases.file", "cases.dispatch")
def looking(request: HttpRequest) -> JsonResponse:
    """Say that I have a case open, and tell who else has which of those on my screen. Three statements."""
    asked = cast("Request", request)
    wanted = request.GET.getlist("case")[: _SIZE + 1]
    seen = dict(Case.objects.visible_to(asked.actor).filter(number__in=wanted).values_list("number", "pk"))
    if (mine := seen.get(request.GET.get("open", ""))) is not None:
        presence.note(asked.actor, mine, at=asked.at)
    others = presence.others(asked.actor, seen.values(), at=asked.at)
    return JsonResponse({number: others.get(pk, "") for number, pk in seen.items()})


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
