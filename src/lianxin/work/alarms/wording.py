"""Rules, readings and alarms in words: the same on every page, in messages and in the text of a case."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.sensors.settings import Practice, practice

from . import machine
from .machine import Op
from .rules import ANY, OPS, Level, Spec, plain
from .settings import AlarmSettings
from .windows import DAYS, RESTDAY, WORKDAY

_DAY_NAMES = "一二三四五六日"


def lasting(seconds: float) -> str:
    """Return a duration as people say it: 30 秒, 2 小时, 1 天 6 小时."""
    left = int(seconds)
    parts = []
    for unit, size in ((_("天"), 86400), (_("小时"), 3600), (_("分钟"), 60), (_("秒"), 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or _("0 秒")


def reading(kind: str, code: str, value: float | None, known: Practice | None = None) -> str:
    """Return a reading in words: 倾角 22.5°, 井盖打开."""
    known = known or practice()
    if code in {"", ANY} or value is None:
        return _("没有数据")
    measure = known.measure(kind, code)
    return f"{measure.label} {amount(kind, code, value, known)}".strip()


def amount(kind: str, code: str, value: float, known: Practice | None = None) -> str:
    """Return a value with its unit, as its measure is shown."""
    measure = (known or practice()).measure(kind, code)
    if measure.form == "yes_no":
        return measure.words[value >= 0.5]
    unit = measure.unit
    return f"{plain(round(value, 3))}{'' if unit in {'', '%', '°', '℃'} else ' '}{unit}"


def condition(spec: Spec) -> str:
    """Return what a rule waits for: 倾角大于 15° 持续 30 秒."""
    if spec.op is Op.SILENT:
        what = _("没有数据") if spec.measure in {"", ANY} else _("没有“%(measure)s”的数据") % {
            "measure": _measure(spec)
        }  # fmt: skip
        return _("%(time)s%(what)s") % {"time": lasting(spec.for_seconds), "what": what}
    said = f"{_measure(spec)}{_compared(spec, spec.steps[0].value if spec.steps else 0.0)}"
    if spec.op is Op.CHANGED:
        said = _("%(time)s内%(said)s") % {"time": lasting(spec.within_seconds), "said": said}
    return said + _how_long(spec)


def _how_long(spec: Spec) -> str:
    if spec.times:
        return _("，%(time)s内 %(count)d 次") % {"time": lasting(spec.within_seconds), "count": spec.times}
    return _(" 持续 %(time)s") % {"time": lasting(spec.for_seconds)} if spec.for_seconds else ""


def _measure(spec: Spec) -> str:
    return practice().measure(spec.device_kind, spec.measure).label


def _compared(spec: Spec, value: float) -> str:
    measure = practice().measure(spec.device_kind, spec.measure)
    said = amount(spec.device_kind, spec.measure, value)
    if measure.form == "yes_no" and spec.op in {Op.EQUAL, Op.OTHER}:
        return said if spec.op is Op.EQUAL else _("不是%(what)s") % {"what": said}
    return f"{OPS[spec.op]} {said}"


def steps(spec: Spec) -> list[tuple[int, str]]:
    """Return each level with what reaches it."""
    if spec.op is Op.SILENT:
        return [(step.level, condition(spec)) for step in spec.steps]
    return [(step.level, _compared(spec, step.value)) for step in spec.steps]


def recovery(spec: Spec) -> str:
    """Return when a rule counts as recovered."""
    if spec.op is Op.SILENT:
        return _("一有数据就恢复")
    if spec.slack and spec.steps:
        up = spec.op in machine.UPWARD
        value = spec.steps[0].value - spec.slack if up else spec.steps[0].value + spec.slack
        way = _("回落到") if up else _("回升到")
        said = f"{way} {amount(spec.device_kind, spec.measure, value)}"
    else:
        said = _("不再满足条件")
    if spec.clear_seconds:
        said += _("并保持 %(time)s") % {"time": lasting(spec.clear_seconds)}
    return said + _("才算恢复")


def effects(spec: Spec) -> list[str]:
    """Return what follows when the rule is met, in words."""
    told = []
    if spec.makes_case:
        when = _("立案") if not spec.case_minutes else _("%(time)s无人确认就立案") % {
            "time": lasting(spec.case_minutes * 60)
        }  # fmt: skip
        if spec.steps and spec.case_level > spec.steps[0].level:
            when = _("到%(level)s%(when)s") % {"level": Level(spec.case_level).label, "when": when}
        told.append(when)
    if spec.remind_minutes:
        told.append(_("每 %(time)s提醒一次，直到有人确认") % {"time": lasting(spec.remind_minutes * 60)})
    return told


def sentence(spec: Spec) -> str:
    """Return a rule as one line: 倾角大于 15° 持续 30 秒 → 橙色告警，立案."""
    if not spec.steps:
        return ""
    if len(spec.steps) == 1:
        head = f"{condition(spec)} → " + _("%(level)s告警") % {"level": Level(spec.steps[0].level).label}
    else:
        each = "，".join(f"{said} {Level(level).label}" for level, said in steps(spec))
        window = _("%(time)s内") % {"time": lasting(spec.within_seconds)} if spec.op is Op.CHANGED else ""
        head = f"{window}{_measure(spec)}{each}{_how_long(spec)}"
    return "，".join([head, *effects(spec)])


def awake(windows: Sequence[Mapping[str, Any]]) -> str:
    """Return when a rule is awake: 工作日 22:00 至次日 06:00."""
    return "；".join(_window(one) for one in windows) or _("全天")


def _window(window: Mapping[str, Any]) -> str:
    since, until = str(window.get("from")), str(window.get("to"))
    days = window.get("days")
    if isinstance(days, str):
        said = {WORKDAY: _("工作日"), RESTDAY: _("休息日")}.get(days, days)
    elif set(days or ()) == set(DAYS):
        said = _("每天")
    else:
        said = _("周") + "、".join(_DAY_NAMES[int(day) - 1] for day in sorted(days or ()))
    if since == until:
        return _("%(days)s全天") % {"days": said}
    later = _("次日 ") if until < since else ""
    return f"{said} {since} " + _("至") + f"{later or ' '}{until}"


def values(
    spec: Spec, settings: AlarmSettings, *, device: str, kind: str, place: str, level: int, value: float | None,
    at: datetime, silent_for: timedelta | None = None,
) -> dict[str, str]:  # fmt: skip
    """Return what fills the places of a case's text."""
    said = reading(kind, spec.measure, value)
    if spec.op is Op.SILENT:
        said = _("已 %(time)s没有数据") % {"time": lasting((silent_for or timedelta()).total_seconds())}
    elif spec.op is Op.CHANGED and value is not None:
        said = f"{_measure(spec)}" + _("%(time)s内变化 ") % {"time": lasting(spec.within_seconds)} + amount(
            kind, spec.measure, value
        )  # fmt: skip
    local = at.astimezone(ZONE)
    return {
        "device": device,
        "kind": practice().kind(kind).label,
        "place": place,
        "fault": settings.fault(spec.fault),
        "level": Level(level).label,
        "measure": practice().measure(kind, spec.measure).label if spec.measure not in {"", ANY} else "",
        "value": said,
        "time": f"{local.month}月{local.day}日 {local:%H:%M}",
        "rule": spec.name,
    }
