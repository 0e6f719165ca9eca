"""The box at the top: by number, by words, by telephone for a reason that is kept, never in an address."""

import re
from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.rows import Row, rows
from lianxin.faces.identity.request import Request, address_of
from lianxin.foundation.audit import actions as audit
from lianxin.kernel.crypto.sealing import blind_indexes
from lianxin.kernel.errors import Invalid, NotAllowed
from lianxin.kernel.text import mask_phone
from lianxin.work.cases.actions.intake import PHONE_CONTEXT, normal_phone
from lianxin.work.cases.models import Case

REASONS = {
    "call": "正在接这个号码的来电",
    "callback": "回访或告知办理结果",
    "repeat": "核对是不是重复反映",
    "other": "其他，写明",
}
_MOST = 30
_NUMBER = re.compile(r"\d{6}-\d{8}-\d{6}")


def phone_in(words: str) -> str:
    """Return the telephone that words consist of, or nothing."""
    if _NUMBER.fullmatch(words) or len(re.sub(r"\D", "", words)) < 11:
        return ""
    try:
        return normal_phone(words)
    except Invalid:
        return ""


@require_POST
@staff_only("cases.view", "cases.handle")
def find(request: HttpRequest) -> HttpResponse:
    """Lead on to the case of a number, to the list of words, or ask why a telephone is looked up."""
    asked = cast("Request", request)
    words = request.POST.get("q", "").replace("\0", "").strip()[:80]
    if phone := phone_in(words):
        return _ask(asked, phone)
    if _NUMBER.fullmatch(words) and Case.objects.visible_to(asked.actor).filter(number=words).exists():
        return HttpResponseRedirect(reverse("console:case", args=[words]))
    return HttpResponseRedirect(f"{reverse('console:cases')}?{urlencode({'q': words})}" if words else _cases())


@never_cache
@require_POST
@staff_only("cases.view", "cases.handle")
def by_phone(request: HttpRequest) -> HttpResponse:
    """Show what was reported from a telephone; each look is recorded with its reason."""
    asked = cast("Request", request)
    _demand(asked)
    phone = phone_in(request.POST.get("phone", ""))
    if not phone:
        return HttpResponseRedirect(_cases())
    reason, more = request.POST.get("reason", ""), request.POST.get("more", "").replace("\0", "").strip()[:200]
    if reason not in REASONS or (reason == "other" and not more):
        return _ask(asked, phone, fault=_("请选一个理由；选“其他”要写明。"), chosen=reason, more=more)
    found = _found(asked, phone)
    said = more if reason == "other" else " ".join(filter(None, (REASONS[reason], more)))
    audit.record(
        asked.actor, "cases.lookup_phone", at=asked.at, subject_kind="phone", subject_label=f"…{phone[-4:]}",
        fields=("phone",), reason=said, address=address_of(request), detail={"found": len(found)},
    )  # fmt: skip
    return page(
        request, "console/by_phone.html", door="console:cases", title=_("按电话查"), rows=found,
        masked=mask_phone(phone), reason=said, most=_MOST if len(found) == _MOST else 0,
    )  # fmt: skip


def _found(asked: Request, phone: str) -> list[Row]:
    """Return the latest cases of a reporter that the actor sees; confidential ones do not tell who reported them."""
    cases = Case.objects.visible_to(asked.actor).filter(
        reporter__phone_hash__in=blind_indexes(phone, PHONE_CONTEXT), reporter__erased_at=None, is_confidential=False
    )
    return rows(cases.order_by("-reported_at")[:_MOST], at=asked.at, numbers=asked.numbers)


def _ask(asked: Request, phone: str, *, fault: str = "", chosen: str = "", more: str = "") -> HttpResponse:
    _demand(asked)
    context = {
        "phone": phone, "masked": mask_phone(phone), "reasons": REASONS.items(), "fault": fault, "chosen": chosen,
        "more": more, "action": reverse("console:by_phone"),
    }  # fmt: skip
    status = 422 if fault else 200
    if asked.headers.get("HX-Request"):
        return render(asked, "console/phone_reason.html", {**context, "in_dialog": True}, status=status)
    return page(asked, "console/piece.html", door="console:cases", title=_("查电话要说明理由"),
                status=status, piece="console/phone_reason.html", **context)  # fmt: skip


def _demand(asked: Request) -> None:
    if not asked.actor.may("cases.reveal"):
        raise NotAllowed("cases.reveal", _("您的岗位不能按电话查案卷。可以按编号、地点、词语查。"))


def _cases() -> str:
    return reverse("console:cases")
