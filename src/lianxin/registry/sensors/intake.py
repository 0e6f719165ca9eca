"""Store what devices sent: checked against memory, written by five statements however many messages there are.

All gateways come here through `work.alarms.intake.take`, which evaluates rules in the same transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import isfinite
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from lianxin.kernel import versions

from . import counting, partitions, settings
from .counting import Refusal
from .flood import buckets
from .kinds import Kind
from .partitions import day_of
from .register import NAME as DEVICES
from .register import Known, Register, register
from .settings import Practice

__all__ = ["Fresh", "Message", "Refusal", "Taken", "store"]

MOST_VALUES = 64  # measures in one message


@dataclass(frozen=True, slots=True)
class Message:
    """What one device said at one instant; without `at`, when it came. `system`: the code of who passed it on."""

    device: str
    values: Mapping[str, float]
    at: datetime | None
    received_at: datetime
    system: str = ""


class Fresh(NamedTuple):
    """A reading that was not there before. A tuple, since there are thousands each second."""

    item: int  # its message's place in the batch
    device: Known
    stream_id: int
    measure: str
    at: datetime
    value: float
    received_at: datetime
    is_latest: bool = True  # the newest of its stream; late ones are not
    is_late: bool = False  # something newer of its stream was stored before this batch

    @property
    def device_id(self) -> int:
        """The device's id."""
        return self.device.id

    @property
    def kind(self) -> str:
        """The device's kind."""
        return self.device.kind


@dataclass(frozen=True)
class Taken:
    """What came of a batch: readings that are new, by device and time; messages refused; readings known already."""

    fresh: list[Fresh] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    repeated: int = 0


class _Reading(NamedTuple):
    item: int
    device: Known
    measure: str
    at: datetime
    value: float
    received_at: datetime


@dataclass(slots=True)
class _Checked:
    """What passed: readings by (device, measure, instant), whom they are of, and how many messages by system."""

    readings: dict[tuple[int, str, datetime], _Reading] = field(default_factory=dict)
    heard: dict[int, tuple[datetime, datetime]] = field(default_factory=dict)  # device → its clock, when it came
    taken: dict[int, int] = field(default_factory=dict)  # system → messages
    refused: list[Refusal] = field(default_factory=list)
    repeated: int = 0


def store(messages: Sequence[Message], *, at: datetime) -> Taken:
    """Store a batch inside the caller's transaction, and count what is refused. Repeats change nothing.

    A message with one wrong value is refused for that value; its others are stored. Devices are locked in the order
    of their ids before anything is written, so that two batches never wait for each other in a circle: call it once
    in a transaction, before other locks of devices or alarms.
    """
    numbers = versions.read()
    practice = settings.practice(numbers)
    known = register.at(numbers)
    checked = _check(messages, known, practice, partitions.days.at(numbers))
    fresh: list[Fresh] = []
    if checked.heard:
        _lock(checked.heard)
        fresh = _write(list(checked.readings.values()), at)
        _tell_states(checked, fresh, practice)
    counting.note(checked.taken, checked.refused, at=at)
    return Taken(fresh, checked.refused, checked.repeated + len(checked.readings) - len(fresh))


def _check(messages: Sequence[Message], known: Register, practice: Practice, days: frozenset[date]) -> _Checked:
    checked = _Checked()
    skew = timedelta(seconds=practice.limits.clock_skew_seconds)
    oldest = timedelta(hours=practice.limits.oldest_hours)
    for index, message in enumerate(messages):
        device = known.devices.get(message.device.upper())
        when = message.at or message.received_at
        refusal = _unwelcome(message, device, known, practice) or _untimely(message, when, skew, oldest, days)
        if refusal is not None or device is None:
            reason, sentence = refusal or ("unknown_device", "")
            system = device.system_id if device is not None else known.systems.get(message.system, 0)
            device_id = device.id if device is not None else 0
            checked.refused.append(Refusal(index, reason, message.device[:40], sentence, device_id, system))
            continue
        _take_values(checked, index, message, device, practice.kind(device.kind))
    return checked


_Reason = tuple[str, str]


def _unwelcome(message: Message, device: Known | None, known: Register, practice: Practice) -> _Reason | None:
    if message.system and message.system not in known.systems:
        return "unknown_system", _("没有登记这个接入系统，或者它已经关停。")
    if device is None or (message.system and device.system_id != known.systems[message.system]):
        return "unknown_device", _("没有登记这个编号的设备，或者它不归这个系统。")
    if device.state != "active":
        return device.state, _("设备已停用，读数不收。") if device.state == "paused" else _("设备已退役，读数不收。")
    if len(message.values) > MOST_VALUES:
        return "too_large", _("一条消息里的指标太多，最多 {most} 个。").format(most=MOST_VALUES)
    limits = practice.limits
    now = message.received_at.timestamp()
    if not buckets.take(device.id, now=now, per_minute=limits.flood_per_minute, burst=limits.flood_burst):
        return "flood", _("发得太密，超过每分钟 {most} 条，多出的不收。").format(most=limits.flood_per_minute)
    return None


def _untimely(
    message: Message, when: datetime, skew: timedelta, oldest: timedelta, days: frozenset[date]
) -> _Reason | None:
    if when.tzinfo is None:
        return "broken", _("时间没有写时区。")
    if when > message.received_at + skew:
        return "in_future", _("设备的时钟快了：读数的时间还没有到。")
    if when < message.received_at - oldest or day_of(when) not in days:
        return "too_old", _("读数太旧，超过了补传的期限。")
    return None


def _take_values(checked: _Checked, index: int, message: Message, device: Known, kind: Kind) -> None:
    when = message.at or message.received_at
    for code, value in message.values.items():
        measure = kind.measures.get(code)
        if measure is None:
            sentence = _("“{kind}”没有这个指标。").format(kind=kind.label)
            checked.refused.append(_wrong(index, message, device, "unknown_measure", sentence))
        elif not (isfinite(value) and measure.least <= value <= measure.most):
            sentence = _("“{measure}”超出可信范围 {least:g} 至 {most:g}{unit}。").format(
                measure=measure.label, least=measure.least, most=measure.most, unit=measure.unit
            )
            checked.refused.append(_wrong(index, message, device, "bad_value", sentence))
        else:
            key = (device.id, code, when)
            if key in checked.readings:
                checked.repeated += 1
            else:
                checked.readings[key] = _Reading(index, device, code, when, float(value), message.received_at)
    latest = checked.heard.get(device.id)
    if latest is None:
        checked.heard[device.id] = (when, message.received_at)
    else:
        checked.heard[device.id] = (max(latest[0], when), max(latest[1], message.received_at))
    checked.taken[device.system_id] = checked.taken.get(device.system_id, 0) + 1


def _wrong(index: int, message: Message, device: Known, reason: str, sentence: str) -> Refusal:
    return Refusal(index, reason, message.device[:40], sentence, device.id, device.system_id)


def _lock(device_ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM device_state WHERE device_id = ANY(%s) ORDER BY device_id FOR NO KEY UPDATE",
            [list(device_ids)],
        )


_READINGS = """
WITH given AS (
    SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::float8[], %s::timestamptz[])
        AS given (stream_id, at, value, received_at)
), fresh AS (
    INSERT INTO reading (stream_id, at, value) SELECT stream_id, at, value FROM given
    ON CONFLICT DO NOTHING RETURNING stream_id, at, value
), newest AS (
    SELECT DISTINCT ON (stream_id) stream_id, at, given.value, received_at FROM fresh JOIN given USING (stream_id, at)
    ORDER BY stream_id, at DESC
), told AS (
    UPDATE stream SET last_at = newest.at, last_value = newest.value, last_received_at = newest.received_at
    FROM newest WHERE id = newest.stream_id AND (last_at IS NULL OR last_at < newest.at)
    RETURNING id, newest.at, old.last_at AS was
)
SELECT fresh.stream_id, fresh.at, coalesce(told.at = fresh.at, false),
    told.id IS NULL OR coalesce(fresh.at <= told.was, false)
FROM fresh LEFT JOIN told ON told.id = stream_id
"""


def _write(readings: Sequence[_Reading], at: datetime) -> list[Fresh]:
    """Write readings and what their streams last said; returns those that are new, by device and time."""
    if not readings:
        return []
    opened = _open_streams(readings)
    ids = [one.device.streams.get(one.measure) or opened[one.device.id, one.measure] for one in readings]
    ats, values = [one.at for one in readings], [one.value for one in readings]
    with connection.cursor() as cursor:
        cursor.execute(_READINGS, [ids, ats, values, [one.received_at for one in readings]])
        written = {(stream_id, when): told for stream_id, when, *told in cursor.fetchall()}
    fresh = [
        Fresh(one.item, one.device, stream_id, one.measure, one.at, one.value, one.received_at, *told)
        for stream_id, one in zip(ids, readings, strict=True)
        if (told := written.get((stream_id, one.at))) is not None
    ]
    counting.note_late(((one.stream_id, one.at) for one in fresh), at=at)
    fresh.sort(key=lambda one: (one.device.id, one.at))
    return fresh


def _open_streams(readings: Sequence[_Reading]) -> dict[tuple[int, str], int]:
    """Open streams of measures that a kind was given after its devices were registered. Seldom any."""
    missing = sorted({(one.device.id, one.measure) for one in readings if one.measure not in one.device.streams})
    if not missing:
        return {}
    practice = settings.practice()
    kinds = {one.device.id: one.device.kind for one in readings}
    units = [practice.measure(kinds[device_id], code).unit for device_id, code in missing]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO stream (device_id, measure, unit) SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[])"
            # Another batch may have opened it before this process read of it.
            " ON CONFLICT (device_id, measure) DO UPDATE SET unit = excluded.unit RETURNING device_id, measure, id",
            [[device_id for device_id, _code in missing], [code for _id, code in missing], units],
        )
        found = {(device_id, code): pk for device_id, code, pk in cursor.fetchall()}
    versions.bump(DEVICES)
    return found


_STATES = """
UPDATE device_state SET
    last_at = greatest(device_state.last_at, given.at),
    last_received_at = greatest(device_state.last_received_at, given.received_at),
    silent_since = NULL,
    battery = coalesce(given.battery, device_state.battery),
    signal = coalesce(given.signal, device_state.signal),
    is_low = coalesce(given.battery < %s, is_low),
    is_weak = coalesce(given.signal < %s, is_weak)
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::float8[], %s::float8[])
    AS given (device_id, at, received_at, battery, signal)
WHERE device_state.device_id = given.device_id
"""


def _tell_states(checked: _Checked, fresh: Sequence[Fresh], practice: Practice) -> None:
    """Write when devices were last heard, and what they last said of battery and signal. They are locked."""
    told: dict[str, dict[int, float]] = {"battery": {}, "signal": {}}
    for one in fresh:
        if one.is_latest and one.measure in told:
            told[one.measure][one.device.id] = one.value
    ids = list(checked.heard)
    limits = practice.limits
    with connection.cursor() as cursor:
        cursor.execute(
            _STATES,
            [
                limits.low_battery, limits.weak_signal, ids,
                [checked.heard[pk][0] for pk in ids], [checked.heard[pk][1] for pk in ids],
                [told["battery"].get(pk) for pk in ids], [told["signal"].get(pk) for pk in ids],
            ],
        )  # fmt: skip
