"""A department's, a street's, a community's own lists: mine, ours, due today, returned, to be answered, joint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.rows import Row, rows
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas.queries import node
from lianxin.kernel.text import mask_name
from lianxin.work.cases import queries
from lianxin.work.cases.asking import handling_post
from lianxin.work.cases.models import Assignment, Case
from lianxin.work.cases.queries import Filters
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.words import OPEN_ASSIGNMENT, AssignmentState

_SIZE = 20
_MOST_PEOPLE = 200
_RETURNED_SHOWN = 10
ORDERS = ("due", "newest", "oldest")
LISTS: Mapping[str, tuple[Any, Filters]] = {
    "waits": (gettext_lazy("等我回应"), Filters(todo="waits")),
    "own": (gettext_lazy("我手上的"), Filters(todo="own")),
    "unit": (gettext_lazy("本单位的"), Filters(todo="unit")),
    "today": (gettext_lazy("今天到期"), Filters(todo="unit", clock="today")),
    "returned": (gettext_lazy("退回"), Filters(todo="returned")),
    "joint": (gettext_lazy("联合办理"), Filters(todo="joint")),
}
_EMPTY = {
    "waits": gettext_lazy("要签收、报到、答复、审批的会列在这里。"),
    "own": gettext_lazy("签收或指派给您的会列在这里。"),
    "unit": gettext_lazy("派给本单位、归本级的会列在这里。"),
    "today": gettext_lazy("今天到期和已经超时的会列在这里。"),
    "returned": gettext_lazy("核查退回返工的、下面退回重派的会列在这里。"),
    "joint": gettext_lazy("请本单位协办的会列在这里。"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A case of a list with the part of ours, and whom it may be given to."""

    row: Row
    version: int
    part: str = ""
    handler: str = ""
    handler_id: int | None = None
    assign_url: str = ""
    contractor_url: str = ""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the unit and how many open parts they have in hand; in the order of posts, no ranking."""

    pk: int
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Held:
    """A community with how many open cases it has, and how many of them are late."""

    name: str
    count: int
    late: int
    url: str
    late_url: str


def has_workspace(actor: Actor) -> bool:
    """Tell whether the actor works in a unit that handles, or at the desk of a street or community."""
    return any(
        ("cases.handle" in held.permissions and held.unit_ids)
        or ("cases.dispatch" in held.permissions and held.area_level in {"street", "community"})
        for held in actor.holdings
    )


def tabs(asked: Request, current: str = "") -> list[Tab]:
    """Return the lists with their figures, each counted by what its list shows. One statement."""
    counts = queries.counts(asked.actor, {name: filters for name, (_label, filters) in LISTS.items()}, at=asked.at)
    base = reverse("console:workspace")
    return [
        Tab(f"{base}?list={name}", str(label), counts[name], current=name == current)
        for name, (label, _filters) in LISTS.items()
    ]


@require_safe
@staff_only("cases.handle", "cases.dispatch")
def workspace(request: HttpRequest) -> HttpResponse:
    """Show one of the lists, with whom each part is given to."""
    asked = cast("Request", request)
    given = request.GET.get("list", "")
    wanted = given if given in LISTS else next(iter(LISTS))
    order = request.GET.get("order", "")
    order = order if order in ORDERS else "due"
    filters = Filters(**{**LISTS[wanted][1].__dict__, "order": order})
    found = listed(request, queries.queue(asked.actor, filters, at=asked.at), order=filters.ordering, size=_SIZE)
    people = colleagues(asked)
    return page(
        request, "console/command/workspace.html", door="console:work", title=str(LISTS[wanted][0]),
        tabs=tabs(asked, wanted), shown=wanted, empty=_EMPTY[wanted], order=order, sorts=_sorts(wanted, order),
        lines=_lines(asked, found.items), pager=found.pager, people=people,
        communities=_communities(asked), gave_back=_gave_back(asked) if wanted == "returned" else [],
    )  # fmt: skip


def _sorts(wanted: str, order: str) -> dict[str, tuple[str, str]]:
    """Return for each heading where it leads and how it is sorted now."""
    base = reverse("console:workspace")

    def to(name: str) -> str:
        return f"{base}?{urlencode({'list': wanted, 'order': name})}"

    reported = {"newest": "descending", "oldest": "ascending"}.get(order, "")
    return {
        "due": (to("due"), "ascending" if order == "due" else ""),
        "reported": (to("oldest" if order == "newest" else "newest"), reported),
    }


def _lines(asked: Request, found: Sequence[Case]) -> list[Line]:
    """Return the cases with our own parts. Two statements."""
    parts = _own_parts(asked.actor, found)
    shown = rows(found, at=asked.at, numbers=asked.numbers)
    return [_line(row, case, parts.get(case.pk)) for row, case in zip(shown, found, strict=True)]


def _own_parts(actor: Actor, found: Sequence[Case]) -> dict[int, Assignment]:
    """Return the open part of ours in each case, the one that is accepted first."""
    given = Assignment.objects.filter(case__in=[case.pk for case in found], state__in=sorted(OPEN_ASSIGNMENT))
    mine: dict[int, Assignment] = {}
    for each in given.select_related("handler").order_by("state", "pk"):  # accepted before offered
        if handling_post(each, actor, "cases.handle") is not None:
            mine.setdefault(each.case_id, each)
    return mine


def _line(row: Row, case: Case, part: Assignment | None) -> Line:
    if part is None:
        return Line(row, case.version)
    accepted = part.state == AssignmentState.ACCEPTED and case.paused_at is None and case.stage == "handling"
    handler = mask_name(part.handler.name) if part.handler is not None else ""
    return Line(
        row=row,
        version=case.version,
        part=str(part.get_part_display()),
        handler=part.crew or handler,
        handler_id=part.handler_id,
        assign_url=reverse("console:act", args=[case.number, "assign"]) if accepted and part.unit_id else "",
        contractor_url=reverse("console:contractor_issue", args=[part.pk]) if accepted else "",
    )


def colleagues(asked: Request) -> list[Colleague]:
    """Return who works in the actor's units, with the open parts in their hands. Two statements."""
    units = asked.actor.scope("cases.handle").unit_ids
    if not units:
        return []
    posts = current_posts(asked.at).filter(unit_id__in=units, role__permissions__contains=["cases.handle"])
    found = Account.objects.filter(posts__in=posts).distinct().order_by("pk")[:_MOST_PEOPLE]
    held = Assignment.objects.filter(state=AssignmentState.ACCEPTED, unit_id__in=units, handler__isnull=False)
    counts = dict(held.values("handler").annotate(count=Count("pk")).values_list("handler", "count"))
    return [Colleague(each.pk, each.name, counts.get(each.pk, 0)) for each in found]


def _communities(asked: Request) -> list[Held]:
    """Return what the communities of one's street hold, and how much of it is late. One statement."""
    streets = [held.area_id for held in asked.actor.holdings
               if held.area_level == "street" and "cases.dispatch" in held.permissions]  # fmt: skip
    if not streets:
        return []
    late = Count("pk", filter=Q(due_at__lte=asked.at, paused_at=None))
    seen = Case.objects.visible_to(asked.actor).open().filter(street_id__in=streets, community_id__isnull=False)
    found = seen.order_by().values("community_id").annotate(count=Count("pk"), late=late)
    counted = {each["community_id"]: each for each in found}
    places = [area for pk in counted if (area := node(pk, asked.numbers)) is not None]
    base = reverse("console:cases")
    return [
        Held(
            area.name, counted[area.id]["count"], counted[area.id]["late"],
            f"{base}?{urlencode({'area': area.code})}",
            f"{base}?{urlencode({'area': area.code, 'clock': 'overdue'})}",
        )
        for area in sorted(places, key=lambda area: area.code)
    ]  # fmt: skip


def _gave_back(asked: Request) -> list[dict[str, Any]]:
    """Return what our units gave back lately: the number and the reason, for the case is another's now."""
    units = asked.actor.scope("cases.handle").unit_ids
    given = Assignment.objects.filter(unit_id__in=units, state=AssignmentState.RETURNED).select_related("case", "unit")
    reasons = flow_settings(asked.numbers).reasons.get("return", {})
    return [
        {"tail": f"…{each.case.number[-6:]}", "at": each.ended_at, "reason": reasons.get(each.reason, each.reason),
         "words": each.result, "unit": each.unit.short_name if each.unit is not None else ""}
        for each in given.order_by("-ended_at", "-pk")[:_RETURNED_SHOWN]
    ]  # fmt: skip
