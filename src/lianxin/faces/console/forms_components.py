"""Forms of components: what one is and where it stands, how it was found, why it goes."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.organizations import queries as organizations
from lianxin.registry.components.classes import Catalogue
from lianxin.registry.components.inputs import ADDRESS, NAME, NOTE, UNITS, ComponentIn
from lianxin.registry.components.models import Accuracy, Component, How, State

from .forms_patrols import PlacedForm
from .lookups import UnitField

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ComponentForm(PlacedForm):
    """A component as told; its class is chosen once."""

    category = forms.ChoiceField(label=_("部件类别"))
    number = forms.CharField(
        label=_("标识码"), max_length=32, required=False, help_text=_("已有标牌的照着写，16 位；空着就按类别编下一个"),
    )  # fmt: skip
    name = forms.CharField(
        label=_("名称"), max_length=NAME, required=False, help_text=_("例如“文昌路 12 号路灯”；空着用类别的名称")
    )
    address = forms.CharField(
        label=_("位置描述"), max_length=ADDRESS, required=False, help_text=_("例如“文昌路与龙眠路交叉口东北角”")
    )
    state = forms.ChoiceField(label=_("状态"), choices=State.choices, widget=forms.RadioSelect, initial=State.INTACT)
    managing_unit_id = UnitField(label=_("主管单位"), required=False)
    owning_unit_id = UnitField(label=_("权属单位"), required=False)
    maintaining_unit_id = UnitField(
        label=_("养护单位"), required=False, help_text=_("坏了先找它；没有写的找权属单位，再找主管单位")
    )
    surveyed_on = forms.DateField(label=_("普查日期"), required=False, widget=_DAY)
    surveyed_how = forms.ChoiceField(label=_("数据来源"), choices=How.choices, initial=How.FIELD)
    accuracy = forms.ChoiceField(label=_("定位精度"), choices=Accuracy.choices, initial=Accuracy.C)
    note = forms.CharField(
        label=_("备注"), max_length=NOTE, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("规格、材质、特别要留意的；不写证件号码和电话"),
    )  # fmt: skip

    def __init__(self, *args: Any, classes: Catalogue, held: Component | None = None, **rest: Any) -> None:
        super().__init__(*args, **rest)
        if held is not None:
            del self.fields["category"], self.fields["number"]
        else:
            groups = [
                (classes.major_name(major), [(node.code, node.name) for node in nodes])
                for major, nodes in sorted(classes.majors.items())
            ]
            field = self.fields["category"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
            field.choices = [("", _("请选择")), *groups]

    def given(self, held: Component | None = None) -> ComponentIn:
        """Return what was told."""
        aside = {"seen", "lon", "lat", *UNITS}
        told: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if name not in aside}
        told |= {name: unit.id if (unit := self.cleaned_data[name]) else None for name in UNITS}
        if held is not None:
            told |= {"category": held.category.code, "number": held.number}
        return ComponentIn(point=self.place(), **told)


def told_of(component: Component) -> Mapping[str, Any]:
    """Return what the form of a component begins with."""
    names = ("name", "address", "state", "surveyed_on", "surveyed_how", "accuracy", "note")
    units = {name: organizations.unit(getattr(component, name) or 0) for name in UNITS}
    return {
        **{name: getattr(component, name) for name in names},
        **{name: unit.name if unit else "" for name, unit in units.items()},
        "seen": component.version, "lon": component.point.lon, "lat": component.point.lat,
    }  # fmt: skip


class CheckForm(PlacedForm):
    """How a component was found."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    state = forms.ChoiceField(label=_("现在的状态"), choices=State.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("看到什么"), max_length=NOTE, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def state_label(self) -> str:
        """Return the state that was told, in words."""
        return str(State(self.cleaned_data["state"]).label)


class EndForm(forms.Form):
    """Why a component goes."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label=_("为什么注销"), max_length=60, help_text=_("例如“道路改造拆除”“登记重复”"))


class PurposeForm(forms.Form):
    """What a table is taken out for."""

    purpose = forms.CharField(
        label=_("用来做什么"), max_length=200, help_text=_("会记入审计，例如“给供电公司核对路灯”")
    )
