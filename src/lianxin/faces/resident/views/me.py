"""My account: sign in by a code to the phone, my matters, what is kept of me, where I am signed in, messages."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.identity import cookies
from lianxin.faces.identity.request import Request, address_of, device_of
from lianxin.faces.resident import frame, letters
from lianxin.faces.resident.forms import CodeForm, PhoneForm
from lianxin.faces.resident.matters import matters
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import sessions_of
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.queries import inbox, unread_count
from lianxin.kernel.crypto.sealing import blind_indexes
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.text import mask_phone
from lianxin.work.cases.actions.intake import PHONE_CONTEXT
from lianxin.work.cases.models import Reporter

_SIGN_IN = "sign_in"
_MOST = 20  # reports found by phone when one signs in


@require_safe
@frame.resident_page
def me(request: HttpRequest) -> HttpResponse:
    """Show my page, or ask to sign in."""
    asked = cast("Request", request)
    if asked.signed_in is None:
        return _ask_phone(asked, PhoneForm())
    mine, total = matters(asked.actor, asked.at, asked.numbers, most=1 if frame.is_elder(request) else 50)
    return frame.page(
        request, "resident/me.html", title=_("我的"), back=reverse("resident:home"), mine=mine, total=total,
        unread=unread_count(asked.actor), phone=_phone(asked), is_staff=asked.actor.kind == "staff",
        kept=_kept(asked),
    )  # fmt: skip


def _phone(request: Request) -> str:
    phone = Account.objects.only("phone").get(pk=request.actor.account_id or 0).phone
    return mask_phone(phone) if phone else ""


def _kept(request: Request) -> list[Reporter]:
    """Return what is kept of me with my reports, sealed apart from them."""
    if request.actor.account_id is None:
        return []
    mine = Reporter.objects.filter(case__reporter_id=request.actor.account_id, erased_at=None)
    return list(mine.select_related("case").only("name", "phone", "case__number").order_by("-pk")[:_MOST])


def _ask_phone(request: Request, form: PhoneForm, status: int = 200) -> HttpResponse:
    return frame.page(
        request, "resident/sign_in.html", title=_("登录"), back=reverse("resident:home"), form=form, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@frame.resident_page
def code(request: HttpRequest) -> HttpResponse:
    """Send a code to the phone and ask for it. In a demonstration it is shown, and that is said."""
    if request.method != "POST":  # an address kept or typed: the form stands on my page
        return HttpResponseRedirect(reverse("resident:me"))
    asked = cast("Request", request)
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _ask_phone(asked, form, 422)
    try:
        sent = accounts.request_code(
            phone=form.cleaned_data["phone"], purpose=_SIGN_IN, address=address_of(request),
            send=notifications.send_code, at=asked.at,
        )  # fmt: skip
    except Invalid as error:
        form.show(error)
        return _ask_phone(asked, form, 422)
    except Refused as refused:
        form.add_error("phone", refused.sentence)
        return _ask_phone(asked, form, refused.status)
    return _ask_code(asked, CodeForm(initial={"phone": form.cleaned_data["phone"]}), sent.phone, shown=sent.shown)


def _ask_code(request: Request, form: CodeForm, phone: str, *, shown: str = "", status: int = 200) -> HttpResponse:
    return frame.page(
        request, "resident/code.html", title=_("登录"), back=reverse("resident:me"), form=form, sent_to=phone,
        shown=shown if settings.DEMO else "", status=status,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@frame.resident_page
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let a resident in by the code; reports that carry this phone come along."""
    if request.method != "POST":  # an address kept or typed: the form stands on my page
        return HttpResponseRedirect(reverse("resident:me"))
    asked = cast("Request", request)
    form = CodeForm(request.POST)
    phone = request.POST.get("phone", "")[:30]
    if not form.is_valid():
        return _ask_code(asked, form, mask_phone(phone), status=422)
    try:
        entered = accounts.sign_in_by_code(
            phone=phone, code=form.cleaned_data["code"], device=device_of(request), address=address_of(request),
            at=asked.at,
        )  # fmt: skip
    except Invalid as error:
        form.show(error)
        return _ask_code(asked, form, mask_phone(phone), status=422)
    except Refused as refused:
        form.add_error("code", refused.sentence)
        return _ask_code(asked, form, mask_phone(phone), status=refused.status)
    response = HttpResponseRedirect(reverse("resident:me") + "?said=signed_in")
    cookies.enter(request, response, entered)
    _remember_reports(asked, response, entered.account.phone or "")
    return response


def _remember_reports(request: Request, response: HttpResponse, phone: str) -> None:
    """Open the latest reports made with a phone that has just been proved to be the asker's."""
    with_phone = Reporter.objects.filter(phone_hash__in=blind_indexes(phone, PHONE_CONTEXT), erased_at=None)
    cookies.remember_case(request, response, *with_phone.order_by("-pk").values_list("pk", flat=True)[:_MOST][::-1])


@require_POST
@frame.resident_page
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session; the browser forgets the reports it knew."""
    asked = cast("Request", request)
    accounts.sign_out(asked.actor, at=asked.at)
    response = HttpResponseRedirect(reverse("resident:home") + "?said=signed_out")
    cookies.leave(response)
    letters.forget(response)
    return response


@require_safe
@frame.resident_page
def devices(request: HttpRequest) -> HttpResponse:
    """List where I am signed in."""
    asked = cast("Request", request)
    if asked.signed_in is None or asked.actor.account_id is None:
        return HttpResponseRedirect(reverse("resident:me"))
    return frame.page(
        request, "resident/devices.html", title=_("登录的设备"), back=reverse("resident:me"),
        current=asked.signed_in.id, sessions=sessions_of(asked.actor.account_id, at=asked.at)[:20],
    )  # fmt: skip


@require_POST
@frame.resident_page
def end_device(request: HttpRequest, session_id: str) -> HttpResponse:
    """End one of my sign-ins."""
    asked = cast("Request", request)
    if asked.signed_in is None:
        return HttpResponseRedirect(reverse("resident:me"))
    mine = {str(session.pk): session.pk for session in sessions_of(asked.actor.account_id or 0, at=asked.at)}
    if session_id not in mine:
        raise NotFound(_("没有这个登录，可能已经退出。"))
    accounts.revoke_session(asked.actor, session_id=mine[session_id], at=asked.at)
    return HttpResponseRedirect(reverse("resident:devices") + "?said=ended")


@require_safe
@frame.resident_page
def messages(request: HttpRequest) -> HttpResponse:
    """Show my messages, the latest first."""
    asked = cast("Request", request)
    if asked.signed_in is None:
        return HttpResponseRedirect(reverse("resident:me"))
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    most = 6 if frame.is_elder(request) else 20
    return frame.page(
        request, "resident/messages.html", title=_("消息"), back=reverse("resident:me"),
        found=inbox(asked.actor, before=before, limit=most), unread=unread_count(asked.actor),
    )  # fmt: skip


@require_POST
@frame.resident_page
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all my messages as read."""
    asked = cast("Request", request)
    if asked.signed_in is None:
        return HttpResponseRedirect(reverse("resident:me"))
    notifications.mark_read(asked.actor, at=asked.at)
    return HttpResponseRedirect(reverse("resident:messages") + "?said=read")
