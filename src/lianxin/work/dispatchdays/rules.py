"""Why a case belongs before a leader, and whether a promise was kept: pure, no database, no clock of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.kernel.configuration.queries import current
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases.words import Stage

DAY = timedelta(days=1)
WHY = {
    "overdue": gettext_lazy("超时"),
    "returned": gettext_lazy("多次回退"),
    "whistle": gettext_lazy("吹哨未到"),
    "cross": gettext_lazy("跨部门"),
    "supervised": gettext_lazy("督办未答复"),
    "urged": gettext_lazy("多次催办"),
    "again": gettext_lazy("评价低、重办过"),
    "paused": gettext_lazy("长期挂账"),
    "leader": gettext_lazy("领导要过问"),
    "carried": gettext_lazy("上次顺延"),
    "added": gettext_lazy("筹备时加的"),
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a case is proposed: the document "dispatchdays", with a default for every line."""

    overdue_days: int = 1
    returns: int = 2
    assists: int = 2
    supervised_days: int = 1
    urges: int = 3
    paused_days: int = 30


def thresholds(numbers: Mapping[str, int] | None = None) -> Thresholds:
    """Return the thresholds in force."""
    document: Mapping[str, Any] = current("dispatchdays", numbers) or {}
    known = {each.name for each in fields(Thresholds)}
    return Thresholds(**{name: max(1, int(value)) for name, value in document.items() if name in known})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at."""

    due_at: datetime | None
    paused_at: datetime | None
    returns: int
    urges: int
    reopens: int
    stars: int | None
    assists: int  # units that take part beside the lead
    calls: int  # units called by the whistle that is open
    missing: int  # of these, who let the limit for reporting in pass
    supervised_at: datetime | None  # since when a supervision waits for its answer


@dataclass(frozen=True, slots=True)
class Why:
    """A rule that spoke, with its numbers."""

    code: str
    number: int = 0
    of: int = 0

    @property
    def stored(self) -> list[Any]:
        """Return it as the item keeps it."""
        return [self.code, self.number, self.of]


def read(stored: Sequence[Any]) -> Why:
    """Return a rule as an item keeps it."""
    code, number, of = (*stored, 0, 0)[:3]
    return Why(str(code), int(number), int(of))


def why(facts: Facts, limits: Thresholds, *, at: datetime) -> list[Why]:
    """Return which rules propose the case, the heaviest first."""
    found: list[Why] = []
    late = at - facts.due_at if facts.due_at is not None and facts.paused_at is None else timedelta()
    if late >= limits.overdue_days * DAY:
        found.append(Why("overdue", late.days))
    if facts.returns >= limits.returns:
        found.append(Why("returned", facts.returns))
    if facts.missing:
        found.append(Why("whistle", facts.missing, facts.calls))
    if facts.supervised_at is not None and at - facts.supervised_at >= limits.supervised_days * DAY:
        found.append(Why("supervised", (at - facts.supervised_at).days))
    if facts.urges >= limits.urges:
        found.append(Why("urged", facts.urges))
    if facts.reopens or (facts.stars is not None and facts.stars <= 2):
        found.append(Why("again", facts.reopens))
    if facts.assists >= limits.assists:
        found.append(Why("cross", facts.assists + 1))
    if facts.paused_at is not None and at - facts.paused_at >= limits.paused_days * DAY:
        found.append(Why("paused", (at - facts.paused_at).days))
    return found


def said(one: Why) -> str:
    """Say one reason in words: 超时 3 天, 回退 2 次."""
    told = {
        "overdue": _("超时 {number} 天"),
        "returned": _("回退 {number} 次"),
        "whistle": _("吹哨 {of} 个单位，{number} 个没到"),
        "cross": _("{number} 个单位一起办"),
        "supervised": _("督办 {number} 天没答复"),
        "urged": _("群众催了 {number} 次"),
        "again": _("重办 {number} 次") if one.number else _("群众评价低"),
        "paused": _("挂账 {number} 天"),
    }
    words = told.get(one.code)
    return words.format(number=one.number, of=one.of) if words else str(WHY.get(one.code, one.code))


class Outcome(StrEnum):
    """How a promise stands."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"  # done, but after the day
    BROKEN = "broken"  # the day is over, and it is not done


_DONE = frozenset(
    {Stage.HANDLED, Stage.VERIFIED, Stage.CLOSED, Stage.ANSWERED, Stage.REFERRED, Stage.MERGED}
)  # fmt: skip


def end_of(day: date) -> datetime:
    """Return the instant by which something promised for a day must be done."""
    return datetime.combine(day + DAY, time(), ZONE)


def outcome(due_on: date, *, stage: str, done_at: datetime | None, at: datetime) -> Outcome:
    """Tell how a promise about a case stands by the case's facts: done means handled and not sent back since."""
    limit = end_of(due_on)
    if stage in _DONE and done_at is not None:
        return Outcome.KEPT if done_at < limit else Outcome.LATE
    return Outcome.OPEN if at < limit else Outcome.BROKEN


def judged(due_on: date, *, is_kept: bool | None, at: datetime) -> Outcome:
    """Tell how a promise stands that has no case: as the office said."""
    if is_kept is None:
        return Outcome.OPEN if at < end_of(due_on) else Outcome.BROKEN
    return Outcome.KEPT if is_kept else Outcome.BROKEN
