"""The forms about devices, kinds and joined systems."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from lianxin.faces.identity.request import Request
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point
from lianxin.registry.components import codes as component_codes
from lianxin.registry.components.models import Component
from lianxin.registry.sensors.adapters import ADAPTERS
from lianxin.registry.sensors.configuring import KindIn
from lianxin.registry.sensors.inputs import SELDOM, DeviceIn, SystemIn
from lianxin.registry.sensors.kinds import Kind, Measure
from lianxin.registry.sensors.models import Device, System
from lianxin.registry.sensors.settings import BOUNDS, Limits, practice

from .lookups import LookupForm, UnitField

_SMALL = {"inputmode": "decimal", "autocomplete": "off"}
_DAY = {"type": "date"}


class DeviceForm(LookupForm):
    """A device: its number, what it is, where it stands, whose it is, how often it speaks."""

    number = forms.CharField(
        label=_lazy("设备编号"), max_length=40, help_text=_lazy("照铭牌填，例如 DevEUI；它上报时就用这个编号"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_lazy("类型"))
    component = forms.CharField(
        label=_lazy("装在哪个部件上"), max_length=24, required=False,
        help_text=_lazy("16 位部件标识码；填了它，名称、位置和单位可以空着"),
    )  # fmt: skip
    name = forms.CharField(label=_lazy("名称"), max_length=80, required=False, help_text=_lazy("例如“市场门口井盖”"))
    system = forms.ChoiceField(
        label=_lazy("经哪个系统上报"), required=False, help_text=_lazy("自己上报的空着，登记以后发给它密钥")
    )
    lon = forms.CharField(label=_lazy("经度"), max_length=24, required=False, widget=forms.TextInput(attrs=_SMALL))
    lat = forms.CharField(label=_lazy("纬度"), max_length=24, required=False, widget=forms.TextInput(attrs=_SMALL))
    address = forms.CharField(label=_lazy("安装位置"), max_length=200, required=False)
    owning_unit = UnitField(label=_lazy("权属单位"), required=False)
    maintaining_unit = UnitField(label=_lazy("养护单位"), required=False, help_text=_lazy("告警成案时先派给它"))
    expected_every = forms.IntegerField(
        label=_lazy("上报间隔（秒）"), required=False, min_value=1, max_value=SELDOM,
        help_text=_lazy("多久该报一次；空着按类型。两倍时间没有消息就算失联"),
    )  # fmt: skip
    installed_on = forms.DateField(label=_lazy("安装日期"), required=False, widget=forms.DateInput(attrs=_DAY))
    note = forms.CharField(
        label=_lazy("备注"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, asked: Request, device: Device | None = None, **rest: Any) -> None:
        """Offer kinds in use, and systems that are open; what the device has stays."""
        super().__init__(*args, asked=asked, **rest)
        self.asked = asked
        kinds = {kind.code: kind.label for kind in practice(asked.numbers).kinds.values()}
        systems = dict(System.objects.filter(closed_on=None).order_by("name").values_list("code", "name"))
        if device is not None:
            kinds.setdefault(device.kind, device.kind)
            self.fields["number"].disabled = True
            if device.system is not None:
                systems.setdefault(device.system.code, device.system.name)
        self.fields["kind"].choices = [("", _("请选择")), *kinds.items()]  # type: ignore[attr-defined]
        self.fields["system"].choices = [("", _("自己上报")), *systems.items()]  # type: ignore[attr-defined]

    def told(self) -> DeviceIn:
        """Return the device as the act takes it. Raises Invalid for a point that is none, or an unknown component."""
        given, wrong = self.cleaned_data, dict[str, str]()
        point = None
        if given["lon"] or given["lat"]:
            try:
                point = Point.checked(given["lon"], given["lat"], field="lon")
            except Invalid as fault:
                wrong |= fault.fields
        component = None
        if given["component"]:
            number = component_codes.tidy(given["component"])
            component = Component.objects.visible_to(self.asked.actor).now().filter(number=number).first()
            if component is None:
                wrong["component"] = _("没有这个部件，或不在您的辖区。")
        if wrong:
            raise Invalid(wrong)
        system = System.objects.filter(code=given["system"]).first() if given["system"] else None
        owning, maintaining = given["owning_unit"], given["maintaining_unit"]
        return DeviceIn(
            number=given["number"], kind=given["kind"], name=given["name"], point=point, address=given["address"],
            component_id=component.pk if component else None, system_id=system.pk if system else None,
            owning_unit_id=owning.id if owning else None, maintaining_unit_id=maintaining.id if maintaining else None,
            expected_every=given["expected_every"] or 0, installed_on=given["installed_on"], note=given["note"],
        )  # fmt: skip


# Where the act's names are not the form's.
RENAMED = {
    "point": "lon", "component_id": "component", "system_id": "system", "owning_unit_id": "owning_unit",
    "maintaining_unit_id": "maintaining_unit", "owner_unit_id": "owner_unit",
}  # fmt: skip


def initial_of(device: Device) -> Mapping[str, Any]:
    """Return what the form about a device begins with."""
    names = ("number", "kind", "name", "address", "expected_every", "installed_on", "note")
    return {name: getattr(device, name) for name in names} | {
        "owning_unit": _unit(device.owning_unit_id), "maintaining_unit": _unit(device.maintaining_unit_id),
        "component": device.component.number if device.component else "",
        "system": device.system.code if device.system else "",
        "lon": f"{device.point.lon:.6f}" if device.point else "",
        "lat": f"{device.point.lat:.6f}" if device.point else "", "seen": device.version,
    }  # fmt: skip


def _unit(unit_id: int | None) -> str:
    unit = organizations.unit(unit_id) if unit_id is not None else None
    return unit.name if unit else ""


class SystemForm(LookupForm):
    """A joined system: what, whose, since when, how."""

    code = forms.CharField(
        label=_lazy("代码"), max_length=40, help_text=_lazy("小写字母，例如 shuiwu；推送数据时它就是用户名"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )  # fmt: skip
    name = forms.CharField(label=_lazy("系统名称"), max_length=80)
    purpose = forms.CharField(label=_lazy("做什么用"), max_length=200, required=False)
    owner_unit = UnitField(label=_lazy("归口单位"), required=False)
    supplier = forms.CharField(label=_lazy("承建单位"), max_length=80, required=False)
    joined_on = forms.DateField(label=_lazy("接入日期"), widget=forms.DateInput(attrs=_DAY))
    adapter = forms.ChoiceField(label=_lazy("怎么推送"), required=False)
    how = forms.CharField(
        label=_lazy("接入说明"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_lazy("例如“经政务外网，每 10 分钟推一次”"),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, asked: Request, system: System | None = None, **rest: Any) -> None:
        """Offer the adapters there are."""
        super().__init__(*args, asked=asked, **rest)
        known = [(one.code, f"{one.label} · {one.line}") for one in ADAPTERS.values()]
        self.fields["adapter"].choices = [("", _("不推送，只登记在册")), *known]  # type: ignore[attr-defined]
        if system is not None:
            self.fields["code"].disabled = True

    def told(self) -> SystemIn:
        """Return the system as the act takes it."""
        given = self.cleaned_data
        unit = given["owner_unit"]
        names = ("code", "name", "purpose", "supplier", "joined_on", "adapter", "how")
        return SystemIn(**{name: given[name] for name in names}, owner_unit_id=unit.id if unit else None)


def system_initial(system: System) -> Mapping[str, Any]:
    """Return what the form about a system begins with."""
    names = ("code", "name", "purpose", "supplier", "joined_on", "adapter", "how")
    return {name: getattr(system, name) for name in names} | {
        "owner_unit": _unit(system.owner_unit_id), "seen": system.version,
    }  # fmt: skip


class CloseForm(forms.Form):
    """When a system was closed, and why."""

    closed_on = forms.DateField(label=_lazy("关停日期"), required=False, widget=forms.DateInput(attrs=_DAY))
    why = forms.CharField(
        label=_lazy("为什么关停，由什么接替"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class WhyForm(forms.Form):
    """Why; kept with the act."""

    why = forms.CharField(label=_lazy("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


LIMIT_LABELS: Mapping[str, tuple[Any, Any]] = {
    "clock_skew_seconds": (_lazy("时钟快多少还收（秒）"), _lazy("再往后的算“时间在将来”")),
    "oldest_hours": (_lazy("补传期限（小时）"), _lazy("断线以后补传多久以前的还收")),
    "flood_per_minute": (_lazy("一个设备每分钟最多（条）"), _lazy("长期发得比这密的，多出的不收")),
    "flood_burst": (_lazy("一阵里最多（条）"), _lazy("断线补传时一下子来的")),
    "raw_days": (_lazy("原始读数留多少天"), _lazy("之后按小时、按天汇总保存")),
    "hour_years": (_lazy("小时汇总留多少年"), _lazy("按天的一直留着")),
    "count_days": (_lazy("收发计数留多少天"), ""),
    "silent_times": (_lazy("几倍上报间隔没消息算失联"), ""),
    "low_battery": (_lazy("电量低于多少提示（%）"), ""),
    "weak_signal": (_lazy("信号弱于多少提示（dBm）"), ""),
    "refused_much": (_lazy("一天拒收多少条要看一看"), ""),
}


class LimitsForm(forms.Form):
    """The limits of the document `sensors`, one line each."""

    reason = forms.CharField(label=_lazy("为什么改"), max_length=200, help_text=_lazy("会记入审计"))

    def __init__(self, *args: Any, **rest: Any) -> None:
        """Begin with what is in force."""
        super().__init__(*args, **rest)
        now = practice().limits
        why = self.fields.pop("reason")
        for each in fields(Limits):
            label, hint = LIMIT_LABELS[each.name]
            least, most = BOUNDS[each.name]
            self.fields[each.name] = forms.IntegerField(
                label=label, help_text=hint, min_value=least, max_value=most, initial=getattr(now, each.name)
            )
        self.fields["reason"] = why


class KindForm(forms.Form):
    """A kind with its measures, one a line: code, name, unit, least, most; or code, name, 否/是."""

    code = forms.CharField(label=_lazy("代码"), max_length=20, help_text=_lazy("小写字母，例如 manhole"))
    label = forms.CharField(label=_lazy("名称"), max_length=40)
    expected_every = forms.IntegerField(label=_lazy("一般多久报一次（秒）"), min_value=1, max_value=SELDOM)
    measures = forms.CharField(
        label=_lazy("指标，一行一个"), max_length=3000, widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_lazy("写法：代码，名称，单位，最小，最大。是与否的写：代码，名称，关好/打开。累加的（雨量）最后加“合计”"),
    )  # fmt: skip
    reason = forms.CharField(label=_lazy("为什么改"), max_length=200, help_text=_lazy("会记入审计"))

    def told(self) -> KindIn:
        """Return the kind as the act takes it. Raises Invalid naming the line that cannot be read."""
        given = self.cleaned_data
        lines = [line for line in given["measures"].splitlines() if line.strip()]
        measures = tuple(_measure(line) for line in lines)
        return KindIn(given["code"].strip(), given["label"], given["expected_every"], measures)


def _measure(line: str) -> Measure:
    cells = [cell.strip() for cell in line.replace("，", ",").split(",")]
    fault = Invalid({"measures": _("这一行看不懂：{line}").format(line=line.strip()[:40])})
    form = "sum" if cells[-1] == "合计" else "value"
    cells = cells[:-1] if form == "sum" else cells
    if len(cells) == 3 and "/" in cells[2]:
        no, _slash, yes = cells[2].partition("/")
        return Measure(cells[0], cells[1][:20], "", 0, 1, form="yes_no", words=(no[:8], yes[:8]), digits=0)
    if len(cells) != 5 or not cells[1]:
        raise fault
    try:
        least, most = float(cells[3]), float(cells[4])
    except ValueError:
        raise fault from None
    if not abs(least) < 1e12 or not abs(most) < 1e12:
        raise fault
    span = most - least
    return Measure(cells[0], cells[1][:20], cells[2][:12], least, most, form=form, digits=_digits(span))


def _digits(span: float) -> int:
    """Return how many digits behind the point tell something over such a range."""
    return 2 if span <= 60 else 1 if span <= 1_000 else 0


def kind_initial(kind: Kind) -> Mapping[str, Any]:
    """Return what the form about a kind begins with."""
    told = []
    for code in kind.own:
        one = kind.measures[code]
        if one.form == "yes_no":
            told.append(f"{one.code}，{one.label}，{one.words[0]}/{one.words[1]}")
        else:
            end = "，合计" if one.form == "sum" else ""
            told.append(f"{one.code}，{one.label}，{one.unit}，{one.least:g}，{one.most:g}{end}")
    return {"code": kind.code, "label": kind.label, "expected_every": kind.expected_every, "measures": "\n".join(told)}
