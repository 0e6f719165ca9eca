"""Forms about areas: their names and counts, new ones, and changes of borders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from lianxin.faces.console.impact import Impact
from lianxin.faces.parts.words import PLACE

MOST_FILE = 2_000_000
MOST_HOUSEHOLDS = 1_000_000


class AmendForm(forms.Form):
    """What may change without a change of borders."""

    name = forms.CharField(label=_lazy("名称"), max_length=80)
    households = forms.IntegerField(label=_lazy("户数"), required=False, min_value=0, max_value=MOST_HOUSEHOLDS)
    kind = forms.ChoiceField(label=_lazy("种类"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: object, kinds: Sequence[tuple[str, str]], **rest: object) -> None:
        super().__init__(*args, **rest)  # type: ignore[arg-type]
        self.fields["kind"].choices = [("", "不分种类"), *kinds]  # type: ignore[attr-defined]


class AddForm(forms.Form):
    """A new area: what it is called, and where it lies."""

    level = forms.ChoiceField(label=_lazy("层级"))
    name = forms.CharField(label=_lazy("名称"), max_length=80)
    code = forms.CharField(
        label=_lazy("编码"), max_length=24, help_text=_lazy("已按顺序给出下一个没用过的；编过号的请照批复改")
    )
    kind = forms.ChoiceField(label=_lazy("种类"), required=False)
    households = forms.IntegerField(label=_lazy("户数"), required=False, min_value=0, max_value=MOST_HOUSEHOLDS)
    border = forms.CharField(
        label=_lazy("边界"),
        required=False,
        max_length=MOST_FILE,
        widget=forms.Textarea(
            attrs={"rows": 4, "placeholder": "在图上点，或写 117.01,31.02 117.03,31.02 117.03,31.04"}
        ),
        help_text=_lazy("一圈上的点，“经度,纬度”之间空一格；也可以贴 GeoJSON"),
    )
    fitted = forms.BooleanField(label=_lazy("多画的自动贴齐上级和邻居"), required=False, initial=True)

    def __init__(
        self, *args: object, levels: Sequence[tuple[str, str]], kinds: Sequence[tuple[str, str]], **rest: object
    ) -> None:
        super().__init__(*args, **rest)  # type: ignore[arg-type]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", "不分种类"), *kinds]  # type: ignore[attr-defined]
        if not kinds:
            self.fields.pop("kind")


class EndForm(forms.Form):
    """Why an area ends."""

    note = forms.CharField(
        label=_lazy("依据"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_lazy("例如批复文号；会记入沿革和审计"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of ground in the form: what it may be called, how much of which area it was, what lies in it."""

    code: str
    name: str
    households: int | None
    square_metres: float
    was: str
    impact: Impact


class RedivideForm(forms.Form):
    """When, why, and what each piece becomes: `code.0`, `name.0`, `households.0` and so on."""

    when = forms.ChoiceField(
        label=_lazy("什么时候生效"),
        choices=[("day", "到日子，当天 0 点"), ("now", "现在就生效")],
        initial="day",
        widget=forms.RadioSelect,
    )
    effective_date = forms.DateField(
        label=_lazy("哪天"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_lazy("选“现在就生效”时不用填"),
    )
    reason = forms.CharField(
        label=_lazy("依据"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), help_text=_lazy("例如批复文号")
    )
    seen = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def __init__(self, *args: object, pieces: Sequence[Piece], **rest: object) -> None:
        super().__init__(*args, **rest)  # type: ignore[arg-type]
        self.pieces = pieces
        for place, piece in enumerate(pieces):
            self.fields[f"code.{place}"] = forms.CharField(label=_("编码"), max_length=24, initial=piece.code)
            self.fields[f"name.{place}"] = forms.CharField(label=_("名称"), max_length=80, initial=piece.name)
            self.fields[f"households.{place}"] = forms.IntegerField(
                label=_("户数"), required=False, min_value=0, max_value=MOST_HOUSEHOLDS, initial=piece.households
            )

    def clean(self) -> None:
        """Demand a day unless it is to be at once."""
        super().clean()
        has_day = self.cleaned_data.get("effective_date") or "effective_date" in self.errors
        if self.cleaned_data.get("when") != "now" and not has_day:
            self.add_error("effective_date", "请填哪天起生效，或选“现在就生效”。")

    def rows(self) -> list[tuple[int, Piece, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Return each piece with its fields."""
        return [
            (place + 1, piece, self[f"code.{place}"], self[f"name.{place}"], self[f"households.{place}"])
            for place, piece in enumerate(self.pieces)
        ]

    def instant(self, at: datetime) -> datetime:
        """Return when it is to take effect, `at` being now."""
        is_now = self.cleaned_data["when"] == "now"
        return at if is_now else midnight(self.cleaned_data["effective_date"])

    def versions_seen(self) -> dict[int, int] | None:
        """Return the versions of the areas as the page showed them, by id; None where it did not say."""
        pairs = [pair.partition(":") for pair in self.cleaned_data["seen"].split()]
        if not pairs or not all(pk.isdecimal() and version.isdecimal() for pk, _colon, version in pairs):
            return None
        return {int(pk): int(version) for pk, _colon, version in pairs}


def midnight(day: date) -> datetime:
    """Return the beginning of a day at the place."""
    return datetime.combine(day, time(), PLACE)
