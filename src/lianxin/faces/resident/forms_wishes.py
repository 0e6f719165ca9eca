"""Forms of the wish mailbox: labels, hints, and what was typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.work.wishes.models import Letter

from .forms import Choices, Form

_WORDS = forms.Textarea(attrs={"rows": 4, "maxlength": "4000"})


class LetterForm(Form):
    """A letter: about what, to whom, the words; then who writes, if one wants."""

    topic = forms.CharField(label=_("哪方面的事"), required=False, max_length=8, widget=forms.RadioSelect)
    desk = forms.CharField(label=_("写给谁"), required=False, max_length=20, widget=forms.RadioSelect)
    area = forms.CharField(label=_("您的社区"), max_length=40, widget=forms.Select)
    words = forms.CharField(label=_("您想说的话"), required=False, strip=False, widget=_WORDS)
    name = forms.CharField(
        label=_("怎么称呼您"), required=False, max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("手机号"), required=False, max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )  # fmt: skip
    is_anonymous = forms.BooleanField(label=_("不留姓名和手机号（谁也看不到是您）"), required=False)

    def __init__(self, *args: Any, desks: Choices = (), areas: Choices = (), **values: Any) -> None:
        """Offer `desks` and `areas` of the place."""
        super().__init__(*args, **values)
        self.fields["topic"].widget.choices = Letter.Topic.choices
        self.fields["desk"].widget.choices = desks
        self.fields["area"].widget.choices = areas


class ProofForm(Form):
    """The number of a letter, with the phone given or the code shown when it was sent."""

    number = forms.CharField(
        label=_("信的编号"), max_length=20,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
        help_text=_("送出后给您的，像 X48291307"),
    )  # fmt: skip
    proof = forms.CharField(
        label=_("手机号，或八位查询码"), max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip


class SayForm(Form):
    """One more thing to say."""

    words = forms.CharField(label=_("接着说"), strip=False, widget=_WORDS)

    def __init__(self, *args: Any, label: object = "", **values: Any) -> None:
        """Ask by `label`."""
        super().__init__(*args, **values)
        if label:
            self.fields["words"].label = label  # type: ignore[assignment]


class RateLetterForm(Form):
    """Solved or not, and stars."""

    solved = forms.ChoiceField(label=_("问题解决了吗"), choices=Letter.Solved.choices, widget=forms.RadioSelect)
    stars = forms.TypedChoiceField(label=_("您满意吗"), coerce=int, choices=[(str(n), str(n)) for n in range(1, 6)])
