"""Forms of residents who patrol: join a team, check in at a point, tell of a hazard."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point as Place
from lianxin.work.patrols.rules import Question
from lianxin.work.patrols.words import Answer, Grade, HazardKind

from .forms import Form


class JoinForm(Form):
    """The code that the community handed out."""

    code = forms.CharField(
        label=_("邀请码"), max_length=20, help_text=_("社区发给您的 8 位字母和数字"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )  # fmt: skip


class _Located(Form):
    """Where the phone is, if it says so."""

    lon = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    lat = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    accuracy = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def place(self) -> Place | None:
        """Return the place; None where nothing, or nonsense, was sent."""
        try:
            return Place.checked(self.cleaned_data.get("lon"), self.cleaned_data.get("lat"))
        except Invalid:
            return None

    def metres(self) -> int | None:
        """Return how sure the phone is."""
        text = self.cleaned_data.get("accuracy") or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


class CheckInForm(_Located):
    """What is not in order at a point; a box left empty says that it is."""

    reason = forms.CharField(
        label=_("没有扫码，为什么"), required=False, max_length=200, help_text=_("例如“贴纸掉了”；定位成功就不用写")
    )
    note = forms.CharField(label=_("还想说什么"), required=False, max_length=300)

    def __init__(self, *args: Any, questions: Sequence[Question], is_scanned: bool, **values: Any) -> None:
        """Offer a box for each question; who scanned the sticker owes no reason."""
        super().__init__(*args, **values)
        self.questions = questions
        choices = [(question.code, question.text) for question in questions]
        self.fields["problems"] = forms.MultipleChoiceField(
            label=_("哪样不对？都好就不用选"), choices=choices, required=False, widget=forms.CheckboxSelectMultiple
        )
        if is_scanned:
            del self.fields["reason"]
        self.order_fields(["problems", "reason", "note"])

    def answers(self) -> dict[str, str]:
        """Return an answer to each question."""
        wrong = set(self.cleaned_data["problems"])
        return {
            question.code: str(Answer.PROBLEM if question.code in wrong else Answer.OK) for question in self.questions
        }


class HazardForm(_Located):
    """Something dangerous; somebody of the community looks before it stands in the ledger."""

    what = forms.CharField(
        label=_("有什么危险"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("只写东西和地方，不写人"),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("是哪一类"), choices=HazardKind.choices)
    address = forms.CharField(label=_("具体在哪"), required=False, max_length=200)
    grade = Grade.GENERAL.value
