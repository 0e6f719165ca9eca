"""What came to a case since somebody saw it, for who acted without signal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.kernel.journal.models import Entry
from lianxin.work.cases.models import Case
from lianxin.work.cases.settings import flow_settings

from .trace import label_of

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Since:
    """Acts in their order, the latest few in words, who was last and when, and the stage the case is in."""

    actions: list[str]
    changes: list[str]
    who: str
    at: datetime | None
    stage: str


def since(case: Case, seen: int, numbers: Mapping[str, int], *, by_others_than: int | None) -> Since:
    """Return what others did after version `seen`; what an account did itself, it knows. One statement."""
    entries = list(
        Entry.objects.filter(
            subject_kind="case", subject_id=case.pk, version__gt=seen, at__gte=case.reported_at
        ).order_by("version")
    )
    # What the system did in the same instant followed from it.
    own = {entry.at for entry in entries if by_others_than is not None and entry.actor_id == by_others_than}
    entries = [entry for entry in entries if entry.at not in own]
    last = entries[-1] if entries else None
    return Since(
        actions=[entry.action for entry in entries],
        changes=[_told(entry) for entry in entries[-_SHOWN:]],
        who=(last.actor_label if last else "") or _("系统"),
        at=last.at if last else None,
        stage=flow_settings(numbers).stage_label(case.stage),
    )


def _told(entry: Entry) -> str:
    return f"{entry.actor_label or _('系统')}：{label_of(entry.action)}"
