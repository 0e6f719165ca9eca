"""Dispatch days (领导调度日): the list, preparing one, its page before and after."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console import dayshow
from lianxin.faces.console.dayshow import DOOR, day_of, name_of, rights, url_of
from lianxin.faces.console.forms_leading import AnswerForm, DayForm, initial_day
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, NoteForm, Question, ask, done, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Crumb
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel import ids
from lianxin.kernel.errors import LianxinError, NotAllowed
from lianxin.work.dispatchdays import actions, queries
from lianxin.work.dispatchdays.models import ANSWER, LEAD, PREPARE, DispatchDay

PERMISSIONS = (PREPARE, LEAD, ANSWER)
State = DispatchDay.State
_SIZE = 20


def area_for(actor: Actor, asked: Request, permission: str = PREPARE) -> AreaNode:
    """Return the area whose days an actor keeps: the whole place, or the first of its streets. Raises NotAllowed."""
    scope = actor.scope(permission)
    if scope.everywhere:
        return areas.children(None, asked.at, asked.numbers)[0]
    street = next((areas.node(pk, asked.numbers) for pk in sorted(scope.street_ids)), None)
    if street is None:
        raise NotAllowed("not_yours", _("您的岗位不筹备调度日。"))
    return street


@require_safe
@staff_only(*PERMISSIONS)
def index(request: HttpRequest) -> HttpResponse:
    """Show the day that comes or is, and those that were, with what came of their promises."""
    asked = cast("Request", request)
    seen = DispatchDay.objects.visible_to(asked.actor)
    coming = list(seen.filter(state__in=[State.PREPARED, State.OPEN]).order_by("starts_at", "id")[:6])
    past = seen.filter(state__in=[State.ENDED, State.CALLED_OFF])
    shown = listed(request, past, order=("-starts_at", "-id"), size=_SIZE)
    prepares = asked.actor.may(PREPARE)
    return page(
        request, "console/leading/days.html", door=DOOR, title=_("领导调度日"), total=shown.total, pager=shown.pager,
        coming=[_card(asked, each) for each in coming], past=[_card(asked, each) for each in shown.items],
        prepares=prepares, waiting=queries.waiting(asked.actor) if prepares or asked.actor.may(LEAD) else 0,
    )  # fmt: skip


def _card(asked: Request, day: DispatchDay) -> dict[str, Any]:
    items = list(day.items.values_list("state", flat=True))
    told = queries.promises(dayshow.promises_of(day), at=asked.at)
    kept, made = dayshow.kept_share(told)
    area = areas.node(day.area_id, asked.numbers)
    return {
        "day": day, "name": name_of(day, asked.at), "hours": dayshow.hours_of(day), "area": area.name if area else "",
        "url": url_of(day, "day_live") if day.state == State.OPEN else url_of(day),
        "items": len(items), "decided": items.count("decided"), "kept": kept, "promised": made,
        "weekday": words.WEEKDAYS[words.local(day.starts_at).weekday()],
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(PREPARE)
def add(request: HttpRequest) -> HttpResponse:
    """Prepare a day."""
    asked = cast("Request", request)
    area = area_for(asked.actor, asked)
    given = request.POST.get("client_id", "")
    key = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    soon = words.local(asked.at).date() + timedelta(days=7)
    initial = {"on": soon, "begins": "09:00", "ends": "11:30", "answers_on": soon - timedelta(days=1)}
    form = DayForm(request.POST or None, asked=asked, area=area, initial=initial)

    def act(_values: dict[str, Any]) -> Done:
        made = actions.prepare(asked.actor, key=key, area=area, wanted=form.wanted(), at=asked.at)
        return Done(url_of(made), _("排好了，下面挑议题"))

    return save(
        request, form, act, template="console/leading/day_form.html", door=DOOR, title=_("筹备调度日"),
        verb=_("排好，去挑议题"), back_url=reverse(DOOR), client_id=key, area=area.name,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(PREPARE)
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change when it is, who leads, which units come."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    area = areas.node(found.area_id, asked.numbers) or area_for(asked.actor, asked)
    form = DayForm(request.POST or None, asked=asked, area=area, initial=initial_day(found))

    def act(values: dict[str, Any]) -> Done:
        actions.amend(asked.actor, day=found, wanted=form.wanted(), seen=values["seen"], at=asked.at)
        return Done(url_of(found), _("已改好"))

    return save(
        request, form, act, template="console/leading/day_form.html", door=DOOR, title=_("改时间和单位"),
        verb=_("改好了"), back_url=url_of(found), area=area.name,
    )  # fmt: skip


@require_safe
@staff_only(*PERMISSIONS)
def day(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a day: what was promised last, its list, who is asked in; once it is over, what came of it."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    return day_page(asked, found)


def day_page(asked: Request, found: DispatchDay, *, bad: Any = None, status: int = 200) -> HttpResponse:
    """Render a day's page; `bad` is an answer that came back, by its item."""
    can = rights(asked.actor, found)
    shown = dayshow.item_rows(asked, found, can)
    if found.state == State.PREPARED:
        for each in shown:
            _with_answer(each, bad, asked)
    before = queries.promised_before(found, at=asked.at) if can.keeps and not found.is_over else []
    told = queries.promises(dayshow.promises_of(found), at=asked.at) if found.is_over else []
    area = areas.node(found.area_id, asked.numbers)
    return page(
        asked, "console/leading/day.html", door=DOOR, title=name_of(found, asked.at), status=status, day=found,
        crumbs=[Crumb(_("领导调度日"), reverse(DOOR)), Crumb(name_of(found, asked.at))], hours=dayshow.hours_of(found),
        weekday=words.WEEKDAYS[words.local(found.starts_at).weekday()], area=area.name if area else "", can=can,
        rows=shown, before=[dayshow.promise_row(each) for each in before], before_kept=dayshow.kept_share(before),
        promised=[dayshow.promise_row(each) for each in told if can.keeps or each.promise.unit_id in can.units],
        kept=dayshow.kept_share(told), invited=_invited(found, shown), urls=_urls(found),
    )  # fmt: skip


def _with_answer(row: dayshow.ItemRow, bad: Any, asked: Request) -> None:
    if not row.mine or row.item.state != "listed":
        return
    item_key, form = bad or (None, None)
    row.forms["answer"] = form if item_key == row.item.key else AnswerForm(
        initial={"key": ids.uuid7(asked.at)}, auto_id=f"answer{row.number}_%s"
    )  # fmt: skip


def _invited(found: DispatchDay, shown: list[dayshow.ItemRow]) -> list[dict[str, Any]]:
    """Return the units with how many items they are asked about and have answered."""
    told = []
    for each in queries.invited(found):
        own = [row for row in shown if each.unit_id in row.item.unit_ids]
        said = [row for row in own if any(one.unit_id == each.unit_id for one in row.positions)]
        told.append({"one": each, "asked": len(own), "answered": len(said)})
    return told


def _urls(found: DispatchDay) -> dict[str, str]:
    names = ("edit", "announce", "call_off", "start", "proposals", "ask", "live", "record", "file", "close", "arrive")
    return {name: url_of(found, f"day_{name}") for name in names}


@require_POST
@staff_only(PREPARE)
def announce(request: HttpRequest, key: UUID) -> HttpResponse:
    """Tell the units."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    return told(asked, found, lambda: actions.announce(asked.actor, day=found, at=asked.at), _("已通知各单位"))


def told(asked: Request, found: DispatchDay, act: Any, said: str, *, live: bool = False) -> HttpResponse:
    """Do an act of one button and go back to the day; what stops it is said there."""
    url = url_of(found, "day_live") if live else url_of(found)
    try:
        act()
    except NotAllowed:
        raise
    except LianxinError as error:
        return done(asked, Done(url, error.sentence))
    return done(asked, Done(url, said)) if said else HttpResponseRedirect(url)


@require_http_methods(["GET", "POST"])
@staff_only(PREPARE)
def call_off(request: HttpRequest, key: UUID) -> HttpResponse:
    """Call a day off."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    question = Question(
        _("取消{day}").format(day=name_of(found, asked.at)), _("已通知的单位会收到消息；议题留着，等下一次调度日。"),
        _("取消调度日"), url_of(found),
    )  # fmt: skip

    def act(values: dict[str, Any]) -> Done:
        actions.call_off(asked.actor, day=found, reason=values["note"], at=asked.at)
        return Done(reverse(DOOR), _("调度日取消了，议题顺延"))

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)
