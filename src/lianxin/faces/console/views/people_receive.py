"""Somebody moved here from where one sees nobody (从别处迁入): taken over by name and number, as on the card."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.living import person_url
from lianxin.faces.console.lookups import DwellingField, LookupForm
from lianxin.faces.console.saving import Done, save
from lianxin.faces.console.views.people import DOOR
from lianxin.faces.identity.request import Request
from lianxin.kernel.text import mask_name
from lianxin.registry.people import actions


class ReceiveForm(LookupForm):
    """Who moved, proved by the card, and where to."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    id_number = forms.CharField(
        label=gettext_lazy("证件号码"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("照证件写全，两样都对才能迁入"),
    )  # fmt: skip
    dwelling = DwellingField(
        label=gettext_lazy("搬到哪一套"), help_text=gettext_lazy("写小区、楼栋、单元、室号，或房屋编码")
    )


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("people.edit")
def receive(request: HttpRequest) -> HttpResponse:
    """Take over a person's file with the person."""
    asked = cast("Request", request)
    form = ReceiveForm(request.POST or None, asked=asked)

    def act(told: dict[str, Any]) -> Done:
        person = actions.receive_person(asked.actor, at=asked.at, **told)
        return Done(person_url(person), _("{name}已迁入").format(name=mask_name(person.name)))

    return save(
        request, form, act, template="console/people/form.html", door=DOOR, title=_("从别处迁入"), verb=_("迁入"),
        back_url=reverse("console:people"),
        help=_("人已经搬来、档案还在别的网格的，照证件办迁入，档案跟着过来，不用重新登记。"),
    )  # fmt: skip
