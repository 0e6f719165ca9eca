"""Whom to call for a person (联系人), and who answers for them (监护人)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.text import clean
from lianxin.registry.people import change, rules
from lianxin.registry.people.models import Contact, Person
from lianxin.registry.sources.models import Source

_EDIT = "登记、修改人员"
MOST = 6


@transaction.atomic
def add_contact(
    actor: Actor,
    *,
    person: Person,
    relation: str,
    at: datetime,
    name: str = "",
    phone: str = "",
    other: Person | None = None,
    is_guardian: bool = False,
    source: Source | None = None,
) -> Contact:
    """Add somebody to call for a person, last in the order: one on the books (`other`), or a name with a phone.

    Raises NotFound, NotAllowed, Invalid, Refused beyond six.
    """
    person = change.begin(actor, person, "people.edit", _EDIT)
    values = _checked(person, other, name, phone, relation)
    there = Contact.objects.filter(person=person).count()
    if there >= MOST:
        raise Refused("contacts_full", _("联系人最多 {count} 位，请先去掉一位。").format(count=MOST))
    contact = Contact.objects.create(
        person=person, other=other, is_guardian=is_guardian, place=there, created_at=at, **values
    )
    change.write(actor, person, "contact", at=at, fields=["contacts"], before={"contact": contact.pk}, source=source)
    return contact


def _checked(person: Person, other: Person | None, name: str, phone: str, relation: str) -> dict[str, str | None]:
    faults: dict[str, str] = {}
    values: dict[str, str | None] = {"relation": clean(relation, 20), "name": "", "phone": None}
    if not values["relation"]:
        faults["relation"] = _("请写明是什么关系，例如“儿子”“邻居”。")
    if other is not None and other.pk == person.pk:
        faults["other"] = _("联系人不能是本人。")
    if other is None:
        for field, read, given in (("name", rules.read_name, name), ("phone", rules.read_phone, phone)):
            try:
                values[field] = read(given)
            except Invalid as fault:
                faults.update(fault.fields)
        if not values["phone"] and "phone" not in faults:
            faults["phone"] = _("请填写联系人的电话。")
    if faults:
        raise Invalid(faults)
    return values


@transaction.atomic
def remove_contact(actor: Actor, *, contact: Contact, at: datetime) -> None:
    """Take somebody off the list of a person. Raises NotFound, NotAllowed."""
    person = change.begin(actor, contact.person, "people.edit", _EDIT)
    contact = Contact.objects.get(pk=contact.pk)
    before = {
        "contact": {
            "other_id": contact.other_id, "name": contact.name, "phone": contact.phone, "relation": contact.relation,
            "is_guardian": contact.is_guardian, "place": contact.place,
        }
    }  # fmt: skip
    contact.delete()
    change.write(actor, person, "contact", at=at, fields=["contacts"], before=before)
