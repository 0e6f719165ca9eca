"""Changing what a role may do (改岗位权限): one administrator asks, the security officer agrees, then it is so."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import permissions
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account, Role, RoleChange
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid, NotAllowed, Refused, Stale

from . import guarding
from .entries import tell

APPROVE = "accounts.elevate"
# The three officers (三员): who holds one of the first may hold none of the second, in one role.
APART = (
    ({"accounts.manage", "config.manage"}, {"audit.export"}),
    ({"accounts.elevate"}, {"audit.export"}),
    ({"accounts.manage"}, {"accounts.elevate"}),
)


@transaction.atomic
def ask_role_change(
    actor: Actor, *, role: Role, seen: Collection[str], wanted: Collection[str], reason: str, at: datetime
) -> RoleChange:
    """Ask for a role to have exactly the permissions `wanted`; nothing changes until a second person agrees.

    Raises Stale when the role no longer has what was `seen`, Invalid without a reason or a change,
    Refused when one waits already, when two of the three officers would be one, and when it would
    leave nobody who manages accounts.
    """
    demand(actor, guarding.MANAGE, _("管理角色"))
    role = Role.objects.select_for_update().get(pk=role.pk)
    now, then = set(role.permissions), set(wanted)
    if now != set(seen):
        raise Stale(_("“{role}”的权限刚被改过，请看看现在的再改。").format(role=role.label), version=0, changes=[])
    _check(role, now, then, reason)
    if actor.account_id is None:
        raise NotAllowed(guarding.MANAGE, _("改权限要由一个人提出。"))
    if RoleChange.objects.filter(role=role, decided_at=None).exists():
        raise Refused("role_change_waits", _("“{role}”已有一项改动等着审批，请先等它有结果。").format(role=role.label))
    _try_out(role, then, at)
    change = RoleChange.objects.create(
        role=role,
        added=sorted(then - now),
        removed=sorted(now - then),
        holders=holders(role, at),
        reason=reason.strip(),
        asked_by_id=actor.account_id,
        asked_at=at,
    )
    facts = {"role": role.code, "added": change.added, "removed": change.removed}
    tell(actor, 0, "ask_role", at=at, note=change.reason, after=facts)
    return change


@transaction.atomic
def decide_role_change(actor: Actor, *, change: RoleChange, grant: bool, remark: str = "", at: datetime) -> RoleChange:
    """Agree to a change, which takes effect with the next request of everyone in the role, or refuse it.

    Raises NotAllowed for who asked and for who may not approve, Refused when it is decided or would leave
    nobody who manages accounts, Stale when the role has changed since.
    """
    demand(actor, APPROVE, _("审批权限改动"))
    guarding.one_at_a_time()
    change = RoleChange.objects.select_for_update().get(pk=change.pk)
    if change.decided_at is not None:
        raise Refused("role_change_over", _("这项改动已经有结果了。"))
    if grant and change.asked_by_id == actor.account_id:
        raise NotAllowed("role_change_own", _("不能批准自己提出的改动，请另一位安全管理员办理。"))
    if not grant and not remark.strip():
        raise Invalid({"remark": _("请写明为什么不同意。")})
    if grant:
        _put(actor, change, at)
    change.decided_by_id, change.decided_at = actor.account_id, at
    change.is_granted, change.remark = grant, remark.strip()
    change.save(update_fields=["decided_by", "decided_at", "is_granted", "remark"])
    if not grant:
        tell(actor, 0, "refuse_role", at=at, note=change.remark, after={"role": change.role_id})
    return change


@transaction.atomic
def withdraw_role_change(actor: Actor, *, change: RoleChange, at: datetime) -> RoleChange:
    """Take back what one has asked for. Raises NotAllowed for others, Refused when it is decided."""
    change = RoleChange.objects.select_for_update().get(pk=change.pk)
    if change.asked_by_id != actor.account_id:
        raise NotAllowed("role_change_not_own", _("只有提出的人能撤回。"))
    if change.decided_at is not None:
        raise Refused("role_change_over", _("这项改动已经有结果了。"))
    change.decided_by_id, change.decided_at, change.is_granted = actor.account_id, at, False
    change.remark = _("提出的人撤回")
    change.save(update_fields=["decided_by", "decided_at", "is_granted", "remark"])
    tell(actor, 0, "refuse_role", at=at, note=change.remark, after={"role": change.role_id})
    return change


def holders(role: Role, at: datetime) -> int:
    """Return how many accounts hold a role now: those whom a change of it concerns."""
    return current_posts(at).filter(role=role).values("account_id").distinct().count()


def merged_officers(codes: Collection[str]) -> list[tuple[str, str]]:
    """Return pairs of permissions, by label, of two officers who must be two people."""
    held = set(codes)
    return [
        (permissions.label(sorted(one & held)[0]), permissions.label(sorted(other & held)[0]))
        for one, other in APART
        if one & held and other & held
    ]


def _check(role: Role, now: set[str], then: set[str], reason: str) -> None:
    if not reason.strip():
        raise Invalid({"reason": _("请写明为什么改，例如文号。")})
    if now == then:
        raise Invalid({"permissions": _("没有改动。")})
    permissions.check_known(then - now)
    before = merged_officers(now)
    for pair in merged_officers(then):
        if pair not in before:
            sentence = _("系统管理、安全管理、审计三员要分开：“{role}”不能同时有“{one}”和“{other}”。")
            raise Refused("officers_apart", sentence.format(role=role.label, one=pair[0], other=pair[1]))


def _try_out(role: Role, then: set[str], at: datetime) -> None:
    """Raise Refused if the change would leave nobody who manages accounts; told to who asks, not to who agrees."""
    before = guarding.administrators(at)
    kept = role.permissions
    Role.objects.filter(pk=role.pk).update(permissions=sorted(then))
    guarding.keep_an_administrator(before, at)
    Role.objects.filter(pk=role.pk).update(permissions=kept)


def _put(actor: Actor, change: RoleChange, at: datetime) -> None:
    role = Role.objects.select_for_update().get(pk=change.role_id)
    had = set(role.permissions)
    if set(change.added) & had or set(change.removed) - had:
        sentence = _("“{role}”在提出之后又改过，请退回重提。").format(role=role.label)
        raise Stale(sentence, version=0, changes=[])
    before = guarding.administrators(at)
    role.permissions = sorted((had | set(change.added)) - set(change.removed))
    role.save(update_fields=["permissions"])
    guarding.keep_an_administrator(before, at)
    asked_by = Account.objects.values_list("name", flat=True).get(pk=change.asked_by_id)
    facts = {"role": role.code, "added": change.added, "removed": change.removed, "asked_by": asked_by}
    tell(actor, 0, "set_role", at=at, note=change.reason, before={"permissions": sorted(had)}, after=facts)
