"""Forms of residents: labels, hints, and what was typed. What a field may hold is checked by the act."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.errors import Invalid

from .labels import WRONGS

Choices = Sequence[tuple[str, Any]]


# Django's own sentences, as people say them.
_SENTENCES = {
    "required": _("请填写。"),
    "invalid_choice": _("没有这个选项，请重新选。"),
    "max_length": _("太长，请不超过 %(limit_value)d 字。"),
    "null_characters_not_allowed": _("有不能识别的字符，请删去。"),
}


class Form(forms.Form):
    """A form that says what is wrong at its fields, whoever found it."""

    def __init__(self, *args: Any, **values: Any) -> None:
        """Let every field speak plainly."""
        super().__init__(*args, **values)
        for field in self.fields.values():
            # Errors of validators are looked up here by their code, too.
            field.error_messages |= _SENTENCES

    def show_faults(self, fields: Mapping[str, str]) -> None:
        """Put faults that an act found beside the fields they belong to; others stand on top."""
        for name, sentence in fields.items():
            self.add_error(name if name in self.fields else None, sentence)

    def show(self, error: Invalid) -> None:
        """Put the faults of a refusal beside their fields."""
        self.show_faults(error.fields)


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": "20000"})


class ReportForm(Form):
    """Three steps on one page: photos (drawn apart), words, where; then who, if one wants."""

    text = forms.CharField(label=_("说说怎么了"), required=False, strip=False, widget=_words(3))
    area = forms.CharField(label=_("社区或网格"), required=False, max_length=40, widget=forms.Select)
    address = forms.CharField(
        label=_("具体在哪"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("路名、几号楼旁边，或附近有什么")}),
    )  # fmt: skip
    lon = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    lat = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    accuracy = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("怎么称呼您"), required=False, max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("手机号"), required=False, max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )  # fmt: skip
    has_consent = forms.BooleanField(label=_("办理的单位可以打电话给我"), required=False)
    is_confidential = forms.BooleanField(label=_("请保密：只有受理的工作人员知道是我"), required=False)
    is_anonymous = forms.BooleanField(required=False)
    component = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    component_state = forms.ChoiceField(
        label=_("它怎么了"), required=False, choices=WRONGS, widget=forms.RadioSelect, initial="damaged"
    )

    def __init__(self, *args: Any, areas: Choices = (), anonymous: object = "", **values: Any) -> None:
        """Offer `areas`; `anonymous` is the place's own words for that box."""
        super().__init__(*args, **values)
        self.fields["area"].widget.choices = areas
        self.fields["is_anonymous"].label = anonymous  # type: ignore[assignment]


class FollowForm(Form):
    """The number from the message and the phone given with the report."""

    number = forms.CharField(
        label=_("编号"), max_length=40,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "inputmode": "numeric"}),
        help_text=_("送出后给您的，短信里也有，像 340881-20261121-730418"),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("反映时留的手机号"), max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )  # fmt: skip


class PhoneForm(Form):
    """Where the code goes."""

    phone = forms.CharField(
        label=_("手机号"), max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )  # fmt: skip


class CodeForm(PhoneForm):
    """The code from the message."""

    code = forms.CharField(
        label=_("验证码"), max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip


class NoteForm(Form):
    """Words for an act on a report."""

    note = forms.CharField(label=_("补充"), required=False, strip=False, widget=_words(3))

    def __init__(self, *args: Any, label: object = "", **values: Any) -> None:
        """Ask by `label`."""
        super().__init__(*args, **values)
        if label:
            self.fields["note"].label = label  # type: ignore[assignment]


SOLVED: Choices = (("solved", _("解决了")), ("partly", _("解决了一部分")), ("not", _("没有解决")))
TAGS = (_("来得快"), _("说得清"), _("收拾干净"), _("态度好"), _("拖得久"), _("没人联系我"))


class RateForm(Form):
    """Solved or not, stars, a few words."""

    solved = forms.ChoiceField(label=_("问题解决了吗"), choices=SOLVED, widget=forms.RadioSelect)
    stars = forms.TypedChoiceField(label=_("您满意吗"), coerce=int, choices=[(str(n), str(n)) for n in range(1, 6)])
    tags = forms.MultipleChoiceField(
        label=_("哪里做得好、哪里不好"), required=False, choices=[(tag, tag) for tag in TAGS],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    note = forms.CharField(label=_("还想说点什么"), required=False, strip=False, widget=_words(2))
