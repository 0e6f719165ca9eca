"""Posts (岗位): given, ended, and who stands in."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account, Post, Role
from lianxin.foundation.areas.models import Area
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.errors import Invalid, Refused

from . import guarding
from .entries import tell

_LABEL = "管理岗位"


@transaction.atomic
def give_post(
    actor: Actor,
    *,
    account: Account,
    role: Role,
    area: Area | None = None,
    unit: Unit | None = None,
    title: str = "",
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    at: datetime,
) -> Post:
    """Give an account a role at an area or a unit, from now or a later instant, until an end or for good.

    Raises NotAllowed outside the actor's own area, for central roles and for oneself, Refused if it is held already,
    Invalid for a place that does not fit the role.
    """
    guarding.demand_at(actor, guarding.MANAGE, _LABEL, area, unit)
    guarding.demand_power_over(actor, role)
    guarding.demand_second_person(actor, account, at)
    _check(account, role, area, unit, at)
    begins = valid_from or at
    if valid_to is not None and valid_to <= begins:
        raise Invalid({"valid_to": _("结束时间要晚于开始时间。")})
    try:
        with transaction.atomic():
            post = Post.objects.create(
                account=account, role=role, area=area, unit=unit, title=title, valid_from=begins, valid_to=valid_to
            )
    except IntegrityError as error:
        if "post_held_once" not in str(error):
            raise
        raise Refused("post_held", _("{name}已经有这个岗位了。").format(name=account.name)) from None
    tell(actor, account.pk, "give_post", at=at, after=_facts(post))
    return post


def _check(account: Account, role: Role, area: Area | None, unit: Unit | None, at: datetime) -> None:
    if account.kind != Account.Kind.STAFF:
        raise Invalid({"account": _("岗位只能给工作人员。")})
    if account.disabled_at is not None:
        raise Refused("account_disabled", _("这个账号已经停用。"))
    if role.scope == "area" and area is None:
        raise Invalid({"area": _("“{role}”要选辖区。").format(role=role.label)})
    if role.scope == "unit" and unit is None:
        raise Invalid({"unit": _("“{role}”要选单位。").format(role=role.label)})
    if area is not None and area.valid_to is not None and area.valid_to <= at:
        raise Invalid({"area": _("“{name}”已经撤销。").format(name=area.name)})
    if unit is not None and unit.valid_to is not None and unit.valid_to <= at:
        raise Invalid({"unit": _("“{name}”已经撤销。").format(name=unit.name)})


@transaction.atomic
def end_post(actor: Actor, *, post: Post, reason: str, at: datetime) -> Post:
    """Let an account leave a post; its permissions are gone with the next request.

    Raises Refused for the last administrator's post and for one that has ended.
    """
    guarding.demand_at(actor, guarding.MANAGE, _LABEL, post.area, post.unit)
    guarding.demand_power_over(actor, post.role)
    guarding.one_at_a_time()
    before = guarding.administrators(at)
    post = Post.objects.select_for_update().get(pk=post.pk)
    if post.valid_to is not None and post.valid_to <= at:
        raise Refused("post_ended", _("这个岗位已经结束。"))
    # One that had not begun yet is never held at all.
    post.valid_to = max(at, post.valid_from)
    post.save(update_fields=["valid_to"])
    guarding.keep_an_administrator(before, at)
    tell(actor, post.account_id, "end_post", at=at, note=reason, before=_facts(post))
    return post


@transaction.atomic
def set_substitute(actor: Actor, *, post: Post, substitute: Account | None, at: datetime) -> Post:
    """Name who is told when urgent messages to this post stay unread. One may do so for one's own post."""
    if post.account_id != actor.account_id:
        guarding.demand_at(actor, guarding.MANAGE, _LABEL, post.area, post.unit)
    if substitute is not None and (substitute.pk == post.account_id or substitute.kind != Account.Kind.STAFF):
        raise Invalid({"substitute": _("代班人应是另一位工作人员。")})
    post = Post.objects.select_for_update().get(pk=post.pk)
    post.substitute = substitute
    post.save(update_fields=["substitute"])
    after = {"post": post.pk, "substitute": substitute.pk if substitute else None}
    tell(actor, post.account_id, "set_substitute", at=at, after=after)
    return post


def _facts(post: Post) -> dict[str, object]:
    return {"post": post.pk, "role": post.role_id, "area_id": post.area_id, "unit_id": post.unit_id}
