"""Looking at what is sealed (查看): a reason first, then a minute, water-marked, recorded, visible to the person."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.faces.console.forms_people import LookForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.living import person_url
from lianxin.faces.console.saving import faults_into
from lianxin.faces.console.views.people import DOOR, person_of
from lianxin.faces.identity.request import Request, address_of
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.text import mask_name
from lianxin.registry.people import looks, rules
from lianxin.registry.people.models import Look, Person


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("people.reveal")
def look(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask why, then show the chosen fields for a minute. Plain values leave the server only with a look on record."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    demand(asked.actor, "people.reveal", _("查看证件号码和电话"), person)
    form = LookForm(request.POST or None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        with faults_into(form):
            found = looks.look(
                asked.actor, person=person, fields=told["fields_"], reason=told["reason"], note=told["note"],
                case_number=told["case_number"], address=address_of(request), at=asked.at,
            )  # fmt: skip
            return _shown(asked, person, found)
    return _pieced(asked, person, "console/people/look.html", {"form": form}, status=422 if form.errors else 200)


def _shown(asked: Request, person: Person, found: Look) -> HttpResponse:
    plain = looks.revealed(asked.actor, person, at=asked.at)
    rows = [(str(rules.LABELS[name]), plain[name], name == "phone") for name in looks.FIELDS if name in plain]
    opened = looks.open_fields(asked.actor, person, at=asked.at)
    contacts = looks.contacts_shown(person, opened) if "contacts" in opened else []
    seconds = int((found.until - asked.at).total_seconds())
    context = {"rows": rows, "contacts": contacts, "seconds": seconds}
    return _pieced(asked, person, "console/people/looked.html", context)


def _pieced(asked: Request, person: Person, template: str, more: dict[str, Any], status: int = 200) -> HttpResponse:
    """Answer with the piece alone for a dialog, and within a page for who came without script."""
    context: dict[str, Any] = {
        "name": mask_name(person.name),
        "action": reverse("console:resident_look", args=[person.key]),
        "back": person_url(person),
        **more,
    }
    if asked.headers.get("HX-Request"):
        return render(asked, template, {**context, "in_dialog": True, "now": asked.at}, status=status)
    response = page(
        asked, "console/piece.html", door=DOOR, title=_("查看要说明理由"), status=status, piece=template, **context
    )
    if "seconds" in more:
        response["Refresh"] = f"{more['seconds']}; url={context['back']}"
    return response
