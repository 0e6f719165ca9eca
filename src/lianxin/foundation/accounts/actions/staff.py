"""Staff accounts and their passwords."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import rules
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.areas.acting import demand_somewhere
from lianxin.kernel.errors import Invalid, Refused

from . import guarding
from .entries import tell
from .signing import close_sessions

_LABEL = "管理用户"


@dataclass(frozen=True, slots=True)
class Created:
    """A new account, with the password to hand over once; it is kept nowhere."""

    account: Account
    password: str


@transaction.atomic
def create_staff_account(
    actor: Actor, *, username: str, name: str, phone: str = "", encoded: str = "", at: datetime
) -> Created:
    """Make an account with a random password that must be changed at the first sign-in.

    `encoded`, a hash already made, is for bulk loads and demonstrations; such a password need not be
    changed. Raises Invalid for a bad name or phone, Refused if name or phone is taken.
    """
    demand_somewhere(actor, guarding.MANAGE, _LABEL)
    username = rules.check_username(username)
    if not name.strip():
        raise Invalid({"name": _("请填写姓名。")})
    number = rules.check_phone(phone) if phone else None
    _check_free(username, number)
    password = "" if encoded else rules.initial_password()
    account = Account.objects.create(
        username=username,
        kind=Account.Kind.STAFF,
        name=name.strip(),
        phone=number,
        phone_hash=rules.phone_hash(number) if number else None,
        password=encoded or make_password(password),
        password_changed_at=at if encoded else None,
        created_at=at,
    )
    tell(actor, account.pk, "create", at=at, after={"username": username})
    return Created(account, password)


def _check_free(username: str, phone: str | None) -> None:
    if Account.objects.filter(username=username).exists():
        raise Refused("username_taken", _("用户名“{username}”已经有人用了。").format(username=username))
    same = Account.objects.filter(kind=Account.Kind.STAFF)
    if phone and same.filter(phone_hash__in=rules.phone_hashes(phone)).exists():
        raise Refused("phone_taken", _("这个手机号已经登记在另一个工作人员账号上。"))


@transaction.atomic
def change_password(actor: Actor, *, old: str, new: str, at: datetime) -> None:
    """Change one's own password; all other sign-ins end. Raises Invalid with the remedy."""
    if actor.account_id is None:
        raise Refused("not_signed_in", _("请先登录。"))
    account = Account.objects.select_for_update().get(pk=actor.account_id)
    if not account.check_password(old):
        raise Invalid({"old": _("原密码不对。")})
    if old == new:
        raise Invalid({"password": _("新密码要和原来的不同。")})
    _set(account, new, at)
    close_sessions(account.pk, at=at, but=actor.session_key)
    tell(actor, account.pk, "change_password", at=at)


@transaction.atomic
def reset_password(actor: Actor, *, account: Account, at: datetime) -> str:
    """Give an account a random password to hand over, to be changed at once; all its sign-ins end."""
    guarding.demand_for(actor, account, _LABEL, at)
    account = Account.objects.select_for_update().get(pk=account.pk)
    password = rules.initial_password()
    account.password = make_password(password)
    account.password_changed_at = None
    account.failures, account.locked_until = 0, None
    account.save(update_fields=["password", "password_changed_at", "failures", "locked_until"])
    close_sessions(account.pk, at=at)
    tell(actor, account.pk, "reset_password", at=at)
    return password


def _set(account: Account, password: str, at: datetime) -> None:
    rules.check_password(password, username=account.username or "", name=account.name)
    account.password = make_password(password)
    account.password_changed_at = at
    account.save(update_fields=["password", "password_changed_at"])


@transaction.atomic
def disable_account(actor: Actor, *, account: Account, reason: str, at: datetime) -> Account:
    """Let an account in no more; its sign-ins and keys end at once. Its posts stay, to be handed over.

    Raises Refused for the last administrator.
    """
    guarding.demand_for(actor, account, _LABEL, at)
    guarding.one_at_a_time()
    before = guarding.administrators(at)
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.disabled_at is not None:
        raise Refused("account_disabled", _("这个账号已经停用。"))
    account.disabled_at = at
    account.save(update_fields=["disabled_at"])
    guarding.keep_an_administrator(before, at)
    close_sessions(account.pk, at=at)
    account.tokens.filter(revoked_at=None).update(revoked_at=at)
    tell(actor, account.pk, "disable", at=at, note=reason)
    return account


@transaction.atomic
def enable_account(actor: Actor, *, account: Account, reason: str, at: datetime) -> Account:
    """Let a disabled account in again."""
    guarding.demand_for(actor, account, _LABEL, at)
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.disabled_at is None:
        raise Refused("account_enabled", _("这个账号没有停用。"))
    account.disabled_at = None
    account.save(update_fields=["disabled_at"])
    tell(actor, account.pk, "enable", at=at, note=reason)
    return account


@transaction.atomic
def set_preferences(actor: Actor, *, changes: dict[str, Any], at: datetime) -> Account:
    """Change one's own preferences (density, theme, notifications); other keys stay."""
    if actor.account_id is None:
        raise Refused("not_signed_in", _("请先登录。"))
    account = Account.objects.select_for_update().get(pk=actor.account_id)
    account.preferences = account.preferences | changes
    account.save(update_fields=["preferences"])
    tell(actor, account.pk, "set_preferences", at=at, after={"changed": sorted(changes)})
    return account
