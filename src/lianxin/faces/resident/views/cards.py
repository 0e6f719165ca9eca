"""A shared card: its page with Open Graph tags, its picture in two shapes; over and out when its thing is."""

from hashlib import sha256
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.identity.request import Request
from lianxin.faces.resident import frame
from lianxin.faces.resident.cards import drawing
from lianxin.faces.resident.cards.kinds import Card, card_of, is_ours
from lianxin.kernel.errors import NotFound

_MINUTES = 10


class Gone(NotFound):
    """What the card showed was taken back, or is over."""

    status = 410
    code = "gone"


@require_safe
@frame.resident_page
def card(request: HttpRequest, token: str) -> HttpResponse:
    """Show a card: a page for people, tags for the programs that draw previews."""
    asked = cast("Request", request)
    shown = _found(asked, token)
    at = origin(request)
    response = frame.page(
        request, "resident/cards/card.html", title=shown.title, back=reverse("resident:home"), card=shown,
        own_url=at + request.path, picture_wide=at + reverse("resident:card_picture", args=[token, "wide"]),
        picture_chat=at + reverse("resident:card_picture", args=[token, "5x4"]), shapes=drawing.SHAPES,
        wechat_sdk=settings.WECHAT_SDK_URL if settings.WECHAT_APPID else "",
    )  # fmt: skip
    return _with_sdk(response)


def _with_sdk(response: HttpResponse) -> HttpResponse:
    """Let WeChat's own script in, on this page only, where the installation has asked for it."""
    if settings.WECHAT_APPID and settings.WECHAT_SDK_URL:
        parts = urlsplit(settings.WECHAT_SDK_URL)
        response._csp_update = {"script-src": ["'self'", f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]  # noqa: SLF001
    return response


@require_safe
def picture(request: HttpRequest, token: str, shape: str) -> HttpResponse:
    """Give the picture of a card. Caches may keep it for minutes only: the thing may be taken back."""
    asked = cast("Request", request)
    try:
        shown = _found(asked, token if shape in drawing.SHAPES else "")
    except NotFound as error:
        return frame.failure(request, error)
    name = str(frame.texts(asked.numbers)["name"])
    data = drawing.picture(shape, shown.kind, shown.title, shown.place or shown.summary, name)
    response = HttpResponse(data, content_type="image/jpeg")
    response["Cache-Control"] = f"public, max-age={_MINUTES * 60}"
    response["ETag"] = f'"{sha256(data).hexdigest()[:32]}"'
    return response


def _found(asked: Request, token: str) -> Card:
    shown = card_of(token, asked)
    if shown is None:
        if is_ours(token):
            raise Gone(_("这张卡片说的事已经撤下或过期了。"))
        raise NotFound(_("没有这张卡片。可能链接没有复制完整。"))
    return shown


def origin(request: HttpRequest) -> str:
    """Return the scheme and host people reach us at, as the request came."""
    return f"{request.scheme}://{request.get_host()}"
