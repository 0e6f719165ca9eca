"""Erase a person (删除): what stays is a tombstone without a value, and who looked, which the law wants kept."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.audit import actions as audit
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.idempotency.models import ClientKey
from lianxin.registry.people import change, queries
from lianxin.registry.people.models import Distinct, Merge, Person
from lianxin.registry.people.owning import Owned, owned
from lianxin.registry.places.models import Building
from lianxin.registry.sources.models import Revision
from lianxin.registry.sources.recording import record

from .registering import end_ties

REASONS = {"asked": "本人要求删除", "retention": "保存期满", "mistake": "登记有误，查无此人"}
_EMPTY = {
    "name": "", "initials": "", "spelling": "", "sex": "", "birth_date": None, "id_kind": Person.IdKind.NONE,
    "id_number": None, "id_hash": None, "phone": None, "phone_hash": None, "is_party_member": None, "home_id": None,
    "area_id": None, "street_id": None, "community_id": None, "grid_id": None, "account_id": None,
    "confirmed_at": None, "confirmed_by_id": None,
}  # fmt: skip


@transaction.atomic
def erase_person(actor: Actor, *, person: Person, reason: str, at: datetime) -> None:
    """Take every value of a person, and of the records merged into it, out of the database. It cannot be undone.

    `reason` is a code of `REASONS`. Raises NotFound, NotAllowed, Invalid, Refused for a record that was merged away.
    """
    if reason not in REASONS:
        raise Invalid({"reason": _("请从名单里选择删除的理由。")})
    ids = sorted(queries.family(person.pk))
    family = list(Person.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    found = next(each for each in family if each.pk == person.pk)
    if not change.may_see(actor, found):
        raise NotFound(_("没有这个人的档案，或不在您的辖区。"))
    demand(actor, "people.answer", _("办理居民的更正、删除申请"), found)
    if found.end == Person.End.MERGED:
        raise Refused("merged", _("这份档案已并入别的档案，请在那一份上办理。"))
    if found.end == Person.End.ERASED:
        return
    for each in family:
        end_ties(each, at)
    _take_away(ids)
    for each in family:
        _leave_a_tombstone(actor, each, at)
    audit.record(actor, "people.erase", at=at, subject_kind=change.SUBJECT, subject_id=found.pk, reason=REASONS[reason])


def _take_away(ids: list[int]) -> None:
    for table in owned():
        rows = table.rows_of(ids)
        if table.erase == "delete":
            _delete_with_history(table, ids)
        elif table.erase == "blank":
            rows.update(**table.blank)
    # What a merge kept to be undone is of nobody any more.
    merges = Merge.objects.filter(Q(kept__in=ids) | Q(gone__in=ids))
    merges.update(kept_before=None, reason="", moved={"rows": []})
    Distinct.objects.filter(Q(one__in=ids) | Q(other__in=ids)).delete()
    Revision.objects.filter(subject=change.SUBJECT, subject_id__in=ids).delete()
    ClientKey.objects.filter(subject_kind=change.SUBJECT, subject_id__in=ids).delete()
    for building in Building.objects.select_for_update(of=("self",)).filter(unit_head_ids__overlap=ids):
        building.unit_head_ids = [each for each in building.unit_head_ids if each not in ids]
        building.save(update_fields=["unit_head_ids"])


def _delete_with_history(table: Owned, ids: list[int]) -> None:
    rows = table.rows_of(ids)
    if table.subject:
        gone = list(rows.values_list("pk", flat=True))
        Revision.objects.filter(subject=table.subject, subject_id__in=gone).delete()
    rows.delete()


def _leave_a_tombstone(actor: Actor, person: Person, at: datetime) -> None:
    person.end, person.ended_at = Person.End.ERASED, person.ended_at or at
    for name, value in _EMPTY.items():
        setattr(person, name, value)
    person.version += 1
    person.save()
    record(actor, "erase", subject=change.SUBJECT, subject_id=person.pk, version=person.version, at=at, before={})
