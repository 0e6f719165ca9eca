"""What a place decides about its alarms: the document `alarms`, typed, with a default for every line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lianxin.kernel.configuration.queries import current

DOCUMENT = "alarms"

# What devices call for. A place adds its own in the document; a code that an alarm has is never taken away.
FAULTS: Mapping[str, str] = {
    "cover": "井盖异动",
    "flooding": "井内水位高",
    "high_water": "水位超限",
    "rain": "强降雨",
    "wind": "大风",
    "heat": "高温",
    "smoke": "烟雾报警",
    "gas": "燃气泄漏",
    "bin_full": "垃圾箱满溢",
    "slope": "边坡位移",
    "water_quality": "水质异常",
    "air": "空气污染",
    "noise": "噪声超标",
    "lamp": "路灯故障",
    "fire": "林火风险",
    "temperature": "温度异常",
    "silent": "设备失联",
    "battery": "电量不足",
    "other": "其他异常",
}


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """The faults by code; how many days alarms are kept once over; how many days a trial may look back."""

    faults: Mapping[str, str]
    keep_days: int = 1095
    trial_days: int = 30

    def fault(self, code: str) -> str:
        """Return a fault in words; one that the document has lost is shown by its code."""
        return self.faults.get(code, code)


def alarm_settings(numbers: Mapping[str, int] | None = None) -> AlarmSettings:
    """Return what is in force; what the document does not say keeps its default."""
    told: Mapping[str, Any] = current(DOCUMENT, numbers) or {}
    faults = {**FAULTS, **{str(code)[:30]: str(label)[:30] for code, label in (told.get("faults") or {}).items()}}
    return AlarmSettings(faults, keep_days=max(90, min(3650, int(told.get("keep_days", 1095)))))
