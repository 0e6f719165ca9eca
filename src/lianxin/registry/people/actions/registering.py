"""Register, amend, confirm and end a person (登记、修改、核实、注销)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.crypto import blind_indexes
from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.text import mask_name
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.people import change, rules
from lianxin.registry.people.models import Household, Membership, Person, Residence
from lianxin.registry.places.models import Dwelling
from lianxin.registry.sources.models import Revision, Source
from lianxin.registry.sources.recording import record

_EDIT = "登记、修改人员"
_SEQUENCE = "person_id_seq"


class AlreadyRegistered(Refused):
    """The number stands on the books. `key` opens that record; None where the actor may not see it."""

    def __init__(self, found: Person | None, actor: Actor) -> None:
        self.key: UUID | None = None
        if found is not None and change.may_see(actor, found):
            self.key = found.key
            home = found.home.address if found.home else _("住处未登记")
            sentence = _("这个证件号码已登记在 {name}（{home}）名下，不用再登记，请打开那份档案。").format(
                name=mask_name(found.name), home=home
            )
        else:
            sentence = _("这个证件号码已在别处登记。人已搬来的，请按姓名和证件号码办理“从别处迁入”。")
        super().__init__("id_taken", sentence)


def holder_of(number: str) -> Person | None:
    """Return who on the books has this identity number (in its one form)."""
    found = Person.objects.now().filter(id_hash__in=blind_indexes(number, rules.ID_CONTEXT))
    return found.select_related("home").first()


@transaction.atomic
def register_person(
    actor: Actor,
    *,
    key: UUID,
    fields: Mapping[str, Any],
    at: datetime,
    dwelling: Dwelling | None = None,
    area: AreaNode | None = None,
    residence: str = Residence.Kind.LIVES,
    since: datetime | None = None,
    source: Source | None = None,
) -> Person:
    """Put a person on the books at a dwelling, or in an area where the dwelling is not known yet.

    `fields` as people write them, see `rules.ENTERED`. The same `key` with the same content is the same person.
    Raises NotAllowed, Invalid with all faults, AlreadyRegistered.
    """
    place = dwelling or area
    if place is None:
        raise Invalid({"home": _("请选择住在哪一户，或至少选择所在的网格。")})
    demand(actor, "people.edit", _EDIT, place)
    values = rules.checked({"name": "", **fields}, today=today(at))
    begins = since or at
    check_since(begins, at)
    sent = fingerprint(sorted((name, str(value)) for name, value in values.items()), place.id, residence)
    claimed = claim(key, kind="person", action="register", sent=sent, at=at, sequence=_SEQUENCE)
    if not claimed.fresh:
        return Person.objects.get(pk=claimed.subject_id)
    person = Person(pk=claimed.subject_id, key=key, created_at=at, confirmed_at=at, confirmed_by_id=actor.account_id)
    change.take(person, values)
    lives = dwelling if residence == Residence.Kind.LIVES else None
    change.settle(person, lives, place)
    _save(person, actor, force_insert=True)
    if dwelling is not None:
        Residence.objects.create(person=person, dwelling=dwelling, kind=residence, valid_from=begins)
    change.confirm(actor, person, list(values), at=at, source=source)
    record(
        actor, "create", subject=change.SUBJECT, subject_id=person.pk, version=1, at=at, fields=list(values),
        source=source,
    )  # fmt: skip
    return person


def _save(person: Person, actor: Actor, **how: Any) -> None:
    """Save, and tell a number that is taken from a fault of ours; two at once meet here."""
    try:
        with transaction.atomic():
            person.save(**how)
    except IntegrityError as error:
        if "person_id_once" not in str(error):
            raise
        raise AlreadyRegistered(holder_of(person.id_number or ""), actor) from None


@transaction.atomic
def amend_person(
    actor: Actor,
    *,
    person: Person,
    fields: Mapping[str, Any],
    at: datetime,
    seen: int | None = None,
    source: Source | None = None,
    reason: str = "",
) -> Person:
    """Change entered fields; equal values change nothing, all given ones count as confirmed now.

    Raises NotFound, NotAllowed, Stale, Invalid, AlreadyRegistered.
    """
    person = change.begin(actor, person, "people.edit", _EDIT, seen=seen)
    return amended(actor, person, fields, at=at, source=source, reason=reason)


def amended(
    actor: Actor, person: Person, fields: Mapping[str, Any], *, at: datetime, source: Source | None, reason: str = ""
) -> Person:
    """Change a person that is locked, whoever asked for it; see `amend_person`."""
    held = change.standing(person, rules.ENTERED)
    values = rules.checked(fields, today=today(at), held=held)
    new = {name: value for name, value in values.items() if value != held[name]}
    change.confirm(actor, person, [name for name in values if values[name]], at=at, source=source)
    if not new:
        return person
    taken = holder_of(new["id_number"]) if new.get("id_number") else None
    if taken is not None and taken.pk != person.pk:
        raise AlreadyRegistered(taken, actor)
    columns = change.take(person, new)
    _save(person, actor, update_fields=columns)
    before = {name: held[name] for name in new}
    return change.write(actor, person, "amend", at=at, fields=list(new), before=before, source=source, reason=reason)


@transaction.atomic
def confirm_person(
    actor: Actor, *, person: Person, at: datetime, fields: Sequence[str] = (), source: Source | None = None
) -> Person:
    """Note that fields (all that are filled, when none is named) were found right now, say on a visit."""
    person = change.begin(actor, person, "people.edit", _EDIT)
    found = list(fields) or [name for name in rules.ENTERED if getattr(person, name) not in {None, ""}]
    if unknown := set(found) - {*rules.ENTERED, "home"}:
        raise Invalid({"fields": _("没有这样的字段：{names}。").format(names="、".join(sorted(unknown)))})
    person.confirmed_at, person.confirmed_by_id = at, actor.account_id
    change.confirm(actor, person, found, at=at, source=source)
    columns = ["confirmed_at", "confirmed_by_id"]
    return change.write(actor, person, "confirm", at=at, fields=found, columns=columns, source=source)


@transaction.atomic
def end_person(
    actor: Actor, *, person: Person, end: str, at: datetime, seen: int | None = None, reason: str = ""
) -> Person:
    """Take a person off the books: `died` or `left`. Residences and membership end; care follows the journal."""
    if end not in {Person.End.DIED, Person.End.LEFT}:
        raise Invalid({"end": _("请选择“已去世”或“已迁出”。")})
    person = change.begin(actor, person, "people.edit", _EDIT, seen=seen)
    before = {"end": "", **end_ties(person, at)}
    person.ended_at, person.end = at, end
    columns = ["ended_at", "end"]
    return change.write(actor, person, "end", at=at, fields=["end"], columns=columns, before=before, reason=reason)


def end_ties(person: Person, at: datetime) -> dict[str, Any]:
    """End a person's residences and membership now; return which, by id, as JSON may hold it."""
    running = Residence.objects.filter(person=person, valid_to=None)
    residences = list(running.values_list("pk", flat=True))
    # What began this very instant never was.
    running.filter(valid_from__gte=at).delete()
    running.update(valid_to=at)
    memberships = Membership.objects.filter(person=person, valid_to=None)
    ended = list(memberships.values_list("pk", "household_id"))
    memberships.update(valid_to=at)
    for _pk, household_id in ended:
        close_empty(household_id, at)
    Household.objects.filter(head=person, valid_to=None).update(head=None)
    return {"residences": residences, "memberships": [pk for pk, _household in ended]}


def close_empty(household_id: int, at: datetime) -> None:
    """End a household that nobody belongs to any more."""
    empty = Household.objects.filter(pk=household_id, valid_to=None)
    if not Membership.objects.filter(household_id=household_id, valid_to=None).exists():
        empty.update(valid_to=at, head=None)


def check_since(since: datetime, at: datetime, field: str = "since") -> None:
    """Raise Invalid for a day to come: what is planned is not yet so."""
    if since > at:
        raise Invalid({field: _("开始日期不能晚于今天。")})


def today(at: datetime) -> Any:
    """Return the day in the place."""
    return at.astimezone(ZONE).date()


@transaction.atomic
def restore_person(actor: Actor, *, person: Person, reason: str, at: datetime) -> Person:
    """Put somebody back on the books who was ended by mistake, with the stays and the household that ended with it.

    Tags of care are set anew. Raises NotFound, NotAllowed, Invalid, Refused for one that was merged or erased,
    AlreadyRegistered when somebody has registered the number since.
    """
    if not reason.strip():
        raise Invalid({"reason": _("请写明为什么恢复，例如“登记错了人”。")})
    person = change.begin(actor, person, "people.edit", _EDIT, ended=True)
    if person.end not in {Person.End.DIED, Person.End.LEFT}:
        raise Refused("not_ended", _("这份档案不是注销的，不能恢复。"))
    ended_at, end = person.ended_at, person.end
    person.ended_at, person.end = None, ""
    _save(person, actor, update_fields=["ended_at", "end"])
    _restore_ties(person, ended_at)
    return change.write(actor, person, "restore", at=at, fields=["end"], before={"end": end}, reason=reason)


def _restore_ties(person: Person, ended_at: datetime | None) -> None:
    """Let what ended with the person run again, as far as the act that ended it remembers."""
    last = Revision.objects.filter(subject=change.SUBJECT, subject_id=person.pk, act="end").order_by("-id").first()
    before = change.unpacked(last.before) if last else {}
    stays = Residence.objects.filter(pk__in=before.get("residences", ()), valid_to=ended_at)
    stays.update(valid_to=None)
    for member in Membership.objects.filter(pk__in=before.get("memberships", ()), valid_to=ended_at):
        member.valid_to = None
        member.save(update_fields=["valid_to"])
        Household.objects.filter(pk=member.household_id, valid_to=ended_at).update(valid_to=None)
        if member.relation == Membership.Relation.HEAD:
            Household.objects.filter(pk=member.household_id, head=None).update(head=person)
