"""The trace (轨迹): who did what when, and how long each stage took against its limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.journal.models import Entry
from lianxin.work.cases import rules
from lianxin.work.cases.models import Case, Clock
from lianxin.work.cases.words import CLOCK_LABELS

# Acts of the system and of time that are no steps of the flow.
OTHER_ACTS = {
    "report": "上报",
    "warn": "临近时限提醒",
    "overdue": "超时",
    "rehome": "随网格调整转入",
    "replan": "按新日历重算时限",
    "review_due": "到期复查",
    "absorb": "并入一件",
    "release": "移出一件",
    "child_end": "子案办结",
    "child_again": "子案重办",
    "crew": "施工反馈",
}


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One entry of the journal as a page shows it, newest first."""

    entry: Entry
    label: str
    is_public: bool
    is_held: bool
    # The stage this entry ended: how long it lasted, what it was allowed, its clock's name.
    dwell: timedelta | None = None
    allowed: timedelta | None = None
    clock_label: str = ""
    is_late: bool = False


def label_of(action: str) -> str:
    """Return the act's word."""
    if action in OTHER_ACTS:
        return _(OTHER_ACTS[action])
    return str(rules.FLOW[action].label) if action in rules.FLOW.names() else action


def entries_of(case: Case) -> list[Entry]:
    """Return the journal of a case, oldest first. One statement, in the partitions since it was reported."""
    found = Entry.objects.filter(subject_id=case.pk, subject_kind="case", at__gte=case.reported_at)
    return list(found.order_by("id"))


def trace(case: Case, entries: Sequence[Entry], clocks: Sequence[Clock]) -> list[TraceLine]:
    """Put journal and stage clocks together, newest first. No statement."""
    lines: list[TraceLine] = []
    entered = case.reported_at
    for entry in entries:
        timing: dict[str, Any] = {}
        if entry.source and entry.source != entry.target:
            clock = _clock_stopped_at(clocks, entry.at)
            timing = {
                "dwell": entry.at - entered,
                "clock_label": str(CLOCK_LABELS.get(clock.name, "")) if clock else "",
            }
            if clock is not None and clock.due_at is not None:
                timing |= {"allowed": clock.due_at - clock.started_at, "is_late": clock.overdue_at is not None}
            entered = entry.at
        lines.append(
            TraceLine(entry, label_of(entry.action), bool(entry.public_note), bool(entry.after.get("held")), **timing)
        )
    return lines[::-1]


def _clock_stopped_at(clocks: Sequence[Clock], at: datetime) -> Clock | None:
    return next((clock for clock in clocks if clock.subject == "stage" and clock.stopped_at == at), None)
