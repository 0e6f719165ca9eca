"""What people do about alarms: take note of one, say it was false, let a device be quiet for a while."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean
from lianxin.registry.sensors.models import Device
from lianxin.work.alarms import raising, watching
from lianxin.work.alarms.models import Alarm, Mute
from lianxin.work.alarms.permissions import ACKNOWLEDGE
from lianxin.work.alarms.settings import alarm_settings

_LABEL = "确认、静默、结束告警"
LONGEST = timedelta(days=30)


def demand_on(actor: Actor, alarm: Alarm) -> None:
    """Raise NotAllowed unless the actor may act on an alarm it sees, by its area or by the device's units."""
    if actor.may(ACKNOWLEDGE, alarm) or any(actor.may(ACKNOWLEDGE, unit_id=unit) for unit in alarm.unit_ids):
        return
    raise NotAllowed(ACKNOWLEDGE, _("您的岗位不能做这件事：{label}。").format(label=_LABEL))


def _begin(actor: Actor, alarm: Alarm, seen: int | None) -> Alarm:
    seen_by = Alarm.objects.visible_to(actor).filter(pk=alarm.pk)
    found = seen_by.select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound(_("没有这条告警，或者您没有权限查看。"))
    demand_on(actor, found)
    if seen is not None and seen != found.version:
        raise Stale(_("这条告警刚有变化，看过再办。"), version=found.version, changes=[])
    return found


@transaction.atomic
def acknowledge(actor: Actor, *, alarm: Alarm, at: datetime, note: str = "", seen: int | None = None) -> Alarm:
    """Say that one has seen it and looks after it: reminders stop. Once; the second learns who was first."""
    found = _begin(actor, alarm, None if alarm.acknowledged_at else seen)
    if found.ended_at is not None:
        raise Refused("alarm_ended", _("这条告警已经结束。"))
    if found.acknowledged_at is not None:
        if found.acknowledged_by_id == actor.account_id:
            return found
        raise Refused("alarm_acknowledged", _("%(name)s 已经确认过了。") % {"name": found.acknowledged_by_label})
    found.acknowledged_at, found.acknowledged_by_id = at, actor.account_id
    found.acknowledged_by_label, found.acknowledged_note = _signed(actor), clean(note, 300)
    found.remind_at = None
    found.version += 1
    found.save(
        update_fields=[
            "acknowledged_at", "acknowledged_by_id", "acknowledged_by_label", "acknowledged_note", "remind_at",
            "version",
        ]
    )  # fmt: skip
    _tell(actor, found, "acknowledge", at, note=found.acknowledged_note)
    return found


def _signed(actor: Actor) -> str:
    held = actor.post
    return (f"{held.unit_name or held.area_name} {held.role_label}".strip() if held else actor.name)[:120]


@transaction.atomic
def dismiss(actor: Actor, *, alarm: Alarm, at: datetime, why: str, seen: int | None = None) -> Alarm:
    """End an alarm that was none (误报). The device may call again only once it has recovered, or is graver.

    Raises Refused where a case goes on: that is where it is ended.
    """
    reason = clean(why, 300)
    if len(reason) < 2:
        raise Invalid({"why": _("请写明为什么是误报，例如“检修时打开”。")})
    watching.lock_devices([alarm.device_id])
    found = _begin(actor, alarm, seen)
    if found.ended_at is not None:
        raise Refused("alarm_ended", _("这条告警已经结束。"))
    if found.case_id is not None:
        raise Refused("alarm_has_case", _("已经立案，请在案件里结案或作废，告警会跟着结束。"))
    hand = raising.held([found.device_id], at=at)
    held = hand.alarms[found.device_id, found.fault]
    held.ended_note = reason
    hand.end(held, Alarm.Ended.DISMISSED, actor=actor, note=reason)
    hand.write()
    return held


@transaction.atomic
def mute(
    actor: Actor, *, key: UUID, device: Device, until: datetime, why: str, at: datetime, since: datetime | None = None,
    fault: str = "",
) -> Mute:  # fmt: skip
    """Let a device's alarms disturb nobody for a while (静默): they are kept; what still stands then is told then.

    Raises NotFound, NotAllowed, Invalid. The same `key` is the same mute.
    """
    begins = since or at
    _demand_device(actor, device)
    known = Mute.objects.filter(key=key).first()
    if known is not None:
        return known
    faults: dict[str, str] = {}
    if until <= max(begins, at):
        faults["until"] = _("结束时间要在现在以后，也要在开始以后。")
    elif until - begins > LONGEST:
        faults["until"] = _("静默最长 30 天。更久请停用设备或规则。")
    if len(clean(why, 200)) < 2:
        faults["why"] = _("请写明为什么静默，例如“管网检修”。")
    if fault and fault not in alarm_settings().faults:
        faults["fault"] = _("没有这种故障。")
    if faults:
        raise Invalid(faults)
    made = Mute.objects.create(
        key=key, device=device, fault=fault, starts_at=begins, ends_at=until, why=clean(why, 200),
        by_id=actor.account_id, by_label=_signed(actor),
    )  # fmt: skip
    if begins <= at:
        _quiet(actor, made, at)
    return made


def _quiet(actor: Actor, made: Mute, at: datetime) -> None:
    """Let what calls already be quiet too: told, and made a case, only when the mute is over."""
    standing = Alarm.objects.filter(device_id=made.device_id, ended_at=None).select_for_update(of=("self",))
    for alarm in standing.order_by("pk"):
        if made.fault not in {"", alarm.fault}:
            continue
        if alarm.acknowledged_at is None:
            alarm.remind_at = made.ends_at
        if alarm.case_at is not None:
            alarm.case_at = max(alarm.case_at, made.ends_at)
        alarm.version += 1
        alarm.save(update_fields=["remind_at", "case_at", "version"])
        _tell(actor, alarm, "mute", at, until=made.ends_at.isoformat(), note=made.why)


@transaction.atomic
def lift_mute(actor: Actor, *, mute: Mute, at: datetime) -> Mute:
    """End a mute before its time: what waited for its end is told now."""
    _demand_device(actor, mute.device)
    found = Mute.objects.select_for_update().get(pk=mute.pk)
    if found.lifted_at is not None or found.ends_at <= at:
        return found
    found.lifted_at = at
    found.save(update_fields=["lifted_at"])
    waiting = Alarm.objects.filter(device_id=found.device_id, ended_at=None).select_for_update(of=("self",))
    for alarm in waiting.order_by("pk"):
        if found.fault not in {"", alarm.fault}:
            continue
        alarm.remind_at = at if alarm.remind_at == found.ends_at else alarm.remind_at
        alarm.case_at = at if alarm.case_at == found.ends_at else alarm.case_at
        alarm.version += 1
        alarm.save(update_fields=["remind_at", "case_at", "version"])
        _tell(actor, alarm, "unmute", at)
    return found


def _demand_device(actor: Actor, device: Device) -> None:
    units = {device.owning_unit_id, device.maintaining_unit_id} - {None}
    if actor.may(ACKNOWLEDGE, device) or any(actor.may(ACKNOWLEDGE, unit_id=unit) for unit in units):
        return
    raise NotAllowed(ACKNOWLEDGE, _("您的岗位不能做这件事：{label}。").format(label=_LABEL))


def _tell(actor: Actor, alarm: Alarm, act: str, at: datetime, **facts: str) -> None:
    told = raising.placed(alarm) | {"level": alarm.level} | facts
    append([draft(actor, raising.SUBJECT, alarm.pk, act, at=at, version=alarm.version, after=told)])
