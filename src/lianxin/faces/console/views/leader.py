"""The home of those who steer and do not handle: a sentence, four figures, where it is stuck, what waits for a word."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console import counting, dayshow, leading
from lianxin.faces.console.frame import page, place, staff_only
from lianxin.faces.console.hub import cards
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.accounts.actor import Actor
from lianxin.work.dispatchdays import queries, rules
from lianxin.work.dispatchdays.models import LEAD, PREPARE

_HANDLING = (
    "cases.file", "cases.dispatch", "cases.handle", "cases.check", "cases.verify", "cases.approve", "cases.report_in",
    "cases.rule",
)  # fmt: skip


def leads(actor: Actor) -> bool:
    """Tell whether an actor steers and handles nothing itself."""
    steers = actor.may("cases.supervise") and bool(actor.scope("statistics.view"))
    return steers and not any(actor.may(each) for each in _HANDLING)


def home(asked: Request) -> HttpResponse:
    """Show a leader's home."""
    word, period = leading.period_of(asked)
    waiting = leading.matters(asked)
    found = leading.home_of(asked, period)
    context: dict[str, Any] = {}
    if found is not None:
        counted = leading.told(found, word)
        context = {
            "cards": leading.cards(found, counted, word), "than": counted.than if word != "today" else "",
            "as_of": counted.as_of or asked.at, "funnel": counting.standing_funnel(found),
            "units": leading.units(found, asked.GET.get("kind", ""), word), "heat": counting.heat(found),
            "heat_url": found.to("statistics_heat"), "export_url": found.to("statistics_file", table="indicators"),
            "period": period, "statistics_url": found.to(),
        }  # fmt: skip
        context["open_count"] = sum(row.count for row in context["funnel"])
    return page(
        asked, "console/leading/home.html", door="console:work", title=_("工作台"),
        where=place(asked.numbers).get("name", ""), greeting=leading.greeting(asked, waiting), matters=waiting,
        segments=leading.segments(word), puts=asked.actor.may(LEAD), least=leading.LEAST,
        leads=cards(asked, on="work"), **context,
    )  # fmt: skip


@require_safe
@staff_only(LEAD, PREPARE)
def all_matters(request: HttpRequest) -> HttpResponse:
    """List what waits for a leader's word, by the rule that speaks for it."""
    asked: Request = request  # type: ignore[assignment]
    code = asked.GET.get("why", "")
    known = code if code in rules.WHY else ""
    found = queries.proposals(asked.actor, at=asked.at, limit=queries.PROPOSED, code=known)
    tabs = [("", _("都看")), *((name, rules.WHY[name]) for name in tuple(rules.WHY)[:8])]
    return page(
        asked, "console/leading/proposals.html", door=dayshow.DOOR, title=_("等领导过问"), fault="", crumbs=(),
        rows=dayshow.proposal_rows(asked, found), back_url=reverse("console:work"), action=reverse("console:day_put"),
        tabs=[Tab(f"{request.path}?why={name}", str(label), current=name == code) for name, label in tabs],
        limits=rules.thresholds(asked.numbers),
    )  # fmt: skip
