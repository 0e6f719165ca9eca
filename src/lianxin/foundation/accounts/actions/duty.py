"""The duty rota (值班表): who answers for an area or a unit, and when."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import DutyShift, Post
from lianxin.kernel.errors import Invalid, Refused

from . import guarding
from .entries import tell

_PERMISSION = "accounts.rota"
_LABEL = "安排值班"
_LONGEST = timedelta(days=31)


@transaction.atomic
def add_shift(actor: Actor, *, post: Post, starts_at: datetime, ends_at: datetime, at: datetime) -> DutyShift:
    """Put a post on duty from–to. Raises Invalid for times that make no shift, Refused if it overlaps another."""
    guarding.demand_at(actor, _PERMISSION, _LABEL, post.area, post.unit)
    if not starts_at < ends_at <= starts_at + _LONGEST:
        raise Invalid({"ends_at": _("下班时间要晚于上班时间，一班最长 31 天。")})
    # The post's row keeps two from rostering it for the same hours at once.
    Post.objects.select_for_update().get(pk=post.pk)
    if DutyShift.objects.filter(post=post, starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise Refused("shift_overlaps", _("{name}这段时间已经排了班。").format(name=post.account.name))
    shift = DutyShift.objects.create(post=post, starts_at=starts_at, ends_at=ends_at)
    tell(actor, post.account_id, "add_shift", at=at, after=_facts(shift))
    return shift


@transaction.atomic
def load_rota(actor: Actor, shifts: Iterable[tuple[Post, datetime, datetime]], *, at: datetime) -> int:
    """Bring in shifts that are not there yet; returns how many were new."""
    new = 0
    for post, starts_at, ends_at in shifts:
        if not DutyShift.objects.filter(post=post, starts_at=starts_at, ends_at=ends_at).exists():
            add_shift(actor, post=post, starts_at=starts_at, ends_at=ends_at, at=at)
            new += 1
    return new


@transaction.atomic
def remove_shift(actor: Actor, *, shift: DutyShift, at: datetime) -> None:
    """Take a shift off the rota; one under way ends now. Raises Refused for one that is over."""
    guarding.demand_at(actor, _PERMISSION, _LABEL, shift.post.area, shift.post.unit)
    shift = DutyShift.objects.select_for_update().select_related("post").get(pk=shift.pk)
    if shift.ends_at <= at:
        raise Refused("shift_over", _("这一班已经结束，不能再改。"))
    tell(actor, shift.post.account_id, "remove_shift", at=at, before=_facts(shift))
    if shift.starts_at < at:
        shift.ends_at = at
        shift.save(update_fields=["ends_at"])
    else:
        shift.delete()


def _facts(shift: DutyShift) -> dict[str, object]:
    return {"post": shift.post_id, "from": shift.starts_at.isoformat(), "to": shift.ends_at.isoformat()}
