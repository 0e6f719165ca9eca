"""Who posts: the number (or a system's code) and key of HTTP's basic authentication."""

import base64
import binascii
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import address_of
from lianxin.kernel.throttle.counting import count
from lianxin.registry.sensors import counting, keys
from lianxin.registry.sensors.counting import Refusal
from lianxin.registry.sensors.keys import Caller
from lianxin.registry.sensors.register import register

_BASIC = "basic "
_LONGEST = 400
_WRONG_A_MINUTE = 120  # of one address; then it is not even counted


def caller(request: HttpRequest, *, at: datetime) -> Caller | None:
    """Return who posts, or None; a wrong key is counted for whom it was meant. Raises Refused for too many."""
    number, key = _told(request.headers.get("Authorization", ""))
    found = keys.authenticate(number, key, at=at) if number and key else None
    if found is None:
        count("devices.key", address_of(request) or "", most=_WRONG_A_MINUTE, span=timedelta(minutes=1), at=at)
        known = register.get()
        device = known.devices.get(number.upper())
        sentence = _("编号或密钥不对，或者密钥已经换掉。")
        wrong = Refusal(
            0, "wrong_key", number[:40], sentence, device.id if device else 0, known.systems.get(number, 0)
        )  # fmt: skip
        counting.note({}, [wrong], at=at)
    return found


def _told(header: str) -> tuple[str, str]:
    """Return number and key; two empty texts for anything that is not basic authentication."""
    if len(header) > _LONGEST or not header.lower().startswith(_BASIC):
        return "", ""
    try:
        told = base64.b64decode(header[len(_BASIC) :].strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    number, _colon, key = told.partition(":")
    return number, key
