"""Kinds of devices (设备类型) and what they measure (指标) as shipped; the document `sensors` may change them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing a device tells: its unit, and between which values a reading can be true."""

    code: str
    label: str
    unit: str
    least: float
    most: float
    # "yes_no": 0 or 1, shown as the two words; "sum": an amount since the last reading, added up over an hour.
    form: str = "value"
    words: tuple[str, str] = ("否", "是")
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of device: what it measures and how often it should speak (seconds)."""

    code: str
    label: str
    expected_every: int
    measures: Mapping[str, Measure]  # its own first, then battery and signal
    own: tuple[str, ...]  # codes of its own measures, the chief one first


COMMON = (
    Measure("battery", "电量", "%", 0, 100, digits=0),
    Measure("signal", "信号", "dBm", -150, 0, digits=0),
)


def _m(code: str, label: str, unit: str, least: float, most: float, *, digits: int = 1, form: str = "value") -> Measure:
    return Measure(code, label, unit, least, most, form=form, digits=digits)


def _yes(code: str, label: str, no: str, yes: str) -> Measure:
    return Measure(code, label, "", 0, 1, form="yes_no", words=(no, yes), digits=0)


_KINDS: tuple[tuple[str, str, int, tuple[Measure, ...]], ...] = (
    ("manhole", "智能井盖", 3_600, (
        _m("tilt", "倾角", "°", 0, 180), _yes("is_open", "井盖", "关好", "打开"),
        _m("water", "井内水位", "m", 0, 20, digits=2),
    )),
    ("water_level", "水位计", 600, (
        _m("level", "水位", "m", -10, 50, digits=2), _m("flow", "流量", "m³/s", 0, 10_000),
    )),
    ("smoke", "烟感", 21_600, (_m("smoke", "烟雾浓度", "%/m", 0, 100), _m("temperature", "温度", "℃", -40, 125))),
    ("weather", "气象站", 600, (
        _m("temperature", "气温", "℃", -50, 60), _m("humidity", "湿度", "%", 0, 100, digits=0),
        _m("rain_mm", "雨量", "mm", 0, 200, form="sum"), _m("wind", "风速", "m/s", 0, 90),
        _m("pressure", "气压", "hPa", 500, 1_100, digits=0),
    )),
    ("gas", "燃气监测", 1_800, (_m("gas", "可燃气浓度", "%LEL", 0, 100), _m("pressure_kpa", "管压", "kPa", 0, 1_000))),
    ("bin", "垃圾箱满溢", 3_600, (
        _m("fill", "装满程度", "%", 0, 100, digits=0), _m("temperature", "箱内温度", "℃", -40, 125),
    )),
    ("slope", "边坡位移", 3_600, (
        _m("shift_mm", "位移", "mm", -5_000, 5_000), _m("tilt", "倾角", "°", -90, 90, digits=2),
        _m("rain_mm", "雨量", "mm", 0, 200, form="sum"),
    )),
    ("water_quality", "水质", 3_600, (
        _m("ph", "pH 值", "", 0, 14, digits=2), _m("oxygen", "溶解氧", "mg/L", 0, 30),
        _m("turbidity", "浊度", "NTU", 0, 4_000),
    )),
    ("air", "空气质量", 600, (
        _m("pm25", "PM2.5", "μg/m³", 0, 1_000, digits=0), _m("pm10", "PM10", "μg/m³", 0, 2_000, digits=0),
        _m("noise", "噪声", "dB", 0, 150, digits=0),
    )),
    ("lamp", "路灯控制器", 1_800, (_yes("is_on", "亮灯", "熄灭", "亮着"), _m("power", "功率", "W", 0, 2_000))),
    ("forest_fire", "林火监测", 900, (
        _m("temperature", "温度", "℃", -50, 300), _m("smoke", "烟雾浓度", "%/m", 0, 100),
        _m("humidity", "湿度", "%", 0, 100, digits=0),
    )),
)  # fmt: skip

KINDS: Mapping[str, Kind] = {
    code: Kind(code, label, every, {one.code: one for one in (*own, *COMMON)}, tuple(one.code for one in own))
    for code, label, every, own in _KINDS
}
