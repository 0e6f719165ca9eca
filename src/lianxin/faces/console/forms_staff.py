"""Forms about colleagues: accounts, posts, the rota, short elevations."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.faces.identity.request import Request
from lianxin.faces.parts.words import PLACE
from lianxin.foundation.accounts import permissions
from lianxin.foundation.accounts.models import Role

from .lookups import AreaField, LookupForm, PersonField, UnitField


class NewStaffForm(forms.Form):
    """A colleague to be."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    username = forms.CharField(
        label=_("账号"), max_length=60, help_text=_("字母和数字，例如姓名拼音或工号；定了不再改")
    )
    phone = forms.CharField(label=_("手机"), max_length=20, required=False, help_text=_("收短信用，列表里只显示后四位"))


class PostForm(LookupForm):
    """A post to be given."""

    role = forms.ChoiceField(label=_("岗位"))
    area = AreaField(label=_("辖区"), required=False, help_text=_("管片区的岗位要选，例如“文昌街道”"))
    unit = UnitField(label=_("单位"), required=False, help_text=_("单位里的岗位要选"))
    title = forms.CharField(label=_("职务名称"), max_length=60, required=False, help_text=_("不填就用岗位名"))
    valid_from = forms.DateField(label=_("从哪天起"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(
        label=_("到哪天止"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("长期任职不填")
    )

    def __init__(self, *args: Any, asked: Request, **rest: Any) -> None:
        super().__init__(*args, asked=asked, **rest)
        roles = Role.objects.order_by("sort", "code").values_list("code", "label")
        self.fields["role"].choices = list(roles)  # type: ignore[attr-defined]

    def clean_valid_to(self) -> datetime | None:
        """Return the end of the last day."""
        return _midnight(self.cleaned_data["valid_to"], days=1)

    def clean_valid_from(self) -> datetime | None:
        """Return the beginning of the first day."""
        return _midnight(self.cleaned_data["valid_from"])


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=days), time(), PLACE) if day else None


class SubstituteForm(LookupForm):
    """Who stands in."""

    substitute = PersonField(label=_("谁代班"), required=False, help_text=_("写姓名或账号；不填是不设代班人"))


class PlaceForm(LookupForm):
    """Which rota to show."""

    area = AreaField(label=_("辖区"), required=False)
    unit = UnitField(label=_("或单位"), required=False)


class ShiftForm(forms.Form):
    """A shift to be; one that ends no later than it starts ends the next day."""

    post = forms.ChoiceField(label=_("谁"))
    day = forms.DateField(label=_("哪天"), widget=forms.DateInput(attrs={"type": "date"}))
    starts = forms.TimeField(label=_("几点到岗"), initial="08:00", widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(
        label=_("几点下班"),
        initial="18:00",
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("不晚于到岗时间的算第二天"),
    )

    def __init__(self, *args: Any, posts: list[tuple[str, str]], **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["post"].choices = posts  # type: ignore[attr-defined]

    def span(self) -> tuple[datetime, datetime]:
        """Return from when to when."""
        values = self.cleaned_data
        starts = datetime.combine(values["day"], values["starts"], PLACE)
        ends = datetime.combine(values["day"], values["ends"], PLACE)
        return starts, ends if ends > starts else ends + timedelta(days=1)


class ElevationForm(forms.Form):
    """What is needed for a short time, and why."""

    wanted = forms.MultipleChoiceField(label=_("要用的权限"), widget=forms.SelectMultiple(attrs={"size": 8}))
    minutes = forms.TypedChoiceField(
        label=_("多久"),
        coerce=int,
        initial=60,
        choices=[(30, "30 分钟"), (60, "1 小时"), (120, "2 小时"), (240, "4 小时")],
    )
    reason = forms.CharField(label=_("为什么需要"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in permissions.catalogue().values():
            if one.code != "accounts.elevate":
                groups.setdefault(one.group, []).append((one.code, one.label))
        self.fields["wanted"].choices = list(groups.items())  # type: ignore[attr-defined]
