"""What is noted at a tie: visits planned and made, key tasks, what residents asked and were answered."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.console.forms_leading import AskedForm, ReplyForm, SettleForm, TaskForm, VisitForm, VisitPlanForm
from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.saving import Done, done, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed
from lianxin.work.cases.models import Case
from lianxin.work.liaison import actions
from lianxin.work.liaison.models import MANAGE, VISIT, Question, Task, Tie, Visit

from .liaison import DOOR, tie_of, url_of

_WRITERS = (VISIT, MANAGE)
Act = Callable[[dict[str, Any]], str]


def _form(
    asked: Request, found: Tie, form: forms.Form, act: Act, *, title: str, verb: str, note: str = ""
) -> HttpResponse:
    """Show a form about a tie, or do its act and go back to the tie."""

    def whole(values: dict[str, Any]) -> Done:
        return Done(url_of(found), act(values))

    return save(
        asked, form, whole, template="console/leading/form.html", door=DOOR, title=title, verb=verb, note=note,
        back_url=url_of(found),
    )  # fmt: skip


def _begin(asked: Request) -> dict[str, Any]:
    return {"key": ids.uuid7(asked.at), "on": words.local(asked.at).date()}


@require_http_methods(["GET", "POST"])
@staff_only(*_WRITERS)
def plan(request: HttpRequest, key: UUID) -> HttpResponse:
    """Plan a visit."""
    asked = cast("Request", request)
    found = tie_of(asked, key)

    def act(values: dict[str, Any]) -> str:
        actions.plan_visit(
            asked.actor, tie=found, key=values["key"], on=values["on"], purpose=values["purpose"], at=asked.at
        )
        return _("约好了，前一天会提醒")

    form = VisitPlanForm(request.POST or None, initial=_begin(asked))
    return _form(asked, found, form, act, title=_("约走访：{place}").format(place=found.name), verb=_("约好"))


@require_http_methods(["GET", "POST"])
@staff_only(*_WRITERS)
def visit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Note a visit that was made; `planned` in the address names the one that was planned."""
    asked = cast("Request", request)
    found = tie_of(asked, key)
    given = request.GET.get("planned", "")
    planned = Visit.objects.filter(tie=found, key=ids.parse(given, field="planned")).first() if given else None

    def act(values: dict[str, Any]) -> str:
        actions.make_visit(
            asked.actor, tie=found, key=values["key"], on=values["on"], notes=values["notes"], at=asked.at,
            questions=values["questions"].splitlines(), planned=planned,
        )  # fmt: skip
        return _("走访记下了")

    form = VisitForm(request.POST or None, initial=_begin(asked))
    return _form(asked, found, form, act, title=_("记走访：{place}").format(place=found.name), verb=_("记下"))


@require_http_methods(["GET", "POST"])
@staff_only(*_WRITERS)
def task(request: HttpRequest, key: UUID) -> HttpResponse:
    """Set a key task."""
    asked = cast("Request", request)
    found = tie_of(asked, key)

    def act(values: dict[str, Any]) -> str:
        number = values["case"].strip()
        case = Case.objects.visible_to(asked.actor).filter(number=number).first() if number else None
        if number and case is None:
            raise Invalid({"case": _("没有这个案件，或不在您的辖区。")})
        actions.set_task(
            asked.actor, tie=found, key=values["key"], words=values["words"], due_on=values["due_on"], case=case,
            at=asked.at,
        )  # fmt: skip
        return _("任务列上了")

    form = TaskForm(request.POST or None, initial=_begin(asked))
    return _form(asked, found, form, act, title=_("列重点任务：{place}").format(place=found.name), verb=_("列上"))


@require_http_methods(["GET", "POST"])
@staff_only(*_WRITERS)
def question(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take down what residents asked."""
    asked = cast("Request", request)
    found = tie_of(asked, key)

    def act(values: dict[str, Any]) -> str:
        actions.ask(asked.actor, tie=found, key=values["key"], words=values["words"], at=asked.at)
        return _("记下了，等答复")

    form = AskedForm(request.POST or None, initial=_begin(asked))
    return _form(asked, found, form, act, title=_("记群众的问题：{place}").format(place=found.name), verb=_("记下"))


@require_POST
@staff_only(*_WRITERS)
def off(request: HttpRequest, key: UUID, one: UUID) -> HttpResponse:
    """Say that a planned visit was not made."""
    asked = cast("Request", request)
    found = tie_of(asked, key)
    planned = get_object_or_404(Visit.objects.select_related("tie"), tie=found, key=one)
    try:
        actions.call_off_visit(asked.actor, visit=planned, at=asked.at)
    except NotAllowed:
        raise
    except LianxinError as error:
        return done(request, Done(url_of(found), error.sentence))
    return done(request, Done(url_of(found), _("记下了，没去成")))


@require_http_methods(["GET", "POST"])
@staff_only(*_WRITERS)
def settle(request: HttpRequest, key: UUID, one: UUID) -> HttpResponse:
    """Settle a key task."""
    asked = cast("Request", request)
    found = tie_of(asked, key)
    chosen = get_object_or_404(Task.objects.select_related("tie"), tie=found, key=one)

    def act(values: dict[str, Any]) -> str:
        actions.settle_task(
            asked.actor, task=chosen, is_done=bool(values["is_done"]), result=values["result"], at=asked.at
        )
        return _("了结了")

    form = SettleForm(request.POST or None, initial={"is_done": "1"})
    return _form(asked, found, form, act, title=chosen.words, verb=_("了结"))


@require_http_methods(["GET", "POST"])
@staff_only(*_WRITERS)
def reply(request: HttpRequest, key: UUID, one: UUID) -> HttpResponse:
    """Write down what residents were answered."""
    asked = cast("Request", request)
    found = tie_of(asked, key)
    chosen = get_object_or_404(Question.objects.select_related("tie"), tie=found, key=one)

    def act(values: dict[str, Any]) -> str:
        actions.answer(asked.actor, question=chosen, words=values["answer"], at=asked.at)
        return _("答复记下了")

    form = ReplyForm(request.POST or None, initial={"answer": chosen.answer})
    return _form(asked, found, form, act, title=_("答复群众"), verb=_("记下答复"), note=chosen.words)
