"""Forms about areas: their names and counts, and changes of borders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django import forms

from lianxin.faces.parts.words import PLACE

MOST_FILE = 2_000_000


class AmendForm(forms.Form):
    """What may change without a change of borders."""

    name = forms.CharField(label="名称", max_length=80)
    households = forms.IntegerField(label="户数", required=False, min_value=0, max_value=1_000_000)
    kind = forms.ChoiceField(label="种类", required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: object, kinds: Sequence[tuple[str, str]], **rest: object) -> None:
        super().__init__(*args, **rest)  # type: ignore[arg-type]
        self.fields["kind"].choices = [("", "不分种类"), *kinds]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of ground in the form: what it may be called, and how much of which area it was."""

    code: str
    name: str
    households: int | None
    square_metres: float
    was: str


class RedivideForm(forms.Form):
    """When, why, and what each piece becomes: `code.0`, `name.0`, `households.0` and so on."""

    effective_date = forms.DateField(
        label="哪天起生效",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="当天 0 点切换；在办案件会自动归到新网格",
    )
    reason = forms.CharField(
        label="依据", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), help_text="例如批复文号"
    )

    def __init__(self, *args: object, pieces: Sequence[Piece], **rest: object) -> None:
        super().__init__(*args, **rest)  # type: ignore[arg-type]
        self.pieces = pieces
        for place, piece in enumerate(pieces):
            self.fields[f"code.{place}"] = forms.CharField(label="编码", max_length=24, initial=piece.code)
            self.fields[f"name.{place}"] = forms.CharField(label="名称", max_length=80, initial=piece.name)
            self.fields[f"households.{place}"] = forms.IntegerField(
                label="户数", required=False, min_value=0, max_value=1_000_000, initial=piece.households
            )

    def rows(self) -> list[tuple[int, Piece, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Return each piece with its fields."""
        return [
            (place + 1, piece, self[f"code.{place}"], self[f"name.{place}"], self[f"households.{place}"])
            for place, piece in enumerate(self.pieces)
        ]


def midnight(day: date) -> datetime:
    """Return the beginning of a day at the place."""
    return datetime.combine(day, time(), PLACE)
