"""What happened to a component, line by line, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.kernel.journal.models import Entry
from lianxin.registry.sources.models import Revision

from .models import State

ACTS: Mapping[str, str] = {
    "create": "登记", "amend": "修改", "check": "核对", "state": "更新状态", "end": "注销",
    "rehome": "随区划调整迁移", "undo": "撤销导入", "restore": "恢复",
}  # fmt: skip
FIELDS: Mapping[str, str] = {
    "name": "名称", "point": "位置", "managing_unit_id": "主管单位", "owning_unit_id": "权属单位",
    "maintaining_unit_id": "养护单位", "accuracy": "定位精度", "address": "地址", "surveyed_on": "普查日期",
    "surveyed_how": "数据来源", "note": "备注", "state": "状态", "valid_to": "在册状态",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a component's history; `state` where it became another, `case` where a case did it."""

    at: datetime
    act: str
    who: str
    fields: tuple[str, ...] = ()
    was: str = ""
    state: str = ""
    case: str = ""
    note: str = ""

    @property
    def is_turn(self) -> bool:
        """Whether the state became another."""
        return bool(self.state) and self.state != self.was


def told(act: str, fields: Sequence[str]) -> str:
    """Return an act with its fields: 修改 名称、位置. Columns that only follow from others are left out."""
    names = "、".join(FIELDS[name] for name in fields if name in FIELDS)
    return f"{ACTS.get(act, act)} {names}".strip()


def since(component_id: int, version: int) -> list[str]:
    """Return what was done after a version, oldest first, at most twenty."""
    found = Revision.objects.filter(subject="component", subject_id=component_id, version__gt=version).order_by("id")
    return [f"{each.actor_label}：{told(each.act, each.fields)}" for each in found.defer("before")[:20]]


def history(component_id: int, *, limit: int = 100) -> list[Happening]:
    """Return what happened, the latest first: acts from the journal, imports from the revisions. Two statements."""
    entries = Entry.objects.filter(subject_kind="component", subject_id=component_id).order_by("-id")[:limit]
    brought = Revision.objects.filter(subject="component", subject_id=component_id, source__kind="file")
    lines = [_of_entry(entry) for entry in entries]
    lines += [
        Happening(one.at, one.act, one.actor_label, tuple(one.fields), note=_brought(one))
        for one in brought.select_related("source").defer("before").order_by("-id")[:limit]
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def _brought(one: Revision) -> str:
    return _("来自“{name}”").format(name=one.source.name) if one.source else ""


def _of_entry(entry: Entry) -> Happening:
    was = entry.source if entry.source in State.values else ""
    return Happening(
        entry.at, entry.action, entry.actor_label, tuple(entry.after.get("fields", ())), was, entry.target,
        str(entry.after.get("case", "")), entry.note or entry.reason,
    )  # fmt: skip
