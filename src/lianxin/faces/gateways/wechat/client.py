"""The two calls of WeChat's interface we need: an access token, and the ticket it buys."""

from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Refused

_SECONDS = 5
# Codes of the interface: the token is wrong or over; the day's calls are used up; the caller's address is not allowed.
STALE_TOKEN = frozenset({40001, 40014, 42001})
USED_UP = frozenset({45009, 45011})
_NOT_ALLOWED = frozenset({40164, 61004})
_WRONG_KEYS = frozenset({40013, 40125, 41002, 41004})


class WechatRefused(Refused):
    """WeChat said no, or could not be asked; `errcode` is its own number, 0 when nothing came."""

    status = 502

    def __init__(self, sentence: str, errcode: int = 0) -> None:
        super().__init__("wechat", sentence)
        self.errcode = errcode


@dataclass(frozen=True, slots=True)
class Loan:
    """A value and for how many seconds it is lent."""

    value: str
    seconds: int


def fetch_token() -> Loan:
    """Ask for a new access token; from then on older ones are void, so ask one at a time. Raises WechatRefused."""
    told = _get(
        "/cgi-bin/token",
        grant_type="client_credential", appid=settings.WECHAT_APPID, secret=settings.WECHAT_SECRET,
    )  # fmt: skip
    return _loan(told, "access_token")


def fetch_ticket(token: str) -> Loan:
    """Ask for the ticket of page signatures. Raises WechatRefused, with a stale token too."""
    return _loan(_get("/cgi-bin/ticket/getticket", access_token=token, type="jsapi"), "ticket")


def _get(path: str, **query: str) -> dict[str, Any]:
    try:
        answer = httpx.get(f"{settings.WECHAT_URL}{path}", params=query, timeout=_SECONDS)
        answer.raise_for_status()
        told = answer.json()
    except (httpx.HTTPError, ValueError):
        raise WechatRefused(_("微信现在连不上，分享照常用链接，请稍后再试。")) from None
    if not isinstance(told, dict):
        raise WechatRefused(_("微信的答复读不懂，请稍后再试。"))
    if code := int(told.get("errcode") or 0):
        raise WechatRefused(_sentence(code), code)
    return told


def _loan(told: dict[str, Any], name: str) -> Loan:
    value, seconds = told.get(name), told.get("expires_in")
    if not isinstance(value, str) or not value or not isinstance(seconds, int):
        raise WechatRefused(_("微信的答复读不懂，请稍后再试。"))
    return Loan(value, seconds)


def _sentence(code: int) -> str:
    if code in USED_UP:
        return _("今天向微信要的次数用完了，明天零点后恢复；分享照常用链接。")
    if code in _NOT_ALLOWED:
        return _("微信不认识这台服务器的地址，请管理员把它加进公众号的白名单（{code}）。").format(code=code)
    if code in _WRONG_KEYS:
        return _("公众号的 AppID 或密钥不对，请管理员核对（{code}）。").format(code=code)
    return _("微信没有答应（{code}），请稍后再试。").format(code=code)
