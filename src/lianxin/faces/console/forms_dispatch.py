"""Forms about how far the platform acts by itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MODES = (("off", "关闭"), ("shadow", "影子：只记下会怎样办"), ("on", "开启"))


class AutomationForm(forms.Form):
    """Mode, confidence, categories, and why."""

    mode = forms.ChoiceField(label=_("方式"), choices=MODES, widget=forms.RadioSelect)
    confidence = forms.TypedChoiceField(
        label=_("把握到多少才动手"),
        coerce=float,
        choices=[(str(share / 100), f"{share}%") for share in (60, 70, 75, 80, 85, 90, 92, 95, 97, 99)],
    )
    categories = forms.MultipleChoiceField(label=_("在哪些分类上"), required=False)
    reason = forms.CharField(label=_("为什么改"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, codes: list[str], confidence: float, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["categories"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]
        choices = self.fields["confidence"].choices  # type: ignore[attr-defined]
        if str(confidence) not in dict(choices):
            choices = sorted([*choices, (str(confidence), f"{confidence:.0%}")])
            self.fields["confidence"].choices = choices  # type: ignore[attr-defined]
