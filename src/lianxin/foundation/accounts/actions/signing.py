"""Signing in and out, lockout, and what ends a sign-in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import rules
from lianxin.foundation.accounts.actor import ANONYMOUS, Actor
from lianxin.foundation.accounts.models import Account, Session, Token, UnknownName
from lianxin.foundation.accounts.queries import actor_of
from lianxin.kernel.configuration import queries as configuration
from lianxin.kernel.errors import NotFound, Refused

from . import guarding
from .entries import tell

_ONCE_A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Entered:
    """A fresh sign-in: the key goes into the cookie and is kept nowhere else."""

    key: str
    session: Session
    account: Account
    must_change_password: bool


def sign_in(*, username: str, password: str, device: str, address: str | None, at: datetime) -> Entered:
    """Let staff in by name and password.

    Raises Refused (`wrong_password`, `locked`) with how many tries are left. Names nobody has are
    counted, locked and answered in the same words and the same time, so that names cannot be fished for.
    """
    name = username.strip().lower()[:60]
    with transaction.atomic():
        known = Account.objects.select_for_update().filter(username=name, kind=Account.Kind.STAFF).first()
        tried = known or _unknown(name, at)
        locked = tried.locked_until is not None and tried.locked_until > at
        right = _check(password, known) and not locked
        if right and known is not None and known.disabled_at is None:
            return _enter(known, device=device, address=address, at=at)
        if not locked and not right:
            _count(tried, at)
        refusal = _refusal(tried, right=right, at=at)
        tell(ANONYMOUS, known.pk if known else 0, "sign_in_failed", at=at, after={
            "rule": refusal.rule, "address": address, "device": device[:200], "failures": tried.failures,
        })  # fmt: skip
    # Raised after the commit: what was counted stays counted.
    raise refusal


def _unknown(name: str, at: datetime) -> UnknownName:
    key = rules.key_hash(name)
    UnknownName.objects.get_or_create(name_hash=key, defaults={"tried_at": at})
    return UnknownName.objects.select_for_update().get(name_hash=key)


def _check(password: str, account: Account | None) -> bool:
    if account is None:
        # The same work as for a name that exists.
        make_password(password)
        return False
    return check_password(password, account.password)


def _count(tried: Account | UnknownName, at: datetime) -> None:
    if tried.locked_until is not None:  # a lock that is over: the count begins anew
        tried.failures, tried.locked_until = 0, None
    tried.failures += 1
    if tried.failures >= rules.WRONG_BEFORE_LOCK:
        tried.locked_until = at + rules.LOCKED_FOR
    fields = ["failures", "locked_until"]
    if isinstance(tried, UnknownName):
        tried.tried_at = at
        fields.append("tried_at")
    tried.save(update_fields=fields)


def _refusal(tried: Account | UnknownName, *, right: bool, at: datetime) -> Refused:
    if right:
        return Refused("account_disabled", _("这个账号已停用，请联系管理员。"))
    locked = tried.locked_until is not None and tried.locked_until > at
    rule = "locked" if locked else "wrong_password"
    return Refused(rule, rules.wrong_password(tried.failures, tried.locked_until, at))


def _enter(account: Account, *, device: str, address: str | None, at: datetime) -> Entered:
    account.failures, account.locked_until, account.last_login = 0, None, at
    account.save(update_fields=["failures", "locked_until", "last_login"])
    return begin_session(account, device=device, address=address, at=at)


def begin_session(account: Account, *, device: str, address: str | None, at: datetime) -> Entered:
    """Open a session for an account that has shown who it is; in the caller's transaction."""
    key = rules.new_key()
    holder = actor_of(account.pk, at=at) if account.kind == Account.Kind.STAFF else None
    is_afield = holder is not None and holder.is_afield
    whole = rules.lasting(account.kind, configuration.current("security"), is_afield=is_afield).whole
    session = Session.objects.create(
        key_hash=rules.key_hash(key),
        account=account,
        device=device[:200],
        address=address,
        created_at=at,
        seen_at=at,
        expires_at=at + whole,
    )
    actor = Actor(account_id=account.pk, name=account.name, kind="staff" if account.username else "resident")
    tell(actor, account.pk, "sign_in", at=at, after={"session": session.pk, "address": address, "device": device[:200]})
    must_change = account.kind == Account.Kind.STAFF and account.password_changed_at is None
    return Entered(key, session, account, must_change)


@transaction.atomic
def sign_out(actor: Actor, *, at: datetime) -> None:
    """End the session this request came by."""
    session = _own(actor)
    if session is not None and Session.objects.filter(pk=session, revoked_at=None).update(revoked_at=at):
        tell(actor, actor.account_id or 0, "sign_out", at=at, after={"session": session})


@transaction.atomic
def revoke_session(actor: Actor, *, session_id: int, at: datetime) -> None:
    """End one of one's own sign-ins, or anyone's one manages. Raises NotFound if there is none to end."""
    session = Session.objects.select_related("account").filter(pk=session_id, revoked_at=None).first()
    if session is None:
        raise NotFound(_("没有这个登录，可能已经退出。"))
    if session.account_id != actor.account_id:
        guarding.demand_for(actor, session.account, _("退出他人的登录"), at)
    Session.objects.filter(pk=session_id).update(revoked_at=at)
    tell(actor, session.account_id, "revoke_session", at=at, after={"session": session_id})


@transaction.atomic
def revoke_sessions(actor: Actor, *, account: Account, at: datetime) -> int:
    """End all sign-ins of an account but the one that asks; returns how many."""
    if account.pk != actor.account_id:
        guarding.demand_for(actor, account, _("退出他人的登录"), at)
    count = close_sessions(account.pk, at=at, but=actor.session_key)
    tell(actor, account.pk, "revoke_sessions", at=at, after={"count": count})
    return count


def close_sessions(account_id: int, *, at: datetime, but: str = "") -> int:
    """End the sign-ins of an account in the caller's transaction; `but` is an actor's `session_key`."""
    open_ones = Session.objects.filter(account_id=account_id, revoked_at=None)
    return open_ones.exclude(pk=_number(but)).update(revoked_at=at)


def note_sign_of_life(*, session_id: int, at: datetime) -> None:
    """Keep an idle session from ending; written at most once a minute."""
    Session.objects.filter(pk=session_id, seen_at__lt=at - _ONCE_A_MINUTE).update(seen_at=at)


def note_use(*, token_id: int, at: datetime) -> None:
    """Note when a key was last used; written at most once a minute."""
    lately = Q(used_at__isnull=False, used_at__gte=at - _ONCE_A_MINUTE)
    Token.objects.filter(~lately, pk=token_id).update(used_at=at)


def _own(actor: Actor) -> int | None:
    return _number(actor.session_key) or None


def _number(session_key: str) -> int:
    return int(session_key[1:]) if session_key.startswith("s") else 0


def forget_unknown_names(*, at: datetime) -> int:
    """Drop counts of names nobody has once they lock nothing; returns how many."""
    old = UnknownName.objects.filter(tried_at__lt=at - rules.LOCKED_FOR * 2)
    return old.delete()[0]


def forget_sessions(*, at: datetime, days: int = 180) -> int:
    """Drop sessions that ended so many days ago; the audit keeps who signed in. Returns how many."""
    return Session.objects.filter(expires_at__lt=at - timedelta(days=days)).delete()[0]
