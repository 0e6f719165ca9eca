"""What keeps a place from locking itself out, and people below from lifting themselves up."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import permissions
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account, Post, Role
from lianxin.foundation.areas.acting import demand, demand_somewhere
from lianxin.foundation.areas.models import Area
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.errors import NotAllowed, Refused

_LOCK = 0x4C58_0002
MANAGE = "accounts.manage"


def administrators(at: datetime) -> set[int]:
    """Return the accounts that may manage accounts everywhere, without an end in sight."""
    held = Q(valid_from__lte=at, valid_to=None, area__role="city", role__permissions__contains=[MANAGE])
    unit_bound = Q(role__scope="unit", unit__isnull=False)
    posts = Post.objects.filter(held, account__disabled_at=None).exclude(unit_bound)
    return set(posts.values_list("account_id", flat=True))


def one_at_a_time() -> None:
    """Let one transaction at a time take power away, so that two administrators cannot end each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def keep_an_administrator(before: set[int], at: datetime) -> None:
    """Raise Refused if this transaction took away the last administrator. Call `one_at_a_time` first."""
    if before and not administrators(at):
        raise Refused(
            "last_administrator",
            _("这是最后一位能管理用户的市级管理员，不能这样改。请先让另一位接任。"),
        )


def demand_for(actor: Actor, account: Account, label: str, at: datetime) -> None:
    """Raise NotAllowed unless the actor manages every place where the account holds a post."""
    if actor.scope(MANAGE).everywhere:
        return
    posts = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=at), account=account).select_related("area", "unit")
    if not posts:
        demand_somewhere(actor, MANAGE, label)
    for post in posts:
        demand_at(actor, MANAGE, label, post.area, post.unit)
    if account.kind == Account.Kind.RESIDENT:
        raise NotAllowed(MANAGE, _("居民账号由市级管理员管理。"))


def demand_at(actor: Actor, permission: str, label: str, area: Area | None, unit: Unit | None) -> None:
    """Raise NotAllowed unless the actor may do this at the area, or for the unit or where the unit lies."""
    if actor.scope(permission).everywhere:
        return
    if unit is not None and actor.may(permission, unit_id=unit.pk):
        return
    place = area or (unit.area if unit is not None else None)
    if place is None:
        raise NotAllowed(permission, _("您的岗位不能在这里做这件事：{label}。").format(label=label))
    demand(actor, permission, label, place)


def demand_power_over(actor: Actor, role: Role) -> None:
    """Raise NotAllowed if the role holds central permissions and the actor is no city administrator."""
    if actor.scope(MANAGE).everywhere:
        return
    central = central_among(role.permissions)
    if central:
        labels = "、".join(permissions.label(code) for code in central)
        raise NotAllowed(
            "role_is_central", _("这个角色含有{labels}的权限，只能由市级管理员授予。").format(labels=labels)
        )


def demand_second_person(actor: Actor, account: Account, at: datetime) -> None:
    """Raise NotAllowed if the actor would lift itself while another administrator could do it."""
    if account.pk == actor.account_id and administrators(at) - {account.pk}:
        raise NotAllowed("post_for_oneself", _("不能给自己增加岗位，请另一位管理员办理。"))


def central_among(codes: Iterable[str]) -> list[str]:
    """Return those permissions that only a city administrator may give."""
    known = permissions.catalogue()
    return [code for code in codes if code in known and known[code].central]
