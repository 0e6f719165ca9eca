"""Links as pages need them: by token for the contractor, by key for the unit."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.rules import key_hash
from lianxin.kernel.errors import NotFound
from lianxin.work.cases import evidence
from lianxin.work.cases.models import Case

from .models import Link

FILES = "contractor_link"  # the kind of subject the contractor's photos belong to
# What is asked for where the filing standard demands nothing.
USUAL = ("before_near", "after_near")
_WITH = ("assignment__case__standard", "assignment__unit", "assignment__post")


def by_token(token: str) -> Link | None:
    """Return the link a token opens, or opened once. One statement, whether there is one or not."""
    return Link.objects.select_related(*_WITH).filter(token_hash=key_hash(token)).first()


def find(actor: Actor, key: UUID) -> Link:
    """Return a link about a case the actor sees. Raises NotFound."""
    found = Link.objects.visible_to(actor).select_related(*_WITH, "made_by").filter(key=key).first()
    if found is None:
        raise NotFound("没有这个施工链接，或不在您的辖区。")
    return found


def of_assignments(ids: Iterable[int]) -> dict[int, Link]:
    """Return the latest link of each assignment. One statement."""
    found = Link.objects.filter(assignment__in=list(ids)).select_related("assignment").order_by("pk")
    return {link.assignment_id: link for link in found}


def demanded(case: Case) -> list[str]:
    """Return the labels of the photos that are asked of the contractor."""
    standard = case.standard
    wanted = [label for label in (standard.evidence if standard else []) if label in evidence.FOR_HANDLING]
    return wanted or list(USUAL)


def state_of(link: Link, at: datetime) -> str:
    """Say how far a link is: waiting, working, done, confirmed, or over."""
    if link.confirmed_at is not None:
        return "confirmed"
    if not link.is_live(at):
        return "over"
    if link.done_at is not None:
        return "done"
    return "working" if link.accepted_at is not None else "waiting"
