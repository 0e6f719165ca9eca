"""The two cookies: who is signed in, and which cases a phone has proved to have reported."""

from django.core import signing
from django.http import HttpRequest, HttpResponse

from lianxin.foundation.accounts.actions import Entered

SESSION = "lx_session"
CASES = "lx_cases"
_SALT = "lianxin.cases"
_CASES_DAYS = 30
_CASES_KEPT = 20


def enter(request: HttpRequest, response: HttpResponse, entered: Entered) -> None:
    """Give the browser the key of its new session, as long as that lasts."""
    response.set_cookie(
        SESSION,
        entered.key,
        max_age=entered.session.expires_at - entered.session.created_at,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def leave(response: HttpResponse) -> None:
    """Take the key back; the proved cases go with it."""
    response.delete_cookie(SESSION, samesite="Lax")
    response.delete_cookie(CASES, samesite="Lax")


def remember_case(request: HttpRequest, response: HttpResponse, *case_ids: int) -> None:
    """Let a browser that has shown number and phone of cases see them again for a month; the last twenty count."""
    others = [known for known in proved_cases(request) if known not in case_ids]
    value = signing.dumps([*others, *case_ids][-_CASES_KEPT:], salt=_SALT)
    response.set_cookie(
        CASES, value, max_age=_CASES_DAYS * 86400, httponly=True, samesite="Lax", secure=request.is_secure()
    )


def proved_cases(request: HttpRequest) -> list[int]:
    """Return the cases a browser has proved to have reported, the latest last; a forged cookie proves none."""
    value = request.COOKIES.get(CASES)
    if not value:
        return []
    try:
        return [int(case_id) for case_id in signing.loads(value, salt=_SALT, max_age=_CASES_DAYS * 86400)]
    except (signing.BadSignature, TypeError, ValueError):
        return []
