"""The form about a station."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from lianxin.faces.identity.request import Request
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point
from lianxin.work.stations import rules
from lianxin.work.stations.models import Station

from .lookups import AreaField, LookupForm

_DAYS = tuple((f"day{day}", day) for day in rules.DAYS)
_WEEK = dict(zip(rules.DAYS, "一二三四五六日", strict=True))


class StationForm(LookupForm):
    """A station: what, where, when it is open, what it offers."""

    kind = forms.ChoiceField(label=_lazy("种类"))
    name = forms.CharField(label=_lazy("名称"), max_length=60)
    address = forms.CharField(
        label=_lazy("地址"), max_length=120, help_text=_lazy("让人找得到，例如“同安路 12 号，菜场对面”")
    )
    area = AreaField(label=_lazy("属于哪里"), required=False, help_text=_lazy("在图上点了位置就不用填"))
    lon = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    lat = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    hours_note = forms.CharField(
        label=_lazy("开放说明"), max_length=80, required=False, help_text=_lazy("例如“节假日照常”")
    )
    phone = forms.CharField(
        label=_lazy("站点电话"), max_length=20, required=False, help_text=_lazy("只写公开的，不写个人手机")
    )
    offers = forms.MultipleChoiceField(
        label=_lazy("这里有什么"), widget=forms.CheckboxSelectMultiple, required=False,
        choices=[(offer, offer) for offer in rules.OFFERS],
    )  # fmt: skip
    more = forms.CharField(label=_lazy("还有"), max_length=120, required=False, help_text=_lazy("几样用顿号隔开"))
    note = forms.CharField(
        label=_lazy("补充说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, asked: Request, **rest: Any) -> None:
        """Offer the place's kinds; ask for each day's hours."""
        super().__init__(*args, asked=asked, **rest)
        self.fields["kind"].choices = list(rules.kinds(asked.numbers).items())  # type: ignore[attr-defined]
        for name, day in _DAYS:
            self.fields[name] = forms.CharField(
                label=_("周{day}").format(day=_WEEK[day]), max_length=60, required=False,
                widget=forms.TextInput(attrs={"placeholder": "8:30-12:00 14:00-17:30"}),
            )  # fmt: skip

    @property
    def days(self) -> list[forms.BoundField]:
        """The fields of the week, for the template."""
        return [self[name] for name, _day in _DAYS]

    def clean(self) -> dict[str, Any]:
        """Read the hours of each day."""
        given = super().clean() or {}
        hours: dict[str, list[list[str]]] = {}
        for name, day in _DAYS:
            try:
                hours[day] = rules.read_hours(given.get(name) or "")
            except ValueError as error:
                self.add_error(name, str(error))
        return given | {"hours": hours}

    def wanted(self, files: list[Any]) -> rules.Wanted:
        """Return the station as the act takes it. Raises Invalid for a point that is none."""
        given = self.cleaned_data
        point = Point.checked(given["lon"], given["lat"]) if given["lon"] and given["lat"] else None
        extra = [part.strip() for part in given["more"].replace("，", "、").split("、") if part.strip()]
        if len(extra) > 8:
            raise Invalid({"more": _("最多再写 8 样。")})
        return rules.Wanted(
            kind=given["kind"], name=given["name"], address=given["address"], point=point, hours=given["hours"],
            hours_note=given["hours_note"], phone=given["phone"], offers=[*given["offers"], *extra], note=given["note"],
            files=files,
        )  # fmt: skip


def initial_of(station: Station) -> Mapping[str, Any]:
    """Return what the form about a station begins with."""
    told = {name: " ".join(f"{begins}-{ends}" for begins, ends in station.hours.get(day, ())) for name, day in _DAYS}
    known = [offer for offer in station.offers if offer in rules.OFFERS]
    return told | {
        "kind": station.kind, "name": station.name, "address": station.address, "hours_note": station.hours_note,
        "phone": station.phone, "offers": known, "note": station.note, "seen": station.version,
        "more": "、".join(offer for offer in station.offers if offer not in rules.OFFERS),
        "lon": str(station.point.lon) if station.point else "", "lat": str(station.point.lat) if station.point else "",
    }  # fmt: skip
