"""Keys for programs and devices."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import permissions, rules
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account, Token
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid, Refused

from .entries import tell

_PERMISSION = "tokens.manage"
_LABEL = "管理接口密钥"
_LONGEST_DAYS = 366


@transaction.atomic
def create_token(
    actor: Actor, *, account: Account, name: str, scopes: Sequence[str], days: int, at: datetime
) -> tuple[Token, str]:
    """Make a key that acts as an account, narrowed to `scopes`; the key itself is returned once and kept nowhere.

    Raises Invalid for unknown scopes, no name or too long a life.
    """
    demand(actor, _PERMISSION, _LABEL)
    permissions.check_known(scopes)
    wrong = {}
    if not name.strip():
        wrong["name"] = _("请写明给谁用、做什么。")
    if not scopes:
        wrong["scopes"] = _("请至少选一项权限。")
    if not 1 <= days <= _LONGEST_DAYS:
        wrong["days"] = _("有效期为 1 至 {days} 天。").format(days=_LONGEST_DAYS)
    if wrong:
        raise Invalid(wrong)
    key = rules.new_key("lx_")
    token = Token.objects.create(
        key_hash=rules.key_hash(key),
        account=account,
        name=name.strip()[:80],
        scopes=sorted(set(scopes)),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    tell(
        actor, account.pk, "create_token", at=at, after={"token": token.pk, "name": token.name, "scopes": token.scopes}
    )
    return token, key


@transaction.atomic
def revoke_token(actor: Actor, *, token: Token, at: datetime) -> None:
    """End a key at once. Raises Refused if it has ended."""
    if token.account_id != actor.account_id:
        demand(actor, _PERMISSION, _LABEL)
    if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        raise Refused("token_over", _("这个密钥已经停用。"))
    tell(actor, token.account_id, "revoke_token", at=at, after={"token": token.pk, "name": token.name})
