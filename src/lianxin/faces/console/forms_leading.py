"""Forms about dispatch days and leaders' liaison."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas.queries import AreaNode, node
from lianxin.foundation.organizations.queries import unit_tree
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.text import mask_name
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.dispatchdays.models import LEAD, DispatchDay
from lianxin.work.dispatchdays.preparing import Wanted

from .lookups import AreaField, LookupForm, PersonField

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def unit_choices(asked: Request, street_id: int | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the units that may be asked in, by kind: of the place, and of the street where the day is one's."""
    kinds: Sequence[Mapping[str, str]] = current("unit_kinds", asked.numbers) or []
    labels = {kind["key"]: kind["label"] for kind in kinds}
    groups: dict[str, list[tuple[str, str]]] = {}
    for unit in unit_tree(asked.at, asked.numbers):
        area = node(unit.area_id, asked.numbers) if unit.area_id is not None else None
        inside = area is None or area.is_whole or street_id is None or area.street_id == street_id
        if inside and not (area is not None and area.community_id is not None):
            label = labels.get(unit.kind, _("其他单位"))
            groups.setdefault(label, []).append((str(unit.id), unit.short_name or unit.name))
    return list(groups.items())


class UnitsField(forms.MultipleChoiceField):
    """Some units, ticked."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[int]:
        """Return their ids."""
        return [int(each) for each in super().clean(value)]

    def offer(self, groups: Sequence[tuple[str, list[tuple[str, str]]]]) -> None:
        """Offer units, without their groups."""
        self.choices = [pair for _label, pairs in groups for pair in pairs]


class DayForm(forms.Form):
    """When, where, who leads, and which units come."""

    on = forms.DateField(label=gettext_lazy("哪一天"), widget=_DAY)
    begins = forms.TimeField(label=gettext_lazy("几点开始"), widget=_TIME)
    ends = forms.TimeField(label=gettext_lazy("几点结束"), widget=_TIME)
    answers_on = forms.DateField(
        label=gettext_lazy("书面答复交到哪天"), widget=_DAY, help_text=gettext_lazy("当天 18:00 截止")
    )
    place = forms.CharField(label=gettext_lazy("在哪里"), max_length=80, required=False)
    leader = forms.ChoiceField(label=gettext_lazy("谁主持"))
    units = UnitsField(
        label=gettext_lazy("请哪些单位"), required=False, help_text=gettext_lazy("议题要问到的单位会自动请上")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, asked: Request, area: AreaNode, **rest: Any) -> None:
        """Offer the posts that may lead here and the units around."""
        super().__init__(*args, **rest)
        posts = current_posts(asked.at).filter(role__permissions__contains=[LEAD]).select_related("account", "area")
        able = [
            (str(post.pk), f"{post.title or post.role.label} {mask_name(post.account.name)}")
            for post in posts.select_related("role").order_by("role__sort", "pk")[:60]
            if post.area is not None and (post.area.parent_id is None or post.area.street_id == area.street_id)
        ]
        self.fields["leader"].choices = able  # type: ignore[attr-defined]
        units: Any = self.fields["units"]
        units.offer(unit_choices(asked, area.street_id))

    def wanted(self) -> Wanted:
        """Return the day as the act takes it."""
        given = self.cleaned_data

        def instant(day: str, hour: Any) -> datetime:
            return datetime.combine(given[day], hour, ZONE)

        until = datetime.combine(given["answers_on"], datetime.min.time().replace(hour=18), ZONE)
        begins = instant("on", given["begins"])
        return Wanted(
            begins, instant("on", given["ends"]), min(until, begins), int(given["leader"]), given["units"],
            given["place"],
        )  # fmt: skip


def initial_day(day: DispatchDay) -> dict[str, Any]:
    """Return what the form about a day begins with."""
    begins, ends, until = (each.astimezone(ZONE) for each in (day.starts_at, day.ends_at, day.answers_until))
    return {
        "on": begins.date(), "begins": begins.time(), "ends": ends.time(), "answers_on": until.date(),
        "place": day.place, "leader": str(day.leader_post_id), "seen": day.version,
        "units": [str(pk) for pk in day.invitations.values_list("unit_id", flat=True)],
    }  # fmt: skip


class ItemForm(forms.Form):
    """What is to be decided about an item, and which units are asked."""

    words = forms.CharField(
        label=gettext_lazy("要决定什么"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("不写个人姓名、电话；记录要打印"),
    )  # fmt: skip
    units = UnitsField(label=gettext_lazy("请哪些单位答复"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, asked: Request, day: DispatchDay, **rest: Any) -> None:
        """Offer the units around."""
        super().__init__(*args, **rest)
        units: Any = self.fields["units"]
        units.offer(unit_choices(asked, day.street_id))


class QuestionForm(ItemForm):
    """A question without a case."""

    field_order = ("title", "words", "units")
    title = forms.CharField(label=gettext_lazy("议什么"), max_length=120)


class DecideForm(forms.Form):
    """What the leader decides."""

    words = forms.CharField(
        label=gettext_lazy("怎么决定"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("原话记下来，会写进案件轨迹"),
    )  # fmt: skip
    lead = forms.ChoiceField(label=gettext_lazy("谁牵头"), required=False)
    assists = UnitsField(label=gettext_lazy("谁配合"), required=False)
    due = forms.DateTimeField(
        label=gettext_lazy("什么时候办好"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen_case = forms.IntegerField(widget=forms.HiddenInput, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, asked: Request, day: DispatchDay, **rest: Any) -> None:
        """Offer the units that are here first, then all others."""
        super().__init__(*args, **rest)
        groups = unit_choices(asked, day.street_id)
        invited = {str(pk) for pk in day.invitations.values_list("unit_id", flat=True)}
        here = [pair for _label, pairs in groups for pair in pairs if pair[0] in invited]
        lead: Any = self.fields["lead"]
        lead.choices = [("", _("不变")), *([(_("到会单位"), here)] if here else []), *groups]
        assists: Any = self.fields["assists"]
        assists.choices = here or [pair for _label, pairs in groups for pair in pairs]

    def clean_due(self) -> datetime | None:
        """Read the hour as one of the place."""
        given: datetime | None = self.cleaned_data["due"]
        return given


class PromiseForm(forms.Form):
    """What a unit promises by when."""

    words = forms.CharField(label=gettext_lazy("承诺什么"), max_length=300)
    due_on = forms.DateField(label=gettext_lazy("哪天办好"), widget=_DAY)
    key = forms.UUIDField(widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """What a unit says."""

    words = forms.CharField(
        label=gettext_lazy("本单位的答复"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("办到哪一步、难在哪里、要谁配合；不写个人信息"),
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)


class WordsForm(forms.Form):
    """Some words of the end, which may be none."""

    note = forms.CharField(
        label=gettext_lazy("小结"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class TieForm(LookupForm):
    """Who looks after which place."""

    person = PersonField(label=gettext_lazy("哪位领导"), help_text=gettext_lazy("写姓名或登录名"))
    area = AreaField(label=gettext_lazy("联系哪个社区或微网格"), required=False)
    estate = forms.CharField(
        label=gettext_lazy("或者哪个小区"), required=False, max_length=80, help_text=gettext_lazy("写小区名称")
    )
    duty = forms.CharField(label=gettext_lazy("着重做什么"), max_length=200, required=False)
    began_on = forms.DateField(label=gettext_lazy("从哪天起"), widget=_DAY)
    key = forms.UUIDField(widget=forms.HiddenInput)


class VisitPlanForm(forms.Form):
    """A visit to come."""

    on = forms.DateField(label=gettext_lazy("哪天去"), widget=_DAY)
    purpose = forms.CharField(label=gettext_lazy("去看什么"), max_length=120, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)


class VisitForm(forms.Form):
    """A visit that was made."""

    on = forms.DateField(label=gettext_lazy("哪天去的"), widget=_DAY)
    notes = forms.CharField(
        label=gettext_lazy("看到什么、说了什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("不写居民姓名和电话"),
    )  # fmt: skip
    questions = forms.CharField(
        label=gettext_lazy("群众问了什么"), max_length=1500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("一行一个问题，会列出来等答复"),
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)


class TaskForm(forms.Form):
    """A key task."""

    words = forms.CharField(label=gettext_lazy("办什么"), max_length=200)
    due_on = forms.DateField(label=gettext_lazy("哪天办好"), widget=_DAY)
    case = forms.CharField(
        label=gettext_lazy("案件编号"), max_length=40, required=False, help_text=gettext_lazy("有案件在办就写上")
    )
    key = forms.UUIDField(widget=forms.HiddenInput)


class SettleForm(forms.Form):
    """How a key task ended."""

    is_done = forms.ChoiceField(
        label=gettext_lazy("结果"), widget=forms.RadioSelect,
        choices=[("1", gettext_lazy("办好了")), ("", gettext_lazy("不办了"))], required=False,
    )  # fmt: skip
    result = forms.CharField(label=gettext_lazy("怎么了结的"), max_length=300)


class ReplyForm(forms.Form):
    """What residents were answered."""

    answer = forms.CharField(
        label=gettext_lazy("怎么答复的"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AskedForm(forms.Form):
    """What residents asked."""

    words = forms.CharField(label=gettext_lazy("群众问了什么"), max_length=300, help_text=gettext_lazy("不写是谁问的"))
    key = forms.UUIDField(widget=forms.HiddenInput)
