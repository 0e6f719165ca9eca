"""What a page asks before it may speak with WeChat: a signature for its own address."""

import secrets
from datetime import timedelta
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.faces.identity.request import Request, address_of
from lianxin.kernel.errors import Invalid, LianxinError
from lianxin.kernel.throttle.counting import count

from . import keeping
from .signing import signature

_LONGEST = 2000
_MOST_AN_HOUR = 600


@require_safe
@never_cache
def js_config(request: HttpRequest) -> HttpResponse:
    """Sign the address of one of our own pages; 404 where WeChat is not switched on."""
    if not settings.WECHAT_APPID:
        raise Http404
    asked = cast("Request", request)
    try:
        url = _own(request, request.GET.get("url", ""))
        count("wechat", address_of(request) or "", most=_MOST_AN_HOUR, span=timedelta(hours=1), at=asked.at)
        ticket = keeping.ticket(at=asked.at)
    except LianxinError as error:
        return JsonResponse({"detail": error.sentence, "code": error.code}, status=error.status)
    nonce, timestamp = secrets.token_hex(8), int(asked.at.timestamp())
    told = signature(ticket=ticket, nonce=nonce, timestamp=timestamp, url=url)
    return JsonResponse({"appId": settings.WECHAT_APPID, "timestamp": timestamp, "nonceStr": nonce, "signature": told})


def _own(request: HttpRequest, url: str) -> str:
    """Return the address if it is one of our pages'; a signature for others would lend them our name."""
    parts = urlsplit(url) if len(url) <= _LONGEST else urlsplit("")
    hosts = {request.get_host(), urlsplit(settings.PUBLIC_URL).netloc}
    if parts.scheme not in {"http", "https"} or parts.netloc not in hosts:
        raise Invalid({"url": _("只能给本平台自己的网页签名。")})
    return url
