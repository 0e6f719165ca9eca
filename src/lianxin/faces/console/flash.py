"""What the next page says once: a sentence, and the way to take the act back. Kept in a signed cookie for a minute."""

from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "lx_said"
_SALT = "lianxin.console.said"
_SECONDS = 60


def say(request: HttpRequest, response: HttpResponse, said: str, *, undo_url: str = "") -> None:
    """Let the next page say a sentence; with `undo_url` it offers 撤销 for ten seconds."""
    value = signing.dumps([said[:300], undo_url], salt=_SALT, compress=True)
    response.set_cookie(
        COOKIE, value, max_age=_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure(), path="/console/"
    )


def said(request: HttpRequest) -> list[dict[str, str]]:
    """Return what the page has to say, as the layout's toasts."""
    value = request.COOKIES.get(COOKIE)
    if not value or request.headers.get("HX-Request"):
        return []
    try:
        sentence, undo_url = signing.loads(value, salt=_SALT, max_age=_SECONDS)
    except (signing.BadSignature, TypeError, ValueError):
        return []
    return [{"said": str(sentence), "undo_url": str(undo_url)}]


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """Say it only once."""
    if COOKIE in request.COOKIES and not request.headers.get("HX-Request"):
        response.delete_cookie(COOKIE, path="/console/", samesite="Lax")
