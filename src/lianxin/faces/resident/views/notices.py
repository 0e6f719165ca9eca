"""What the community tells: the list of my community and of what lies above it, a notice, a question about it."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.identity import cookies
from lianxin.faces.identity.request import Request, address_of, device_of
from lianxin.faces.resident import frame
from lianxin.faces.resident.blocks import Block, Line, block, demand_on
from lianxin.faces.resident.forms_notices import AskForm, CodeForm
from lianxin.faces.resident.here import Here, here_of
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import actor_of
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.notifications import actions as notifications
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.files.models import FileKind
from lianxin.kernel.paging import page as cut
from lianxin.kernel.text import mask_phone
from lianxin.work.disclosure import queries, questions, receipts, rules
from lianxin.work.disclosure.models import Notice, NoticeKind
from lianxin.work.warnings import queries as warnings

MODULE = "disclosure"
_SIZE, _ELDER_SIZE = 20, 4  # in large print: beside telephone and “older”
_ON_HOME = 3
_FRESH_DAYS = 7  # how long large print shows a notice on its first page
_SIGN_IN = "sign_in"


def place_of(asked: Request, here: Here | None) -> AreaNode | None:
    """Return where notices are looked for: at home, or in the whole place for who has not said where that is."""
    if here is not None:
        return here.area
    roots = areas.children(None, asked.at, asked.numbers)
    return roots[0] if roots else None


@block(order=40, module=MODULE)
def _on_home(asked: Request, here: Here | None) -> Block | None:
    area = place_of(asked, here)
    if area is None or here is None:
        return None
    told = queries.public(area, asked.at, asked.numbers).exclude(kind=NoticeKind.WARNING)  # they have bars of their own
    found = list(told[: _ON_HOME + 1])
    return Block("resident/blocks/notices.html", {"notices": found[:_ON_HOME], "has_more": len(found) > _ON_HOME})


@block(order=30, module=MODULE, elder=True)
def _on_elder_home(asked: Request, here: Here | None) -> Line | None:
    if here is None:
        return None
    found = queries.public(here.area, asked.at, asked.numbers).exclude(kind=NoticeKind.WARNING).first()
    if found is None or not (found.is_pinned or _is_fresh(found, asked)):
        return None
    first = rules.paragraphs(found.body)[0][0].words
    return Line("bell", found.title, first[:18] + ("…" if len(first) > 18 else ""), _url(found))


def _is_fresh(notice: Notice, asked: Request) -> bool:
    return notice.published_at is not None and (asked.at - notice.published_at).days < _FRESH_DAYS


def _url(notice: Notice) -> str:
    return reverse("resident:notice", args=[notice.key])


@require_safe
@frame.resident_page
def notices(request: HttpRequest) -> HttpResponse:
    """List what is told here now, pinned first, then the latest."""
    asked = cast("Request", request)
    demand_on(asked, MODULE)
    here = here_of(asked)
    area = place_of(asked, here)
    size = _ELDER_SIZE if frame.is_elder(request) else _SIZE
    found = queries.public(area, asked.at, asked.numbers) if area is not None else Notice.objects.none()
    shown = cut(found, order=("-is_pinned", "-published_at", "-id"), after=request.GET.get("after"), size=size)
    return frame.page(
        request, "resident/notices.html", title=_("社区消息"), back=reverse("resident:home"), notices=shown.items,
        next=shown.next, area=area,
    )  # fmt: skip


def _found(asked: Request, key: UUID) -> Notice:
    demand_on(asked, MODULE)
    notice = queries.public_notice(key)
    if notice is None:
        raise NotFound(_("没有这条消息，可能已经撤下。"))
    return notice


@require_safe
@frame.resident_page
def notice(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one notice, in large letters, to read, to print, to be read aloud."""
    asked = cast("Request", request)
    found = _found(asked, key)
    warning = warnings.of_notice(found.key) if found.kind == NoticeKind.WARNING else None
    if warning is not None:
        return HttpResponseRedirect(reverse("resident:warning", args=[warning]))
    is_out = rules.is_out(found, asked.at)
    if is_out and asked.actor.kind != "staff" and request.method == "GET":
        receipts.count_public(found)
    mine = queries.own_questions(asked.actor, [found.pk])[:5] if asked.actor.account_id is not None else []
    return frame.page(
        request, "resident/notice.html", title=_("社区消息"), back=reverse("resident:notices"), notice=found,
        paragraphs=rules.paragraphs(found.body) if not found.withdrawn_at else [], is_out=is_out,
        files=_shown_files(found), answers=queries.answers_of(found) if not found.withdrawn_at else [],
        mine=mine, versions=_changes(found),
    )  # fmt: skip


def _shown_files(found: Notice) -> list[Any]:
    files = queries.files_of([found]).get(found.pk, []) if not found.withdrawn_at else []
    return [file for file in files if file.kind in {FileKind.PHOTO, FileKind.VOICE, FileKind.VIDEO}]


def _changes(found: Notice) -> list[Any]:
    if found.amended_at is None or found.withdrawn_at:
        return []
    return list(found.versions.order_by("-version").values("changed", "until")[:5])


@require_http_methods(["GET", "POST"])
@frame.resident_page
def ask(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask about a notice: signed in at once, else after a code sent to the phone."""
    asked = cast("Request", request)
    found = _found(asked, key)
    if not rules.is_out(found, asked.at):
        raise NotFound(_("这条消息已经过期或撤下，不能再问。有别的事请直接反映。"))
    if request.method != "POST":
        return _show(asked, found, AskForm(asked, initial={"client_id": ids.uuid7(asked.at)}))
    return _with_code(asked, found) if "code" in request.POST else _take(asked, found)


def _take(asked: Request, found: Notice) -> HttpResponse:
    form = AskForm(asked, asked.POST)
    if not form.is_valid():
        return _show(asked, found, form, status=422)
    try:
        if asked.signed_in is None:
            return _send_code(asked, found, form)
        _ask(asked.actor, asked, found, form)
    except Invalid as error:
        form.show(error)
        return _show(asked, found, form, status=422)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return frame.told_when(refused, _show(asked, found, form, status=refused.status))
    return HttpResponseRedirect(_url(found) + "?said=asked")


def _show(request: Request, found: Notice, form: AskForm, *, status: int = 200) -> HttpResponse:
    return frame.page(
        request, "resident/notice_ask.html", title=_("问一问"), back=_url(found), notice=found, form=form, status=status
    )


def _ask(actor: Actor, request: Request, found: Notice, form: AskForm | CodeForm) -> None:
    given = form.cleaned_data
    questions.ask(actor, key=ids.parse(given["client_id"]), notice_key=found.key, words=given["words"], at=request.at)


def _send_code(request: Request, found: Notice, form: AskForm) -> HttpResponse:
    """Prove that the answer reaches the asker; what was written travels along in the form."""
    given = form.cleaned_data
    sent = accounts.request_code(
        phone=given["phone"], purpose=_SIGN_IN, address=address_of(request), send=notifications.send_code, at=request.at
    )
    kept = {name: given[name] for name in ("words", "phone", "client_id")}
    return _ask_code(request, found, CodeForm(initial=kept), shown=sent.shown)


def _ask_code(
    request: Request, found: Notice, form: CodeForm, *, shown: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    phone = str(form["phone"].value() or "")
    return frame.page(
        request, "resident/notice_code.html", title=_("问一问"), back=_url(found), notice=found, form=form,
        sent_to=mask_phone(phone), shown=shown if settings.DEMO else "", status=status,
    )  # fmt: skip


def _with_code(request: Request, found: Notice) -> HttpResponse:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _ask_code(request, found, form, status=422)
    try:
        entered = accounts.sign_in_by_code(
            phone=form.cleaned_data["phone"], code=form.cleaned_data["code"], device=device_of(request),
            address=address_of(request), at=request.at,
        )  # fmt: skip
        actor = actor_of(entered.account.pk, at=request.at, channel="web")
        if actor is not None:
            _ask(actor, request, found, form)
    except Invalid as error:
        form.show(error)
        return _ask_code(request, found, form, status=422)
    except Refused as refused:
        form.add_error("code", refused.sentence)
        return _ask_code(request, found, form, status=refused.status)
    response = HttpResponseRedirect(_url(found) + "?said=asked")
    cookies.enter(request, response, entered)
    return response
