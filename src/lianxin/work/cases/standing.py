"""Who may decide requests in whose place: by delegation (委托) for a time, or as the substitute (替班) once it presses.

What is lent is the decision, not the sight: who stands in must see the case by a post of their own. A power that is
lent cannot be lent on, and never decides what its owner or the one who stands in has asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from lianxin.foundation.accounts import queries as accounts
from lianxin.foundation.accounts.actor import Actor, Holding, Scope
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.accounts.scoping import within

from .models import Approval, Case, Clock, Delegation

DECIDES, SEES = "cases.approve", "cases.view"


@dataclass(frozen=True, slots=True)
class Standing:
    """One post in whose place the actor decides; a substitute only once the request's clock has warned."""

    owner_id: int
    owner_name: str
    post: Holding
    own: Holding  # the actor's post by which they do so
    kinds: frozenset[str]
    is_substitute: bool = False

    @property
    def label(self) -> str:
        """Say whose place it is: 龙眠街道 街道中心."""
        return f"{self.post.unit_name or self.post.area_name} {self.post.role_label}".strip()


def standings(actor: Actor, *, at: datetime) -> list[Standing]:
    """Return the posts in whose place the actor may decide now. Three statements at most, none for who holds no post.

    Of a delegation whose owner has left the post, or may no longer decide, nothing is left.
    """
    if actor.account_id is None or not actor.holdings:
        return []
    given = list(_in_force(at).filter(to_post__in=[held.post_id for held in actor.holdings]))
    named = list(accounts.current_posts(at).filter(substitute=actor.account_id).values_list("pk", "account_id"))
    post_ids = [each.post_id for each in given]
    owner_of = dict(Post.objects.filter(pk__in=post_ids).values_list("pk", "account_id")) if given else {}
    owners = accounts.actors_of({*owner_of.values(), *(owner for _pk, owner in named)}, at=at) if given or named else {}
    found = [_standing(actor, owners.get(owner_of[each.post_id]), each.post_id, each.to_post_id, frozenset(each.kinds))
             for each in given]  # fmt: skip
    first = actor.holdings[0].post_id
    found += [
        _standing(actor, owners.get(owner), pk, first, frozenset(Approval.Kind.values), is_substitute=True)
        for pk, owner in named
    ]
    return [each for each in found if each is not None]


def _in_force(at: datetime) -> QuerySet[Delegation]:
    return Delegation.objects.filter(starts_at__lte=at, ends_at__gt=at, revoked_at=None)


def _standing(
    actor: Actor, owner: Actor | None, post_id: int, own_id: int, kinds: frozenset[str], *, is_substitute: bool = False
) -> Standing | None:
    """Return the standing if the owner still holds the post and may decide by it."""
    if owner is None or owner.account_id is None or owner.account_id == actor.account_id:
        return None
    post = next((held for held in owner.holdings if held.post_id == post_id and DECIDES in held.permissions), None)
    own = next((held for held in actor.holdings if held.post_id == own_id), None)
    if post is None or own is None:
        return None
    return Standing(owner.account_id, owner.name, post, own, kinds, is_substitute)


def for_request(
    actor: Actor, case: Case, asked: Approval | None, clocks: Sequence[Clock], *, at: datetime
) -> list[Standing]:
    """Return the posts in whose place the actor may decide this request. `clocks` are those of the case."""
    if asked is None or asked.asked_by_id == actor.account_id or not actor.may(SEES, case):
        return []
    mine = (clock for clock in clocks if clock.subject == "approval" and clock.subject_id == asked.pk)
    presses = any(clock.warn_at is not None and clock.warn_at <= at for clock in mine)
    return [
        each
        for each in standings(actor, at=at)
        if each.owner_id != asked.asked_by_id
        and asked.kind in each.kinds
        and each.post.covers(case)
        and (presses or not each.is_substitute)
    ]


def lent_to(actor: Actor, *, at: datetime) -> Q:
    """Return the waiting requests the actor may decide in somebody's place, as a condition on approvals."""
    where = Q(pk__in=[])
    running = Clock.objects.filter(subject="approval", subject_id=OuterRef("pk"), stopped_at=None, warn_at__lte=at)
    seen = Case.objects.filter(_covered(actor.scope(SEES)))
    for each in standings(actor, at=at):
        about = Q(kind__in=each.kinds, case__in=seen.filter(_covered_by(each.post)).values("pk"))
        about &= ~Q(asked_by_id=each.owner_id)
        where |= about & Q(Exists(running)) if each.is_substitute else about
    return where


def _covered(scope: Scope) -> Q:
    return Q() if scope.everywhere else within(scope)


def _covered_by(post: Holding) -> Q:
    if post.area_level == "city":
        return Q()
    return Q(**{f"{post.area_level}_id": post.area_id}) if post.area_level is not None else Q(pk__in=[])


def told(kind: str, *, approvers: Sequence[int], at: datetime) -> list[int]:
    """Return the accounts to which any of these approvers has lent the decision of this kind, for messages."""
    lent = _in_force(at).filter(kinds__contains=[kind], post__account__in=approvers)
    current = accounts.current_posts(at).values("pk")
    found = lent.filter(post__in=current, to_post__in=current).values_list("to_post__account_id", flat=True)
    return sorted(set(found))
