"""Notes of telephone calls: kept while one types, ended with what came of the call, listed for the day."""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lianxin.faces.console import doing
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.kernel import ids
from lianxin.kernel.errors import LianxinError, NotFound
from lianxin.kernel.text import mask_phone
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases import queries
from lianxin.work.cases.models import Case
from lianxin.work.desk import calls
from lianxin.work.desk.models import CallNote
from lianxin.work.desk.rules import KEEPS_WORDS, MAX_NOTE

_SIZE = 40


def dock(asked: Request) -> dict[str, Any]:
    """Return what the panel of a call draws: the call that lasts, or room for a new one. One statement."""
    note = calls.current(asked.actor)
    return {"call": note, "call_key": note.key if note else ids.uuid7(asked.at), "call_most": MAX_NOTE}


@never_cache
@require_GET
@staff_only("cases.report")
def call_dock(request: HttpRequest) -> HttpResponse:
    """Draw the panel of a call."""
    asked = cast("Request", request)
    return render(request, "console/call_dock.html", {**dock(asked), "now": asked.at})


@require_POST
@staff_only("cases.report")
def call_save(request: HttpRequest, key: UUID) -> JsonResponse:
    """Keep what was typed so far; sent again, or late, it undoes nothing."""
    asked = cast("Request", request)
    step = request.POST.get("step", "")
    note = calls.save(
        asked.actor, key=key, words=request.POST.get("words", "")[: MAX_NOTE * 2], phone=request.POST.get("phone", ""),
        step=int(step) if step.isdecimal() and len(step) < 10 else 0, at=asked.at,
    )  # fmt: skip
    return JsonResponse({"step": note.step, "at": words.hour(note.changed_at)})


@require_POST
@staff_only("cases.report")
def call_end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say what came of a call: a new case to be entered, a case that is there, or nothing."""
    asked = cast("Request", request)
    outcome = request.POST.get("outcome", "")
    if outcome == CallNote.Outcome.NEW:
        # It ends once the case is entered: what was said stands in the form by then.
        return doing.go_on(request, f"{reverse('console:entry')}?call={key}")
    back = doing.next_url(request, reverse("console:calls"))
    try:
        case = _case(asked) if outcome == CallNote.Outcome.ATTACHED else None
        calls.end(asked.actor, key=key, outcome=outcome, case=case, at=asked.at)
    except LianxinError as error:
        return doing.go_on(request, back, said=error.sentence)
    said = _("通话记到了 …%(tail)s") % {"tail": case.number[-6:]} if case else _("通话记完了")
    return doing.go_on(request, back, said=said)


def _case(asked: Request) -> Case:
    """Return the case that was named by its number, or by the last six digits where only one fits."""
    given = asked.POST.get("case", "").strip()
    if len(given) == 6 and given.isdecimal():
        found = list(queries.queue(asked.actor, queries.Filters(words=given, ended=None), at=asked.at).order_by()[:2])
        if len(found) == 1:
            return queries.find(asked.actor, found[0].number)
        raise NotFound(_("末六位 %(tail)s 对不上唯一的一件，请写完整编号。") % {"tail": given})
    return queries.find(asked.actor, given)


@require_GET
@staff_only("cases.report")
def my_calls(request: HttpRequest) -> HttpResponse:
    """List my calls of today, or of a day."""
    asked = cast("Request", request)
    today = asked.at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    back = request.GET.get("back", "")
    begins = today - timedelta(days=int(back) if back.isdecimal() and len(back) < 3 else 0)
    mine = CallNote.objects.visible_to(asked.actor).select_related("case")
    found = mine.filter(started_at__gte=begins, started_at__lt=begins + timedelta(days=1))
    shown = listed(request, found, order=("-started_at", "-id"), size=_SIZE)
    return page(
        request, "console/calls.html", door="console:entry", title=_("我的通话"), total=shown.total,
        rows=[_row(note, asked.at) for note in shown.items], pager=shown.pager, day=begins, today=today,
        days=KEEPS_WORDS.days, earlier=f"?back={(today - begins).days + 1}",
        later=f"?back={(today - begins).days - 1}" if begins < today else "", **dock(asked),
    )  # fmt: skip


def _row(note: CallNote, at: datetime) -> dict[str, object]:
    lasted = (note.ended_at or at) - note.started_at
    return {
        "note": note, "phone": mask_phone(note.phone) if note.phone else "", "lasted": words.duration(lasted),
        "outcome": note.get_outcome_display() if note.outcome else _("还在通话"),
        "words": note.words,
    }  # fmt: skip
