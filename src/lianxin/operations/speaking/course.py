"""What a made-up device measures at an instant: a pure function of its kind, its number and the time.

One sky hangs over all of them: when it rains, gauges rise a little later, the air is cleaner and the sun is gone. Asked
again for the same instant it says the same, so that a past can be written and gone on with.
"""

import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from lianxin.kernel.worktime.calendars import ZONE

HOUR = timedelta(hours=1)
_SKY = "sky"


def rain(at: datetime) -> float:
    """Return how hard it rains over the place (mm an hour): some showers a week, each with a rise and a fall."""
    hours = at.timestamp() / 3600
    return sum(_shower(int(hours // 36) + back, hours) for back in (-1, 0))


def _shower(block: int, hours: float) -> float:
    """One shower, or none, begins in each day and a half."""
    if _chance(_SKY, f"comes {block}") < 0.45:
        return 0.0
    begins = block * 36 + _chance(_SKY, f"begins {block}") * 30
    lasts = 2 + _chance(_SKY, f"lasts {block}") * 8
    hardest = 2 + 22 * _chance(_SKY, f"hard {block}") ** 3
    part = (hours - begins) / lasts
    return hardest * math.sin(math.pi * part) ** 2 if 0 < part < 1 else 0.0


def soaked(at: datetime) -> float:
    """Return how much of the last day's rain is still running off (mm): what gauges and wells feel."""
    return sum(rain(at - HOUR * back) * math.exp(-back / 6) for back in range(24))


def warmth(at: datetime) -> float:
    """Return the temperature outside (℃): by season, by hour, lower in rain."""
    local = at.astimezone(ZONE)
    season = 16.5 - 12.5 * math.cos(2 * math.pi * (local.timetuple().tm_yday - 20) / 365)
    day = 4.8 * math.cos(2 * math.pi * (local.hour + local.minute / 60 - 14.5) / 24)
    return season + day * (0.4 if rain(at) > 0.5 else 1.0) - min(3.0, rain(at) / 4) + _drift(_SKY, "warmth", at, 48) * 3


@dataclass(frozen=True, slots=True)
class Gauge:
    """One device at one instant, for the functions of its kind."""

    number: str
    at: datetime
    since: timedelta  # how long ago it spoke before: amounts are of that time

    def own(self, what: str) -> float:
        """Return a number between 0 and 1 that this device always has."""
        return _chance(self.number, what)

    def drift(self, what: str, hours: float = 3) -> float:
        """Return a number between -1 and 1 that changes slowly."""
        return _drift(self.number, what, self.at, hours)

    @property
    def hour(self) -> float:
        """The hour of the day here."""
        local = self.at.astimezone(ZONE)
        return local.hour + local.minute / 60

    @property
    def fallen(self) -> float:
        """How much rain fell since it spoke before (mm)."""
        return rain(self.at) * self.since / HOUR


def _manhole(one: Gauge) -> dict[str, float]:
    return {
        "tilt": abs(0.6 * one.own("tilt") + 0.3 * one.drift("tilt")),
        "is_open": 0,
        "water": max(0.0, 0.1 + 0.3 * one.own("water") + soaked(one.at) / 60 + 0.05 * one.drift("water")),
    }


def _water_level(one: Gauge) -> dict[str, float]:
    level = 0.8 + 1.4 * one.own("level") + soaked(one.at) / 30 + 0.06 * one.drift("level", 6)
    return {"level": level, "flow": max(0.0, 2.5 * level**1.6 + 0.4 * one.drift("flow"))}


def _smoke(one: Gauge) -> dict[str, float]:
    return {"smoke": 0.05 + 0.04 * abs(one.drift("smoke")), "temperature": 19 + 4 * one.drift("inside", 8)}


def _weather(one: Gauge) -> dict[str, float]:
    falling = rain(one.at)
    return {
        "temperature": warmth(one.at) + 0.5 * one.drift("temperature"),
        "humidity": min(99.0, 62 - 1.4 * (warmth(one.at) - 16) + 10 * one.drift("humidity", 12) + 3 * falling),
        "rain_mm": one.fallen,
        "wind": abs(2.4 + 1.6 * one.drift("wind", 2) + falling / 6),
        "pressure": 1014 + 8 * _drift(_SKY, "pressure", one.at, 36) - falling / 4,
    }


def _gas(one: Gauge) -> dict[str, float]:
    return {"gas": 0.4 + 0.4 * abs(one.drift("gas")), "pressure_kpa": 98 + 6 * one.drift("pressure", 5)}


def _bin(one: Gauge) -> dict[str, float]:
    """It fills from one emptying (early in the morning) to the next."""
    since = (one.hour - 5) % 24
    return {
        "fill": min(97.0, 4 + since * (2.4 + 1.8 * one.own("use")) + 3 * abs(one.drift("fill"))),
        "temperature": warmth(one.at) + 3,
    }


def _slope(one: Gauge) -> dict[str, float]:
    years = one.at.timestamp() / 86_400 / 365 % 1
    return {
        "shift_mm": 3 * years * one.own("creeps") + soaked(one.at) / 40 + 0.2 * one.drift("shift", 12),
        "tilt": 0.3 * one.own("tilt") + 0.03 * one.drift("tilt", 12),
        "rain_mm": one.fallen,
    }


def _water_quality(one: Gauge) -> dict[str, float]:
    washed = soaked(one.at)
    return {
        "ph": 7.4 + 0.3 * one.drift("ph", 9),
        "oxygen": max(2.0, 9.5 - 0.18 * (warmth(one.at) - 10) + 0.6 * one.drift("oxygen", 6)),
        "turbidity": 6 + 4 * one.own("bed") + 2.5 * washed,
    }


def _air(one: Gauge) -> dict[str, float]:
    busy = math.exp(-((one.hour - 8) ** 2) / 6) + math.exp(-((one.hour - 18.5) ** 2) / 8)
    dust = max(6.0, (34 + 18 * _drift(_SKY, "haze", one.at, 30) + 12 * busy) / (1 + rain(one.at) / 4))
    return {"pm25": dust, "pm10": dust * 1.6 + 6 * abs(one.drift("pm10")), "noise": 43 + 16 * busy + 4 * one.drift("n")}


def _lamp(one: Gauge) -> dict[str, float]:
    is_on = one.hour >= 18.2 or one.hour < 5.8
    return {"is_on": float(is_on), "power": 118 + 6 * one.drift("power") if is_on else 0.6}


def _forest_fire(one: Gauge) -> dict[str, float]:
    return {
        "temperature": warmth(one.at) + 2 * one.own("sun"),
        "smoke": 0.03 * abs(one.drift("smoke")),
        "humidity": min(99.0, 68 - 1.2 * (warmth(one.at) - 16) + 3 * rain(one.at)),
    }


KINDS: Mapping[str, Callable[[Gauge], dict[str, float]]] = {
    "manhole": _manhole,
    "water_level": _water_level,
    "smoke": _smoke,
    "weather": _weather,
    "gas": _gas,
    "bin": _bin,
    "slope": _slope,
    "water_quality": _water_quality,
    "air": _air,
    "lamp": _lamp,
    "forest_fire": _forest_fire,
}


def values(kind: str, number: str, at: datetime, since: timedelta = HOUR) -> dict[str, float]:
    """Return what a device says at an instant, having spoken `since` ago; of a kind not known here its health only."""
    one = Gauge(number, at, since)
    told = KINDS[kind](one) if kind in KINDS else {}
    life = 400 + 700 * one.own("life")  # days a battery lasts; then somebody changes it
    used = (at.timestamp() / 86_400 + 1000 * one.own("changed")) % life / life
    told["battery"] = max(8.0, 100 - 88 * used)
    told["signal"] = -72 - 22 * one.own("place") + 4 * one.drift("signal", 1)
    return {code: round(value, 2) for code, value in told.items()}


@cache
def _chance(number: str, what: str) -> float:
    return zlib.crc32(f"{number}/{what}".encode()) / 2**32


def _drift(number: str, what: str, at: datetime, hours: float) -> float:
    place = at.timestamp() / 3600 / hours
    whole = math.floor(place)
    before, after = (2 * zlib.crc32(f"{number}/{what}/{step}".encode()) / 2**32 - 1 for step in (whole, whole + 1))
    part = (1 - math.cos(math.pi * (place - whole))) / 2
    return before + (after - before) * part
