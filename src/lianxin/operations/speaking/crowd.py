"""The made-up devices of a demo, each in its turn: who is due speaks, as its fault lets it.

A device takes up where its readings ended, whoever wrote them, and comes back to its own course within hours. One that
was silent when we began stays so: somebody made it so.
"""

import json
import logging
import math
import os
import random
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.registry.sensors import actions, keys, systems
from lianxin.registry.sensors.kinds import Measure
from lianxin.registry.sensors.models import Device, Stream, System
from lianxin.registry.sensors.settings import practice

from . import course, faults
from .faults import Faults
from .outlets import NotSent, Outlet, Word

log = logging.getLogger(__name__)

MOST_SECONDS = 300  # even a smoke detector speaks so often here: a demo is looked at for minutes
LOOK_EVERY = timedelta(seconds=30)  # between two looks at the register
FLOOD = 300  # messages in one go
BACK_WITHIN = 6.0  # hours: how fast what a device said before is forgotten
LASTING = {"battery", "signal"}  # stay as they were


@dataclass(slots=True)
class Speaker:
    """A device, when it spoke, and when it will again."""

    number: str
    kind: str
    every: timedelta
    spoke_at: datetime
    due_at: datetime
    system: str = ""
    offsets: dict[str, tuple[float, datetime]] = field(default_factory=dict)  # from its course, when it was last heard

    def says(self, at: datetime) -> dict[str, float]:
        """Return what it measures now."""
        measures = practice().kind(self.kind).measures
        told = course.values(self.kind, self.number, at, at - self.spoke_at)
        return {
            code: _within(measures[code], value + self._offset(code, at)) if code in measures else value
            for code, value in told.items()
        }

    def _offset(self, code: str, at: datetime) -> float:
        if code not in self.offsets:
            return 0.0
        offset, since = self.offsets[code]
        return offset if code in LASTING else offset * math.exp(-((at - since) / timedelta(hours=BACK_WITHIN)))


def _within(measure: Measure, value: float) -> float:
    return round(min(measure.most, max(measure.least, value)), 2)


class Keys:
    """The keys of made-up devices and systems, which nobody else has written down: issued here, kept in a file."""

    def __init__(self, path: Path) -> None:
        """Read those there are."""
        self.path = path
        self.known: dict[str, str] = {}
        with suppress(FileNotFoundError, ValueError):
            self.known = json.loads(path.read_text(encoding="utf-8"))

    def of(self, name: str, *, is_system: bool, at: datetime) -> str:
        """Return the key of a device or a system; a new one where ours does not count."""
        key = self.known.get(name, "")
        if not key or keys.authenticate(name, key, at=at) is None:
            key = self._issue(name, is_system=is_system, at=at)
            self.known[name] = key
            self._write()
        return key

    def _issue(self, name: str, *, is_system: bool, at: datetime) -> str:
        if is_system:
            return systems.issue_key(SYSTEM, system=System.objects.get(code=name), at=at)
        return actions.issue_key(SYSTEM, device=Device.objects.get(number=name), at=at)

    def _write(self) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(self.known, file)
        fresh.replace(self.path)


class Crowd:
    """All made-up devices of an installation, and how they send."""

    def __init__(self, outlet: Outlet, folder: Path) -> None:
        """Name the way out and the folder of keys and faults."""
        self.outlet = outlet
        self.keys = Keys(folder / "keys.json")
        self.faults = Faults(folder / "faults.json")
        self.speakers: dict[str, Speaker] = {}
        self._looked_at: datetime | None = None

    def turn(self, *, at: datetime) -> int:
        """Let those speak that are due; returns how many did."""
        if self._looked_at is None or at - self._looked_at > LOOK_EVERY:
            self._look(at)
        suffering = self.faults.read(at=at)
        spoken = 0
        for one in self._due(suffering, at):
            fault = suffering.get(one.number)
            spoken += self._speak(one, fault.name if fault else "", at)
        return spoken

    def _look(self, at: datetime) -> None:
        """Learn who is on the register now; whoever is new begins within its own interval."""
        self._looked_at = at
        rows = Device.objects.now().filter(state=Device.State.ACTIVE).order_by("number")
        columns = ("pk", "number", "kind", "expected_every", "system__code", "now__silent_since")
        found, fresh = {}, {}
        for pk, number, kind, expected, system, silent in rows.values_list(*columns):
            known = self.speakers.get(number)
            if known is None and silent is None:
                every = timedelta(seconds=min(expected, MOST_SECONDS))
                known = Speaker(number, kind, every, at - every, at + every * random.random(), system or "")
                fresh[pk] = known
            if known is not None:
                found[number] = known
        self._take_up(fresh)
        self.speakers = found

    def _take_up(self, fresh: dict[int, Speaker]) -> None:
        """Let those who begin go on from what they last said."""
        rows = Stream.objects.filter(device_id__in=fresh, last_at__isnull=False)
        for device_id, code, value, when in rows.values_list("device_id", "measure", "last_value", "last_at"):
            one = fresh[device_id]
            measure = practice().kind(one.kind).measures.get(code)
            if value is not None and when is not None and measure is not None and measure.form == "value":
                then = course.values(one.kind, one.number, when).get(code, value)
                one.offsets[code] = (value - then, when)

    def _due(self, suffering: Iterable[str], at: datetime) -> list[Speaker]:
        """Return whose turn it is; a device tells of what has just befallen it at once."""
        fresh = set(suffering)
        hasty = timedelta(seconds=20)
        return [
            one
            for one in self.speakers.values()
            if one.due_at <= at or (one.number in fresh and at - one.spoke_at > hasty)
        ]

    def _speak(self, one: Speaker, fault: str, at: datetime) -> bool:
        one.due_at = at + one.every * random.uniform(0.95, 1.05)
        if fault == faults.SILENT:
            return False
        told = one.says(at)
        if fault:
            told = faults.FAULTS[fault](told)
        one.spoke_at = at
        many = FLOOD if fault == faults.FLOOD else 1
        words = [Word(at - timedelta(milliseconds=step), told) for step in range(many)]
        try:
            key = self.keys.of(one.system or one.number, is_system=bool(one.system), at=at)
            key = key[::-1] if fault == faults.WRONG_KEY else key
            self.outlet.send(one.number, key, words, system=one.system)
        except NotSent as why:
            # A key just issued is known to the broker a second later.
            log.info("%s could not speak: %s", one.number, why)
            one.due_at = at + timedelta(seconds=5)
            return False
        return True
