"""Who may be on the books twice: likely pairs with their reasons, for a person to decide."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand

from . import queries
from .models import Distinct, Person

_LABEL = "合并、拆开重复人员"
_MOST_NAMESAKES = 200
_WEIGHTS = {
    "证件号码只差一两位": 5,
    "同姓名、同出生日期": 4,
    "同姓名、同电话": 4,
    "同电话、同出生日期": 3,
    "同姓名、同住处": 2,
}


@dataclass(frozen=True, slots=True)
class Likely:
    """Two records that may be one person, and why; `weight` sorts the surest first."""

    one: Person
    other: Person
    reasons: tuple[str, ...]

    @property
    def weight(self) -> int:
        """How much speaks for it."""
        return sum(_WEIGHTS[reason] for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Pairs:
    """A page of the board; `after` asks for the next one, None on the last."""

    items: list[Likely]
    after: tuple[int, int] | None


def duplicates_of(actor: Actor, person: Person, *, limit: int = 10) -> list[Likely]:
    """Return who, of those the actor may view, may be the same person, the surest first."""
    same = Q(name=person.name)
    if person.phone_hash is not None and person.birth_date is not None:
        same |= Q(phone_hash=person.phone_hash, birth_date=person.birth_date)
    found = Person.objects.visible_to(actor).now().filter(same).exclude(pk=person.pk).select_related("home")
    apart = _apart(person.pk)
    pairs = [_likely(person, other) for other in found.order_by("pk")[:_MOST_NAMESAKES] if other.pk not in apart]
    return sorted((pair for pair in pairs if pair), key=lambda pair: (-pair.weight, pair.other.pk))[:limit]


def _apart(person_id: int) -> set[int]:
    """Return who was found to be somebody else."""
    found = Distinct.objects.filter(Q(one=person_id) | Q(other=person_id)).values_list("one_id", "other_id")
    return {pk for pair in found for pk in pair}


def _likely(one: Person, other: Person) -> Likely | None:
    """Return what speaks for one person; None where nothing does, or two sound numbers speak against it."""
    near = _near(one.id_number, other.id_number)
    if one.id_number and other.id_number and one.id_kind == other.id_kind and not near:
        return None
    same_name = one.name == other.name
    same_birth = one.birth_date is not None and one.birth_date == other.birth_date
    same_phone = one.phone_hash is not None and bytes(one.phone_hash) == bytes(other.phone_hash or b"")
    found = {
        "证件号码只差一两位": near,
        "同姓名、同出生日期": same_name and same_birth,
        "同姓名、同电话": same_name and same_phone,
        "同电话、同出生日期": not same_name and same_phone and same_birth,
        "同姓名、同住处": same_name and one.home_id is not None and one.home_id == other.home_id,
    }
    reasons = tuple(reason for reason, speaks in found.items() if speaks)
    return Likely(one, other, reasons) if reasons else None


def _near(one: str | None, other: str | None) -> bool:
    """Tell whether two numbers differ in one digit and the check that follows from it, or in two swapped digits."""
    if not one or not other or len(one) != len(other) or one == other:
        return False
    apart = [place for place, (a, b) in enumerate(zip(one[:-1], other[:-1], strict=True)) if a != b]
    if len(apart) == 2:
        first, second = apart
        return second == first + 1 and one[first] == other[second] and one[second] == other[first]
    return len(apart) <= 1


# From who has no number that settles it (`u`, few, with an index of their own) to anybody else (`o`), by the index of
# what both share. Pages go by both ids, so that no pair comes twice or is left out.
_PAIRS = """
SELECT DISTINCT one, other FROM (
    (SELECT u.id AS one, o.id AS other FROM person u JOIN person o
     ON o.birth_date = u.birth_date AND o.name = u.name WHERE {where} ORDER BY 1, 2 LIMIT %(limit)s)
    UNION ALL
    (SELECT u.id, o.id FROM person u JOIN person o
     ON o.phone_hash = u.phone_hash AND (o.name = u.name OR o.birth_date = u.birth_date)
     WHERE {where} ORDER BY 1, 2 LIMIT %(limit)s)
    UNION ALL
    (SELECT u.id, o.id FROM person u JOIN person o
     ON o.home_id = u.home_id AND o.name = u.name WHERE {where} ORDER BY 1, 2 LIMIT %(limit)s)
) pairs ORDER BY 1, 2 LIMIT %(limit)s
"""
_UNSURE = "({0}.id_hash IS NULL OR {0}.id_kind <> 'citizen')"
_WHERE = f"""
u.ended_at IS NULL AND o.ended_at IS NULL AND {_UNSURE.format("u")} AND o.id <> u.id
AND u.id >= %(one)s AND (u.id, o.id) > (%(one)s, %(other)s)
AND (u.id < o.id OR NOT {_UNSURE.format("o")})
AND (u.id_hash IS NULL OR o.id_hash IS NULL OR u.id_kind <> o.id_kind)
AND NOT EXISTS (SELECT FROM person_distinct d
                WHERE d.one_id = LEAST(u.id, o.id) AND d.other_id = GREATEST(u.id, o.id))
"""


def likely_pairs(actor: Actor, *, after: tuple[int, int] = (0, 0), size: int = 50) -> Pairs:
    """Return pairs where the actor may merge, a page at a time. Numbers that differ speak against; no query but two."""
    scope = actor.scope("people.merge")
    if not scope:
        return Pairs([], None)
    where = _WHERE
    values: dict[str, Any] = {"one": after[0], "other": after[1], "limit": size + 1}
    if not scope.everywhere:
        levels = {"street_id": scope.street_ids, "community_id": scope.community_ids, "grid_id": scope.grid_ids}
        for side in "uo":
            inside = " OR ".join(f"{side}.{level} = ANY(%({level})s)" for level in levels)
            where += f" AND ({inside})"
        values |= {level: list(ids) for level, ids in levels.items()}
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS.format(where=where), values)
        found: list[tuple[int, int]] = cursor.fetchall()
    return Pairs(_read(found[:size]), found[size - 1] if len(found) > size else None)


def _read(pairs: Iterable[tuple[int, int]]) -> list[Likely]:
    pairs = list(pairs)
    people = queries.people_by_id({pk for pair in pairs for pk in pair})
    read = [_likely(people[one], people[other]) for one, other in pairs if one in people and other in people]
    return [pair for pair in read if pair is not None]


@transaction.atomic
def tell_apart(actor: Actor, *, one: Person, other: Person, at: datetime) -> None:
    """Note that two records are two people, so that they are not proposed again."""
    for person in (one, other):
        demand(actor, "people.merge", _LABEL, person)
    first, second = sorted((one.pk, other.pk))
    Distinct.objects.get_or_create(one_id=first, other_id=second, defaults={"at": at, "account_id": actor.account_id})
