"""Requests that another post decides (审批): what waits for me, what we asked for, what was decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.worktime import queries as worktime
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.work.cases import standing, timing
from lianxin.work.cases.models import Approval, Case, Clock
from lianxin.work.cases.settings import flow_settings

WANTED = {
    "waiting": _("等我审"),
    "asked": _("我们申请的"),
    "others": _("别人在审"),
    "decided": _("已审"),
}
_WAITS = Q(state=Approval.State.ASKED)


def waiting_for(actor: Actor, *, at: datetime) -> Q:
    """Return the requests the actor may decide: by its own posts, or in somebody's place; never its own.

    What was handed to one post waits for that one, until its clock runs out: then for all again.
    """
    scope = actor.scope(standing.DECIDES)
    own = Q() if scope.everywhere else Q(case__in=Case.objects.for_post(scope).order_by().values("pk"))
    if not scope:
        own = Q(pk__in=[])
    running = Clock.objects.filter(subject="approval", subject_id=OuterRef("pk"), stopped_at=None, due_at__lte=at)
    posts = [held.post_id for held in actor.holdings]
    here = Q(forwarded_to=None) | Q(forwarded_to__in=posts) | Q(Exists(running))
    mine = Q(asked_by_id=actor.account_id) if actor.account_id is not None else Q(pk__in=[])
    return _WAITS & ~mine & ((own & here) | standing.lent_to(actor, at=at))


def _asked_by_us(actor: Actor) -> Q:
    mine = Q(asked_by_id=actor.account_id) if actor.account_id is not None else Q(pk__in=[])
    return mine | Q(unit_id__in=actor.scope("cases.extend").unit_ids)


def _conditions(actor: Actor, at: datetime) -> dict[str, Q]:
    waiting, ours = waiting_for(actor, at=at), _asked_by_us(actor)
    return {
        "waiting": waiting,
        "asked": _WAITS & ours,
        "others": _WAITS & ~waiting & ~ours,
        "decided": ~_WAITS,
    }


def visible(actor: Actor) -> QuerySet[Approval]:
    """Return the requests about cases the actor sees."""
    return Approval.objects.filter(case__in=Case.objects.visible_to(actor).order_by().values("pk"))


def approvals(actor: Actor, wanted: str, *, at: datetime) -> QuerySet[Approval]:
    """Return the requests wanted, not yet ordered nor cut."""
    found = visible(actor).filter(_conditions(actor, at)[wanted])
    return found.select_related(
        "case__standard", "unit", "asked_by", "decided_by", "forwarded_to__account", "decided_for__account",
        "decided_for__area", "decided_for__role",
    ).defer("case__text", "case__words", "case__proposal")  # fmt: skip


def order(wanted: str) -> tuple[str, ...]:
    """Return the order of a list: what waits longest first; what is decided, the latest first."""
    return ("-decided_at", "-id") if wanted == "decided" else ("asked_at", "id")


def approval_counts(actor: Actor, *, at: datetime) -> dict[str, int]:
    """Return the figure of each list but the last."""
    conditions = _conditions(actor, at)
    counted = {name: Count("pk", filter=conditions[name]) for name in ("waiting", "asked", "others")}
    return dict(visible(actor).aggregate(**counted))


@dataclass(frozen=True, slots=True)
class Request:
    """A request with its own clock, the stage's, and what agreeing makes of that."""

    asked: Approval
    clock: Clock | None
    due_at: datetime | None  # as it stands
    then: datetime | None  # once agreed: the new due instant, or when it is looked at again


def requests(found: Iterable[Approval], *, at: datetime, numbers: Mapping[str, int]) -> list[Request]:
    """Return requests with their clocks. One statement."""
    shown = list(found)
    cases = [each.case_id for each in shown if each.state == Approval.State.ASKED]
    clocks = list(Clock.objects.filter(case__in=cases, stopped_at=None, subject__in=["stage", "approval"]))
    return [_request(each, clocks, at, numbers) for each in shown]


def _request(asked: Approval, clocks: list[Clock], at: datetime, numbers: Mapping[str, int]) -> Request:
    own = next((each for each in clocks if each.subject == "approval" and each.subject_id == asked.pk), None)
    stage = next((each for each in clocks if each.subject == "stage" and each.case_id == asked.case_id), None)
    return Request(asked, own, stage.due_at if stage is not None else None, _then(asked, stage, at, numbers))


def _then(asked: Approval, stage: Clock | None, at: datetime, numbers: Mapping[str, int]) -> datetime | None:
    if asked.kind != Approval.Kind.EXTEND or not asked.limit_value:
        return asked.review_at
    if stage is None:
        return None
    tried = Clock(**{field.attname: getattr(stage, field.attname) for field in Clock._meta.concrete_fields})
    more = Limit(asked.limit_value, Unit(asked.limit_unit))
    timing.extend(tried, more, at, worktime.calendar(numbers=numbers), flow_settings(numbers).warn_share)
    return tried.due_at
