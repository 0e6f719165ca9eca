"""Moves become alarms: opened, raised, lowered, cleared; one open alarm for each device and fault.

Whoever calls holds the devices' rows, so that of two who find the same fault the second finds the first's alarm.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.journal.writing import Draft, append
from lianxin.registry.sensors.models import Device

from .machine import DOWNWARD, Move
from .models import Alarm, Mute
from .watching import Step, Watches

SUBJECT = "alarm"
FIELDS = (
    "level", "top_level", "value", "peak", "times", "last_at", "rule_id", "edition", "measure", "acknowledged_at",
    "acknowledged_by_id", "acknowledged_by_label", "acknowledged_note", "remind_at", "reminders", "cleared_at",
    "ended_at", "ended_how", "ended_note", "case_at", "version",
)  # fmt: skip


@dataclass
class Raising:
    """The open alarms of some devices under one hand. Make it with `held`; `write` stores everything."""

    at: datetime
    alarms: dict[tuple[int, str], Alarm] = field(default_factory=dict)
    devices: Mapping[int, Device] = field(default_factory=dict)
    mutes: Sequence[Mute] = ()
    _new: list[Alarm] = field(default_factory=list)
    _changed: dict[int, Alarm] = field(default_factory=dict)
    _drafts: list[tuple[Alarm, str, Actor, dict[str, Any]]] = field(default_factory=list)

    def follow(self, steps: Iterable[Step], watches: Watches) -> None:
        """Let alarms follow the moves of rules, in the order of time."""
        reached = _levels(watches)
        for step in steps:  # what stood before the moves of this batch
            reached[step.device_id, step.live.spec.fault, step.live.rule_id] = 0
        ordered = sorted(steps, key=lambda step: (step.move.at, step.device_id, step.live.rule_id))
        for step in reversed(ordered):
            reached[step.device_id, step.live.spec.fault, step.live.rule_id] = step.live.spec.level(step.move.before)
        for step in ordered:
            key = (step.device_id, step.live.spec.fault)
            others = max(
                (
                    level
                    for (device_id, fault, rule_id), level in reached.items()
                    if (device_id, fault) == key and rule_id != step.live.rule_id
                ),
                default=0,
            )
            reached[(*key, step.live.rule_id)] = step.level
            self._step(step, max(others, step.level), is_up=step.move.after > step.move.before)

    def _step(self, step: Step, level: int, *, is_up: bool) -> None:
        alarm = self.alarms.get((step.device_id, step.live.spec.fault))
        if alarm is None:
            if is_up and step.level == level:
                self._open(step)
            return
        if is_up and alarm.cleared_at is not None:
            self._again(alarm, step)
        elif is_up and level > alarm.level:
            self._raise(alarm, step)
        elif not is_up and level == 0 and alarm.cleared_at is None:
            self._clear(alarm, step.move)
        elif not is_up and 0 < level < alarm.level and alarm.cleared_at is None:
            self._lower(alarm, level, step.move)

    def _open(self, step: Step) -> None:
        device, spec, move = self.devices.get(step.device_id), step.live.spec, step.move
        if device is None:
            return
        alarm = Alarm(
            key=uuid4(), device=device, component_id=device.component_id, rule_id=step.live.rule_id,
            edition=step.live.edition, device_kind=device.kind, fault=spec.fault, measure=spec.measure,
            level=step.level, top_level=step.level, value=move.value, peak=move.value,
            opened_at=max(move.at, step.live.since) if step.live.since else move.at, last_at=move.at,
            street_id=device.street_id, community_id=device.community_id, grid_id=device.grid_id,
            area_id=device.area_id,
            unit_ids=sorted({pk for pk in (device.owning_unit_id, device.maintaining_unit_id) if pk is not None}),
        )  # fmt: skip
        self._plan(alarm, step)
        self.alarms[device.pk, spec.fault] = alarm
        self._new.append(alarm)
        self._tell(alarm, "open", step=step)

    def _plan(self, alarm: Alarm, step: Step) -> None:
        """Say when people are reminded and when the alarm becomes a case; not while the device is muted."""
        spec, begins = step.live.spec, max(step.move.at, alarm.opened_at)
        muted = self._muted(alarm)
        heard = max(begins, muted) if muted else begins
        if spec.remind_minutes and alarm.acknowledged_at is None:
            alarm.remind_at = muted or begins + timedelta(minutes=spec.remind_minutes)
        elif muted and alarm.acknowledged_at is None:
            alarm.remind_at = muted  # told when the mute is over, if it still stands
        if spec.makes_case and alarm.level >= spec.case_level and alarm.case_id is None and alarm.case_at is None:
            alarm.case_at = heard + timedelta(minutes=spec.case_minutes)

    def _muted(self, alarm: Alarm) -> datetime | None:
        ends = [
            mute.ends_at
            for mute in self.mutes
            if mute.device_id == alarm.device_id and mute.fault in {"", alarm.fault}
            and mute.starts_at <= self.at < mute.ends_at
        ]  # fmt: skip
        return max(ends, default=None)

    def _again(self, alarm: Alarm, step: Step) -> None:
        """Take up an alarm that had cleared while its case goes on."""
        alarm.cleared_at = None
        alarm.times += 1
        alarm.level = step.level
        alarm.top_level = max(alarm.top_level, step.level)
        self._note(alarm, step.move, step)
        self._plan(alarm, step)
        self._tell(alarm, "again", step=step)

    def _raise(self, alarm: Alarm, step: Step) -> None:
        """A graver level: whoever acknowledged the milder one has not seen this."""
        alarm.level = step.level
        alarm.top_level = max(alarm.top_level, step.level)
        alarm.acknowledged_at = alarm.acknowledged_by_id = None
        alarm.acknowledged_by_label = alarm.acknowledged_note = ""
        self._note(alarm, step.move, step)
        self._plan(alarm, step)
        self._tell(alarm, "raise", step=step)

    def _lower(self, alarm: Alarm, level: int, move: Move) -> None:
        alarm.level = level
        self._note(alarm, move)
        self._tell(alarm, "lower", when=move.at)

    def _clear(self, alarm: Alarm, move: Move) -> None:
        alarm.cleared_at = max(move.at, alarm.opened_at)
        alarm.remind_at = alarm.case_at = None
        self._note(alarm, move)
        if alarm.case_id is None:
            alarm.ended_at, alarm.ended_how = alarm.cleared_at, Alarm.Ended.CLEARED
            self.alarms.pop((alarm.device_id, alarm.fault), None)
        self._tell(alarm, "clear", when=move.at)

    def _note(self, alarm: Alarm, move: Move, step: Step | None = None) -> None:
        alarm.last_at = max(alarm.last_at, move.at)
        if move.value is not None:
            alarm.value = move.value
        if step is not None:
            alarm.rule_id, alarm.edition, alarm.measure = step.live.rule_id, step.live.edition, step.live.spec.measure
            self._peak(alarm, move.value, is_down=step.live.ladder.op in DOWNWARD)

    @staticmethod
    def _peak(alarm: Alarm, value: float | None, *, is_down: bool) -> None:
        if value is None:
            return
        if alarm.peak is None:
            alarm.peak = value
        else:
            alarm.peak = min(alarm.peak, value) if is_down else max(alarm.peak, value)

    def read(self, watches: Watches) -> None:
        """Show on active alarms what their devices last said."""
        for (device_id, rule_id), state in watches.states.items():
            live = watches.lives[device_id, rule_id]
            alarm = self.alarms.get((device_id, live.spec.fault))
            if alarm is None or alarm.rule_id != rule_id or not state.level or state.value is None:
                continue
            if alarm.cleared_at is None and (alarm.value, alarm.last_at) != (state.value, state.seen_at):
                alarm.value = state.value
                alarm.last_at = max(alarm.last_at, state.seen_at or alarm.last_at)
                for value in watches.extremes.get((device_id, rule_id), ()):
                    self._peak(alarm, value, is_down=live.ladder.op in DOWNWARD)
                self._touch(alarm)

    def release(self, watches: Watches) -> None:
        """End or clear the alarms that no rule stands behind any more: it was put off, or the device was."""
        gone = {device_id for device_id, _rule in watches.lost}
        for (device_id, fault), alarm in list(self.alarms.items()):
            if device_id in gone and alarm.cleared_at is None and not watches.levels(device_id, fault):
                alarm.cleared_at = self.at
                alarm.remind_at = alarm.case_at = None
                if alarm.case_id is None:
                    alarm.ended_at, alarm.ended_how = self.at, Alarm.Ended.RETIRED
                    self.alarms.pop((device_id, fault))
                self._tell(alarm, "clear", retired=True)

    def end(self, alarm: Alarm, how: str, *, actor: Actor = SYSTEM, **facts: Any) -> None:
        """End an alarm for good."""
        alarm.ended_at, alarm.ended_how = self.at, how
        alarm.remind_at = alarm.case_at = None
        self.alarms.pop((alarm.device_id, alarm.fault), None)
        self._tell(alarm, "end", actor=actor, **facts)

    def _touch(self, alarm: Alarm) -> None:
        if alarm.pk is not None:
            self._changed[alarm.pk] = alarm

    def _tell(
        self, alarm: Alarm, act: str, *, step: Step | None = None, when: datetime | None = None,
        actor: Actor = SYSTEM, **facts: Any,
    ) -> None:  # fmt: skip
        alarm.version += act != "open"
        self._touch(alarm)
        told: dict[str, Any] = placed(alarm) | {"level": alarm.level, "value": alarm.value} | facts
        if step is not None:
            told |= {"rule": step.live.rule_id, "edition": step.live.edition}
            if self._muted(alarm):
                told["muted"] = True
        happened = step.move.at if step is not None else when or self.at
        self._drafts.append((alarm, act, actor, told | {"at": happened.isoformat()}))

    def write(self) -> None:
        """Store alarms and their journal entries. Three statements at most."""
        if self._changed:
            Alarm.objects.bulk_update(self._changed.values(), FIELDS)
        if self._new:  # after those that ended: of a device and fault only one is open
            Alarm.objects.bulk_create(self._new)
        entries: list[Draft] = [
            draft(actor, SUBJECT, alarm.pk, act, at=self.at, version=alarm.version, after=told)
            for alarm, act, actor, told in self._drafts
        ]
        append(entries)
        self._new, self._changed, self._drafts = [], {}, []


def placed(alarm: Alarm) -> dict[str, Any]:
    """Return what a journal entry tells for who may hear of it: key, place, units."""
    return {
        "key": str(alarm.key), "street_id": alarm.street_id, "community_id": alarm.community_id,
        "grid_id": alarm.grid_id, "units": alarm.unit_ids, "fault": alarm.fault,
    }  # fmt: skip


def _levels(watches: Watches) -> dict[tuple[int, str, int], int]:
    return {
        (device_id, watches.lives[device_id, rule_id].spec.fault, rule_id): (
            watches.lives[device_id, rule_id].spec.level(state.level)
        )
        for (device_id, rule_id), state in watches.states.items()
    }


def held(device_ids: Collection[int], *, at: datetime) -> Raising:
    """Take the open alarms of some devices in hand. Three statements, none for no devices."""
    if not device_ids:
        return Raising(at)
    alarms = Alarm.objects.filter(device__in=device_ids, ended_at=None).order_by("pk").select_for_update(of=("self",))
    mutes = Mute.objects.filter(device__in=device_ids, lifted_at=None, starts_at__lte=at, ends_at__gt=at)
    devices = Device.objects.filter(pk__in=device_ids).defer("words", "note")
    return Raising(
        at,
        {(alarm.device_id, alarm.fault): alarm for alarm in alarms},
        {each.pk: each for each in devices},
        list(mutes),
    )
