"""Forms of alarms: a rule, its trial, a mute, a note."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.faces.identity.request import Request
from lianxin.foundation.areas import queries as areas
from lianxin.registry.sensors.kinds import COMMON
from lianxin.registry.sensors.models import Device
from lianxin.registry.sensors.settings import practice
from lianxin.work.alarms import wording
from lianxin.work.alarms.machine import Op
from lianxin.work.alarms.rules import ANY, MAX_DEVICES, OPS, Level, Spec
from lianxin.work.alarms.settings import alarm_settings
from lianxin.work.alarms.windows import DAYS, RESTDAY, WORKDAY
from lianxin.work.cases.words import Severity
from lianxin.work.dispatch.queries import catalogue

_UNITS = {"秒": 1, "分": 60, "分钟": 60, "小时": 3600, "时": 3600, "天": 86400, "": 1}
_SPAN = re.compile(r"(\d+)\s*(秒|分钟|分|小时|时|天)?")
_HOW_LONG = _("例如 30 秒、10 分钟、2 小时；不限就留空")
WINDOWS = 3
_DAYS = (
    ("", _("不用这一段")),
    ("all", _("每天")),
    (WORKDAY, _("工作日")),
    (RESTDAY, _("休息日")),
    ("1,2,3,4,5", _("周一至周五")),
    ("6,7", _("周六、周日")),
    *((str(day), _("周") + "一二三四五六日"[day - 1]) for day in DAYS),
)


class SpanField(forms.CharField):
    """A duration as people write it; seconds as a number."""

    def __init__(self, **more: Any) -> None:
        """Ask for it in words."""
        super().__init__(required=False, max_length=30, help_text=more.pop("help_text", _HOW_LONG), **more)

    def clean(self, value: Any) -> int:
        """Return seconds; nothing is 0."""
        text = str(super().clean(value)).replace(" ", "")
        if not text:
            return 0
        found = _SPAN.findall(text)
        if not found or "".join(f"{number}{unit}" for number, unit in found) != text:
            raise forms.ValidationError(_("请写成 30 秒、10 分钟、2 小时这样。"))
        return sum(int(number) * _UNITS[unit] for number, unit in found)


def span(seconds: int) -> str:
    """Return seconds as the field reads them again."""
    return wording.lasting(seconds) if seconds else ""


class RuleForm(forms.Form):
    """What a rule says, in the order in which one thinks of it."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("名称"),
        max_length=60,
        error_messages={"required": _("请给规则起个名字。")},
        help_text=_("例如：井盖倾斜"),
    )
    what = forms.ChoiceField(
        label=_("看什么"),
        error_messages={"required": _("请选看哪类设备的哪个指标。")},
        help_text=_("哪一类设备的哪个指标"),
    )
    area = forms.ChoiceField(label=_("在哪里"), required=False)
    devices = forms.CharField(
        label=_("只看这些设备"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("每行一个设备编号；留空就是这一类的全部"),
    )
    op = forms.ChoiceField(label=_("怎样算异常"), error_messages={"required": _("请选怎样算异常。")})
    level_1 = forms.CharField(label=_("蓝色"), required=False, max_length=12)
    level_2 = forms.CharField(label=_("黄色"), required=False, max_length=12)
    level_3 = forms.CharField(label=_("橙色"), required=False, max_length=12)
    level_4 = forms.CharField(label=_("红色"), required=False, max_length=12)
    for_seconds = SpanField(label=_("持续多久才报"))
    times = forms.CharField(label=_("或者：报够几次"), required=False, max_length=4, help_text=_("2 至 20 次"))
    within_seconds = SpanField(label=_("在多久以内"), help_text=_("按次数、按变化量时要填"))
    slack = forms.CharField(
        label=_("回差"), required=False, max_length=12, help_text=_("退回阈值以内这么多才算恢复，防止来回跳")
    )
    clear_seconds = SpanField(label=_("恢复后要保持"), help_text=_("例如 5 分钟；防止一会儿好一会儿坏"))
    steps_down = forms.BooleanField(label=_("好转时逐级降级"), required=False, initial=True)
    fault = forms.ChoiceField(
        label=_("报的是什么故障"),
        error_messages={"required": _("请选报的是什么故障。")},
        help_text=_("同一台设备同一种故障只有一条告警"),
    )
    remind_minutes = SpanField(label=_("没人确认，隔多久提醒一次"))
    makes_case = forms.BooleanField(label=_("立案"), required=False)
    case_level = forms.TypedChoiceField(
        label=_("从哪一级起立案"),
        coerce=int,
        required=False,
        empty_value="1",
        choices=[
            (int(level), _LABEL)
            for level, _LABEL in zip(Level, (_("蓝色"), _("黄色"), _("橙色"), _("红色")), strict=True)
        ],
    )
    case_minutes = SpanField(label=_("没人确认多久才立案"), help_text=_("留空：一告警就立案"))
    category = forms.ChoiceField(label=_("案件分类"), required=False)
    severity = forms.ChoiceField(label=_("案件等级"), required=False)
    text = forms.CharField(
        label=_("案件里写什么"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("可以用 {device} {kind} {place} {fault} {level} {value} {time}；留空用通用的话"),
    )

    def __init__(self, *args: Any, asked: Request, **values: Any) -> None:
        """Offer the kinds, measures, areas, faults and categories of this place."""
        super().__init__(*args, **values)
        known = practice(asked.numbers)
        groups = [
            (
                kind.label,
                [
                    *(
                        (
                            f"{kind.code}:{one.code}",
                            f"{kind.label} · {one.label}{f'（{one.unit}）' if one.unit else ''}",
                        )
                        for one in kind.measures.values()
                    ),
                    (f"{kind.code}:{ANY}", f"{kind.label} · " + _("任何数据")),
                ],
            )
            for kind in known.kinds.values()
        ]
        common = [(f":{one.code}", _("所有设备") + f" · {one.label}（{one.unit}）") for one in COMMON]
        self._offer(
            "what", [("", _("请选择")), (_("所有设备"), [*common, (f":{ANY}", _("所有设备 · 任何数据"))]), *groups]
        )
        nodes = [node for node in areas.tree(asked.at, asked.numbers) if node.role in {"street", "community"}]
        self._offer(
            "area", [("", _("全域")), *((one.code, "\u3000" * (one.role == "community") + one.name) for one in nodes)]
        )
        self._offer("op", [(str(op), str(label)) for op, label in OPS.items()])
        self._offer("fault", [("", _("请选择")), *alarm_settings(asked.numbers).faults.items()])
        tree = [
            ("", _("由派遣来判断")),
            *((one.code, "\u3000" * (one.depth - 1) + one.name) for one in catalogue(asked.numbers).nodes),
        ]
        self._offer("category", tree)
        self._offer("severity", [("", _("按告警级别")), *((code, str(label)) for code, label in Severity.choices)])
        for number in range(1, WINDOWS + 1):
            label = _("只在这些时候") if number == 1 else _("和第 %(number)d 段") % {"number": number}
            self.fields[f"days_{number}"] = forms.ChoiceField(label=label, required=False, choices=_DAYS)
            for edge, said in (("from", _("从")), ("to", _("到"))):
                self.fields[f"{edge}_{number}"] = forms.CharField(
                    label=said, required=False, max_length=5, widget=forms.TimeInput(attrs={"type": "time"})
                )

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_devices(self) -> list[str]:
        """Return the keys of the devices whose numbers were written; raise for numbers nobody has."""
        numbers = [line.strip().upper() for line in str(self.cleaned_data["devices"]).replace("，", "\n").splitlines()]
        wanted = list(dict.fromkeys(number for number in numbers if number))[: MAX_DEVICES + 1]
        if not wanted:
            return []
        rows = dict(Device.objects.now().filter(number__in=wanted).values_list("number", "key"))
        lost = [number for number in wanted if number not in rows]
        if lost:
            raise forms.ValidationError(_("没有编号为 %(number)s 的设备，请核对。") % {"number": lost[0][:40]})
        return [str(rows[number]) for number in wanted]

    def content(self) -> dict[str, Any]:
        """Return what the rule says, for the act to check."""
        told = dict(self.cleaned_data)
        kind, _colon, measure = str(told.pop("what", "")).partition(":")
        is_silent = told.get("op") == Op.SILENT
        levels = [(int(level), str(told.pop(f"level_{int(level)}", "")).strip()) for level in Level]
        steps = [{"level": level, "value": 0 if is_silent else value} for level, value in levels if value]
        windows = [self._window(number) for number in range(1, WINDOWS + 1)]
        return {
            **{name: told.get(name) for name in Spec.__dataclass_fields__ if name in told},
            "device_kind": kind,
            "measure": measure,
            "steps": steps,
            "remind_minutes": told["remind_minutes"] // 60,
            "case_minutes": told["case_minutes"] // 60,
            "windows": [one for one in windows if one],
        }

    def _window(self, number: int) -> dict[str, Any] | None:
        told = {name: str(self.cleaned_data.get(f"{name}_{number}") or "") for name in ("days", "from", "to")}
        if not told["days"]:
            return None
        days: Any = told["days"]
        if days == "all":
            days = list(DAYS)
        elif days not in {WORKDAY, RESTDAY}:
            days = [int(day) for day in days.split(",")]
        return {"days": days, "from": told["from"] or "00:00", "to": told["to"] or "00:00"}


# Where the act's fields stand in the form.
FIELDS = {"device_kind": "what", "measure": "what", "steps": "level_1", "windows": "days_1"}


def initial_of(spec: Spec) -> Mapping[str, Any]:
    """Return a rule as its form shows it."""
    told: dict[str, Any] = {
        "name": spec.name,
        "what": f"{spec.device_kind}:{spec.measure}",
        "area": spec.area,
        "op": str(spec.op),
        "slack": f"{spec.slack:g}" if spec.slack else "",
        "times": spec.times or "",
        "fault": spec.fault,
        "steps_down": spec.steps_down,
        "makes_case": spec.makes_case,
        "case_level": spec.case_level,
        "category": spec.category,
        "severity": spec.severity,
        "text": spec.text,
        "remind_minutes": span(spec.remind_minutes * 60),
        "case_minutes": span(spec.case_minutes * 60),
    }
    told |= {name: span(getattr(spec, name)) for name in ("for_seconds", "within_seconds", "clear_seconds")}
    told |= {f"level_{step.level}": "1" if spec.op is Op.SILENT else f"{step.value:g}" for step in spec.steps}
    if spec.devices:
        told["devices"] = "\n".join(
            Device.objects.filter(key__in=spec.devices).order_by("number").values_list("number", flat=True)
        )
    for number, window in enumerate(spec.windows[:WINDOWS], 1):
        days = window.get("days")
        named = (
            days
            if isinstance(days, str)
            else ("all" if set(days or ()) == set(DAYS) else ",".join(map(str, days or ())))
        )
        told |= {f"days_{number}": named, f"from_{number}": window.get("from"), f"to_{number}": window.get("to")}
    return told


class PublishForm(forms.Form):
    """Why a rule that is in force says something else from now on."""

    why = forms.CharField(label=_("为什么改"), max_length=200, required=False, help_text=_("写一句话，以后查得到"))


class WhyForm(forms.Form):
    """Why."""

    why = forms.CharField(label=_("原因"), max_length=200, help_text=_("写一句话，以后查得到"))


class AcknowledgeForm(forms.Form):
    """What one does about an alarm; may be left empty."""

    note = forms.CharField(label=_("打算怎么办"), max_length=300, required=False)


class MuteForm(forms.Form):
    """For how long a device disturbs nobody, and why."""

    hours = forms.TypedChoiceField(
        label=_("静默多久"),
        coerce=int,
        choices=[
            (1, _("1 小时")),
            (4, _("4 小时")),
            (12, _("12 小时")),
            (24, _("1 天")),
            (72, _("3 天")),
            (168, _("7 天")),
            (720, _("30 天")),
        ],
    )
    since = forms.DateTimeField(
        label=_("从什么时候起"),
        required=False,
        help_text=_("留空就是现在；计划检修可以填以后的时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    only_this = forms.BooleanField(label=_("只静默这一种故障"), required=False)
    why = forms.CharField(label=_("原因"), max_length=200, help_text=_("例如：管网检修，开盖作业"))


class TrialForm(forms.Form):
    """How many days back a trial goes."""

    days = forms.TypedChoiceField(
        label=_("往回看"),
        coerce=int,
        choices=[(1, _("1 天")), (3, _("3 天")), (7, _("7 天")), (14, _("14 天")), (30, _("30 天"))],
        initial=7,
    )
