"""Forms of the pages about the profile."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.faces.parts.words import PLACE
from lianxin.kernel.worktime.limits import Unit

_UNITS = (
    (Unit.WORK_MINUTE, "分钟（工作时间）"),
    (Unit.WORK_HOUR, "工作时"),
    (Unit.WORK_DAY, "工作日"),
    (Unit.MINUTE, "分钟（昼夜）"),
    (Unit.URGENT_HOUR, "紧急工作时（昼夜）"),
    (Unit.NATURAL_DAY, "自然日"),
)


class ReasonForm(forms.Form):
    """Why the files are loaded."""

    reason = forms.CharField(label=_("为什么载入"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class RoleForm(forms.Form):
    """Why a role is to change."""

    reason = forms.CharField(
        label=_("为什么改"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("例如文号；会记入审计"),
    )


class DecideForm(forms.Form):
    """What is said to a change of a role."""

    verdict = forms.ChoiceField(choices=[("grant", "同意"), ("refuse", "不同意"), ("withdraw", "撤回")])
    remark = forms.CharField(required=False, max_length=1000)


class DayForm(forms.Form):
    """What a day is."""

    kind = forms.ChoiceField(
        label=_("这一天"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("holiday", "放假"), ("workday", "调休上班"), ("", "按星期")],
    )
    name = forms.CharField(label=_("叫什么"), max_length=40, required=False, help_text=_("例如“春节”“文都艺术节”"))
    reason = forms.CharField(label=_("依据"), max_length=500, help_text=_("例如放假通知文号"))


class ClockForm(forms.Form):
    """A limit from an instant, to see when it falls due."""

    starts = forms.DateTimeField(
        label=_("从什么时候"),
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    value = forms.IntegerField(label=_("多少"), min_value=1, max_value=9999)
    unit = forms.ChoiceField(label=_("哪种时间"), choices=[(str(unit), label) for unit, label in _UNITS])

    def clean_starts(self) -> datetime:
        """Return the instant at the place."""
        given: datetime = self.cleaned_data["starts"]
        return given.replace(tzinfo=PLACE)
