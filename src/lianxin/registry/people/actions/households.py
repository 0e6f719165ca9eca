"""Households (户): form, join, leave, another head, split."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.registry.people import change, rules
from lianxin.registry.people.models import Household, Membership, Person
from lianxin.registry.places.models import Dwelling
from lianxin.registry.sources.models import Source
from lianxin.registry.sources.recording import record

from .registering import close_empty

_EDIT = "登记、修改人员"


@transaction.atomic
def form_household(
    actor: Actor,
    *,
    key: UUID,
    dwelling: Dwelling,
    head: Person,
    at: datetime,
    kind: str = Household.Kind.FAMILY,
    source: Source | None = None,
) -> Household:
    """Form a household at a dwelling with its head, who leaves the household it was in.

    The same `key` is the same household. Raises NotFound, NotAllowed, Invalid.
    """
    demand(actor, "people.edit", _EDIT, dwelling)
    head = change.begin(actor, head, "people.edit", _EDIT)
    if kind not in Household.Kind.values:
        raise Invalid({"kind": _("请选择家庭户或集体户。")})
    if (known := Household.objects.filter(key=key).first()) is not None:
        return known
    household = Household(key=key, kind=kind, dwelling=dwelling, valid_from=at)
    for column in change.AREA_COLUMNS:
        setattr(household, column, getattr(dwelling, column))
    _leave(actor, head, at)
    household.head = head
    household.save(force_insert=True)
    _record(actor, household, "create", at=at, fields=["dwelling", "head"], source=source)
    _enter(actor, household, head, Membership.Relation.HEAD, at=at, source=source)
    return household


@transaction.atomic
def join_household(
    actor: Actor,
    *,
    household: Household,
    person: Person,
    relation: str,
    at: datetime,
    source: Source | None = None,
) -> Membership:
    """Let a person belong to a household, as `relation` to its head; the household of before is left.

    `relation` is a code or a register's word such as 长子. Raises NotFound, NotAllowed, Refused for a second head.
    """
    household = _begin(actor, household)
    person = change.begin(actor, person, "people.edit", _EDIT)
    word = rules.read_relation(relation)
    if word == Membership.Relation.HEAD and household.head_id is not None and household.head_id != person.pk:
        raise Refused("has_head", _("这一户已有户主。要换户主，请办“更换户主”。"))
    running = Membership.objects.filter(person=person, valid_to=None).first()
    if running is not None and running.household_id == household.pk:
        return _correct(actor, household, running, word, at=at, source=source)
    _leave(actor, person, at)
    if word == Membership.Relation.HEAD:
        household.head = person
        _touch(actor, household, "join", at=at, fields=["head"], columns=["head_id"], source=source)
    else:
        _touch(actor, household, "join", at=at, fields=["members"], source=source)
    return _enter(actor, household, person, word, at=at, source=source)


@transaction.atomic
def leave_household(actor: Actor, *, person: Person, at: datetime) -> None:
    """Let a person belong to no household; one that nobody belongs to any more ends. Raises Refused without one."""
    person = change.begin(actor, person, "people.edit", _EDIT)
    if not _leave(actor, person, at):
        raise Refused("no_household", _("这个人现在不在任何一户。"))


@transaction.atomic
def change_head(
    actor: Actor, *, household: Household, head: Person, at: datetime, seen: int | None = None
) -> Household:
    """Make a member the head; the relations of the others are turned where that is certain, else become other."""
    household = _begin(actor, household, seen=seen)
    members = {each.person_id: each for each in Membership.objects.filter(household=household, valid_to=None)}
    if head.pk not in members:
        raise Refused("not_member", _("新户主应先是这一户的成员。"))
    if head.pk == household.head_id:
        return household
    before: dict[str, Any] = {
        "head_id": household.head_id,
        "relations": {each.pk: each.relation for each in members.values()},
    }
    of_head = members[head.pk].relation
    for pk, member in members.items():
        is_head = pk == head.pk
        member.relation = Membership.Relation.HEAD if is_head else rules.turned(of_head, member.relation)
    Membership.objects.bulk_update(members.values(), ["relation"])
    household.head = head
    return _touch(actor, household, "amend", at=at, fields=["head", "relations"], columns=["head_id"], before=before)


@transaction.atomic
def split_household(
    actor: Actor,
    *,
    key: UUID,
    household: Household,
    head: Person,
    members: Sequence[tuple[Person, str]] = (),
    dwelling: Dwelling | None = None,
    at: datetime,
) -> Household:
    """Let a head and members (with their relation to it) become a household of their own (分户), there or elsewhere."""
    household = _begin(actor, household)
    inside = set(Membership.objects.filter(household=household, valid_to=None).values_list("person_id", flat=True))
    if {head.pk, *(person.pk for person, _relation in members)} - inside:
        raise Refused("not_member", _("分出去的人都应是这一户的成员。"))
    where = dwelling or household.dwelling
    if where is None:
        raise Invalid({"dwelling": _("请选择新户住在哪一户室。")})
    new = form_household(actor, key=key, dwelling=where, head=head, kind=household.kind, at=at)
    for person, relation in members:
        join_household(actor, household=new, person=person, relation=relation, at=at)
    return new


def _begin(actor: Actor, household: Household, *, seen: int | None = None) -> Household:
    found = Household.objects.select_for_update(of=("self",)).filter(pk=household.pk).first()
    if found is None or not actor.may("people.view", found):
        raise NotFound(_("没有这一户，或不在您的辖区。"))
    demand(actor, "people.edit", _EDIT, found)
    if found.valid_to is not None:
        raise Refused("household_ended", _("这一户已经注销，不能再改。"))
    if seen is not None and seen != found.version:
        raise Stale(_("这一户刚被别人改过，请看过再改。"), version=found.version, changes=[])
    return found


def _enter(
    actor: Actor, household: Household, person: Person, relation: str, *, at: datetime, source: Source | None
) -> Membership:
    found = Membership.objects.create(household=household, person=person, relation=relation, valid_from=at)
    before = {"membership": found.pk}
    change.write(actor, person, "join", at=at, fields=["household"], before=before, source=source)
    return found


def _correct(
    actor: Actor, household: Household, member: Membership, relation: str, *, at: datetime, source: Source | None
) -> Membership:
    """Say better how a member stands to the head."""
    if member.relation == relation:
        return member
    before = {"relations": {member.pk: member.relation}}
    member.relation = relation
    member.save(update_fields=["relation"])
    _touch(actor, household, "amend", at=at, fields=["relations"], before=before, source=source)
    return member


def _leave(actor: Actor, person: Person, at: datetime) -> bool:
    member = Membership.objects.select_for_update(of=("self",)).filter(person=person, valid_to=None).first()
    if member is None:
        return False
    member.valid_to = at
    member.save(update_fields=["valid_to"])
    left = Household.objects.select_for_update(of=("self",)).get(pk=member.household_id)
    if left.head_id == person.pk:
        left.head = None
        left.save(update_fields=["head_id"])
    close_empty(left.pk, at)
    change.write(actor, person, "leave", at=at, fields=["household"], before={"memberships": [member.pk]})
    return True


def _touch(
    actor: Actor, household: Household, act: str, *, at: datetime, fields: Sequence[str],
    columns: Sequence[str] = (), before: dict[str, Any] | None = None, source: Source | None = None,
) -> Household:  # fmt: skip
    household.version += 1
    household.save(update_fields=[*columns, "version"])
    _record(actor, household, act, at=at, fields=fields, before=before or {}, source=source)
    return household


def _record(
    actor: Actor, household: Household, act: str, *, at: datetime, fields: Sequence[str],
    before: dict[str, Any] | None = None, source: Source | None = None,
) -> None:  # fmt: skip
    record(
        actor, act, subject="household", subject_id=household.pk, version=household.version, at=at, fields=fields,
        before=before, source=source,
    )  # fmt: skip
