"""Who is told about patrols and hazards. No words of a finding leave the house; residents' teams are never urged."""

from collections.abc import Iterable, Mapping

from lianxin.foundation.accounts.queries import holders, members
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry

from .models import Hazard, Round
from .words import HazardState

MISSED = Kind(
    "patrols.missed",
    "有巡查点没打卡",
    "“{name}”有 {count} 个点没有打卡",
    "已经去过的，手机有信号后自动补上。没去成的，写一句原因就好。",
)
REPORTED = Kind("patrols.reported", "居民巡逻队报了隐患", "居民巡逻队报了一条隐患，请核实", "{number} {kind}")
ASSIGNED = Kind("patrols.assigned", "隐患交给您整改", "一条隐患请在 {due} 前整改", "{number} {kind}")
RECHECK = Kind("patrols.recheck", "隐患待复查", "一条隐患说是消除了，请到现场看看", "{number} {kind}")
DUE = Kind("patrols.due", "隐患整改快到期", "一条隐患 {due} 到期", "{number} {kind}")
register(MISSED, REPORTED, ASSIGNED, RECHECK, DUE)
CONSUMER = "patrols.messages"


@listens(CONSUMER, "patrol.judge")
def tell_missed(entry: Entry) -> None:
    """Tell who walks, once, that points were not reached."""
    count = entry.after.get("missed", 0)
    row = Round.objects.filter(pk=entry.subject_id).first() if count else None
    if row is None or row.team_id is not None:
        return
    people = [row.walker_id] if row.walker_id is not None else holders("patrols.walk", place=row, at=entry.at)
    values = {"name": row.name, "count": count}
    _send(MISSED, people, values, entry, f"/console/patrols/rounds/{row.key}/")


@listens(CONSUMER, "hazard.note")
def tell_reported(entry: Entry) -> None:
    """Tell who settles hazards there that residents found one."""
    row = Hazard.objects.filter(pk=entry.subject_id, state=HazardState.REPORTED).first()
    if row is not None:
        _about(REPORTED, row, holders("patrols.settle", place=row, at=entry.at), entry)


@listens(CONSUMER, "hazard.assign")
def tell_assigned(entry: Entry) -> None:
    """Tell who must remove it."""
    row = _row(entry)
    if row is not None:
        _about(ASSIGNED, row, _responsible(row, entry), entry)


@listens(CONSUMER, "hazard.follow", "hazard.recheck")
def tell_recheck(entry: Entry) -> None:
    """Tell who may strike it off, and who found it, that it is said to be gone."""
    row = _row(entry)
    if row is not None and entry.target == HazardState.RECHECK:
        finder = {row.found_by_id} if row.found_by_id is not None else set()
        _about(RECHECK, row, finder | set(holders("patrols.settle", place=row, at=entry.at)), entry)


@listens(CONSUMER, "hazard.remind")
def tell_due(entry: Entry) -> None:
    """Tell who must remove it, else who minds the place, that the day comes."""
    row = _row(entry)
    if row is not None:
        people = _responsible(row, entry) or holders("patrols.settle", place=row, at=entry.at)
        _about(DUE, row, people, entry)


def _row(entry: Entry) -> Hazard | None:
    return Hazard.objects.open().filter(pk=entry.subject_id).first()


def _responsible(row: Hazard, entry: Entry) -> list[int]:
    if row.responsible_id is not None:
        return [row.responsible_id]
    return members(row.unit_id, at=entry.at) if row.unit_id is not None else []


def _about(kind: Kind, row: Hazard, people: Iterable[int], entry: Entry) -> None:
    values = {
        "number": row.number, "kind": str(row.get_kind_display()), "due": f"{row.due_date.month}月{row.due_date.day}日",
    }  # fmt: skip
    others = [pk for pk in people if pk != entry.actor_id]
    _send(kind, others, values, entry, f"/console/patrols/hazards/{row.key}/")


def _send(kind: Kind, people: Iterable[int], values: Mapping[str, object], entry: Entry, link: str) -> None:
    title, body = render(kind.code, values)
    notifications.notify(people, kind=kind.code, title=title, body=body, link=link, entry_id=entry.id, at=entry.at)
