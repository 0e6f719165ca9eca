"""What somebody reported, as lines of a list: what it is, how it stands, what happens by when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.parts import words
from lianxin.faces.parts.words import ClockState
from lianxin.foundation.accounts.actor import Actor
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries.public import public_status
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.words import Stage

# What is promised for the stage a case stands in, said after the instant: 16:09 前办好.
_NEXT = {
    Stage.REPORTED: gettext_lazy("前受理"),
    Stage.FILED: gettext_lazy("前安排好办理单位"),
    Stage.DISPATCHED: gettext_lazy("前接单"),
    Stage.HANDLING: gettext_lazy("前办好"),
    Stage.HANDLED: gettext_lazy("前核查"),
    Stage.VERIFIED: gettext_lazy("前办结"),
}
_RATED = frozenset({Stage.CLOSED, Stage.ANSWERED, Stage.REFERRED, Stage.DECLINED})
_MOST = 50


@dataclass(frozen=True, slots=True)
class Promise:
    """What happens next and by when; `state` is the clock's, `due` and `warn_at` let it tick."""

    line: str
    state: str
    due: datetime | None = None
    warn_at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """One line of my matters."""

    number: str
    title: str
    status: str
    promise: Promise | None
    reported_at: datetime
    wants_rating: bool


def promise_of(case: Case, at: datetime) -> Promise | None:
    """Return what is promised for the stage an open case is in; None once it has ended."""
    if not case.is_open:
        return None
    if case.paused_at is not None:
        return Promise(_("需要更长时间，已登记在册"), ClockState.PAUSED.value, until=case.review_at)
    if case.due_at is None:
        return None
    state = ClockState.ON_TIME
    if case.due_at <= at:
        state = ClockState.LATE
    elif case.warn_at is not None and case.warn_at <= at:
        state = ClockState.WARN
    line = words.instant(case.due_at, at) + " " + str(_NEXT[Stage(case.stage)])
    return Promise(line, state.value, case.due_at, case.warn_at)


def own(actor: Actor) -> QuerySet[Case]:
    """Return what the actor reported, by account or by number and phone, the latest first."""
    mine = Q(pk__in=actor.case_ids)
    if actor.account_id is not None:
        mine |= Q(reporter_id=actor.account_id)
    return Case.objects.filter(mine).select_related("merged_into").order_by("-reported_at", "-pk")


def matters(actor: Actor, at: datetime, numbers: Mapping[str, int], *, most: int = _MOST) -> tuple[list[Matter], int]:
    """Return the latest of one's matters, and how many there are. Two statements; none for a stranger."""
    if actor.account_id is None and not actor.case_ids:
        return [], 0
    mine = own(actor)
    rows = list(mine[:most])
    total = len(rows) if len(rows) < most else mine.count()
    return [_matter(case, at, numbers) for case in rows], total


def _matter(case: Case, at: datetime, numbers: Mapping[str, int]) -> Matter:
    shown = case.merged_into or case
    return Matter(
        number=case.number, title=case.title, status=public_status(shown, numbers), promise=promise_of(shown, at),
        reported_at=case.reported_at, wants_rating=wants_rating(case, shown, at, numbers),
    )  # fmt: skip


def wants_rating(case: Case, shown: Case, at: datetime, numbers: Mapping[str, int]) -> bool:
    """Tell whether the reporter is invited to rate: it is over, lately, and not rated yet."""
    if shown.ended_at is None or shown.stage not in _RATED or case.stars is not None:
        return False
    return at <= shown.ended_at + timedelta(days=flow_settings(numbers).evaluate_days)
