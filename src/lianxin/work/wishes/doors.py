"""How somebody without an account comes back to a letter: its number, with the phone given or the code shown once."""

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from lianxin.kernel.crypto.sealing import blind_index, blind_indexes, secret
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.throttle.counting import count
from lianxin.work.cases.actions.intake import normal_phone

from .models import PHONE_CONTEXT, Side

_HOUR = timedelta(hours=1)
PER_ADDRESS, PER_NUMBER = 60, 10
_DIGITS = 8


def new_number() -> str:
    """Return a number that nobody has, with no order in it: X48291307."""
    while True:
        number = f"X{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        if not Side.objects.filter(number=number).exists():
            return number


def code_of(key: UUID, role: str = Side.Role.WRITER) -> str:
    """Return the eight digits that open a letter: they follow from its key, so a second sending shows the same."""
    told = hmac.digest(secret("wishes"), f"{role}.{key}".encode(), "sha256")
    return f"{int.from_bytes(told[:8]) % 10**_DIGITS:0{_DIGITS}}"


def phone_hash(phone: str) -> bytes:
    """Return the hash a phone is found by."""
    return blind_index(phone, PHONE_CONTEXT).hash


def prove(*, number: str, proof: str, address: str | None, at: datetime) -> Side:
    """Return the side of a number whose phone or code this is.

    Raises NotFound in the same words whatever is wrong, and TooMany beyond the limits.
    """
    number, proof = number.strip().upper(), proof.strip()
    count("wishes.address", address or "", most=PER_ADDRESS, span=_HOUR, at=at)
    count("wishes.number", number, most=PER_NUMBER, span=_HOUR, at=at)
    side = Side.objects.select_related("letter").filter(number=number[:12]).first()
    if side is None or not (_is_code(side, proof) or _is_phone(side, proof)):
        raise NotFound(_("编号和手机号（或查询码）对不上，请核对。"))
    return side


def _is_code(side: Side, proof: str) -> bool:
    return hmac.compare_digest(proof.encode(), code_of(side.letter.key, side.role).encode())


def _is_phone(side: Side, proof: str) -> bool:
    if side.phone_hash is None:
        return False
    try:
        digits = normal_phone(proof)
    except Invalid:
        return False
    return bytes(side.phone_hash) in blind_indexes(digits, PHONE_CONTEXT)
