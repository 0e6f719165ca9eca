"""Try a rule on past readings (试算): the code that evaluates live, over the days that are still kept raw."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.sensors.models import Device
from lianxin.registry.sensors.register import Known, register

from . import machine
from .compiled import Live, compile_rule
from .machine import DOWNWARD, Move, Op, State
from .rules import ANY, Spec

MOST_DEVICES = 500
MOST_READINGS = 300_000
MOST_SHOWN = 200


@dataclass(slots=True)
class Episode:
    """One alarm that would have been: from when to when, how grave, what it read."""

    device_id: int
    opened_at: datetime
    ended_at: datetime | None = None  # None: it would still stand
    level: int = 0
    top_level: int = 0
    peak: float | None = None
    case_at: datetime | None = None

    def seconds(self, until: datetime) -> float:
        """Return how long it would have lasted."""
        return ((self.ended_at or until) - self.opened_at).total_seconds()


@dataclass
class Outcome:
    """What a rule would have done over a time."""

    since: datetime
    until: datetime
    devices: int = 0  # that the rule is for
    tried: int = 0  # of which were evaluated
    readings: int = 0
    episodes: list[Episode] = field(default_factory=list)
    damped: int = 0

    @property
    def cases(self) -> int:
        """How many cases there would have been at most: of one after another on one device some would have joined."""
        return sum(one.case_at is not None for one in self.episodes)

    def document(self) -> dict[str, Any]:
        """Return it fit for JSON: totals, alarms by day, and the alarms themselves, the latest first."""
        by_day: dict[str, int] = {}
        for one in self.episodes:
            day = one.opened_at.astimezone(ZONE).date().isoformat()
            by_day[day] = by_day.get(day, 0) + 1
        lasting = [one.seconds(self.until) for one in self.episodes]
        shown = sorted(self.episodes, key=lambda one: one.opened_at, reverse=True)[:MOST_SHOWN]
        return {
            "devices": self.devices,
            "tried": self.tried,
            "readings": self.readings,
            "alarms": len(self.episodes),
            "calling": len({one.device_id for one in self.episodes}),
            "standing": sum(one.ended_at is None for one in self.episodes),
            "cases": self.cases,
            "damped": self.damped,
            "longest": max(lasting, default=0.0),
            "median": sorted(lasting)[len(lasting) // 2] if lasting else 0.0,
            "by_day": by_day,
            "episodes": [{name: _plain(value) for name, value in asdict(one).items()} for one in shown],
        }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def run(spec: Spec, *, since: datetime, until: datetime) -> Outcome:
    """Evaluate a rule on what was read from `since` to `until`.

    A statement for each device that could call, none for the others. Of very many devices or readings only the
    first are tried, and `tried` says how many.
    """
    live = compile_rule(spec, at=until)
    covered = [one for one in register.get().by_id.values() if one.state == "active" and live.covers(one)]
    outcome = Outcome(since, until, devices=len(covered))
    chosen = covered[:MOST_DEVICES]
    could = _could_call(live, chosen, since, until)
    for device in chosen:
        if outcome.readings >= MOST_READINGS:
            break
        outcome.tried += 1
        streams = could.get(device.id)
        if streams is None:
            continue
        outcome.readings += _try(live, device, streams, outcome)
    return outcome


def _streams(live: Live, device: Known) -> list[int]:
    if live.ladder.op is Op.SILENT and live.spec.measure in {"", ANY}:
        return list(device.streams.values())
    stream = device.streams.get(live.spec.measure)
    return [] if stream is None else [stream]


_EXTREMES = """
SELECT stream_id, min(value), max(value) FROM reading
WHERE stream_id = ANY(%s) AND at >= %s AND at < %s GROUP BY stream_id
"""


def _could_call(live: Live, devices: Iterable[Known], since: datetime, until: datetime) -> Mapping[int, Sequence[int]]:
    """Return the streams of devices that may have met the condition at all, by device. One statement."""
    streams = {device.id: _streams(live, device) for device in devices}
    if live.ladder.op is Op.SILENT:
        return streams
    with connection.cursor() as cursor:
        cursor.execute(_EXTREMES, [[pk for found in streams.values() for pk in found], since, until])
        extremes = {pk: (least, most) for pk, least, most in cursor.fetchall()}
    return {
        device_id: found
        for device_id, found in streams.items()
        if found and found[0] in extremes and _reaches(live, *extremes[found[0]])
    }


def _reaches(live: Live, least: float, most: float) -> bool:
    if live.ladder.op is Op.CHANGED:
        return most - least >= live.ladder.thresholds[0]
    if live.ladder.op is Op.OTHER:
        return bool(live.ladder.reach(least) or live.ladder.reach(most))
    if live.ladder.op is Op.EQUAL:
        return least <= live.ladder.thresholds[0] <= most
    return live.ladder.reach(least if live.ladder.op in DOWNWARD else most) > 0


_READ = "SELECT at, min(value) FROM reading WHERE stream_id = ANY(%s) AND at >= %s AND at < %s GROUP BY at ORDER BY at"


def _try(live: Live, device: Known, streams: Sequence[int], outcome: Outcome) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [list(streams), outcome.since, outcome.until])
        readings: list[tuple[datetime, float]] = cursor.fetchall()
    episodes, damped = evaluate(live, readings, since=outcome.since, until=outcome.until, device_id=device.id)
    outcome.episodes += episodes
    outcome.damped += damped
    return len(readings)


def evaluate(
    live: Live, readings: Sequence[tuple[datetime, float]], *, since: datetime, until: datetime, device_id: int = 0
) -> tuple[list[Episode], int]:
    """Return the alarms of one device over its readings, and how many flaps were damped."""
    state = State()
    if live.ladder.op is Op.SILENT:
        state = State(at=since, seen_at=since, since=[since])
    moves = list(machine.run(live.ladder, readings, state)) + machine.advance(live.ladder, state, until)
    extremes = iter(readings)
    return list(_episodes(live, moves, extremes, until, device_id)), state.damped


def _episodes(
    live: Live, moves: Iterable[Move], readings: Iterator[tuple[datetime, float]], until: datetime, device_id: int
) -> Iterator[Episode]:
    one: Episode | None = None
    for move in moves:
        level = live.spec.level(move.after)
        if one is None:
            one = Episode(device_id, move.at, level=level, top_level=level, peak=move.value)
        elif level:
            one.level, one.top_level = level, max(one.top_level, level)
            one.peak = _worse(live, one.peak, move.value)
        else:
            one.ended_at = move.at
            yield _cased(live, one, readings, until)
            one = None
    if one is not None:
        yield _cased(live, one, readings, until)


def _cased(live: Live, one: Episode, readings: Iterator[tuple[datetime, float]], until: datetime) -> Episode:
    """Say when it would have become a case, if nobody had acknowledged it, and the worst it read."""
    end = one.ended_at or until
    if live.ladder.op not in {Op.SILENT, Op.CHANGED}:
        for at, value in readings:
            if at >= end:
                break
            if at >= one.opened_at:
                one.peak = _worse(live, one.peak, value)
    spec = live.spec
    due = one.opened_at + timedelta(minutes=spec.case_minutes)
    if spec.makes_case and one.top_level >= spec.case_level and (due < end or not spec.case_minutes):
        one.case_at = due
    return one


def _worse(live: Live, one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other) if live.ladder.op in DOWNWARD else max(one, other)


def names(device_ids: Iterable[int]) -> dict[int, Device]:
    """Return the devices of a trial's alarms. One statement."""
    return Device.objects.defer("words").in_bulk(list(device_ids))
