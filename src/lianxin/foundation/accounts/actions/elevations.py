"""Short elevations (临时授权) in place of a permanent superuser: asked for with a reason, granted by another person."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import permissions, rules
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account, Elevation, Post
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid, NotAllowed, Refused

from .entries import tell

GRANT = "accounts.elevate"


@transaction.atomic
def request_elevation(actor: Actor, *, wanted: Sequence[str], minutes: int, reason: str, at: datetime) -> Elevation:
    """Ask for permissions everywhere, for at most four hours.

    Starts at once if the actor may grant and nobody else can; otherwise waits for another person.
    Raises Invalid for unknown permissions, no reason or too long, Refused while another request is open.
    """
    account = _asker(actor, at)
    _check(wanted, minutes, reason)
    open_ones = Elevation.objects.filter(account=account, ended_at=None)
    if open_ones.filter(starts_at=None, requested_at__gt=at - rules.REQUEST_LIVES).exists():
        raise Refused("elevation_asked", _("您已经申请了一次，请等待批准。"))
    if open_ones.filter(ends_at__gt=at).exists():
        raise Refused("elevation_runs", _("您的临时授权还没有到期。"))
    elevation = Elevation.objects.create(
        account=account, permissions=sorted(set(wanted)), reason=reason.strip(), minutes=minutes, requested_at=at
    )
    tell(actor, account.pk, "request_elevation", at=at, note=elevation.reason, after=_facts(elevation))
    if actor.scope(GRANT).everywhere and not _others(account, at):
        _start(actor, elevation, None, at)
    return elevation


def _asker(actor: Actor, at: datetime) -> Account:
    account = Account.objects.select_for_update().filter(pk=actor.account_id or 0).first()
    if account is None or not Post.objects.filter(pk__in=current_posts(at), account=account).exists():
        raise NotAllowed("elevation_needs_post", _("有岗位的工作人员才能申请临时授权。"))
    return account


def _check(wanted: Sequence[str], minutes: int, reason: str) -> None:
    permissions.check_known(wanted)
    wrong = {}
    if not wanted:
        wrong["permissions"] = _("请选择要用的权限。")
    if GRANT in wanted:
        wrong["permissions"] = _("批准临时授权这一项不能临时授予。")
    if not 1 <= minutes <= rules.ELEVATION_HOURS * 60:
        wrong["minutes"] = _("临时授权最短 1 分钟，最长 {hours} 小时。").format(hours=rules.ELEVATION_HOURS)
    if not reason.strip():
        wrong["reason"] = _("请写明为什么需要。")
    if wrong:
        raise Invalid(wrong)


def _others(account: Account, at: datetime) -> bool:
    """Tell whether another person can grant: somebody with the permission over the whole city."""
    able = current_posts(at).filter(role__permissions__contains=[GRANT], area__role="city")
    return able.exclude(account=account).exists()


@transaction.atomic
def decide_elevation(actor: Actor, *, elevation: Elevation, grant: bool, at: datetime) -> Elevation:
    """Grant or refuse what another person asked for. Raises NotAllowed for one's own, Refused once decided."""
    demand(actor, GRANT, "批准临时授权")
    elevation = Elevation.objects.select_for_update().select_related("account").get(pk=elevation.pk)
    if elevation.account_id == actor.account_id:
        raise NotAllowed("elevation_own", _("不能批准自己的申请，请另一位管理员批准。"))
    overdue = elevation.requested_at + rules.REQUEST_LIVES <= at
    if elevation.starts_at or elevation.ended_at or overdue:
        raise Refused("elevation_decided", _("这次申请已经处理或已过期。"))
    if grant:
        _start(actor, elevation, actor.account_id, at)
    else:
        elevation.ended_at = at
        elevation.save(update_fields=["ended_at"])
        tell(actor, elevation.account_id, "refuse_elevation", at=at, after=_facts(elevation))
    return elevation


def _start(actor: Actor, elevation: Elevation, granted_by: int | None, at: datetime) -> None:
    elevation.granted_by_id = granted_by
    elevation.starts_at, elevation.ends_at = at, at + timedelta(minutes=elevation.minutes)
    elevation.save(update_fields=["granted_by", "starts_at", "ends_at"])
    tell(actor, elevation.account_id, "elevate", at=at, note=elevation.reason, after=_facts(elevation))


@transaction.atomic
def end_elevation(actor: Actor, *, elevation: Elevation, at: datetime) -> Elevation:
    """Give permissions back before their time; one's own, or anyone's as a granter. Raises Refused if over."""
    if elevation.account_id != actor.account_id:
        demand(actor, GRANT, "收回临时授权")
    elevation = Elevation.objects.select_for_update().get(pk=elevation.pk)
    if elevation.ended_at is not None or (elevation.ends_at is not None and elevation.ends_at <= at):
        raise Refused("elevation_over", _("这次临时授权已经结束。"))
    elevation.ended_at = at
    elevation.save(update_fields=["ended_at"])
    tell(actor, elevation.account_id, "end_elevation", at=at, after=_facts(elevation))
    return elevation


def _facts(elevation: Elevation) -> dict[str, object]:
    return {
        "elevation": elevation.pk,
        "permissions": elevation.permissions,
        "minutes": elevation.minutes,
        "alone": elevation.starts_at is not None and elevation.granted_by_id is None,
    }
