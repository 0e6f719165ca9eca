"""The list of cases, and one case's page."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lianxin.faces.acts.seeing import demand_inside
from lianxin.faces.console import batching, casepage, filtering, flash, presence, videos, viewing
from lianxin.faces.console.buttons import buttons
from lianxin.faces.console.components_near import candidate
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.rows import area_of, place_of, rows
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.queries import told_of
from lianxin.insight.views import reading
from lianxin.insight.views.queries import views_of
from lianxin.kernel.text import mask_name
from lianxin.work.cases import queries
from lianxin.work.cases.evidence import LABELS as EVIDENCE
from lianxin.work.cases.models import Case
from lianxin.work.cases.words import Channel, Kind
from lianxin.work.dispatch.queries import catalogue

from . import approvals
from .find import phone_in

_SIZE = 20


@require_GET
@staff_only("cases.view", "cases.handle")
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases one may see, by filters in the address."""
    asked = cast("Request", request)
    if phone_in(request.GET.get("q", "")):
        # A telephone in an address stays in histories and logs: it is asked for in the box, with a reason.
        return _without_phone(request)
    views = views_of(asked.actor, "cases")
    if not request.GET and (url := viewing.default_url(views)):
        return HttpResponseRedirect(url)
    filters = filtering.read(request.GET, at=asked.at, numbers=asked.numbers)
    found = listed(
        request, queries.queue(asked.actor, filters, at=asked.at), order=filters.ordering, size=_SIZE,
        is_counted=not filters.words,
    )  # fmt: skip
    shows_panel = "panel" in request.GET
    return page(
        request, "console/cases.html", door="console:cases", title=_("案卷"),
        rows=rows(found.items, at=asked.at, numbers=asked.numbers),
        total=found.total, pager=found.pager,
        chips=filtering.chips(request.GET, request.path, at=asked.at, numbers=asked.numbers),
        clear_url=request.path,
        export_url=_export_url(asked),
        states=_states(request, filters),
        panel_url=filtering.address(request.GET, request.path, panel=None) + ("&" if request.GET else "?") + "panel=1",
        form=filtering.FilterForm(request.GET, at=asked.at, numbers=asked.numbers) if shows_panel else None,
        order=filtering.ORDERS[filters.order], menu=viewing.menu(asked, "cases", request.path, views),
        batch=batching.offered(asked.actor), beyond=batching.beyond(found.pager, len(found.items)),
        may_export=asked.actor.may("cases.export"),
        words=reading.kept(request.GET) or "state=open",
    )  # fmt: skip


def _without_phone(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(filtering.address(request.GET, request.path, q=None))
    flash.say(request, response, _("电话请在上面的搜索框里查：要填理由，号码不进地址栏。"))
    return response


def _export_url(request: Request) -> str:
    """Return where the list is taken along, for who may."""
    may = request.actor.may("tables.export")
    return f"{reverse('console:case_list_add')}?{request.GET.urlencode()}" if may else ""


def _states(request: HttpRequest, filters: queries.Filters) -> list[Tab]:
    current = {False: "open", True: "ended", None: "all"}[filters.ended]
    return [
        Tab(filtering.address(request.GET, request.path, state=state), str(label), current=state == current)
        for state, label in filtering.STATES.items()
    ]


def open_case(request: Request, number: str) -> Case:
    """Return a case one may see from inside. Raises NotFound, and NotAllowed for who is only its reporter."""
    found = queries.find(request.actor, number)
    demand_inside(request.actor, found)
    return found


@require_GET
@staff_only()
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show one case with everything around it."""
    asked = cast("Request", request)
    shown = open_case(asked, number)
    gathered = queries.case_page(asked.actor, shown, at=asked.at, numbers=dict(asked.numbers))
    link = reverse("console:case", args=[number])
    notifications.mark_read(asked.actor, link=link, at=asked.at)
    presence.note(asked.actor, shown.pk, at=asked.at)
    offered = buttons(shown, gathered.steps)
    return page(
        request, "console/case.html", door="console:cases", title=shown.title,
        **context(asked, gathered),
        buttons=offered, primary=next((each for each in offered if each.primary), None),
        waits_for=casepage.waits_for(gathered, asked.numbers),
        known=_known(gathered), request_line=_request(asked, gathered),
        others=presence.others(asked.actor, [shown.pk], at=asked.at).get(shown.pk, ""),
        cameras=videos.covering(asked, shown.point),
    )  # fmt: skip


def _request(asked: Request, gathered: queries.CasePage) -> approvals.Line | None:
    """Return the request that waits for a decision, as the card of the approvals."""
    waits = gathered.approval
    if waits is None or waits.state != "asked":
        return None
    waits.case = gathered.case
    return approvals.lines(asked, [waits], may_decide="approve" in {step.name for step in gathered.steps})[0]


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who was told, masked."""

    who: str
    title: str
    state: str
    is_read: bool


def _known(gathered: queries.CasePage) -> list[Told]:
    """Return who was told what inside the house, each once, latest first; the reporter is never named (law 9)."""
    messages = told_of(entry.id for entry in gathered.entries)
    staff = (message for message in messages if message.recipient_id != gathered.case.reporter_id)
    return [
        Told(
            who=mask_name(each.recipient.name),
            title=each.title,
            state=_("已读") if each.read_at else _("已送达"),
            is_read=each.read_at is not None,
        )
        for each in staff
    ]  # fmt: skip


def context(request: Request, gathered: queries.CasePage) -> dict[str, Any]:
    """Return what a case's page draws, whoever looks."""
    shown, at, numbers = gathered.case, request.at, request.numbers
    category = catalogue(numbers).by_id.get(shown.category_id) if shown.category_id else None
    area = area_of(shown, numbers)
    return {
        "case": shown,
        "stage_label": gathered.settings.stage_label(shown.stage),
        "crumbs": casepage.crumbs(shown, numbers, first=[Crumb(_("案卷"), reverse("console:cases"))]),
        "where": place_of(shown, numbers),
        "phases": casepage.phases(gathered, at=at, numbers=numbers),
        "category": " › ".join(category.path) if category else "",
        "category_code": category.code if category else "",
        "thing": candidate(request, shown.component) if shown.component is not None else None,
        "source": str(Channel(shown.channel).label),
        "kind": str(Kind(shown.kind).label),
        "photos": casepage.photos(gathered),
        "evidence_labels": EVIDENCE.items(),
        "parts": casepage.parts(gathered, request.actor, at=at, numbers=numbers),
        "trace": casepage.steps(gathered.trace, shown),
        "public_count": sum(1 for line in gathered.trace if line.is_public),
        "when": casepage.when(gathered, at=at, numbers=numbers),
        "stuck": casepage.dwell_note(gathered),
        "responsible": casepage.responsible(gathered, at=at, numbers=numbers) if shown.is_open else [],
        "sees_reporter": gathered.sees_reporter,
        "page": gathered,
        "community_code": casepage.node_of(area.community_id, numbers) if area and area.community_id else "",
    }
