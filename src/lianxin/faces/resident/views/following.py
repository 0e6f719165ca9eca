"""Follow one report: by account, by this browser, or by number and phone. Who has none of them learns nothing."""

import unicodedata
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.acts import performing, tracking
from lianxin.faces.acts.parsing import parse_form
from lianxin.faces.acts.table import ACTS
from lianxin.faces.identity import cookies
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.resident import frame, story
from lianxin.faces.resident.forms import FollowForm, NoteForm, RateForm
from lianxin.faces.resident.matters import matters, own
from lianxin.faces.resident.nearby import is_public
from lianxin.faces.resident.uploads import KEPT, files_of_form, kept
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.throttle.counting import count
from lianxin.work.cases.models import Case

# What each act asks in its words; one not named here asks nothing.
ASKS = {
    "add": gettext_lazy("补充说明"),
    "withdraw": gettext_lazy("为什么不用办了"),
    "reopen": gettext_lazy("哪里还没办好"),
    "appeal": gettext_lazy("为什么应当受理"),
}
_LONGEST_KEY = 120


def own_case(request: Request, number: str) -> Case | None:
    """Return the case of a number if this asker reported it; else None, whether there is such a case or not."""
    if len(number) > 40 or "\0" in number:
        return None
    return own(request.actor).filter(number=number).first()


@require_http_methods(["GET", "POST"])
@frame.resident_page
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for number and phone; list what this browser knows already."""
    asked = cast("Request", request)
    if request.method == "GET":
        return _ask(asked, FollowForm(initial={"number": request.GET.get("number", "")[:40]}))
    return _prove(asked)


def _ask(request: Request, form: FollowForm, status: int = 200) -> HttpResponse:
    mine, total = matters(request.actor, request.at, request.numbers, most=1 if frame.is_elder(request) else 20)
    return frame.page(
        request, "resident/follow.html", title=_("查进度"), back=reverse("resident:home"), status=status, form=form,
        mine=mine, total=total,
    )  # fmt: skip


def _prove(request: Request) -> HttpResponse:
    form = FollowForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, 422)
    number, phone = (_plain(form.cleaned_data[name]) for name in ("number", "phone"))
    try:
        found = tracking.track(number=number, phone=phone, address=address_of(request), at=request.at)
    except Invalid:
        form.add_error("phone", _("手机号是 11 位，请核对。"))
        return _ask(request, form, 422)
    except NotFound as error:
        form.add_error(None, error.sentence)
        return _ask(request, form, error.status)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        response = _ask(request, form, refused.status)
        response["Retry-After"] = str(getattr(refused, "retry_after", 60))
        return response
    response = HttpResponseRedirect(reverse("resident:case", args=[found.case.number]))
    cookies.remember_case(request, response, found.case.pk)
    return response


def _plain(typed: str) -> str:
    """Return what was meant by digits of an input method set to full width, and by blanks in between."""
    return "".join(unicodedata.normalize("NFKC", typed).replace("\0", "").split())


@require_safe
@frame.resident_page
def by_link(request: HttpRequest, key: str) -> HttpResponse:
    """Let a browser in by the signed link that was shown when the report was sent; it opens this one report."""
    asked = cast("Request", request)
    count("follow.link", address_of(request) or "", most=tracking.PER_ADDRESS, span=tracking.HOUR, at=asked.at)
    try:
        found = Case.objects.only("number").filter(pk=tracking.case_of(key[:_LONGEST_KEY], at=asked.at)).first()
    except tracking.BadKey:
        found = None
    if found is None:
        raise NotFound(_("这个查询链接已经过期。请用编号和手机号查。"))
    response = HttpResponseRedirect(reverse("resident:case", args=[found.number]))
    cookies.remember_case(request, response, found.pk)
    return response


@require_safe
@frame.resident_page
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show a report to who reported it; ask anybody else for the phone, in the same way for every number."""
    asked = cast("Request", request)
    found = own_case(asked, number)
    return _ask(asked, FollowForm(initial={"number": number[:40]})) if found is None else _show(asked, found)


def _show(request: Request, found: Case, *, form: NoteForm | None = None, act: str = "", told: str = "",
          keys: list[UUID] | None = None, status: int = 200) -> HttpResponse:  # fmt: skip
    seen = story.follow(request.actor, found, request.at, request.numbers)
    notes = {name: NoteForm(label=label, prefix=None, auto_id=f"id_{name}_%s") for name, label in ASKS.items()}
    if form is not None:
        notes[act] = form
    return frame.page(
        request, "resident/case.html", title=_("办到哪了"), back=reverse("resident:follow"), status=status,
        told=[{"tone": "wrong", "words": told}] if told else [], seen=seen, notes=notes, open_act=act,
        typed=form.data.get("note", "") if form is not None else "",
        client_ids={name: ids.uuid7(request.at) for name in story.ACTS}, kept=kept(keys or []),
        is_public=is_public(found, request.at),
    )  # fmt: skip


@require_POST
@frame.resident_page
def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Take an act of the reporter's; the same form sent twice acts once."""
    asked = cast("Request", request)
    found = own_case(asked, number)
    if found is None:
        return HttpResponseRedirect(reverse("resident:case", args=[number]))
    form = NoteForm(request.POST, label=ASKS.get(name, ""), auto_id=f"id_{name}_%s")
    form.full_clean()
    client_id, keys = _client_id(asked), []
    try:
        keys = files_of_form(asked, client_id, by_id=asked.actor.account_id, at=asked.at) if name == "add" else []
        _perform(asked, found, name, client_id, keys)
    except Invalid as error:
        form.show(error)
        return _show(asked, found, form=form, act=name, keys=keys, status=422)
    except Refused as refused:
        return _show(asked, found, form=form, act=name, keys=keys, told=refused.sentence, status=refused.status)
    return HttpResponseRedirect(f"{reverse('resident:case', args=[number])}?said={name}")


def _perform(request: Request, found: Case, name: str, client_id: UUID, keys: list[UUID] | None = None) -> None:
    given: QueryDict = request.POST.copy()
    given.pop(KEPT, None)
    if keys:
        given.setlist("files", [str(key) for key in keys])
        if not given.get("note", "").strip():
            given["note"] = _("（补充了照片）")
    data = parse_form(ACTS[name].schema, given)
    performing.perform(
        request.actor, name, case=found, seen=None, at=request.at, client_id=client_id, data=data,
        numbers=request.numbers,
    )  # fmt: skip


def _client_id(request: Request) -> UUID:
    try:
        return ids.parse(request.POST.get("client_id", ""))
    except Invalid:
        return ids.uuid7(request.at)


@require_http_methods(["GET", "POST"])
@frame.resident_page
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """Ask whether it is solved and how it was done, once it is over."""
    asked = cast("Request", request)
    found = own_case(asked, number)
    if found is None:
        return HttpResponseRedirect(reverse("resident:case", args=[number]))
    form = RateForm(request.POST or None)
    told, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _perform(asked, found, "evaluate", _client_id(asked))
                return HttpResponseRedirect(f"{reverse('resident:case', args=[number])}?said=evaluate")
            except Invalid as error:
                form.show(error)
            except Refused as refused:
                told, status = refused.sentence, refused.status
    seen = story.follow(asked.actor, found, asked.at, asked.numbers)
    return frame.page(
        request, "resident/rate.html", title=_("办得怎样"), back=reverse("resident:case", args=[number]), seen=seen,
        form=form, status=status, told=[{"tone": "wrong", "words": told}] if told else [],
        client_id=ids.uuid7(asked.at),
    )  # fmt: skip
