"""A person's page and their household's: masked, with what may be done."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.faces.console import personpage
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.living import person_line, person_url, rooms, sex_and_age
from lianxin.faces.console.standing import crumbs
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.errors import NotFound
from lianxin.kernel.text import mask_name
from lianxin.registry.people import duplicates, looks, queries
from lianxin.registry.people.models import Household, Person

DOOR = "console:base"


def person_of(asked: Request, key: UUID) -> Person:
    """Return a person the one who asks may see, with home and building. Raises NotFound."""
    return queries.person_by_key(asked.actor, key)


@require_safe
@never_cache
@staff_only("people.view")
def resident(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a person, masked."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    if person.key != key:
        return HttpResponseRedirect(person_url(person))
    may_edit = person.ended_at is None and asked.actor.may("people.edit", person)
    may_merge = person.ended_at is None and asked.actor.may("people.merge", person)
    stays, past = personpage.stays(asked, person, may_edit=may_edit)
    node = areas.node(person.area_id, asked.numbers) if person.area_id is not None else None
    acts = personpage.acts(asked, person)
    return page(
        request,
        "console/people/person.html",
        door=DOOR,
        title=_("人员"),
        person=person,
        name=mask_name(person.name),
        sex_age=sex_and_age(person, words.local(asked.at).date()),
        ended=str(Person.End(person.end).label) if person.end else "",
        crumbs=crumbs(asked, node, (mask_name(person.name), "")),
        home=personpage.said_home(person),
        facts=personpage.facts(asked, person),
        house=personpage.house(asked, person),
        stays=stays,
        past=past,
        contacts=looks.contacts_shown(person, frozenset()),
        tags=personpage.tags(asked, person),
        acts=[act for act in acts if not act.is_danger],
        dangers=[act for act in acts if act.is_danger],
        may_edit=may_edit,
        alike=[_alike(asked, pair.other, pair.reasons, person) for pair in _pairs(asked, person)] if may_merge else [],
        merges=personpage.merges(person) if may_merge else [],
        looked=personpage.looked(person),
        history=queries.history(person, limit=20),
    )


def _pairs(asked: Request, person: Person) -> list[duplicates.Likely]:
    return duplicates.duplicates_of(asked.actor, person, limit=5)


def _alike(asked: Request, other: Person, reasons: tuple[str, ...], person: Person) -> personpage.Alike:
    return personpage.Alike(person_line(asked, other, "、".join(reasons)), personpage.compare_url(person, other))


@require_safe
@never_cache
@staff_only("people.view")
def household(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a household: who belongs to it, and who did."""
    asked = cast("Request", request)
    found = Household.objects.select_related("dwelling__building").filter(key=key).first()
    actor = asked.actor
    if found is None or not (actor.scope("people.view").everywhere or actor.may("people.view", found)):
        raise NotFound(_("没有这一户，或不在您的辖区。"))
    home = found.dwelling
    members = queries.members_of(found, at=asked.at)
    past = found.memberships.filter(valid_to__isnull=False).select_related("person__home").order_by("-valid_to")[:20]
    node = areas.node(found.area_id, asked.numbers) if found.area_id is not None else None
    return page(
        request,
        "console/people/household.html",
        door=DOOR,
        title=_("户"),
        household=found,
        kind=str(Household.Kind(found.kind).label),
        crumbs=crumbs(asked, node, (rooms(home) if home else _("没有住处"), "")),
        home=home,
        home_said=f"{home.building.address} {rooms(home)}" if home else _("没有住处"),
        members=[(each.person, person_line(asked, each.person, each.relation)) for each in members],
        past=[person_line(asked, each.person, str(each.get_relation_display())) for each in past],
        may_edit=found.valid_to is None and actor.may("people.edit", found),
        has_head=found.head_id is not None,
    )
