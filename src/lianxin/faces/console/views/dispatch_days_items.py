"""The list of a dispatch day: proposals with their reasons, questions, order; what units write beforehand."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.console import dayshow, flash
from lianxin.faces.console.dayshow import DOOR, day_of, item_of, url_of
from lianxin.faces.console.doing import next_url
from lianxin.faces.console.forms_leading import AnswerForm, ItemForm, QuestionForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, done, faults_into, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.kernel import ids
from lianxin.kernel.errors import LianxinError, NotAllowed
from lianxin.work.cases.models import Case
from lianxin.work.dispatchdays import actions, queries, rules
from lianxin.work.dispatchdays.models import ANSWER, LEAD, PREPARE, DispatchDay

from .dispatch_days import area_for, day_page, told
from .dispatch_days_live import live_page

_SHOWN = 24


@require_http_methods(["GET", "POST"])
@staff_only(PREPARE, LEAD)
def proposals(request: HttpRequest, key: UUID) -> HttpResponse:
    """Propose cases by rule, each with its reasons; those ticked are put on the list."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    fault = ""
    if request.method == "POST":
        try:
            made = actions.add_cases(asked.actor, day=found, cases=_picked(asked), at=asked.at)
            return done(request, Done(url_of(found), _("放进清单 {count} 件").format(count=len(made))))
        except NotAllowed:
            raise
        except LianxinError as error:
            fault = next(iter(getattr(error, "fields", {}).values()), error.sentence)
    code = request.GET.get("why", "")
    listed = set(found.items.exclude(state="dropped").values_list("case_id", flat=True)) - {None}
    offered = queries.proposals(
        asked.actor, at=asked.at, street_id=found.street_id, limit=_SHOWN, without=listed,
        code=code if code in rules.WHY else "",
    )  # fmt: skip
    tabs = [("", _("都看")), *((name, rules.WHY[name]) for name in tuple(rules.WHY)[:8])]
    return page(
        request, "console/leading/proposals.html", door=DOOR, title=_("挑议题"), status=422 if fault else 200,
        day=found, fault=fault, rows=dayshow.proposal_rows(asked, offered), back_url=url_of(found),
        tabs=[Tab(f"{request.path}?why={name}", str(label), current=name == code) for name, label in tabs],
        crumbs=_crumbs(asked, found, _("挑议题")), limits=rules.thresholds(asked.numbers),
    )  # fmt: skip


def _crumbs(asked: Request, found: DispatchDay, last: str) -> list[Crumb]:
    return [Crumb(dayshow.name_of(found, asked.at), url_of(found)), Crumb(last)]


def _picked(asked: Request) -> list[Case]:
    """Return the cases ticked, or written by number."""
    numbers = [each for each in asked.POST.getlist("case") if len(each) <= 24]
    written = asked.POST.get("number", "").replace("，", " ").replace(",", " ").split()
    wanted = [*numbers, *written][:60]
    return list(Case.objects.visible_to(asked.actor).filter(number__in=wanted).order_by("due_at", "pk"))


@require_POST
@staff_only(LEAD, PREPARE)
def put(request: HttpRequest) -> HttpResponse:
    """Put ticked cases on the list of the next day (放进调度日清单)."""
    asked = cast("Request", request)
    permission = LEAD if asked.actor.may(LEAD) else PREPARE
    try:
        cases = _picked(asked)
        made = actions.put(
            asked.actor, area=area_for(asked.actor, asked, permission), cases=cases, at=asked.at,
            words=request.POST.get("words", ""),
        )  # fmt: skip
        day = next((item.day for item in made if item.day is not None), None)
        when = dayshow.name_of(day, asked.at) if day is not None else _("下一次调度日")
        said = _("{count} 件已放进{when}的清单").format(count=len(made), when=when)
    except NotAllowed:
        raise
    except LianxinError as error:
        said = next(iter(getattr(error, "fields", {}).values()), error.sentence)
    response = HttpResponseRedirect(next_url(request, "/console/work"))
    flash.say(request, response, said)
    return response


@require_http_methods(["GET", "POST"])
@staff_only(PREPARE, LEAD)
def ask_question(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put a question on the list."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    given = request.POST.get("client_id", "")
    client_id = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    form = QuestionForm(request.POST or None, asked=asked, day=found)

    def act(values: dict[str, Any]) -> Done:
        actions.ask(
            asked.actor, day=found, key=client_id, title=values["title"], words=values["words"],
            unit_ids=values["units"], at=asked.at,
        )  # fmt: skip
        return Done(url_of(found), _("加到清单最后了"))

    return save(
        request, form, act, template="console/leading/form.html", door=DOOR, title=_("加一个议题"), verb=_("加进清单"),
        back_url=url_of(found), client_id=client_id,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(PREPARE)
def edit(request: HttpRequest, key: UUID, item_key: UUID) -> HttpResponse:
    """Say what is to be decided and who is asked."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    item = item_of(found, item_key)
    initial = {"words": item.words, "units": [str(pk) for pk in item.unit_ids], "seen": item.version}
    form = ItemForm(request.POST or None, asked=asked, day=found, initial=initial)

    def act(values: dict[str, Any]) -> Done:
        actions.change_item(
            asked.actor, day=found, item=item, words=values["words"], unit_ids=values["units"], seen=values["seen"],
            at=asked.at,
        )  # fmt: skip
        return Done(url_of(found), _("已改好"))

    return save(
        request, form, act, template="console/leading/form.html", door=DOOR, title=item.title, verb=_("改好了"),
        back_url=url_of(found),
    )  # fmt: skip


@require_POST
@staff_only(PREPARE, LEAD)
def move(request: HttpRequest, key: UUID, item_key: UUID) -> HttpResponse:
    """Move an item up or down."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    by = 1 if request.POST.get("by") == "1" else -1
    item = item_of(found, item_key)
    return told(asked, found, lambda: actions.reorder(asked.actor, day=found, item=item, by=by, at=asked.at), "")


@require_POST
@staff_only(PREPARE)
def remove(request: HttpRequest, key: UUID, item_key: UUID) -> HttpResponse:
    """Take an item from the list."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    item = item_of(found, item_key)
    return told(asked, found, lambda: actions.remove(asked.actor, day=found, item=item, at=asked.at), _("拿下来了"))


@require_POST
@staff_only(ANSWER)
def answer(request: HttpRequest, key: UUID, item_key: UUID) -> HttpResponse:
    """Take what a unit says about an item: in writing before, on the live page during the day."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    item = item_of(found, item_key)
    form = AnswerForm(request.POST)
    given = request.POST.get("unit", "")
    if form.is_valid() and given.isdecimal() and len(given) < 12:
        with faults_into(form):
            values = form.cleaned_data
            actions.answer(
                asked.actor, day=found, item=item, unit_id=int(given), key=values["key"], words=values["words"],
                at=asked.at,
            )  # fmt: skip
            is_live = found.state == DispatchDay.State.OPEN
            return done(request, Done(url_of(found, "day_live") if is_live else url_of(found), _("已送出")))
    if found.state == DispatchDay.State.OPEN:
        return live_page(asked, found, bad={"answer": form}, status=422)
    return day_page(asked, found, bad=(item.key, form), status=422)
