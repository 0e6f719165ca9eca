"""Codes sent to a phone: residents sign in by them, and follow what they reported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import rules
from lianxin.foundation.accounts.models import Account, PhoneCode
from lianxin.kernel.configuration import queries as configuration
from lianxin.kernel.errors import Invalid, Refused

from .signing import Entered, begin_session

SIGN_IN = "sign_in"
# Sends a text to a phone; `notifications` offers one, and this room lies below it.
Sender = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code is on its way to `phone` (masked). `shown` holds it in a demonstration only."""

    phone: str
    expires_at: datetime
    again_at: datetime
    shown: str = ""


@transaction.atomic
def request_code(*, phone: str, purpose: str, address: str | None, send: Sender, at: datetime) -> CodeSent:
    """Send six digits to a phone. Raises Invalid for a bad number, Refused (`code_too_often`) beyond the limits."""
    number = rules.check_phone(phone)
    _check_limits(number, address, at)
    code = rules.new_code()
    PhoneCode.objects.filter(phone_hash=rules.phone_hash(number), purpose=purpose, used_at=None).update(used_at=at)
    sent = PhoneCode.objects.create(
        phone_hash=rules.phone_hash(number),
        purpose=purpose,
        code_hash=rules.code_hash(number, purpose, code),
        address=address,
        created_at=at,
        expires_at=at + rules.CODE_LIVES,
    )
    text = _text(code)
    transaction.on_commit(lambda: send(number, text))
    shown = code if settings.DEMO else ""
    return CodeSent(rules.mask_phone(number), sent.expires_at, at + rules.CODE_PAUSE, shown)


def _text(code: str) -> str:
    """Return what the phone shows: in the profile's words (`texts.sms.code`), or in ours."""
    told = (configuration.current("texts") or {}).get("sms", {}).get("code", "")
    if "{code}" in told:
        return str(told).replace("{code}", code)
    minutes = int(rules.CODE_LIVES.total_seconds() // 60)
    return _("验证码 {code}，{minutes} 分钟内有效。请不要告诉别人。").format(code=code, minutes=minutes)


def _check_limits(phone: str, address: str | None, at: datetime) -> None:
    sent = PhoneCode.objects.filter(phone_hash__in=rules.phone_hashes(phone))
    last = sent.filter(created_at__gt=at - rules.CODE_PAUSE).order_by("-created_at").first()
    if last is not None:
        seconds = int((last.created_at + rules.CODE_PAUSE - at).total_seconds()) or 1
        raise Refused("code_too_often", _("验证码刚发过，请 {seconds} 秒后再试。").format(seconds=seconds))
    for span, most in rules.CODES_PER_PHONE:
        if sent.filter(created_at__gt=at - span).count() >= most:
            raise Refused("code_too_often", _("这个手机号今天要的验证码太多了，请过一会儿再试。"))
    span, most = rules.CODES_PER_ADDRESS
    if address and PhoneCode.objects.filter(address=address, created_at__gt=at - span).count() >= most:
        raise Refused("code_too_often", _("这个网络要的验证码太多了，请过一会儿再试。"))


def use_code(*, phone: str, purpose: str, code: str, at: datetime) -> str:
    """Return the phone's number if the code is right, once. Raises Invalid; wrong tries are counted."""
    number = rules.check_phone(phone)
    with transaction.atomic():
        wrong = _use(number, purpose, code.strip(), at)
    # Raised after the commit: what was counted stays counted.
    if wrong:
        raise Invalid({"code": wrong})
    return number


def _use(phone: str, purpose: str, code: str, at: datetime) -> str:
    waiting = PhoneCode.objects.select_for_update().filter(
        phone_hash__in=rules.phone_hashes(phone), purpose=purpose, used_at=None, expires_at__gt=at
    )
    sent = waiting.order_by("-created_at").first()
    if sent is None or sent.tries >= rules.CODE_TRIES:
        return _("验证码已失效，请重新获取。")
    if bytes(sent.code_hash) != rules.code_hash(phone, purpose, code):
        sent.tries += 1
        sent.save(update_fields=["tries"])
        left = rules.CODE_TRIES - sent.tries
        return _("验证码不对，还可以再试 {left} 次。").format(left=left) if left else _("验证码已失效，请重新获取。")
    sent.used_at = at
    sent.save(update_fields=["used_at"])
    return ""


def sign_in_by_code(*, phone: str, code: str, device: str, address: str | None, at: datetime) -> Entered:
    """Let a resident in by a code sent to the phone; the first time makes the account.

    Raises Invalid as `use_code`, Refused for a disabled account.
    """
    number = use_code(phone=phone, purpose=SIGN_IN, code=code, at=at)
    with transaction.atomic():
        account = _resident(number, at)
        if account.disabled_at is not None:
            raise Refused("account_disabled", _("这个账号已停用。如有疑问请联系社区。"))
        account.last_login = at
        account.save(update_fields=["last_login"])
        return begin_session(account, device=device, address=address, at=at)


def _resident(phone: str, at: datetime) -> Account:
    residents = Account.objects.filter(kind=Account.Kind.RESIDENT)
    known = residents.filter(phone_hash__in=rules.phone_hashes(phone)).first()
    if known is not None:
        return known
    # Of two at once the constraint lets one be made; the other finds it.
    return Account.objects.get_or_create(
        kind=Account.Kind.RESIDENT,
        phone_hash=rules.phone_hash(phone),
        defaults={"phone": phone, "created_at": at, "name": rules.mask_phone(phone)},
    )[0]


def forget_codes(*, at: datetime) -> int:
    """Drop codes that no limit counts any more; returns how many."""
    longest = max(span for span, _most in rules.CODES_PER_PHONE)
    return PhoneCode.objects.filter(created_at__lt=at - longest).delete()[0]
