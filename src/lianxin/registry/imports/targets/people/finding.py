"""Who is there already: by number, else by name at the same dwelling, asked by sets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from lianxin.kernel.crypto import blind_indexes
from lianxin.kernel.crypto.sealing import key_ring
from lianxin.registry.imports.drafts import Draft
from lianxin.registry.imports.problems import ASK, SKIP, Problem, Remedy
from lianxin.registry.people import rules

_COLUMNS = (
    "p.id, p.version, p.name, p.sex, p.birth_date, p.is_party_member, p.id_hash, p.phone_hash, p.home_id,"
    " p.confirmed_at, p.area_id, p.street_id, p.community_id, p.grid_id"
)


@dataclass(slots=True)
class Found:
    """A person as the registry has them now."""

    id: int
    version: int
    name: str
    sex: str
    birth_date: date | None
    is_party_member: bool | None
    id_hash: bytes | None
    phone_hash: bytes | None
    home_id: int | None
    confirmed_at: datetime | None
    hot: tuple[int | None, ...]
    residences: dict[tuple[int, str], int] = field(default_factory=dict)  # (dwelling, kind) → id
    membership_id: int | None = None
    household_id: int | None = None
    relation: str = ""


def find(drafts: Sequence[Draft]) -> None:
    """Set `person` of each row. A handful of statements for the whole batch."""
    _by_number([draft for draft in drafts if draft.data.hash is not None])
    _by_name([draft for draft in drafts if draft.data.person is None])
    found = {draft.data.person.id: draft.data.person for draft in drafts if draft.data.person is not None}
    if found:
        _add_residences(found)
        _add_memberships(found)


# Keys come as arrays and are joined: so each is one look into an index, whatever the statistics of the table say.
_BY_HASH = """
unnest(%s::bytea[]) AS k (h) JOIN person p ON p.id_hash = k.h AND p.id_hash IS NOT NULL AND p.ended_at IS NULL
"""
_BY_HOME = """
unnest(%s::varchar[], %s::bigint[]) AS k (n, h) JOIN person p ON p.home_id = k.h AND p.name = k.n AND p.ended_at IS NULL
"""
_BY_PHONE = """
unnest(%s::varchar[], %s::bytea[]) AS k (n, h)
JOIN person p ON p.phone_hash = k.h AND p.name = k.n AND p.ended_at IS NULL
"""


def _people(tables: str, values: Sequence[Any]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM {tables}", values)
        return [_found(row) for row in cursor.fetchall()]


def _found(row: tuple[Any, ...]) -> Found:
    pk, version, name, sex, born, party, id_hash, phone_hash, home_id, confirmed_at, *hot = row
    return Found(
        pk, version, name, sex, born, party, _bytes(id_hash), _bytes(phone_hash), home_id, confirmed_at, tuple(hot)
    )


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _by_number(drafts: Sequence[Draft]) -> None:
    if not drafts:
        return
    # Amid a change of keys a number may be hashed under an older one.
    hashes: dict[bytes, Draft] = {}
    for draft in drafts:
        hashes[draft.data.hash] = draft
    found = {one.id_hash: one for one in _people(_BY_HASH, [list(hashes)])}
    rest = [draft for draft in drafts if draft.data.hash not in found]
    older = {}
    for draft in rest if _has_older_keys() else ():
        for each in blind_indexes(draft.values["id_number"].number, rules.ID_CONTEXT):
            older[each] = draft
    if older:
        found |= {older[one.id_hash].data.hash: one for one in _people(_BY_HASH, [list(older)]) if one.id_hash}
    for draft in drafts:
        draft.data.person = found.get(draft.data.hash)


def _has_older_keys() -> bool:
    return len(key_ring().keys) > 1


def _by_name(drafts: Sequence[Draft]) -> None:
    """Look for people of the same name at the same dwelling: without a number it may be them."""
    homes: dict[tuple[str, int], None] = {}
    phones: dict[tuple[str, bytes], None] = {}
    for draft in drafts:
        name, dwelling = draft.values.get("name", ""), draft.data.where.dwelling
        if dwelling is not None and dwelling.id:
            homes[name, dwelling.id] = None
        if draft.data.phone_hash and draft.data.hash is None:
            phones[name, draft.data.phone_hash] = None
    near: dict[str, list[Found]] = {}
    for tables, keys in ((_BY_HOME, homes), (_BY_PHONE, phones)):
        if keys:
            for one in _people(tables, [list(column) for column in zip(*keys, strict=True)]):
                near.setdefault(one.name, []).append(one)
    for draft in drafts:
        for one in near.get(draft.values.get("name", ""), ()):
            if _may_be(draft, one):
                _decide(draft, one)
                break


def _may_be(draft: Draft, one: Found) -> bool:
    dwelling, values = draft.data.where.dwelling, draft.values
    if draft.data.hash is not None and one.id_hash is not None:
        return False  # two numbers are two people
    born = values.get("birth_date")
    if born and one.birth_date and born != one.birth_date:
        return False
    lives_there = dwelling is not None and dwelling.id != 0 and one.home_id == dwelling.id
    return lives_there or (draft.data.phone_hash is not None and draft.data.phone_hash == one.phone_hash)


def _decide(draft: Draft, one: Found) -> None:
    """Take it for the same person when nothing is added to be sure of; else ask."""
    answer = draft.answers.get("same")
    entry, values = draft.data, draft.values
    dwelling = entry.where.dwelling
    is_whole = (
        dwelling is not None
        and one.home_id == dwelling.id
        and values.get("birth_date") == one.birth_date
        and entry.hash is None
        and one.id_hash is None
    )
    if answer == "yes" or (is_whole and answer != "no"):
        entry.person = one
    elif answer != "no":
        sentence = _("这里已登记同名的人（{born}），是同一个人吗？").format(
            born=one.birth_date.isoformat() if one.birth_date else _("没有出生日期")
        )
        remedies = (
            Remedy(_("是同一个人"), answer={"same": "yes"}), Remedy(_("不是，另外登记"), answer={"same": "no"}), SKIP,
        )  # fmt: skip
        draft.blame(Problem("name", "same", sentence, remedies, ASK))


def _add_residences(found: dict[int, Found]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, r.person_id, r.dwelling_id, r.kind FROM unnest(%s::bigint[]) AS k (p)"
            " JOIN residence r ON r.person_id = k.p AND r.valid_to IS NULL",
            [list(found)],
        )
        for pk, person_id, dwelling_id, kind in cursor.fetchall():
            found[person_id].residences[dwelling_id, kind] = pk


def _add_memberships(found: dict[int, Found]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id, m.person_id, m.household_id, m.relation FROM unnest(%s::bigint[]) AS k (p)"
            " JOIN membership m ON m.person_id = k.p AND m.valid_to IS NULL",
            [list(found)],
        )
        for pk, person_id, household_id, relation in cursor.fetchall():
            one = found[person_id]
            one.membership_id, one.household_id, one.relation = pk, household_id, relation
