"""An alarm rule (告警规则) as data: what it says, and every sentence about what is wrong with it. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import time
from enum import IntEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.kernel.errors import Invalid
from lianxin.kernel.text import clean, looks_personal
from lianxin.work.cases.words import Severity

from . import machine
from .machine import Ladder, Op
from .windows import DAYS, RESTDAY, WORKDAY, Days, Schedule

DAY = 24 * 3600
MAX_LEVELS, MAX_WINDOWS, MAX_DEVICES, MAX_TIMES = 4, 6, 200, 20
ANY = "*"  # a measure: whatever the device says, for silence


class Level(IntEnum):
    """How grave an alarm is, in the colours that warnings have here."""

    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4

    @property
    def label(self) -> str:
        """Its word."""
        return str(_LEVELS[self])


_LEVELS = {
    Level.BLUE: gettext_lazy("蓝色"),
    Level.YELLOW: gettext_lazy("黄色"),
    Level.ORANGE: gettext_lazy("橙色"),
    Level.RED: gettext_lazy("红色"),
}
SEVERITIES: Mapping[int, str] = {
    Level.BLUE: Severity.NORMAL,
    Level.YELLOW: Severity.NORMAL,
    Level.ORANGE: Severity.PRESSING,
    Level.RED: Severity.URGENT,
}
OPS: Mapping[Op, Any] = {
    Op.ABOVE: gettext_lazy("大于"),
    Op.AT_LEAST: gettext_lazy("不小于"),
    Op.BELOW: gettext_lazy("小于"),
    Op.AT_MOST: gettext_lazy("不大于"),
    Op.EQUAL: gettext_lazy("等于"),
    Op.OTHER: gettext_lazy("不等于"),
    Op.CHANGED: gettext_lazy("变化不小于"),
    Op.SILENT: gettext_lazy("没有数据"),
}
# What a case's text may hold, with what it stands for.
PLACES: Mapping[str, Any] = {
    "device": gettext_lazy("设备名称"),
    "kind": gettext_lazy("设备类型"),
    "place": gettext_lazy("地点"),
    "fault": gettext_lazy("故障"),
    "level": gettext_lazy("级别"),
    "measure": gettext_lazy("指标"),
    "value": gettext_lazy("读数"),
    "time": gettext_lazy("时间"),
    "rule": gettext_lazy("规则"),
}
TEXT = gettext_lazy("{place}的{kind}“{device}”{time} 报警：{fault}，{value}。请到现场查看处置。")
_PLACE = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as a rule needs it: its words and what it can plausibly say."""

    label: str
    unit: str = ""
    least: float | None = None
    most: float | None = None
    words: Mapping[float, str] = field(default_factory=dict)  # of values that are words: 0 关, 1 开


@dataclass(frozen=True, slots=True)
class Known:
    """What a rule is checked against: kinds with their measures, faults, and what exists here."""

    kinds: Mapping[str, str]
    measures: Mapping[str, Mapping[str, Measure]]  # by kind; under "": what every kind has
    faults: Mapping[str, str]
    categories: Collection[str]
    areas: Collection[str]
    devices: Mapping[str, str] = field(default_factory=dict)  # those named: key → kind

    def measure(self, kind: str, code: str) -> Measure | None:
        """Return a measure of a kind."""
        return self.measures.get(kind, {}).get(code) or self.measures.get("", {}).get(code)


@dataclass(frozen=True, slots=True)
class Step:
    """A threshold and the level it stands for."""

    level: int
    value: float = 0.0


@dataclass(frozen=True)
class Spec:
    """What one version of a rule says."""

    name: str = ""
    device_kind: str = ""  # "": every kind
    devices: tuple[str, ...] = ()  # keys; none: all of the kind
    area: str = ""  # a code; "": everywhere
    measure: str = ""
    op: Op = Op.ABOVE
    steps: tuple[Step, ...] = ()
    slack: float = 0.0
    for_seconds: int = 0
    times: int = 0
    within_seconds: int = 0
    clear_seconds: int = 0
    steps_down: bool = True
    windows: tuple[Mapping[str, Any], ...] = ()
    fault: str = ""
    remind_minutes: int = 0  # 0: never
    makes_case: bool = False
    case_minutes: int = 0  # unacknowledged for so long; 0: at once
    case_level: int = 1  # from this level on
    category: str = ""
    severity: str = ""  # "": by the level
    text: str = ""

    def content(self) -> dict[str, Any]:
        """Return it as it is stored."""
        told = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return told | {"op": str(self.op)}

    def ladder(self, calendar: Days) -> Ladder:
        """Return what the machine needs of it."""
        return Ladder(
            op=self.op,
            thresholds=() if self.op is Op.SILENT else tuple(step.value for step in self.steps),
            slack=self.slack,
            for_seconds=self.for_seconds,
            times=self.times,
            within_seconds=self.within_seconds,
            clear_seconds=self.clear_seconds,
            steps_down=self.steps_down,
            schedule=Schedule.read(self.windows, calendar),
        )

    def level(self, step: int) -> int:
        """Return the level of a step of the machine; 0: none."""
        return self.steps[step - 1].level if step else 0


def read(content: Mapping[str, Any]) -> Spec:
    """Return a rule as it was stored: it was checked then."""
    told = {name: content[name] for name in Spec.__dataclass_fields__ if name in content}
    told["op"] = Op(told.get("op", Op.ABOVE))
    told["steps"] = tuple(Step(int(step["level"]), float(step.get("value") or 0.0)) for step in told.get("steps", ()))
    told["devices"] = tuple(str(key) for key in told.get("devices", ()))
    told["windows"] = tuple(dict(window) for window in told.get("windows", ()))
    return Spec(**told)


def check(content: Mapping[str, Any], known: Known) -> Spec:
    """Return the rule that a content says. Raises Invalid with a sentence for each field."""
    faults: dict[str, str] = {}
    spec = _read_loosely(content, faults)
    for find in (_wrong_scope, _wrong_condition, _wrong_steps, _wrong_times, _wrong_windows, _wrong_case):
        for name, sentence in find(spec, known).items():
            faults.setdefault(name, sentence)
    if faults:
        raise Invalid(faults)
    return spec


_NUMBERS = {
    "for_seconds": gettext_lazy("持续时间"),
    "times": gettext_lazy("次数"),
    "within_seconds": gettext_lazy("时间段"),
    "clear_seconds": gettext_lazy("恢复时间"),
    "remind_minutes": gettext_lazy("提醒间隔"),
    "case_minutes": gettext_lazy("等待时间"),
    "case_level": gettext_lazy("立案级别"),
}


def _read_loosely(content: Mapping[str, Any], faults: dict[str, str]) -> Spec:
    """Return what can be read, and note what cannot."""
    told: dict[str, Any] = {
        name: clean(str(content.get(name) or ""), most)
        for name, most in (("name", 60), ("device_kind", 20), ("area", 40), ("measure", 20), ("fault", 30),
                           ("category", 20), ("severity", 10), ("text", 500))
    }  # fmt: skip
    try:
        told["op"] = Op(str(content.get("op") or ""))
    except ValueError:
        faults["op"] = _("条件：请选择怎样比较。")
    for name, label in _NUMBERS.items():
        told[name] = _whole(content.get(name), name, label, faults)
    told["case_level"] = told["case_level"] or 1
    told["slack"] = _number(content.get("slack"), "slack", _("回差"), faults) or 0.0
    told["steps"] = _steps(content.get("steps"), faults)
    told["steps_down"] = bool(content.get("steps_down", True))
    told["makes_case"] = bool(content.get("makes_case"))
    devices = content.get("devices") or ()
    told["devices"] = tuple(dict.fromkeys(str(key) for key in devices)) if isinstance(devices, list | tuple) else ()
    windows = content.get("windows") or ()
    told["windows"] = tuple(dict(one) for one in windows if isinstance(one, Mapping))
    return Spec(**told)


def _whole(given: Any, name: str, label: Any, faults: dict[str, str]) -> int:
    number = _number(given, name, label, faults)
    if number is None:
        return 0
    if number != int(number) or number < 0:
        faults[name] = _("%(label)s：请填不小于 0 的整数。") % {"label": label}
        return 0
    return int(number)


def _number(given: Any, name: str, label: Any, faults: dict[str, str]) -> float | None:
    if given is None or given == "":
        return None
    try:
        number = float(given)
    except (TypeError, ValueError):
        number = float("nan")
    if not abs(number) < 1e9:  # not a number is not smaller either
        faults[name] = _("%(label)s：请填数字。") % {"label": label}
        return None
    return number


def _steps(given: Any, faults: dict[str, str]) -> tuple[Step, ...]:
    found = []
    for one in given if isinstance(given, list | tuple) else ():
        if not isinstance(one, Mapping):
            continue
        value = _number(one.get("value"), "steps", _("阈值"), faults)
        level = one.get("level")
        if level not in {int(each) for each in Level}:
            faults["steps"] = _("级别：只有蓝、黄、橙、红。")
            continue
        found.append(Step(int(level), 0.0 if value is None else value))
    return tuple(sorted(found, key=lambda step: step.level))


def _wrong_scope(spec: Spec, known: Known) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not spec.name:
        wrong["name"] = _("名称：请给规则起个名字，例如“井盖倾斜”。")
    if spec.device_kind and spec.device_kind not in known.kinds:
        wrong["device_kind"] = _("设备类型：没有这一类设备，请从名单里选。")
    if spec.area and spec.area not in known.areas:
        wrong["area"] = _("区域：没有这个区域，或它已经撤销，请重新选择。")
    if len(spec.devices) > MAX_DEVICES:
        wrong["devices"] = _("设备：最多点名 %(most)d 台；再多请按类型和区域来定。") % {"most": MAX_DEVICES}
        return wrong
    lost = [key for key in spec.devices if key not in known.devices]
    other = [key for key in spec.devices if spec.device_kind and known.devices.get(key) != spec.device_kind]
    if lost:
        wrong["devices"] = _("设备：有 %(count)d 台找不到了，请重新选择。") % {"count": len(lost)}
    elif other:
        wrong["devices"] = _("设备：有 %(count)d 台不是所选的类型，请去掉。") % {"count": len(other)}
    if spec.fault not in known.faults:
        wrong["fault"] = _("故障：请从名单里选这条规则报的是什么。")
    return wrong


def _wrong_condition(spec: Spec, known: Known) -> dict[str, str]:
    if spec.op is Op.SILENT:
        if spec.measure not in {"", ANY} and known.measure(spec.device_kind, spec.measure) is None:
            return {"measure": _("指标：这类设备没有这个指标。")}
        return {}
    if known.measure(spec.device_kind, spec.measure) is None:
        return {"measure": _("指标：这类设备没有这个指标，请从名单里选。")}
    return {}


def _wrong_steps(spec: Spec, known: Known) -> dict[str, str]:
    levels = [step.level for step in spec.steps]
    if not levels:
        return {"steps": _("阈值：至少填一个级别的阈值。")}
    if len(set(levels)) < len(levels):
        return {"steps": _("级别：同一级别只填一个阈值。")}
    if spec.op in {Op.EQUAL, Op.OTHER, Op.SILENT} and len(levels) > 1:
        return {"steps": _("级别：这种条件只能有一个级别。")}
    values = [step.value for step in spec.steps]
    is_down = spec.op in machine.DOWNWARD
    if any((later >= earlier) if is_down else (later <= earlier) for earlier, later in pairwise(values)):
        way = _("小") if is_down else _("大")
        return {"steps": _("阈值：级别越高，阈值要越%(way)s。") % {"way": way}}
    return _beyond(spec, values, known) | _wrong_slack(spec, values)


def _beyond(spec: Spec, values: list[float], known: Known) -> dict[str, str]:
    measure = known.measure(spec.device_kind, spec.measure)
    if measure is None or spec.op in {Op.SILENT, Op.CHANGED}:
        return {"steps": _("阈值：变化要大于 0。")} if spec.op is Op.CHANGED and values[0] <= 0 else {}
    outside = [
        value
        for value in values
        if (measure.least is not None and value < measure.least) or (measure.most is not None and value > measure.most)
    ]
    if not outside:
        return {}
    return {
        "steps": _("阈值：%(value)s 不在“%(measure)s”的合理范围（%(least)s 至 %(most)s %(unit)s）内，永远等不到。")
        % {
            "value": plain(outside[0]), "measure": measure.label, "unit": measure.unit,
            "least": "—" if measure.least is None else plain(measure.least),
            "most": "—" if measure.most is None else plain(measure.most),
        }
    }  # fmt: skip


def _wrong_slack(spec: Spec, values: list[float]) -> dict[str, str]:
    if spec.slack < 0:
        return {"slack": _("回差：不能小于 0。")}
    if spec.slack and spec.op not in machine.UPWARD | machine.DOWNWARD:
        return {"slack": _("回差：这种条件没有回差，请填 0。")}
    if spec.op is Op.CHANGED and spec.slack >= values[0]:
        return {"slack": _("回差：要比阈值小，否则永远不会恢复。")}
    return {}


def _wrong_times(spec: Spec, _known: Known) -> dict[str, str]:
    wrong = {
        name: _("%(label)s：最长 7 天。") % {"label": _NUMBERS[name]}
        for name in ("for_seconds", "within_seconds", "clear_seconds")
        if getattr(spec, name) > 7 * DAY
    }
    if spec.remind_minutes > 7 * DAY // 60:
        wrong["remind_minutes"] = _("提醒间隔：最长 7 天。")
    elif 0 < spec.remind_minutes < 5:
        wrong["remind_minutes"] = _("提醒间隔：至少 5 分钟，太密了没有人看。")
    return wrong | (_wrong_silence(spec) if spec.op is Op.SILENT else _wrong_counts(spec))


def _wrong_silence(spec: Spec) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if spec.for_seconds < 60:
        wrong["for_seconds"] = _("持续时间：多久没有数据才算失联？至少 60 秒。")
    if spec.times:
        wrong["times"] = _("次数：没有数据不能按次数算，请填 0。")
    if spec.clear_seconds:
        wrong["clear_seconds"] = _("恢复时间：一有数据就算恢复，请填 0。")
    return wrong


def _wrong_counts(spec: Spec) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if spec.times == 1 or spec.times > MAX_TIMES:
        wrong["times"] = _("次数：请填 2 至 %(most)d 次，不按次数算就填 0。") % {"most": MAX_TIMES}
    if spec.times and spec.for_seconds:
        wrong["times"] = _("次数：按次数算就不再按持续时间算，两样只填一样。")
    if (spec.times or spec.op is Op.CHANGED) and spec.within_seconds < 1:
        wrong["within_seconds"] = _("时间段：请填在多少秒以内。")
    return wrong


def _wrong_windows(spec: Spec, _known: Known) -> dict[str, str]:
    if len(spec.windows) > MAX_WINDOWS:
        return {"windows": _("时段：最多 %(most)d 段。") % {"most": MAX_WINDOWS}}
    for window in spec.windows:
        days = window.get("days")
        is_named = isinstance(days, str) and days in {WORKDAY, RESTDAY}
        is_listed = isinstance(days, list | tuple) and bool(days) and set(days) <= set(DAYS)
        if not is_named and not is_listed:
            return {"windows": _("时段：请选是哪几天。")}
        for edge in ("from", "to"):
            try:
                time.fromisoformat(str(window.get(edge)))
            except ValueError:
                return {"windows": _("时段：请填几点到几点，例如 22:00 到 06:00。")}
    return {}


def _wrong_case(spec: Spec, known: Known) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if spec.severity and spec.severity not in Severity.values:
        wrong["severity"] = _("案件等级：只有一般、较急、紧急。")
    unknown = [name for name in _PLACE.findall(spec.text) if name not in PLACES]
    if unknown:
        wrong["text"] = _("案件文字：没有“{%(name)s}”这一项，可用的有 %(all)s。") % {
            "name": unknown[0], "all": " ".join(f"{{{name}}}" for name in PLACES),
        }  # fmt: skip
    elif looks_personal(spec.text):
        wrong["text"] = _("案件文字：不要写电话、证件号码。")
    if not spec.makes_case:
        return wrong
    if spec.category and spec.category not in known.categories:
        wrong["category"] = _("案件分类：没有这个分类，或它已停用。")
    if spec.steps and spec.case_level > spec.steps[-1].level:
        wrong["case_level"] = _("立案级别：这条规则到不了%(level)s。") % {"level": Level(min(spec.case_level, 4)).label}
    if spec.case_minutes > 7 * DAY // 60:
        wrong["case_minutes"] = _("等待时间：最长 7 天。")
    return wrong


def plain(value: float) -> str:
    """Return a number as people write it: no trailing zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if value != int(value) else str(int(value))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a case's text with its places filled; not `str.format`, which would reach into objects."""
    return _PLACE.sub(lambda place: values.get(place[1], ""), text)


def keys_of(spec: Spec) -> list[UUID]:
    """Return the devices a rule names."""
    found = []
    for key in spec.devices:
        try:
            found.append(UUID(key))
        except ValueError:
            continue
    return found
