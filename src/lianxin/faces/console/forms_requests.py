"""The form by which a department asks for data to be collected."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.faces.identity.request import Request
from lianxin.foundation.organizations import queries as organizations
from lianxin.registry.sources import queries
from lianxin.registry.sources.models import Subject

from .lookups import AreaField, LookupForm

_DAY = forms.DateInput(attrs={"type": "date"})


class RequestForm(LookupForm):
    """What, why, by which rule, where, until when, how many minutes."""

    title = forms.CharField(label=_("采集什么"), max_length=80, help_text=_("例如：独居老人冬季取暖摸底"))
    unit = forms.ChoiceField(label=_("以哪个单位的名义"))
    fields_wanted = forms.MultipleChoiceField(
        label=_("要哪些字段"), widget=forms.CheckboxSelectMultiple, help_text=_("只能选字段目录里有的，只选用得上的")
    )
    purpose = forms.CharField(label=_("用来做什么"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    legal_basis = forms.CharField(label=_("依据哪条规定"), max_length=300)
    area = AreaField(label=_("在哪里采集"), required=False, help_text=_("不填是全域"))
    from_date = forms.DateField(label=_("从哪天"), widget=_DAY)
    until_date = forms.DateField(label=_("到哪天"), widget=_DAY, help_text=_("到期自己结束，最长一年"))
    expected_count = forms.IntegerField(label=_("大约多少件"), min_value=1, max_value=2_000_000)
    minutes_each = forms.IntegerField(
        label=_("每件要几分钟"), min_value=1, max_value=120, help_text=_("连走路、问、记在内")
    )
    every_days = forms.IntegerField(
        label=_("隔几天一次"), min_value=1, max_value=366, required=False, help_text=_("只采集一次的空着")
    )

    def __init__(self, *args: Any, asked: Request, subject: str, **rest: Any) -> None:
        super().__init__(*args, asked=asked, **rest)
        units = organizations.directory(asked.numbers).by_id
        own = sorted(asked.actor.scope("sources.request").unit_ids)
        choices = [(str(pk), units[pk].name) for pk in own if pk in units and units[pk].in_force(asked.at)]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]
        nodes = queries.fields_of(subject, asked.numbers)
        self.fields["fields_wanted"].choices = [(one.code, one.label) for one in nodes]  # type: ignore[attr-defined]
        self.fields["fields_wanted"].label = f"要哪些{Subject(subject).label}字段"
