"""Forms about the audit."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .lookups import LookupForm, PersonField

ROOMS = (
    ("", "全部"),
    ("accounts.", "账号、岗位、登录"),
    ("cases.", "案件和上报人"),
    ("people.", "人员查看"),
    ("exports.", "导出"),
    ("config.", "配置"),
    ("audit.", "审计本身"),
    ("files.", "附件"),
    ("cameras.", "视频调阅"),
)


class AuditFilterForm(LookupForm):
    """Who, what and when."""

    person = PersonField(label=_("谁"), required=False)
    action = forms.CharField(label=_("做了什么"), required=False, max_length=60)
    since = forms.DateField(label=_("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("到"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class ExportForm(forms.Form):
    """Why the audit is taken out."""

    reason = forms.CharField(
        label=_("为什么导出"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("导出这件事本身也记入审计"),
    )
