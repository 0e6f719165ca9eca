"""Forms about units and the responsibility list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.faces.identity.request import Request
from lianxin.kernel.configuration.queries import current
from lianxin.work.dispatch.queries import catalogue

from . import land
from .lookups import AreaField, LookupForm, UnitField, find_units

LEVELS = (("city", "市级派遣时"), ("street", "街道派遣时"), ("community", "社区派遣时"))


def category_choices(numbers: land.Numbers) -> list[tuple[str, str]]:
    """Return every category by code, indented by its depth."""
    return [(node.code, f"{'　' * (node.depth - 1)}{node.name}") for node in _in_order(numbers, None)]


def _in_order(numbers: land.Numbers, above: int | None) -> list[Any]:
    return [one for node in catalogue(numbers).children(above) for one in (node, *_in_order(numbers, node.id))]


class UnitForm(LookupForm):
    """A unit to be."""

    name = forms.CharField(label=_("单位全称"), max_length=120)
    short_name = forms.CharField(label=_("简称"), max_length=40, required=False, help_text=_("列表里用；不填就用全称"))
    code = forms.RegexField(
        r"^[A-Za-z0-9._-]+$",
        label=_("编码"),
        max_length=40,
        help_text=_("字母和数字，定了不再改"),
        error_messages={"invalid": "编码用字母、数字、点、横线和下划线。"},
    )
    kind = forms.ChoiceField(label=_("种类"))
    level = forms.ChoiceField(label=_("哪一级"))
    parent = UnitField(label=_("上级单位"), required=False)
    area = AreaField(label=_("所在区域"), required=False, help_text=_("写名称或编码，例如“文昌街道”"))
    duty_phone = forms.CharField(
        label=_("值班电话"), max_length=30, required=False, help_text=_("写办公电话，不写个人手机")
    )

    def __init__(self, *args: Any, asked: Request, **rest: Any) -> None:
        super().__init__(*args, asked=asked, **rest)
        kinds = land.labels("unit_kinds", asked.numbers)
        levels = [(row["role"], row["label"]) for row in current("levels", asked.numbers) or ()]
        self.fields["kind"].choices = list(kinds.items())  # type: ignore[attr-defined]
        self.fields["level"].choices = levels or LEVELS  # type: ignore[attr-defined]


class RenameForm(forms.Form):
    """Another name for a unit."""

    name = forms.CharField(label=_("单位全称"), max_length=120)
    short_name = forms.CharField(label=_("简称"), max_length=40, required=False)
    reason = forms.CharField(label=_("依据"), max_length=500, help_text=_("例如机构改革文号"))


class DutyForm(LookupForm):
    """A row of the responsibility list to be."""

    number = forms.CharField(label=_("序号"), max_length=20, help_text=_("与公布的清单一致"))
    category = forms.ChoiceField(label=_("分类"), required=False, help_text=_("选大类或小类时，下面的都算"))
    area = AreaField(label=_("在哪里"), required=False, help_text=_("不填是全域"))
    level = forms.ChoiceField(label=_("什么时候用"), choices=LEVELS)
    lead = UnitField(label=_("牵头单位"), required=False, help_text=_("写单位名称；或在下面选一类单位，两样填一样"))
    lead_kind = forms.ChoiceField(label=_("或：案件所在区域的哪类单位"), required=False)
    assists = forms.CharField(label=_("配合单位"), max_length=400, required=False, help_text=_("几个单位用顿号隔开"))
    basis = forms.CharField(label=_("依据"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, asked: Request, **rest: Any) -> None:
        super().__init__(*args, asked=asked, **rest)
        self._asked = asked
        kinds = land.labels("unit_kinds", asked.numbers)
        self.fields["category"].choices = [("", "所有分类"), *category_choices(asked.numbers)]  # type: ignore[attr-defined]
        self.fields["lead_kind"].choices = [("", "不用"), *kinds.items()]  # type: ignore[attr-defined]

    def clean_assists(self) -> tuple[str, ...]:
        """Return the codes of the units that assist."""
        return assisting(self._asked, self.cleaned_data["assists"])


def assisting(asked: Request, written: str) -> tuple[str, ...]:
    """Return the codes of units named one after the other; raise ValidationError for one that is not known."""
    codes = []
    for name in written.replace("，", "、").replace(",", "、").split("、"):
        if name.strip():
            found = find_units(asked, name)
            if len(found) != 1:
                raise forms.ValidationError(_("“%(name)s”对不上一个单位，请写全称。") % {"name": name.strip()})
            codes.append(found[0].code)
    return tuple(codes)


class CellForm(LookupForm):
    """Who leads in one cell of the matrix."""

    lead = UnitField(label=_("牵头单位"))
    assists = forms.CharField(label=_("配合单位"), max_length=400, required=False, help_text=_("几个单位用顿号隔开"))
    area = AreaField(label=_("只管哪里"), required=False, help_text=_("空着是全域；写了区域，只改那里"))
    basis = forms.CharField(label=_("依据"), max_length=500, help_text=_("例如“三定”规定、会议纪要"))

    def __init__(self, *args: Any, asked: Request, **rest: Any) -> None:
        super().__init__(*args, asked=asked, **rest)
        self._asked = asked

    def clean_assists(self) -> tuple[str, ...]:
        """Return the codes of the units that assist."""
        return assisting(self._asked, self.cleaned_data["assists"])


class TryForm(LookupForm):
    """Words and a place, to see what would be proposed."""

    text = forms.CharField(
        label=_("群众怎么说"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("照居民的原话写，不会保存"),
    )
    area = AreaField(label=_("在哪里"), required=False, help_text=_("写街道、社区或网格的名称"))
    level = forms.ChoiceField(
        label=_("由哪一级派遣"), choices=[("city", "市级"), ("street", "街道"), ("community", "社区")]
    )
