"""Write people, households and what ties them to dwellings: new ones by COPY, changes by sets, each with a revision."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

from lianxin.kernel.crypto import blind_index, seal
from lianxin.kernel.ids import uuid7
from lianxin.kernel.text.pinyin import sounds
from lianxin.registry.imports.copying import copy_rows, new_ids
from lianxin.registry.imports.drafts import Draft
from lianxin.registry.imports.targets.protocol import Frame
from lianxin.registry.imports.targets.spots import HOT, copy_revisions
from lianxin.registry.people import rules
from lianxin.registry.people.models import Person, Residence
from lianxin.registry.sources.models import Source
from lianxin.registry.sources.recording import sealed

from .fields import NO_ID
from .households import Households
from .owning import Owning

_LIVES = Residence.Kind.LIVES.value
_PERSON = ("id", "key", "name", "initials", "spelling", "sex", "birth_date", "id_kind", "id_number", "id_hash",
           "phone",
           "phone_hash", "is_party_member", "home_id", "confirmed_at", "confirmed_by_id", "created_at",
           *HOT)  # fmt: skip
_FIELDS = ("name", "sex", "birth_date", "id_number", "phone", "is_party_member")
_Revision = tuple[str, int, int, str, list[str], bytes | None]


def write(
    frame: Frame, source: Source, drafts: Sequence[Draft], kept: dict[tuple[int, str], int], owning: Owning
) -> None:  # fmt: skip
    """Write a batch whose places are there by now."""
    new = [draft for draft in drafts if draft.data.person is None]
    old = [draft for draft in drafts if draft.data.person is not None]
    revisions = _new_people(frame, new)
    revisions += _changed(frame, old)
    households = Households(frame, drafts, kept)
    revisions += households.write()
    copy_revisions(frame, source, revisions)
    disputed = [draft for draft in old if draft.data.conflicts]
    if disputed:
        owning.open_conflicts(disputed, source)
    given: dict[tuple[str, ...], list[int]] = {}
    for draft in drafts:
        names = tuple(name for name in _FIELDS if name in draft.values and name not in draft.data.conflicts)
        given.setdefault(names, []).append(draft.data.person.id)
    owning.confirm(given, source)


@lru_cache(maxsize=60_000)
def sounds_of(name: str) -> tuple[str, str]:
    """Return a name's initials and spelling as its columns hold them."""
    initials, spelling = sounds(name)
    return initials[:60], spelling[:160]


class Made:
    """A person that was just written: what the rest of the batch needs of them."""

    __slots__ = ("home_id", "household_id", "id", "membership_id", "residences")

    def __init__(self, pk: int, home_id: int | None) -> None:
        self.id, self.home_id = pk, home_id
        self.household_id: int | None = None
        self.membership_id: int | None = None
        self.residences: dict[tuple[int, str], int] = {}


def _new_people(frame: Frame, drafts: Sequence[Draft]) -> list[_Revision]:
    at, account = frame.at, frame.actor.account_id
    rows, residences = [], []
    revisions: list[_Revision] = []
    for draft, pk in zip(drafts, new_ids("person", len(drafts)), strict=True):
        entry, values = draft.data, draft.values
        dwelling, identity = entry.where.dwelling, values.get("id_number")
        lives = dwelling is not None and _LIVES in entry.kinds
        name = values["name"]
        _hash, _phone_hash, number, phone = draft.ready or (None, None, None, None)
        rows.append(
            (pk, uuid7(), name, *sounds_of(name), values.get("sex", ""), values.get("birth_date"),
             identity.kind if identity else NO_ID, number or (identity.number if identity else None), entry.hash,
             phone or values.get("phone"), entry.phone_hash, values.get("is_party_member"),
             dwelling.id if lives else None, at, account, at, *entry.where.hot)
        )  # fmt: skip
        if dwelling is not None:
            residences += [(pk, dwelling.id, kind, at) for kind in entry.kinds]
        revisions.append(("person", pk, 1, "create", [field for field in _FIELDS if field in values], None))
        entry.person = Made(pk, dwelling.id if lives else None)
    copy_rows(Person, _PERSON, rows)
    copy_rows(Residence, ("person_id", "dwelling_id", "kind", "valid_from"), residences)
    return revisions


_UPDATE = """
UPDATE person SET version = version + 1, confirmed_at = %s, confirmed_by_id = %s, {columns} WHERE id = %s
RETURNING version
"""


def _changed(frame: Frame, drafts: Sequence[Draft]) -> list[_Revision]:
    """Write changed fields and homes of people who are there; the sealed revision holds what stood before."""
    touched = [draft for draft in drafts if draft.data.changes or draft.data.is_moving or draft.data.new_kinds]
    if not touched:
        return []
    held = {
        one.pk: one
        for one in Person.objects.select_for_update(of=("self",)).filter(pk__in=[d.data.person.id for d in touched])
    }
    ended = _end_living(frame, [draft for draft in touched if draft.data.is_moving])
    begun = _begin_residences(frame, touched)
    revisions: list[_Revision] = []
    with connection.cursor() as cursor:
        for draft in touched:
            person, entry = held[draft.data.person.id], draft.data
            columns, fields = _columns(draft)
            before = {name: getattr(person, name) for name in _before(entry, fields)}
            if person.pk in ended:
                before["residences"] = ended[person.pk]
            if person.pk in begun:
                before["residence"] = begun[person.pk]
            text = ", ".join(f"{name} = %s" for name in columns) or "name = name"
            cursor.execute(
                _UPDATE.format(columns=text), [frame.at, frame.actor.account_id, *columns.values(), person.pk]
            )
            version = cursor.fetchone()[0]
            revisions.append(("person", person.pk, version, "amend", fields, sealed(before)))
    return revisions


def _before(entry: Any, fields: Iterable[str]) -> list[str]:
    names = [name for name in fields if name not in {"home", "living"}]
    if "id_number" in names:
        names.append("id_kind")
    return [*names, *(("home_id", *HOT) if entry.is_moving else ())]


def _columns(draft: Draft) -> tuple[dict[str, Any], list[str]]:
    entry = draft.data
    columns: dict[str, Any] = {}
    for name, value in entry.changes.items():
        if name == "phone":
            columns["phone"] = seal(value, Person._meta.get_field("phone").context)
            columns["phone_hash"] = entry.phone_hash
        elif name == "id_number":
            columns["id_number"] = seal(value.number, Person._meta.get_field("id_number").context)
            columns |= {"id_hash": blind_index(value.number, rules.ID_CONTEXT).hash, "id_kind": value.kind}
        else:
            columns[name] = value
    if "name" in entry.changes:
        columns["initials"], columns["spelling"] = sounds_of(entry.changes["name"])
    fields = list(entry.changes)
    if entry.is_moving:
        columns |= dict(zip(("home_id", *HOT), (entry.where.dwelling.id, *entry.where.hot), strict=True))
        fields.append("home")
    if entry.is_moving or entry.new_kinds:
        fields.append("living")
    return columns, fields


def _end_living(frame: Frame, drafts: Sequence[Draft]) -> dict[int, list[int]]:
    ended: dict[int, list[int]] = {}
    for draft in drafts:
        person = draft.data.person
        for (_dwelling, kind), pk in person.residences.items():
            if kind == _LIVES:
                ended.setdefault(person.id, []).append(pk)
    ids = [pk for each in ended.values() for pk in each]
    Residence.objects.filter(pk__in=ids, valid_from__lt=frame.at).update(valid_to=frame.at)
    return ended


def _begin_residences(frame: Frame, drafts: Sequence[Draft]) -> dict[int, list[int]]:
    wanted = [
        (draft.data.person.id, draft.data.where.dwelling.id, kind) for draft in drafts for kind in draft.data.new_kinds
    ]
    begun: dict[int, list[int]] = {}
    rows = []
    for (person_id, dwelling_id, kind), pk in zip(wanted, new_ids("residence", len(wanted)), strict=True):
        rows.append((pk, person_id, dwelling_id, kind, frame.at))
        begun.setdefault(person_id, []).append(pk)
    copy_rows(Residence, ("id", "person_id", "dwelling_id", "kind", "valid_from"), rows)
    return begun
