"""Naming the heads of a building (楼栋长、单元长) from those who live in it."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, done, faults_into
from lianxin.faces.identity.request import Request
from lianxin.kernel.errors import Invalid, NotAllowed
from lianxin.kernel.text import mask_name
from lianxin.registry.people.actions.heads import set_heads
from lianxin.registry.people.models import Person
from lianxin.registry.people.queries import people_by_id
from lianxin.registry.places import queries
from lianxin.registry.places.models import Building


class HeadsForm(forms.Form):
    """Who stays, and who is new: by name, with the room where two bear it."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    keep = forms.MultipleChoiceField(
        label=gettext_lazy("现在的"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("去掉勾就不再是"),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("加一位：姓名"), max_length=40, required=False, help_text=gettext_lazy("要住在这栋楼里")
    )
    room = forms.CharField(
        label=gettext_lazy("室号"), max_length=20, required=False, help_text=gettext_lazy("同名的才要写，例如 302")
    )

    def __init__(self, held: list[Person], data: Any = None, **rest: Any) -> None:
        super().__init__(data, **rest)
        choices = [(str(one.pk), f"{mask_name(one.name)} · {one.home.number if one.home else '—'}") for one in held]
        self.fields["keep"].choices = choices  # type: ignore[attr-defined]
        self.fields["keep"].initial = [value for value, _label in choices]
        if not choices:
            del self.fields["keep"]


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("places.edit")
def heads(request: HttpRequest, code: str) -> HttpResponse:
    """Show who the heads are, let some go and one come."""
    asked = cast("Request", request)
    building = queries.get_building(asked.actor, code)
    if not (asked.actor.may("places.edit", building) and asked.actor.may("people.view", building)):
        raise NotAllowed("places.edit", _("您的岗位不能定这栋楼的楼栋长。"))
    known = people_by_id(building.unit_head_ids)
    held = [known[pk] for pk in building.unit_head_ids if pk in known]
    form = HeadsForm(held, request.POST or None, initial={"seen": building.version})
    back = reverse("console:building", args=[building.code])
    if form.is_bound and form.is_valid():
        with faults_into(form):
            kept = set(form.cleaned_data.get("keep", ()))
            people = [one for one in held if str(one.pk) in kept]
            if form.cleaned_data["name"].strip():
                people.append(_living(asked, building, form.cleaned_data["name"], form.cleaned_data["room"]))
            set_heads(asked.actor, building=building, seen=form.cleaned_data["seen"], people=people, at=asked.at)
            return done(request, Done(back, _("楼栋长、单元长定好了")))
    return page(
        request, "console/units/form.html", door="console:base",
            title=_("楼栋长、单元长：{name}").format(name=building.name),
        form=form, verb=_("定下"), back_url=back, status=422 if form.errors else 200,
    )  # fmt: skip


def _living(asked: Request, building: Building, name: str, room: str) -> Person:
    found = Person.objects.visible_to(asked.actor).now().filter(home__building=building, name=name.strip())
    if room.strip():
        found = found.filter(home__number=room.strip())
    people = list(found[:2])
    if not people:
        raise Invalid({"name": _("这栋楼里没有登记这位居民。请核对姓名，或先登记住处。")})
    if len(people) > 1:
        raise Invalid({"room": _("这栋楼有几位同名，请写室号。")})
    return people[0]
