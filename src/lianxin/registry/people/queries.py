"""Reads about people: masked unless a look runs, as of now or of any earlier day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import NotFound
from lianxin.kernel.text import mask_id, mask_name, mask_phone
from lianxin.registry.places.models import Dwelling
from lianxin.registry.sources.models import Confirmation, Revision

from . import change, rules
from .models import Contact, Household, Membership, Person, Residence


def person_by_key(actor: Actor, key: UUID) -> Person:
    """Return a person the actor may view; a merged one leads to the record that was kept. Raises NotFound."""
    found = Person.objects.select_related("home", "merged_into").filter(key=key).first()
    for _step in range(5):  # a kept record may have been merged again
        if found is None or found.merged_into is None:
            break
        found = Person.objects.select_related("home", "merged_into").get(pk=found.merged_into.pk)
    if found is None or not change.may_see(actor, found) or found.end == Person.End.ERASED:
        raise NotFound(_("没有这个人的档案，或不在您的辖区。"))
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A person as a page shows it: masked, but for the fields a look reveals."""

    key: UUID
    name: str
    sex: str
    age: int | None
    born: str  # 1949-12-31 when revealed, else 1949 年
    id_kind: str
    id_number: str
    phone: str
    address: str
    end: str
    confirmed_at: datetime | None


def shown(person: Person, *, today: date, revealed: Mapping[str, str] | None = None) -> Shown:
    """Mask a person; `revealed` holds the plain values a running look gives (`looks.revealed`). No query with home."""
    plain = revealed or {}
    return Shown(
        key=person.key,
        name=plain.get("name") or mask_name(person.name),
        sex=str(Person.Sex(person.sex).label),
        age=rules.age(person.birth_date, today),
        born=plain.get("birth_date") or (f"{person.birth_date.year} 年" if person.birth_date else ""),
        id_kind=str(Person.IdKind(person.id_kind).label),
        id_number=plain.get("id_number") or mask_id(person.id_number or ""),
        phone=plain.get("phone") or mask_phone(person.phone or ""),
        address=person.home.address if person.home else "",
        end=str(Person.End(person.end).label) if person.end else "",
        confirmed_at=person.confirmed_at,
    )


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a household."""

    person: Person
    relation: str
    since: datetime
    until: datetime | None


def household_of(person: Person, *, at: datetime) -> Household | None:
    """Return the household a person belonged to at an instant."""
    found = Membership.objects.filter(_at(at), person=person).select_related("household__dwelling").first()
    return found.household if found else None


def members_of(household: Household, *, at: datetime) -> list[Member]:
    """Return who belonged to a household at an instant, the head first."""
    found = Membership.objects.filter(_at(at), household=household).select_related("person__home").order_by("pk")
    members = [
        Member(each.person, str(Membership.Relation(each.relation).label), each.valid_from, each.valid_to)
        for each in found
    ]
    return sorted(members, key=lambda member: member.relation != Membership.Relation.HEAD.label)


def residences_of(person: Person, *, at: datetime | None = None) -> list[Residence]:
    """Return a person's relations to dwellings: all there ever were, the latest first; or those at an instant."""
    found = Residence.objects.filter(person=person).select_related("dwelling")
    return list((found if at is None else found.filter(_at(at))).order_by("-valid_from", "-pk"))


def residents_of(dwelling: Dwelling, *, at: datetime) -> list[Residence]:
    """Return who owned, rented, lived or was registered at a dwelling at an instant, people on the books only."""
    found = Residence.objects.filter(_at(at), dwelling=dwelling).exclude(person__end__in=["merged", "erased"])
    return list(found.select_related("person").order_by("kind", "valid_from", "pk"))


def contacts_of(person: Person) -> list[Contact]:
    """Return whom to call for a person, in order."""
    return list(Contact.objects.filter(person=person).select_related("other").order_by("place", "pk"))


def _at(at: datetime) -> Q:
    return Q(valid_from__lte=at) & (Q(valid_to=None) | Q(valid_to__gt=at))


@dataclass(frozen=True, slots=True)
class Happening:
    """One change of a person: who did what to which fields, from which source; no values."""

    at: datetime
    who: str
    what: str
    fields: tuple[str, ...]
    source: str
    is_of_merged: bool  # from a record that was merged into this one


def history(person: Person, *, limit: int = 100) -> list[Happening]:
    """Return what was done to a person and to the records merged into it, the latest first."""
    ids = family(person.pk)
    found = Revision.objects.filter(subject=change.SUBJECT, subject_id__in=ids).select_related("source")
    return [
        Happening(
            at=each.at,
            who=each.actor_label,
            what=change.ACTS.get(each.act, each.act),
            fields=tuple(rules.LABELS.get(name, name) for name in each.fields),
            source=each.source.name if each.source else "",
            is_of_merged=each.subject_id != person.pk,
        )
        for each in found.defer("before").order_by("-at", "-id")[:limit]
    ]


def family(person_id: int) -> list[int]:
    """Return the ids of a person and of all records merged into it, and into those."""
    ids, layer = [person_id], [person_id]
    while layer:
        layer = list(Person.objects.filter(merged_into__in=layer).values_list("pk", flat=True))
        ids += layer
    return ids


def confirmed(person: Person) -> dict[str, datetime]:
    """Return when each field of a person was last found right."""
    found = Confirmation.objects.filter(subject=change.SUBJECT, subject_id=person.pk)
    return {code.partition(".")[2]: at for code, at in found.values_list("field_id", "at")}


def merged_into(person: Person) -> QuerySet[Person]:
    """Return the records that were merged into a person."""
    return Person.objects.filter(merged_into=person)


def people_by_id(ids: Iterable[int] | Sequence[int]) -> dict[int, Person]:
    """Return people by id, with their homes. One query."""
    return {each.pk: each for each in Person.objects.select_related("home").filter(pk__in=list(ids))}
