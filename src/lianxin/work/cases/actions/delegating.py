"""Let another post decide requests for a time (委托), and take that back."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actions.entries import tell
from lianxin.foundation.accounts.actor import Actor, Holding
from lianxin.foundation.accounts.models import Account, Post
from lianxin.foundation.accounts.queries import actors_of
from lianxin.foundation.areas.queries import node
from lianxin.foundation.notifications import actions as notifications
from lianxin.kernel.errors import Invalid, NotAllowed, Refused
from lianxin.kernel.text import clean
from lianxin.work.cases.messages import ENTRUSTED
from lianxin.work.cases.models import Approval, Delegation
from lianxin.work.cases.standing import DECIDES, SEES

MOST_DAYS = 92  # whoever is away for longer should hand over the post


@transaction.atomic
def entrust(
    actor: Actor, *, post_id: int, to_post_id: int, kinds: Collection[str], starts_at: datetime, ends_at: datetime,
    reason: str, at: datetime,
) -> Delegation:  # fmt: skip
    """Let another post decide these kinds of request in one's own post's place, between two instants.

    Only a power of one's own can be lent, only to somebody who sees the same cases. Raises NotAllowed, Invalid.
    """
    own = next((held for held in actor.holdings if held.post_id == post_id and DECIDES in held.permissions), None)
    if own is None or actor.account_id is None:
        raise NotAllowed("not_yours", _("只能委托自己岗位上的审批；别人委托给您的，不能再转委托。"))
    wanted = sorted(set(kinds))
    problems: dict[str, str] = {}
    if not wanted or not set(wanted) <= set(Approval.Kind.values):
        problems["kinds"] = _("请选委托哪几种申请。")
    if ends_at <= max(starts_at, at):
        problems["ends_at"] = _("结束时间要在开始以后、现在以后。")
    elif ends_at - starts_at > timedelta(days=MOST_DAYS):
        problems["ends_at"] = _("一次最多委托 {most} 天。").format(most=MOST_DAYS)
    said = clean(reason, 500)
    if not said:
        problems["reason"] = _("请写明为什么委托，例如出差、休假。")
    if (wrong := _unfit(actor, own, to_post_id, at)) is not None:
        problems["to_post"] = wrong
    if problems:
        raise Invalid(problems)
    made = Delegation.objects.create(
        post_id=post_id, to_post_id=to_post_id, kinds=wanted, reason=said, starts_at=max(starts_at, at),
        ends_at=ends_at, made_by_id=actor.account_id, made_at=at,
    )  # fmt: skip
    tell(actor, actor.account_id, "entrust", at=at, note=said, after=_facts(made))
    _tell_delegate(made, at=at)
    return made


def _unfit(actor: Actor, own: Holding, to_post_id: int, at: datetime) -> str | None:
    """Say why a post cannot stand in, or None."""
    post = Post.objects.filter(pk=to_post_id).first()
    if post is None or post.account_id == actor.account_id:
        return _("请选另一位同事的岗位。")
    other = actors_of([post.account_id], at=at).get(post.account_id)
    held = next((each for each in other.holdings if each.post_id == to_post_id), None) if other is not None else None
    if held is None:
        return _("这个岗位已经结束，或账号停用了。")
    return None if _sees_all(held, own) else _("这个岗位看不到您辖区的案件，不能替您审。")


def _sees_all(held: Holding, own: Holding) -> bool:
    """Tell whether a post sees every case that another may decide on."""
    if SEES not in held.permissions or held.area_level is None:
        return False
    if held.area_level == "city":
        return True
    area = node(own.area_id) if own.area_id is not None and own.area_level != "city" else None
    return area is not None and held.covers(area)


@transaction.atomic
def revoke_trust(actor: Actor, *, delegation_id: int, at: datetime) -> Delegation:
    """Take a delegation back at once; who made it may, and who may decide everywhere."""
    found = Delegation.objects.select_for_update().filter(pk=delegation_id).first()
    if found is None or not (found.made_by_id == actor.account_id or actor.scope("accounts.manage").everywhere):
        raise NotAllowed("not_yours", _("只能收回自己作的委托。"))
    if found.revoked_at is not None or found.ends_at <= at:
        raise Refused("over", _("这个委托已经结束。"))
    found.revoked_at, found.revoked_by_id = at, actor.account_id
    found.save(update_fields=["revoked_at", "revoked_by"])
    tell(actor, found.made_by_id, "revoke_trust", at=at, before=_facts(found))
    return found


def _facts(made: Delegation) -> dict[str, object]:
    return {
        "delegation": made.pk,
        "post": made.post_id,
        "to_post": made.to_post_id,
        "kinds": made.kinds,
        "from": made.starts_at.isoformat(),
        "until": made.ends_at.isoformat(),
    }


def _tell_delegate(made: Delegation, *, at: datetime) -> None:
    to = Account.objects.get(posts=made.to_post_id)
    notifications.notify(
        [to.pk], kind=ENTRUSTED.code, title=ENTRUSTED.title, body=ENTRUSTED.body, link="/console/command/approvals/",
        at=at,
    )  # fmt: skip
