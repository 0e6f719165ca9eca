"""What made-up devices are told to suffer: kept in a file that the running simulator reads at each turn."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

SILENT, FLOOD, WRONG_KEY = "silent", "flood", "wrong_key"
LASTS = timedelta(minutes=15)

# What a fault makes of the values; those without one change how the device speaks.
FAULTS: Mapping[str, Callable[[dict[str, float]], dict[str, float]]] = {
    "open": lambda told: told | {"tilt": 68.0, "is_open": 1.0},
    "high_water": lambda told: told | {code: told[code] + 4.2 for code in ("level", "water") if code in told},
    "smoke": lambda told: told | {"smoke": 7.5, "temperature": 48.0},
    "gas": lambda told: told | {"gas": 32.0},
    "full": lambda told: told | {"fill": 98.0},
    "slide": lambda told: told | {"shift_mm": told.get("shift_mm", 0.0) + 35.0},
    "low_battery": lambda told: told | {"battery": 9.0},
    SILENT: lambda told: told,
    FLOOD: lambda told: told,
    WRONG_KEY: lambda told: told,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What a device suffers, and until when."""

    name: str
    until: datetime


class Faults:
    """The faults there are, by device."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        self.path = path

    def read(self, *, at: datetime) -> dict[str, Fault]:
        """Return those that still last."""
        told: dict[str, dict[str, str]] = {}
        with suppress(FileNotFoundError, ValueError):
            told = json.loads(self.path.read_text(encoding="utf-8"))
        found = {number: Fault(one["fault"], datetime.fromisoformat(one["until"])) for number, one in told.items()}
        return {number: one for number, one in found.items() if one.until > at and one.name in FAULTS}

    def put(self, number: str, fault: str | None, *, at: datetime, lasts: timedelta = LASTS) -> None:
        """Give a device a fault, or none."""
        faults = {device: one for device, one in self.read(at=at).items() if device != number}
        if fault is not None:
            faults[number] = Fault(fault, at + lasts)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        told = {device: {"fault": one.name, "until": one.until.isoformat()} for device, one in faults.items()}
        fresh.write_text(json.dumps(told), encoding="utf-8")
        fresh.replace(self.path)
