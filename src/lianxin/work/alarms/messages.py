"""Who is told of an alarm: the nearest who may acknowledge it, the units whose device it is; of a red one the city."""

from collections.abc import Mapping
from dataclasses import dataclass

from lianxin.foundation.accounts import queries as accounts
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry
from lianxin.registry.sensors.settings import practice

from . import wording
from .models import Alarm
from .permissions import ACKNOWLEDGE
from .rules import Level
from .settings import alarm_settings

CONSUMER = "alarms.messages"
CAME = Kind(
    "alarms.came", "物联告警", "{level}告警：{fault}（{device}）", "{place}{reading}。请打开告警确认。", ("sms",)
)
RAISED = Kind(
    "alarms.raised", "告警升级", "升为{level}：{fault}（{device}）", "{place}{reading}。请打开告警确认。", ("sms",)
)
REMINDED = Kind(
    "alarms.reminded", "告警无人确认", "还没有人确认：{fault}（{device}）", "{place}{reading}。请打开告警确认。"
)
CLEARED = Kind("alarms.cleared", "告警恢复", "已恢复：{fault}（{device}）", "{place}{reading}。")
register(CAME, RAISED, REMINDED, CLEARED)
_KINDS: Mapping[str, Kind] = {"open": CAME, "again": CAME, "raise": RAISED, "remind": REMINDED}


@dataclass(frozen=True, slots=True)
class _City:
    """The whole place."""

    street_id: int | None = None
    community_id: int | None = None
    grid_id: int | None = None


@listens(CONSUMER, *(f"alarm.{act}" for act in _KINDS))
def tell(entry: Entry) -> None:
    """Tell of an alarm that came, rose, or is still not acknowledged; a muted device is not heard."""
    alarm = Alarm.objects.select_related("device").filter(pk=entry.subject_id).first()
    if alarm is None or alarm.ended_at is not None or alarm.acknowledged_at is not None or entry.after.get("muted"):
        return
    is_red = alarm.level == Level.RED
    recipients = [*_near(alarm, entry), *(accounts.holders(ACKNOWLEDGE, at=entry.at, place=_City()) if is_red else [])]
    _tell(_KINDS[entry.action], alarm, entry, recipients, urgent=is_red and entry.action != "remind")


@listens(CONSUMER, "alarm.clear")
def tell_clear(entry: Entry) -> None:
    """Tell who acknowledged it that it is over."""
    alarm = Alarm.objects.select_related("device").filter(pk=entry.subject_id).first()
    if alarm is not None and alarm.acknowledged_by_id is not None:
        _tell(CLEARED, alarm, entry, [alarm.acknowledged_by_id], urgent=False)


def _near(alarm: Alarm, entry: Entry) -> list[int]:
    found = accounts.holders(ACKNOWLEDGE, at=entry.at, place=alarm)
    for unit_id in alarm.unit_ids:
        found += accounts.holders(ACKNOWLEDGE, at=entry.at, unit_id=unit_id)
    return found


def _tell(kind: Kind, alarm: Alarm, entry: Entry, recipients: list[int], *, urgent: bool) -> None:
    device = alarm.device
    value = entry.after.get("value", alarm.value)
    read = wording.reading(alarm.device_kind, alarm.measure, value) if value is not None else ""
    title, body = render(
        kind.code,
        {
            "level": Level(alarm.level).label, "fault": alarm_settings().fault(alarm.fault), "device": device.name,
            "kind": practice().kind(alarm.device_kind).label, "place": f"{device.address}，" if device.address else "",
            "reading": read or "没有数据",
        },
    )  # fmt: skip
    notifications.notify(
        dict.fromkeys(recipients), kind=kind.code, title=title, body=body, link=f"/console/alarms/{alarm.key}",
        entry_id=entry.id, urgent=urgent, at=entry.at,
    )  # fmt: skip
