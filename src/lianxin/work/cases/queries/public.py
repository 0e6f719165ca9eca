"""What the reporter and the public may read (law 8): units and times, never a name, phone or internal note."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.foundation.organizations.queries import unit as unit_node
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases.models import Case, Clock
from lianxin.work.cases.words import Stage

from .trace import entries_of


@dataclass(frozen=True, slots=True)
class PublicStep:
    """One step in plain words."""

    at: datetime
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PublicView:
    """A case as its reporter follows it."""

    number: str
    title: str
    status: str
    promised_at: datetime | None
    is_late: bool
    is_paused: bool
    pause_words: str
    is_open: bool
    handler: str
    answer: str
    steps: list[PublicStep] = field(default_factory=list)
    may_reopen: bool = False
    is_rated: bool = False


_WORDS = {
    "report": "您反映了这件事",
    "check": "请网格员到现场看看",
    "report_check": "网格员到现场看过",
    "file": "已受理",
    "accept": "{unit}已接单",
    "add_assist": "请{unit}一起来办",
    "contact": "承办单位联系了您",
    "progress": "{unit}有进展",
    "return": "{unit}说明不归其办理，重新安排",
    "recall": "重新安排办理单位",
    "escalate": "转上一级办理",
    "delegate": "转就近办理",
    "hand_over": "已调度协调",
    "whistle": "请多个单位到场会商",
    "consult": "各单位已会商",
    "handle": "{unit}已办好，等待核查",
    "resolve_on_spot": "网格员已当场办好",
    "rework": "核查没通过，请单位再办",
    "verify": "核查通过",
    "close": "已办结",
    "force_close": "已办结",
    "answer": "已答复",
    "decline": "未受理",
    "refer": "已转交",
    "void": "已撤销登记",
    "withdraw": "您撤回了这件事",
    "reopen": "重新办理",
    "appeal": "您提出了申诉",
    "add": "您补充了情况",
    "urge": "您催办了一次",
    "thank": "您表示了感谢",
    "evaluate": "您作了评价",
    "approve": "办理时间有调整",
    "resume": "恢复办理",
    "supervise": "已督办",
    "reply": "给您的答复",
    "merge": "与附近同一件事合并办理",
    "split": "分成几件同时办理",
}
_NOTED = frozenset({"progress", "handle", "resolve_on_spot", "reply", "answer", "decline", "refer"})
_STATUS = {
    Stage.REPORTED: "已收到，等待受理",
    Stage.FILED: "已受理，正在安排单位",
    Stage.DISPATCHED: "已派给{unit}",
    Stage.HANDLING: "{unit}正在办",
    Stage.HANDLED: "已办好，等待核查",
    Stage.VERIFIED: "核查通过，等待办结",
    Stage.CLOSED: "已办结",
    Stage.ANSWERED: "已答复",
    Stage.DECLINED: "未受理",
    Stage.REFERRED: "已转交",
    Stage.MERGED: "已合并办理",
    Stage.WITHDRAWN: "已撤回",
    Stage.VOID: "已撤销登记",
}
_PAUSE = {"suspend": "需要更长时间，已登记在册", "postpone": "暂缓办理", "split": "分件办理中"}


def _unit_name(unit_id: int | None, numbers: Mapping[str, int] | None = None) -> str:
    found = unit_node(unit_id, numbers) if unit_id is not None else None
    return found.short_name if found else str(_("承办单位"))


def public_status(case: Case, numbers: Mapping[str, int] | None = None) -> str:
    """Return how a case stands, in words for everybody. No statement with this request's `numbers`."""
    return _(_STATUS[Stage(case.stage)]).format(unit=_unit_name(case.lead_unit_id, numbers))


def public_steps(case: Case, entries: Sequence[Entry], numbers: Mapping[str, int] | None = None) -> list[PublicStep]:
    """Return the steps to show, newest first; only words written for the public go along."""
    steps = []
    for entry in entries:
        if entry.action in {"dispatch", "rule"}:
            words = _("已派给%(unit)s") % {"unit": _unit_name((entry.after.get("units") or [None])[0], numbers)}
        elif entry.action in _WORDS:
            unit_id = entry.after.get("unit") or (entry.after.get("units") or [case.lead_unit_id])[0]
            words = _(_WORDS[entry.action]).format(unit=_unit_name(unit_id, numbers))
        else:
            continue
        if entry.action == "handle" and entry.target == entry.source:
            words = _("%(unit)s已完成配合") % {"unit": _unit_name(entry.after.get("unit"), numbers)}
        steps.append(PublicStep(entry.at, words, entry.public_note if entry.action in _NOTED else ""))
    return steps[::-1]


_REPORTERS_ACTS = frozenset({"add", "urge", "thank", "evaluate", "appeal", "reopen"})


def _is_work_since(entry: Entry, merged_at: datetime | None) -> bool:
    is_later = merged_at is not None and entry.at >= merged_at
    return is_later and entry.actor_id is not None and entry.action not in _REPORTERS_ACTS


def public_view(case: Case, *, at: datetime, numbers: Mapping[str, int] | None = None) -> PublicView:
    """Return the case as its reporter sees it. A merged case shows what became of the one it joined."""
    shown = case
    while shown.stage == Stage.MERGED and shown.merged_into is not None:
        shown = shown.merged_into
    entries = entries_of(case)
    if shown is not case:
        # Of the case it joined, only what came after; what others said there is theirs.
        joined = entries_of(shown)
        entries += [entry for entry in joined if _is_work_since(entry, case.ended_at)]
    unit = _unit_name(shown.lead_unit_id, numbers)
    handling = Clock.objects.filter(case=shown, subject="stage", name="handle").order_by("id").last()
    promise = handling.due_at if handling is not None else None
    return PublicView(
        number=case.number, title=case.title, status=public_status(shown, numbers),
        promised_at=promise, is_late=shown.is_open and promise is not None and promise < at,
        is_paused=shown.paused_at is not None,
        pause_words=_(_PAUSE.get(shown.pause_kind, "")) if shown.pause_kind else "",
        is_open=shown.is_open, handler=unit if shown.lead_unit_id else "", answer=case.answer or shown.answer,
        steps=public_steps(shown, entries, numbers), may_reopen=case.stage == Stage.CLOSED, is_rated=bool(case.stars),
    )  # fmt: skip
