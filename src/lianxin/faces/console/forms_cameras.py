"""The forms about cameras: registering one, asking for one, deciding, platforms."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from lianxin.faces.identity.request import Request
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point
from lianxin.registry.cameras import codes
from lianxin.registry.cameras.coverage import FULL, MOST_HEIGHT, MOST_REACH
from lianxin.registry.cameras.inputs import CameraIn
from lianxin.registry.cameras.models import Access, Camera, Platform
from lianxin.registry.components.models import Component

from .lookups import LookupForm, UnitField

_SMALL = {"inputmode": "decimal", "autocomplete": "off"}
HOURS = (2, 8, 24, 72, 168)


def _number(label: Any, **rest: Any) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, widget=forms.NumberInput(attrs={"step": "any"}), **rest)


class CameraForm(LookupForm):
    """A camera: its number, whose it is, where it stands, which way it looks."""

    number = forms.CharField(
        label=_lazy("国标编码"), max_length=40, help_text=_lazy("20 位数字，权属单位的平台上查得到；空格、短横不要紧"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(label=_lazy("点位名称"), max_length=80, help_text=_lazy("例如“同安路与文昌大道路口东”"))
    owner_unit = UnitField(label=_lazy("权属单位"), help_text=_lazy("画面归谁管，就由谁批准调阅"))
    system = forms.ChoiceField(
        label=_lazy("平台"), required=False, help_text=_lazy("在哪个平台上打开；没接好可以先空着")
    )
    kind = forms.ChoiceField(label=_lazy("摄像机类型"), choices=Camera.Kind.choices)
    state = forms.ChoiceField(label=_lazy("状态"), choices=Camera.State.choices)
    lon = forms.CharField(label=_lazy("经度"), max_length=24, required=False, widget=forms.TextInput(attrs=_SMALL))
    lat = forms.CharField(label=_lazy("纬度"), max_length=24, required=False, widget=forms.TextInput(attrs=_SMALL))
    bearing = _number(_lazy("朝向（度）"), help_text=_lazy("正北是 0，顺时针；正东 90"), min_value=0, max_value=FULL)
    angle = _number(_lazy("视角（度）"), help_text=_lazy("看一圈的填 360"), min_value=1, max_value=FULL)
    reach_m = _number(_lazy("可视距离（米）"), help_text=_lazy("看得清人车的距离"), min_value=1, max_value=MOST_REACH)
    height_m = _number(_lazy("离地高度（米）"), min_value=0, max_value=MOST_HEIGHT)
    address = forms.CharField(label=_lazy("安装位置"), max_length=200, required=False)
    component = forms.CharField(
        label=_lazy("装在哪个部件上"), max_length=16, required=False, help_text=_lazy("杆件的 16 位部件标识码")
    )
    note = forms.CharField(
        label=_lazy("备注"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, asked: Request, **rest: Any) -> None:
        """Offer the platforms there are."""
        super().__init__(*args, asked=asked, **rest)
        self._asked = asked
        known = Platform.objects.order_by("name").values_list("code", "name")
        self.fields["system"].choices = [("", _("还没有接好")), *known]  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        """Say at once which digits are wrong."""
        number = str(self.cleaned_data["number"])
        if wrong := codes.faults(number):
            raise forms.ValidationError(" ".join(fault.sentence for fault in wrong))
        return number

    def clean_component(self) -> Component | None:
        """Find the component the number means, among those the person sees."""
        number = str(self.cleaned_data["component"]).strip()
        if not number:
            return None
        found = Component.objects.visible_to(self._asked.actor).filter(number=number, valid_to=None).first()
        if found is None:
            raise forms.ValidationError(_("没有这个部件，或不在您的辖区。"))
        return found

    def clean(self) -> dict[str, Any]:
        """Read the point."""
        given = super().clean() or {}
        lon, lat = given.get("lon"), given.get("lat")
        try:
            given["point"] = Point.checked(lon, lat, field="lon") if lon or lat else None
        except Invalid as fault:
            for name, sentence in fault.fields.items():
                self.add_error(name, sentence)
        if not (lon or lat):
            self.add_error("lon", _("请在地图上点出它装在哪里，或者填经纬度。"))
        return given

    def told(self) -> CameraIn:
        """Return the camera as the act takes it."""
        given = self.cleaned_data
        component: Component | None = given["component"]
        return CameraIn(
            number=given["number"], name=given["name"], owner_unit_id=given["owner_unit"].id, point=given["point"],
            kind=given["kind"], system=given["system"], height_m=given["height_m"], bearing=_whole(given["bearing"]),
            angle=_whole(given["angle"]), reach_m=_whole(given["reach_m"]), address=given["address"],
            state=given["state"], component_id=component.pk if component else None, note=given["note"],
        )  # fmt: skip


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def initial_of(camera: Camera) -> Mapping[str, Any]:
    """Return what the form about a camera begins with."""
    unit = organizations.unit(camera.owner_unit_id)
    names = ("number", "name", "system", "kind", "state", "bearing", "angle", "reach_m", "height_m", "address", "note")
    return {name: getattr(camera, name) for name in names} | {
        "owner_unit": unit.name if unit else "", "seen": camera.version,
        "lon": f"{camera.point.lon:.6f}", "lat": f"{camera.point.lat:.6f}",
        "component": camera.component.number if camera.component else "",
    }  # fmt: skip


class AskForm(forms.Form):
    """What somebody wants to look at, and for how long."""

    purpose = forms.CharField(
        label=_lazy("看什么、为什么看"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_lazy("例如“看同安路口积水到哪里，要不要封路”。批准的人、权属单位和审计都看得到"),
    )  # fmt: skip
    case_number = forms.CharField(
        label=_lazy("为哪件案卷"), max_length=30, required=False, help_text=_lazy("写案卷编号")
    )
    hours = forms.TypedChoiceField(label=_lazy("要用多久"), coerce=int, widget=forms.RadioSelect, initial=8)
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, longest: int, **rest: Any) -> None:
        """Offer hours up to the longest the place allows."""
        super().__init__(*args, **rest)
        offered = [hours for hours in HOURS if hours <= longest] or [longest]
        self.fields["hours"].choices = [(hours, span(hours)) for hours in offered]  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """Yes or no, how long, and why."""

    decision = forms.ChoiceField(
        label=_lazy("怎么定"),
        choices=(("approve", _lazy("同意")), ("refuse", _lazy("不同意"))),
        widget=forms.RadioSelect,
    )
    hours = forms.TypedChoiceField(label=_lazy("批多久"), coerce=int, required=False)
    reason = forms.CharField(
        label=_lazy("要说的话"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_lazy("不同意要写明原因，会告诉申请人"),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, access: Access, **rest: Any) -> None:
        """Offer no more than was asked for."""
        super().__init__(*args, **rest)
        offered = sorted({access.hours, *(hours for hours in HOURS if hours < access.hours)}, reverse=True)
        self.fields["hours"].choices = [(hours, span(hours)) for hours in offered]  # type: ignore[attr-defined]


def span(hours: int) -> str:
    """Say so many hours: 8 小时, 3 天."""
    if hours % 24 == 0 and hours > 24:
        return _("{days} 天").format(days=hours // 24)
    return _("{hours} 小时").format(hours=hours)


class PlatformForm(LookupForm):
    """A platform of an owner and the address by which a camera is opened there."""

    code = forms.CharField(label=_lazy("代号"), max_length=30, help_text=_lazy("小写字母，例如 gongan；导入时也认它"))
    name = forms.CharField(label=_lazy("平台名称"), max_length=60)
    unit = UnitField(label=_lazy("归哪个单位"))
    template = forms.CharField(
        label=_lazy("打开一个点位的地址"), max_length=300, required=False,
        help_text=_lazy("https 开头，国标编码的位置写 {number}。空着就还不能打开"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    reason = forms.CharField(label=_lazy("为什么改"), max_length=200, help_text=_lazy("会记入审计"))
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ExportForm(forms.Form):
    """Why the register is taken out."""

    purpose = forms.CharField(label=_lazy("用来做什么"), max_length=200, help_text=_lazy("审计看得到"))
