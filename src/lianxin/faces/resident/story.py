"""A report as its reporter follows it: the promise, the story in plain words, photos, and what may be done now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.acts.seeing import INNER_LABELS
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Photo
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.files.models import FileKind, StoredFile
from lianxin.kernel.worktime.limits import Unit
from lianxin.work.cases import queries, rules
from lianxin.work.cases.models import Case, Clock
from lianxin.work.cases.queries.public import PublicView
from lianxin.work.cases.settings import flow_settings

from .matters import Promise, promise_of, wants_rating
from .uploads import shown_of

# The acts a reporter has; the machine says which of them are open now.
ACTS = ("add", "urge", "thank", "withdraw", "evaluate", "reopen", "appeal")
_LIMITS = {
    Unit.MINUTE: gettext_lazy("分钟"),
    Unit.URGENT_HOUR: gettext_lazy("小时"),
    Unit.URGENT_DAY: gettext_lazy("天"),
    Unit.NATURAL_DAY: gettext_lazy("天"),
    Unit.WORK_MINUTE: gettext_lazy("分钟（上班时间）"),
    Unit.WORK_HOUR: gettext_lazy("小时（上班时间）"),
    Unit.WORK_DAY: gettext_lazy("个工作日"),
}
_TAGS = {"before": gettext_lazy("之前"), "after": gettext_lazy("现在")}


@dataclass(frozen=True, slots=True)
class Follow:
    """All that the page of one report shows."""

    case: Case
    view: PublicView
    promise: Promise | None
    limit: str  # 承诺 2 小时，已用 1 小时 36 分
    took: str  # for one that is over: 用 1 小时 49 分，按时
    photos: list[Photo]
    videos: list[str]
    voices: list[str]
    acts: frozenset[str]
    wants_rating: bool
    rate_days: int
    reopen_days: int

    @property
    def is_merged(self) -> bool:
        """Whether it is handled together with a neighbour's."""
        return self.case.merged_into_id is not None


def follow(actor: Actor, case: Case, at: datetime, numbers: Mapping[str, int]) -> Follow:
    """Gather the page of a report. The case comes with `merged_into`."""
    shown = case.merged_into or case
    settings = flow_settings(numbers)
    clocks = list(Clock.objects.filter(case=shown, subject="stage").order_by("pk"))
    asking = rules.Asking(case, actor, rules.Known(), settings, at)
    offered = {step.name for step in rules.steps_for(asking)} & set(ACTS)
    if case.merged_into is not None and case.merged_into.is_open:
        offered.discard("evaluate")
    files = shown_of(case.pk, INNER_LABELS)
    return Follow(
        case=case, view=queries.public_view(case, at=at, numbers=numbers), promise=promise_of(shown, at),
        limit=_limit(clocks[-1], at) if shown.is_open and clocks else "", took=_took(shown, clocks),
        photos=[photo_of(file, at) for file in files if file.kind == FileKind.PHOTO],
        videos=[_address(file) for file in files if file.kind == FileKind.VIDEO],
        voices=[_address(file) for file in files if file.kind == FileKind.VOICE],
        acts=frozenset(offered), wants_rating=wants_rating(case, shown, at, numbers),
        rate_days=settings.evaluate_days, reopen_days=settings.reopen_days,
    )  # fmt: skip


def limit_words(value: int, unit: str) -> str:
    """Say a limit as residents do: 5 个工作日."""
    return f"{value} {_LIMITS[Unit(unit)]}"


def _limit(clock: Clock, at: datetime) -> str:
    if clock.paused_at is not None:
        return ""
    used = words.duration(at - clock.started_at)
    limit = limit_words(clock.limit_value, clock.limit_unit)
    return _("承诺 %(limit)s，已用 %(used)s") % {"limit": limit, "used": used}


def _took(case: Case, clocks: Sequence[Clock]) -> str:
    if case.ended_at is None:
        return ""
    told = _("用了 %(span)s") % {"span": words.duration(case.ended_at - case.reported_at)}
    return told if any(clock.overdue_at for clock in clocks) else told + _("，没有超时")


def photo_of(file: StoredFile, at: datetime) -> Photo:
    """Return a file of a case as the parts draw it."""
    moment, _underscore, distance = file.label.partition("_")
    tag = str(_TAGS.get(moment, ""))
    near = {"near": _("近处"), "far": _("远处")}.get(distance or moment, "")
    label = near or _("照片")
    when = file.taken_at or file.created_at
    sensible = when if abs(at - when) < timedelta(days=3650) else file.created_at
    return Photo(
        label=label, url=_address(file), thumb=f"{_address(file)}/thumb" if file.has_thumb else "", at=sensible,
        tag=tag, after=moment == "after",
    )  # fmt: skip


def _address(file: StoredFile) -> str:
    return f"/api/v1/files/{file.key}"
