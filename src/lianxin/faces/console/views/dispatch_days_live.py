"""The day itself: one page that the office's, the leader's and the units' screens follow together."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console import casepage, dayshow
from lianxin.faces.console.dayshow import DOOR, ItemRow, Rights, day_of, item_of, name_of, rights, url_of
from lianxin.faces.console.forms_leading import AnswerForm, DecideForm, PromiseForm, WordsForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, Question, ask, done, faults_into
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Step
from lianxin.kernel import ids
from lianxin.work.cases.models import Case, Clock
from lianxin.work.cases.queries.trace import entries_of, trace
from lianxin.work.dispatchdays import actions, queries
from lianxin.work.dispatchdays.models import ANSWER, LEAD, PREPARE, DispatchDay

from .dispatch_days import PERMISSIONS, day_page, told

_TRACED = 5
State = DispatchDay.State


@require_POST
@staff_only(LEAD, PREPARE)
def start(request: HttpRequest, key: UUID) -> HttpResponse:
    """Open the day."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    return told(asked, found, lambda: actions.start(asked.actor, day=found, at=asked.at), "", live=True)


@require_safe
@staff_only(*PERMISSIONS)
def live(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the item under discussion, and what the reader may do about it."""
    asked = cast("Request", request)
    return live_page(asked, day_of(asked, key))


def live_page(
    asked: Request, found: DispatchDay, *, bad: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render the live page; `bad` holds a form that came back, by its name. Over, it is the day's own page."""
    if found.state != State.OPEN:
        return day_page(asked, found)
    can = rights(asked.actor, found)
    shown = dayshow.item_rows(asked, found, can)
    now = next((row for row in shown if row.is_current), None)
    return page(
        asked, "console/leading/live.html", door=DOOR, title=name_of(found, asked.at), status=status, day=found,
        can=can, rows=shown, current=now, steps=_steps(asked, now), forms=_forms(asked, found, can, now, bad or {}),
        invited=queries.invited(found), next_row=_next(shown, now),
        mine=[each for each in queries.invited(found) if each.unit_id in can.units],
        urls={name: url_of(found, f"day_{name}") for name in ("live", "close", "arrive", "record", "ask", "proposals")},
        decided=sum(row.item.state != "listed" for row in shown),
    )  # fmt: skip


def _next(shown: list[ItemRow], now: ItemRow | None) -> ItemRow | None:
    """Return the next item that is still to be dealt with, from the first again at the end."""
    after = [row for row in shown if now is None or row.number > now.number]
    left = [row for row in [*after, *shown] if row.item.state == "listed" and row is not now]
    return left[0] if left else None


def _steps(asked: Request, now: ItemRow | None) -> list[Step]:
    """Return the latest steps of the case's trace, for who may see it. Two statements."""
    if now is None or now.case is None or not now.is_whole:
        return []
    case = Case.objects.visible_to(asked.actor).filter(number=now.case.number).first()
    if case is None:
        return []
    clocks = list(Clock.objects.filter(case=case).order_by("id"))
    return casepage.steps(trace(case, entries_of(case), clocks)[:_TRACED], case)


def _forms(
    asked: Request, found: DispatchDay, can: Rights, now: ItemRow | None, bad: dict[str, Any]
) -> dict[str, forms.Form]:
    """Return what the reader may fill in about the current item."""
    if now is None or not now.is_whole or now.item.state != "listed":
        return {}
    made: dict[str, forms.Form] = {}
    key = ids.uuid7(asked.at)
    if can.leads:
        lead = now.item.case.lead_unit_id if now.item.case else None
        initial = {
            "key": key, "seen": now.item.version, "seen_case": now.item.case.version if now.item.case else None,
            "words": "", "lead": str(lead) if lead else "",
        }  # fmt: skip
        made["decide"] = bad.get("decide") or DecideForm(asked=asked, day=found, initial=initial)
    if now.mine:
        made["answer"] = bad.get("answer") or AnswerForm(initial={"key": key}, auto_id="answer_%s")
        made["promise"] = bad.get("promise") or PromiseForm(initial={"key": key}, auto_id="promise_%s")
    return made


@require_POST
@staff_only(ANSWER, PREPARE)
def arrive(request: HttpRequest, key: UUID) -> HttpResponse:
    """Note that a unit is here."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    unit = _unit(asked)
    act = lambda: actions.arrive(asked.actor, day=found, unit_id=unit, at=asked.at)  # noqa: E731
    return told(asked, found, act, "", live=True)


def _unit(asked: Request) -> int:
    given = asked.POST.get("unit", "")
    return int(given) if given.isdecimal() and len(given) < 12 else 0


@require_POST
@staff_only(LEAD, PREPARE)
def show(request: HttpRequest, key: UUID, item_key: UUID) -> HttpResponse:
    """Turn all screens to an item."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    item = item_of(found, item_key)
    return told(asked, found, lambda: actions.show(asked.actor, day=found, item=item, at=asked.at), "", live=True)


@require_POST
@staff_only(LEAD)
def decide(request: HttpRequest, key: UUID, item_key: UUID) -> HttpResponse:
    """Decide the item: the case moves in the same moment."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    item = item_of(found, item_key)
    form = DecideForm(request.POST, asked=asked, day=found)
    if form.is_valid():
        with faults_into(form):
            values = form.cleaned_data
            lead = int(values["lead"]) if values["lead"] else None
            verdict = actions.Verdict(values["words"], lead, tuple(values["assists"]), values["due"])
            actions.decide(
                asked.actor, day=found, item=item, key=values["key"], verdict=verdict, at=asked.at,
                seen=values["seen"], seen_case=values["seen_case"],
            )  # fmt: skip
            return done(request, Done(url_of(found, "day_live"), _("已决定，案件照办了") if item.case else _("已决定")))
    return live_page(asked, day_of(asked, key), bad={"decide": form}, status=422)


@require_POST
@staff_only(ANSWER)
def promise(request: HttpRequest, key: UUID, item_key: UUID) -> HttpResponse:
    """Promise something by a day."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    item = item_of(found, item_key)
    form = PromiseForm(request.POST, auto_id="promise_%s")
    if form.is_valid():
        with faults_into(form):
            values = form.cleaned_data
            actions.promise(
                asked.actor, day=found, item=item, unit_id=_unit(asked), key=values["key"], words=values["words"],
                due_on=values["due_on"], at=asked.at,
            )  # fmt: skip
            return done(request, Done(url_of(found, "day_live"), _("承诺记下了")))
    return live_page(asked, day_of(asked, key), bad={"promise": form}, status=422)


@require_POST
@staff_only(LEAD, PREPARE)
def carry(request: HttpRequest, key: UUID, item_key: UUID) -> HttpResponse:
    """Leave the item for next time."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    item = item_of(found, item_key)
    act = lambda: actions.carry(asked.actor, day=found, item=item, at=asked.at)  # noqa: E731
    return told(asked, found, act, _("顺延到下一次"), live=True)


@require_POST
@staff_only(LEAD, PREPARE)
def drop(request: HttpRequest, key: UUID, item_key: UUID) -> HttpResponse:
    """Leave the item for good."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    item = item_of(found, item_key)
    act = lambda: actions.drop(asked.actor, day=found, item=item, at=asked.at)  # noqa: E731
    return told(asked, found, act, _("不再议"), live=True)


@require_http_methods(["GET", "POST"])
@staff_only(LEAD, PREPARE)
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    """End the day."""
    asked = cast("Request", request)
    found = day_of(asked, key)
    left = found.items.filter(state="listed").count()
    effect = _("还有 {left} 项没议，会顺延到下一次。").format(left=left) if left else _("所有议题都有了结果。")
    question = Question(_("结束调度日"), effect, _("结束"), url_of(found, "day_live"), is_danger=False)

    def act(values: dict[str, Any]) -> Done:
        actions.close(asked.actor, day=found, words=values["note"], at=asked.at)
        return Done(url_of(found), _("调度日结束，记录可以打印了"))

    return ask(request, WordsForm(request.POST or None), question, act, door=DOOR)
