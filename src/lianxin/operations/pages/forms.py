"""Forms of the pages about the profile."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.faces.parts.words import PLACE
from lianxin.kernel.worktime.limits import Unit
from lianxin.operations.profiles.reader import profiles, read
from lianxin.operations.profiles.writing import MOST_BYTES
from lianxin.work.cases.evidence import LABELS
from lianxin.work.cases.words import Severity

_UNITS = (
    (Unit.WORK_MINUTE, "分钟（工作时间）"),
    (Unit.WORK_HOUR, "工作时"),
    (Unit.WORK_DAY, "工作日"),
    (Unit.MINUTE, "分钟（昼夜）"),
    (Unit.URGENT_HOUR, "紧急工作时（昼夜）"),
    (Unit.NATURAL_DAY, "自然日"),
)


class FirstForm(forms.Form):
    """What a new place is called, whose practice it begins with, and who administers it."""

    name = forms.CharField(label=_("地方简称"), max_length=40, help_text=_("例如“桐城”；页面左上和短信里用"))
    full_name = forms.CharField(label=_("全称"), max_length=60, required=False, help_text=_("例如“安徽省桐城市”"))
    division = forms.CharField(label=_("区划代码"), max_length=6, help_text=_("六位数字，案卷编号从它起"))
    centre = forms.CharField(
        label=_("中心叫什么"), max_length=60, required=False, help_text=_("例如“桐城市网格化服务管理中心”")
    )
    platform = forms.CharField(label=_("平台叫什么"), max_length=40, required=False, help_text=_("居民看到的名字"))
    practice = forms.ChoiceField(
        label=_("从哪里的做法起步"), widget=forms.RadioSelect,
        help_text=_("带来流程、岗位和用语，以后都能改；不带它的区域、单位和清单"),
    )  # fmt: skip
    person = forms.CharField(label=_("您的姓名"), max_length=60)
    username = forms.CharField(
        label=_("用户名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("密码"), max_length=128, strip=False, help_text=_("至少 10 位，不用常见的词"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        found = [read(name) for name in profiles()]
        choices = [(one.key, f"{one.place.name}：{one.place.platform}") for one in found]
        self.fields["practice"].choices = choices  # type: ignore[attr-defined]
        self.fields["practice"].initial = choices[0][0] if choices else ""


class ArchiveForm(forms.Form):
    """A profile packed as a zip."""

    file = forms.FileField(
        label=_("方案包"), help_text=_("在别处“打包导出”的 zip；先看会变什么，再决定载入"),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )  # fmt: skip

    def clean_file(self) -> Any:
        """Refuse what is too large to be a profile."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES * 2:
            raise forms.ValidationError(_("文件太大，不像方案包。"))
        return file


class StandardForm(forms.Form):
    """A row of the filing standard."""

    condition = forms.CharField(label=_("立案条件"), max_length=600, widget=forms.Textarea(attrs={"rows": 2}))
    severity = forms.ChoiceField(label=_("级别"), choices=Severity.choices, widget=forms.RadioSelect)
    limit = forms.CharField(
        label=_("处置时限"), max_length=30, help_text=_("例如 4 工作时、5 工作日、2 紧急工作时、3 自然日")
    )
    closing = forms.CharField(
        label=_("结案条件"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    evidence = forms.MultipleChoiceField(
        label=_("采集要求"), required=False, choices=list(LABELS.items()), widget=forms.CheckboxSelectMultiple
    )
    basis = forms.CharField(label=_("依据"), max_length=600, required=False)
    reason = forms.CharField(label=_("为什么改"), max_length=500, help_text=_("会记入审计"))


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


class NoticeForm(forms.Form):
    """A notice as it was published."""

    text = forms.CharField(
        label=_("通知原文"), max_length=6000, widget=forms.Textarea(attrs={"rows": 10}),
        required=False,
        help_text=_("把“元旦：1月1日至3日放假…”各条原样贴进来；也可以贴表格，一行一天：2027-01-01 放假 元旦"),
    )  # fmt: skip
    file = forms.FileField(
        label=_("或者选一张表"), required=False,
        help_text=_("Excel 或 CSV，一行一天：日期、放假或上班、节日；读出来放进上面，先看再收录"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.ods"}),
    )  # fmt: skip
    reason = forms.CharField(label=_("依据"), max_length=500, help_text=_("例如国办发明电〔2026〕7号"))

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        given = super().clean() or {}
        if not str(given.get("text", "")).strip() and not given.get("file") and "file" not in self.errors:
            self.add_error("text", _("请贴通知原文，或选一张表。"))
        return given


class HoursForm(forms.Form):
    """Hours by season, a season a line."""

    name = forms.CharField(label=_("名称"), max_length=60)
    text = forms.CharField(
        label=_("作息"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("一季一行：夏令 6月1日–9月30日 08:00–12:00 15:00–18:00"),
    )  # fmt: skip
    reason = forms.CharField(label=_("依据"), max_length=500, help_text=_("例如作息调整通知文号"))


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
