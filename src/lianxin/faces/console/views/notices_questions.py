"""Questions back: what waits for an answer, and answering one."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.forms_notices import AnswerForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, save
from lianxin.faces.console.telling import DOOR, tabs
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.kernel.errors import NotFound
from lianxin.work.disclosure import queries
from lianxin.work.disclosure import questions as acts
from lianxin.work.disclosure.models import Question

_SIZE = 30


def asker(question: Question) -> str:
    """Say who asks: a post of the staff; residents are just residents."""
    return question.post or _("居民")


@require_safe
@staff_only("disclosure.receipts")
def questions(request: HttpRequest) -> HttpResponse:
    """List questions: those that wait, the first due on top; or all, the latest on top."""
    asked = cast("Request", request)
    shows_all = "all" in request.GET
    found = queries.questions(asked.actor)
    order = ("-id",) if shows_all else ("due_at", "id")
    shown = listed(request, found if shows_all else found.open(), order=order, size=_SIZE)
    path = reverse("console:questions")
    return page(
        request, "console/notices/questions.html", door=DOOR, title=_("提问"), tabs=tabs(asked, "console:questions"),
        kinds=[Tab(path, _("等答复"), current=not shows_all), Tab(f"{path}?all=1", _("全部"), current=shows_all)],
        rows=[(one, asker(one), one.due_at < asked.at) for one in shown.items], pager=shown.pager, total=shown.total,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("disclosure.receipts")
def question(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one question and take the answer."""
    asked = cast("Request", request)
    found = queries.questions(asked.actor).filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这个提问，或不由您答复。"))

    def act(values: dict[str, Any]) -> Done:
        acts.answer(
            asked.actor, question=found, words=values["answer"], to_all=values["to_all"],
            public_words=values["public_words"], at=asked.at,
        )  # fmt: skip
        return Done(reverse("console:questions"), _("已答复"))

    form = AnswerForm(request.POST or None, initial={"public_words": found.words[:300]})
    return save(
        request, form, act, template="console/notices/question.html", door=DOOR, title=_("提问"), question=found,
        asker=asker(found), crumbs=[Crumb(_("提问"), reverse("console:questions")), Crumb(found.notice.title)],
    )  # fmt: skip
