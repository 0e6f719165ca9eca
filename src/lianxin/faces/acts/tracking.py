"""Follow a report by its number and phone: a key that opens this one case for a while, without an account."""

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from lianxin.kernel import crypto
from lianxin.kernel.crypto.sealing import blind_indexes
from lianxin.kernel.errors import NotFound, Refused
from lianxin.kernel.throttle.counting import count
from lianxin.work.cases.actions.intake import PHONE_CONTEXT, normal_phone
from lianxin.work.cases.models import Case

PREFIX = "lxt_"
LIVES = timedelta(hours=2)
LIVES_AFTER_REPORT = timedelta(hours=24)
HOUR = timedelta(hours=1)
PER_ADDRESS, PER_PHONE, PER_NUMBER = 60, 20, 10
_TAG = 16


class BadKey(Refused):
    """The key opens nothing, or no longer."""

    status = 401


@dataclass(frozen=True, slots=True)
class Tracked:
    """A case somebody has shown to have reported, with the key to it."""

    case: Case
    key: str
    expires_at: datetime


def track(*, number: str, phone: str, address: str | None, at: datetime) -> Tracked:
    """Return the case that was reported under this number with this phone.

    Raises NotFound in the same words whether the number or the phone is wrong, TooMany beyond the limits.
    """
    digits = normal_phone(phone)
    count("track.address", address or "", most=PER_ADDRESS, span=HOUR, at=at)
    count("track.phone", digits, most=PER_PHONE, span=HOUR, at=at)
    count("track.number", number.strip(), most=PER_NUMBER, span=HOUR, at=at)
    hashes = blind_indexes(digits, PHONE_CONTEXT)
    found = Case.objects.select_related("merged_into", "category")
    case = found.filter(number=number.strip(), reporter__phone_hash__in=hashes).first()
    if case is None:
        raise NotFound(_("编号和手机号对不上。请核对短信里的编号，和反映时留的手机号。"))
    return Tracked(case, new_key(case.pk, at=at), at + LIVES)


def new_key(case_id: int, *, at: datetime, lives: timedelta = LIVES) -> str:
    """Return a key for one case; nothing is stored, it ends by itself."""
    told = f"{case_id}.{int((at + lives).timestamp())}".encode()
    return PREFIX + base64.urlsafe_b64encode(_tag(told) + told).decode().rstrip("=")


def case_of(key: str, *, at: datetime) -> int:
    """Return the case a key opens; raise BadKey."""
    told = _opened(key.removeprefix(PREFIX))
    case_id, _dot, expires = told.partition(".")
    if not told or datetime.fromtimestamp(int(expires), UTC) <= at:
        raise BadKey("bad_key", _("查询凭证无效或已过期，请用编号和手机号重新查询。"))
    return int(case_id)


def _opened(coded: str) -> str:
    """Return what a key says, or nothing if we did not say it."""
    try:
        whole = base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return ""
    tag, told = whole[:_TAG], whole[_TAG:]
    return told.decode() if hmac.compare_digest(tag, _tag(told)) else ""


def _tag(told: bytes) -> bytes:
    return hmac.digest(crypto.secret("tracking"), told, "sha256")[:_TAG]
