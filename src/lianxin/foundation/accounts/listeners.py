"""When borders change or a unit ends, posts follow."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.areas import following
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry

from .models import DutyShift, Post


@listens("accounts", "area.redivide")
@transaction.atomic
def follow_borders(entry: Entry) -> None:
    """Let who held a post in an ended area hold it in every area that followed, until somebody decides otherwise.

    Nobody's ground is left without a post. The second time finds nothing left in the old area.
    """
    at = datetime.fromisoformat(entry.after["effective_at"])
    for post in _held(Q(area_id=entry.subject_id), at):
        _split(post, entry.after["successors"], at)


@listens("accounts", "area.end")
@transaction.atomic
def leave_ended_area(entry: Entry) -> None:
    """End the posts at an area that nothing followed."""
    _held(Q(area_id=entry.subject_id), entry.at).update(valid_to=entry.at)


@following.waits("accounts", _("个岗位"))
def _waiting(ended: frozenset[int]) -> int:
    """Count posts that still run in areas that are no more."""
    return Post.objects.filter(valid_to=None, area_id__in=ended).count()


@listens("accounts", "unit.end")
@transaction.atomic
def leave_ended_unit(entry: Entry) -> None:
    """End the posts at a unit that is no more."""
    _held(Q(unit_id=entry.subject_id), entry.at).update(valid_to=entry.at)


def _held(where: Q, at: datetime) -> QuerySet[Post]:
    return Post.objects.select_for_update().filter(where, Q(valid_to=None) | Q(valid_to__gt=at))


def _split(post: Post, successors: list[int], at: datetime) -> None:
    # A post that was to begin later begins later in the successors too.
    begins = max(at, post.valid_from)
    Post.objects.filter(pk=post.pk).update(valid_to=begins)
    shifts = DutyShift.objects.filter(post=post, ends_at__gt=at)
    for area_id in successors:
        # After a merge one person may come with the same post twice; it is held once.
        new, _made = Post.objects.get_or_create(
            account_id=post.account_id,
            role_id=post.role_id,
            area_id=area_id,
            unit_id=post.unit_id,
            valid_to=post.valid_to,
            defaults={"title": post.title, "substitute_id": post.substitute_id, "valid_from": begins},
        )
        DutyShift.objects.bulk_create(
            DutyShift(post=new, starts_at=max(shift.starts_at, at), ends_at=shift.ends_at) for shift in shifts
        )
    shifts.filter(starts_at__gte=at).delete()
    DutyShift.objects.filter(post=post, ends_at__gt=at).update(ends_at=at)
