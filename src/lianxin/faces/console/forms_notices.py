"""Forms about notices and the questions back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.faces.identity.request import Request
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.disclosure import audience, rules
from lianxin.work.disclosure.models import Notice, NoticeKind

from .lookups import AreaField, LookupForm
from .telling import areas_to_choose, units_to_choose


class InstantField(forms.DateTimeField):
    """A moment in the place's time, as the browser's own control sends it."""

    def __init__(self, **rest: Any) -> None:
        """Read what the control of browsers sends, with seconds or without."""
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        super().__init__(widget=widget, input_formats=formats, required=False, **rest)

    def clean(self, value: Any) -> datetime | None:
        """Return an aware instant."""
        given = super().clean(value)
        return given.astimezone(ZONE) if given is not None else None


class AreasField(forms.MultipleChoiceField):
    """Areas among the boxes; none is no fault of this field, for one may be written beside. The act asks for one."""

    def validate(self, value: Any) -> None:
        """Judge only what was chosen."""
        if value:
            super().validate(value)


def _words(rows: int, most: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": str(most)})


class WordsForm(LookupForm):
    """What a notice says."""

    title = forms.CharField(
        label=_("标题"), max_length=rules.MOST_TITLE, help_text=_("先说什么事、什么时候，例如“周一 9 点到 12 点停水”")
    )
    body = forms.CharField(
        label=_("正文"), max_length=rules.MOST_BODY, widget=_words(8, rules.MOST_BODY), strip=False,
        help_text=_("每段一行。网址会自动变成链接。"),
    )  # fmt: skip
    points = forms.CharField(
        label=_("给居民怎么说"), required=False, widget=_words(3, 1_000), strip=False,
        help_text=_("一行一条，每条一句话。网格员上门时照着说"),
    )  # fmt: skip
    valid_until = InstantField(label=_("有效到"), help_text=_("到时自动从首页撤下"))
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_points(self) -> list[str]:
        """Return the points, one a line."""
        return [line.strip() for line in self.cleaned_data["points"].splitlines() if line.strip()]


class NoticeForm(WordsForm):
    """A notice as its author writes it."""

    kind = forms.ChoiceField(
        label=_("哪一类"), choices=[one for one in NoticeKind.choices if one[0] != NoticeKind.WARNING],
        widget=forms.RadioSelect,
    )  # fmt: skip
    area_ids = AreasField(label=_("发到哪里"), widget=forms.CheckboxSelectMultiple, help_text=_("选上一级就包括下面的"))
    more = AreaField(label=_("上面没有的区域"), required=False, help_text=_("写社区、网格的名称或编码"))
    to_public = forms.BooleanField(label=_("发给居民（人人可见）"), required=False)
    to_roles = forms.MultipleChoiceField(label=_("发给哪些岗位"), widget=forms.CheckboxSelectMultiple, required=False)
    unit_id = forms.ChoiceField(label=_("以谁的名义"), required=False)
    valid_from = InstantField(label=_("什么时候发"), help_text=_("空着就是马上发"))
    confirm_by = InstantField(label=_("工作人员最晚确认时间"), help_text=_("填了，看的人要点“已确认”"))
    is_urgent = forms.BooleanField(label=_("紧急（工作人员同时收到短信）"), required=False)
    is_pinned = forms.BooleanField(label=_("在首页置顶"), required=False)
    field_order = (
        "kind", "title", "body", "points", "area_ids", "more", "to_public", "to_roles", "unit_id", "valid_from",
        "valid_until", "confirm_by", "is_urgent", "is_pinned", "seen",
    )  # fmt: skip

    def __init__(self, *args: Any, asked: Request, **rest: Any) -> None:
        """Offer the areas and units of who asks, and the roles of the place."""
        super().__init__(*args, asked=asked, **rest)
        offered = areas_to_choose(asked)
        # An area that was chosen by its name stays among the boxes.
        known = {value for value, _label in offered}
        chosen = [str(pk) for pk in (rest.get("initial") or {}).get("area_ids", ())]
        extra = [(pk, _("已选的其他区域")) for pk in chosen if pk not in known]
        self.fields["area_ids"].choices = [*offered, *extra]  # type: ignore[attr-defined]
        self.fields["to_roles"].choices = audience.roles_to_choose()  # type: ignore[attr-defined]
        self.fields["unit_id"].choices = units_to_choose(asked)  # type: ignore[attr-defined]

    def wanted(self) -> rules.Wanted:
        """Return the notice as the act takes it."""
        given = dict(self.cleaned_data)
        more = given.pop("more")
        ids = [int(pk) for pk in given.pop("area_ids")] + ([more.id] if more is not None else [])
        unit_id = int(given["unit_id"]) if given.pop("unit_id", "") else None
        given.pop("seen", None)
        return rules.Wanted(area_ids=tuple(dict.fromkeys(ids)), unit_id=unit_id, **given)


def initial_of(notice: Notice) -> Mapping[str, Any]:
    """Return what a form about a notice begins with."""
    return {
        "kind": notice.kind, "title": notice.title, "body": notice.body, "points": "\n".join(notice.points),
        "area_ids": [str(pk) for pk in notice.area_ids], "to_public": notice.to_public, "to_roles": notice.to_roles,
        "unit_id": str(notice.unit_id or ""), "valid_from": notice.valid_from, "valid_until": notice.valid_until,
        "confirm_by": notice.confirm_by, "is_urgent": notice.is_urgent, "is_pinned": notice.is_pinned,
        "seen": notice.version,
    }  # fmt: skip


class AmendForm(WordsForm):
    """A correction of what is out."""

    changed = forms.CharField(label=_("改了什么"), max_length=200, help_text=_("看过的人会收到这一句"))
    confirm_again = forms.BooleanField(label=_("请大家重新确认"), required=False)
    field_order = ("changed", "title", "body", "points", "valid_until", "confirm_again", "seen")


class AnswerForm(forms.Form):
    """An answer to a question."""

    answer = forms.CharField(label=_("答复"), max_length=rules.MOST_ANSWER, widget=_words(4, rules.MOST_ANSWER))
    to_all = forms.BooleanField(label=_("也写进通知，让大家都看到（不写谁问的）"), required=False)
    public_words = forms.CharField(
        label=_("公开时怎么写这个问题"), max_length=300, required=False, help_text=_("去掉能看出是谁的话")
    )
