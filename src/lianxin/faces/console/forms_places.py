"""Forms about places: estates, buildings, dwellings, establishments."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.console.forms_people import checking
from lianxin.faces.console.lookups import AreaField, DwellingField, LookupForm, UnitField
from lianxin.kernel.errors import Invalid
from lianxin.registry.places.inputs import EstablishmentIn, Layout, checked_establishment
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate

YES_NO = [("", gettext_lazy("不详")), ("yes", gettext_lazy("有")), ("no", gettext_lazy("没有"))]
_KNOWN = {"yes": True, "no": False}


def known(value: str) -> bool | None:
    """Return what 有, 没有 or 不详 says."""
    return _KNOWN.get(value)


def choice_of(value: bool | None) -> str:  # noqa: FBT001 -- the value of a column
    """Return the choice that stands for a column."""
    return {True: "yes", False: "no"}.get(value, "")  # type: ignore[arg-type]


class PlaceForm(LookupForm):
    """Where a place lies: by area, or by its point."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def words(self, *names: str) -> dict[str, Any]:
        """Return these fields as they were given; None where a number was left empty."""
        return {name: self.cleaned_data[name] for name in names}


class EstateForm(PlaceForm):
    """An estate, village group, yard, campus or market."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=Estate.Kind.choices)
    area = AreaField(label=gettext_lazy("在哪个网格"), help_text=gettext_lazy("写社区、网格的名称或编码"))
    other_names = forms.CharField(
        label=gettext_lazy("别名"), max_length=200, required=False, help_text=gettext_lazy("几个别名用顿号隔开，搜得到")
    )
    road = forms.CharField(label=gettext_lazy("街路巷"), max_length=60, required=False)
    door = forms.CharField(label=gettext_lazy("门牌号"), max_length=30, required=False)
    property_company = UnitField(label=gettext_lazy("物业公司"), required=False)
    built_year = forms.IntegerField(label=gettext_lazy("建成年份"), required=False)
    planned_households = forms.IntegerField(label=gettext_lazy("规划户数"), required=False)

    def others(self) -> list[str]:
        """Return the other names one by one."""
        text = self.cleaned_data["other_names"].replace("，", "、").replace(",", "、")
        return [part.strip() for part in text.split("、") if part.strip()]


class CommitteeForm(PlaceForm):
    """How far the owners are."""

    committee = forms.ChoiceField(
        label=gettext_lazy("业委会"), choices=Estate.Committee.choices, widget=forms.RadioSelect
    )


class BuildingForm(PlaceForm):
    """A building of an estate."""

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("墙上怎么写就怎么填：3幢、15号、A座")
    )
    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=Building.Kind.choices)
    floors = forms.IntegerField(label=gettext_lazy("地上几层"), required=False)
    basements = forms.IntegerField(label=gettext_lazy("地下几层"), required=False, initial=0)
    entrances = forms.CharField(
        label=gettext_lazy("单元"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("按顺序写，用顿号隔开：1、2、3；不分单元就空着"),
    )
    has_lift = forms.ChoiceField(label=gettext_lazy("电梯"), choices=YES_NO, required=False)
    built_year = forms.IntegerField(label=gettext_lazy("建成年份"), required=False)

    def doors(self) -> list[str]:
        """Return the entrances one by one."""
        text = self.cleaned_data["entrances"].replace("，", "、").replace(",", "、")
        return [part.strip() for part in text.split("、") if part.strip()]


class NewBuildingForm(BuildingForm):
    """A building with its dwellings at once."""

    rooms = forms.IntegerField(
        label=gettext_lazy("每层每单元几户"), required=False, min_value=1, max_value=40,
        help_text=gettext_lazy("填了就按 101、102… 一次排好房屋；不填以后再加"),
    )  # fmt: skip

    def layout(self) -> Layout | None:
        """Return how the dwellings lie, if that was told."""
        told = self.cleaned_data
        if not told["rooms"] or not told["floors"]:
            return None
        return Layout(tuple(self.doors()) or ("",), told["floors"], told["rooms"])


class DwellingForm(PlaceForm):
    """A flat or room."""

    entrance = forms.CharField(label=gettext_lazy("单元"), max_length=12, required=False)
    number = forms.CharField(label=gettext_lazy("室号"), max_length=16)
    floor = forms.IntegerField(
        label=gettext_lazy("楼层"), required=False, help_text=gettext_lazy("不填就从室号读出；地下填负数")
    )
    use = forms.ChoiceField(label=gettext_lazy("用途"), choices=Dwelling.Use.choices)
    square_metres = forms.DecimalField(
        label=gettext_lazy("面积（平方米）"), required=False, max_digits=8, decimal_places=2
    )


class EstablishmentForm(PlaceForm):
    """Who does business or serves at a place; the credit code is checked when one leaves the field."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=Establishment.Kind.choices)
    credit_code = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=24,
        required=False,
        help_text=gettext_lazy("营业执照上的 18 位"),
    )
    trade = forms.CharField(
        label=gettext_lazy("行业"), max_length=40, required=False, help_text=gettext_lazy("例如“餐饮”“五金”")
    )
    area = AreaField(label=gettext_lazy("在哪个网格"), required=False, help_text=gettext_lazy("写了房屋就不用写"))
    dwelling = DwellingField(
        label=gettext_lazy("在哪一套房屋"), required=False, help_text=gettext_lazy("在楼里经营的写到室号")
    )
    address = forms.CharField(label=gettext_lazy("地址"), max_length=200, required=False)
    contact = forms.CharField(label=gettext_lazy("联系人"), max_length=40, required=False)
    contact_phone = forms.CharField(label=gettext_lazy("联系电话"), max_length=30, required=False)
    no_phone = forms.BooleanField(label=gettext_lazy("删掉这个电话"), required=False)
    staff_count = forms.IntegerField(label=gettext_lazy("从业人数"), required=False, min_value=0)
    has_party_branch = forms.ChoiceField(label=gettext_lazy("党支部"), choices=YES_NO, required=False)

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        checking(self.fields["credit_code"].widget, reverse_lazy("console:establishment_check"))

    def clean(self) -> dict[str, Any]:
        """Let the rules of places speak of the code."""
        super().clean()
        told = self.cleaned_data
        try:
            checked_establishment(
                EstablishmentIn(kind=Establishment.Kind.SHOP, name="—", credit_code=told.get("credit_code") or "")
            )
        except Invalid as invalid:
            if sentence := invalid.fields.get("credit_code"):
                self.add_error("credit_code", sentence)
        return told

    def demand_place(self) -> None:
        """Demand that the place is told one way or the other."""
        if not (self.cleaned_data.get("area") or self.cleaned_data.get("dwelling")):
            raise Invalid({"area": _("请写明在哪个网格，或在哪一套房屋。")})
