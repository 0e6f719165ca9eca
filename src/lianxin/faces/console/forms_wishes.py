"""Forms of the wish mailbox's desk: what is said, to whom, and what is asked of the writer."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": "4000"})


class WordsForm(forms.Form):
    """Something said to one side."""

    words = forms.CharField(label=_("写给来信人"), widget=_words(5), error_messages={"required": _("请写几句。")})

    def __init__(self, *args: Any, label: object = "", **values: Any) -> None:
        """Ask by `label`."""
        super().__init__(*args, **values)
        if label:
            self.fields["words"].label = label  # type: ignore[assignment]


class InviteForm(forms.Form):
    """The other side of a dispute."""

    phone = forms.CharField(
        label=_("另一方的手机号"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=_("会发短信请他来说说，不提来信的内容和来信人"),
    )  # fmt: skip
    name = forms.CharField(label=_("称呼（可不填）"), max_length=60, required=False)


class HandOverForm(forms.Form):
    """A colleague, and why."""

    to = forms.TypedChoiceField(label=_("请谁接手"), coerce=int)
    why = forms.CharField(
        label=_("给写信人的说明"), widget=_words(3), error_messages={"required": _("请写一句为什么。")}
    )

    def __init__(self, *args: Any, colleagues: Sequence[tuple[int, str]] = (), **values: Any) -> None:
        """Offer colleagues of the desk."""
        super().__init__(*args, **values)
        self.fields["to"].choices = colleagues  # type: ignore[attr-defined]
