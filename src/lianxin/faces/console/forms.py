"""Forms of the console that are no acts on a case; acts have theirs in `faces.acts`."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=_("账号"), max_length=60, help_text=_("工号也可以"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("密码"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


class PasswordForm(forms.Form):
    """A new password of one's own."""

    old = forms.CharField(
        label=_("现在的密码"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("新密码"), max_length=200, strip=False, help_text=_("至少 10 位，不用常见的词"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


def show_faults(form: forms.Form, fields: dict[str, str]) -> None:
    """Put the faults that an act found beside the fields they belong to; others stand above the form."""
    for name, sentence in fields.items():
        form.add_error(name if name in form.fields else None, sentence)
