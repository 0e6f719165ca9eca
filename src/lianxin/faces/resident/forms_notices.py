"""Forms for a question about a notice."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.faces.identity.request import Request
from lianxin.work.disclosure.rules import MOST_QUESTION

from .forms import Form

_PHONE = forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"})


class AskForm(Form):
    """What to ask; and for who is not signed in the phone that the answer goes to."""

    words = forms.CharField(
        label=_("想问什么"), max_length=MOST_QUESTION, strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": str(MOST_QUESTION)}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("手机号"), max_length=30, widget=_PHONE, help_text=_("答复发到这个号码。发通知的单位看不到号码")
    )
    client_id = forms.CharField(max_length=36, widget=forms.HiddenInput)

    def __init__(self, asked: Request, *args: Any, **rest: Any) -> None:
        """Ask for the phone only where the answer would not find the asker."""
        super().__init__(*args, **rest)
        if asked.signed_in is not None:
            del self.fields["phone"]


class CodeForm(Form):
    """The code from the message, with what was written before."""

    code = forms.CharField(
        label=_("验证码"), max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip
    words = forms.CharField(max_length=MOST_QUESTION, strip=False, widget=forms.HiddenInput)
    phone = forms.CharField(max_length=30, widget=forms.HiddenInput)
    client_id = forms.CharField(max_length=36, widget=forms.HiddenInput)
