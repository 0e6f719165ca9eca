"""Passwords, phones, codes and how long a sign-in lasts: no database, no clock."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lianxin.kernel.crypto import sealing
from lianxin.kernel.errors import Invalid

PASSWORD_LENGTH = 10
WRONG_BEFORE_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)

CODE_LIVES = timedelta(minutes=5)
CODE_TRIES = 5
CODE_PAUSE = timedelta(minutes=1)
CODES_PER_PHONE = ((timedelta(hours=1), 5), (timedelta(days=1), 10))
CODES_PER_ADDRESS = (timedelta(hours=1), 20)

ELEVATION_HOURS = 4
REQUEST_LIVES = timedelta(days=1)
PHONE_CONTEXT = "accounts.account.phone"

_PHONE = re.compile(r"1[3-9]\d{9}")
_USERNAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,59}")
# Without letters and digits that look alike on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def check_username(username: str) -> str:
    """Return the name in small letters, or raise Invalid."""
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise Invalid({"username": _("用户名用字母和数字，2 至 60 位，可以有点、横线和下划线。")})
    return name


def check_password(password: str, *, username: str = "", name: str = "") -> None:
    """Raise Invalid with the remedy unless the password is long enough, not common and not the person's own name."""
    if len(password) < PASSWORD_LENGTH:
        raise Invalid({"password": _("密码至少 {count} 位。").format(count=PASSWORD_LENGTH)})
    if len(password) > 128:
        raise Invalid({"password": _("密码最多 128 位。")})
    if len(set(password)) < 5:
        raise Invalid({"password": _("密码里重复的字符太多，请换一个。")})
    for own in (username, name):
        if len(own) >= 2 and own.lower() in password.lower():
            raise Invalid({"password": _("密码里不要带用户名或姓名。")})
    try:
        _common().validate(password)
    except ValidationError:
        raise Invalid({"password": _("这个密码太常见，容易被猜到，请换一个。")}) from None


@cache
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def initial_password() -> str:
    """Return a random password of some 59 bits, to hand over on paper and change at once."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _i in range(4)) for _j in range(3))


def check_phone(phone: str) -> str:
    """Return a mainland mobile number without blanks, hyphens and +86, or raise Invalid."""
    number = re.sub(r"[\s-]", "", phone)
    number = number.removeprefix("+86").removeprefix("0086")
    if not _PHONE.fullmatch(number):
        raise Invalid({"phone": _("请填写 11 位手机号。")})
    return number


def mask_phone(phone: str) -> str:
    """Return `138****5678`."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****"


def phone_hash(phone: str) -> bytes:
    """Return the keyed hash to store beside a sealed phone."""
    return sealing.blind_index(phone, PHONE_CONTEXT).hash


def phone_hashes(phone: str) -> list[bytes]:
    """Return the keyed hashes to look a phone up by, amid a rotation of keys too."""
    return sealing.blind_indexes(phone, PHONE_CONTEXT)


def new_key(prefix: str = "") -> str:
    """Return a random key of 256 bits for a session or a token."""
    return prefix + secrets.token_urlsafe(32)


def key_hash(key: str) -> bytes:
    """Return what is kept of a key. Keys are random, so a plain hash cannot be turned back."""
    return hashlib.sha256(key.encode()).digest()


def new_code() -> str:
    """Return six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def code_hash(phone: str, purpose: str, code: str) -> bytes:
    """Return what is kept of a code; keyed, since six digits are soon tried through."""
    key = sealing.secret("phone_code")
    return hmac.digest(key, f"{purpose}\0{phone}\0{code}".encode(), "sha256")


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a sign-in lasts: without a sign of life, and at most."""

    idle: timedelta
    whole: timedelta


_LASTING = {
    "staff": Lasting(timedelta(hours=2), timedelta(hours=12)),
    "resident": Lasting(timedelta(days=30), timedelta(days=90)),
}


def lasting(kind: str, security: Mapping[str, Any] | None = None, *, is_afield: bool = False) -> Lasting:
    """Return how long a sign-in of staff or residents lasts.

    The configuration "security" may say otherwise: `staff_idle_minutes`, `staff_hours`, `resident_…`, and `field_…` for
    staff all of whose posts are afield. Those carry a phone of their own and meet no password prompt on a stair; the
    price is that a lost phone stays signed in for so long, unless it is locked or its sign-in is ended at the desk.
    """
    given, default = security or {}, _LASTING[kind]
    if is_afield and kind == "staff" and ("field_hours" in given or "field_idle_minutes" in given):
        kind = "field"
    idle = given.get(f"{kind}_idle_minutes")
    whole = given.get(f"{kind}_hours")
    return Lasting(
        timedelta(minutes=idle) if idle else default.idle,
        timedelta(hours=whole) if whole else default.whole,
    )


def wrong_password(failures: int, locked_until: datetime | None, at: datetime) -> str:
    """Return what to tell after a wrong password: how many tries are left, or how long to wait."""
    if locked_until is not None and locked_until > at:
        minutes = max(1, -int((at - locked_until).total_seconds() // 60))
        return _("输错太多次，已锁定。请 {minutes} 分钟后再试。").format(minutes=minutes)
    return _("用户名或密码不对。再错 {left} 次将锁定 {minutes} 分钟。").format(
        left=WRONG_BEFORE_LOCK - failures, minutes=int(LOCKED_FOR.total_seconds() // 60)
    )
