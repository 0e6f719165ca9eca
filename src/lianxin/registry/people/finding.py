"""One box to find people and places (搜索): what is meant is told by the shape of the words.

Names, pinyin, addresses and both together find people where the actor serves, masked. A whole identity or phone
number finds one person, by keyed hash, only for a reason from the list of looks, and is audited.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.acting import demand_somewhere
from lianxin.foundation.audit import actions as audit
from lianxin.kernel.crypto import blind_indexes
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.text import beginning, is_identity_number, mask_name
from lianxin.kernel.throttle.counting import count
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.places.codes import is_credit_code, is_place_code, tidy_credit_code
from lianxin.registry.places.finding import Found, Spot, dwellings_at, find_places, near_places, spot
from lianxin.registry.places.models import Dwelling

from . import looks, rules
from .models import Person
from .settings import people_settings

Kind = Literal["nothing", "id_number", "phone", "name", "pinyin", "address", "name_at", "code"]
MOST = 50
_FEW = 400
_HAN_NAME = re.compile(r"[\u4e00-\u9fff·]{1,5}")
_PLACE_WORD = re.compile(
    r"小区|花园|家园|新村|公寓|大厦|广场|社区|街道|[苑路街巷村镇组院]$|华府|雅居|商城|市场|学校|小学"
)
# Who is not born yet is not on the books: whatever day it says, it is only looked up.
_LATEST = date(9999, 12, 31)
_GAPS = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the words mean: a kind, and the parts by which it is looked up."""

    kind: Kind
    name: str = ""
    address: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, people masked. `next` goes on with the people; it names nobody.

    `needs_reason`: a number was typed, and nothing was looked up until a reason from `looks.REASONS` comes with it.
    """

    kind: Kind
    people: tuple[Found, ...] = ()
    places: tuple[Found, ...] = ()
    next: str | None = None
    needs_reason: bool = False


def understand(words: str) -> Asked:
    """Tell what is meant, by the shape alone. Raises Invalid for an identity number that cannot be."""
    text = unicodedata.normalize("NFKC", words).strip()[:100]
    tight = re.sub(r"[\s\-]", "", text).upper()
    if not tight:
        return Asked("nothing")
    return _as_number(text, tight) or _as_words(text)


def _as_number(text: str, tight: str) -> Asked | None:
    # One identity number in thirty passes as a credit code, too; hardly ever the other way round.
    if not is_identity_number(tight) and (is_credit_code(tidy_credit_code(text)) or is_place_code(tight)):
        return Asked("code", number=tight)
    if re.fullmatch(r"\d{17}[\dX]|[1-8]\d{14}", tight):
        return Asked("id_number", number=rules.read_identity(tight, today=_LATEST, field="q").number)
    if re.fullmatch(r"(?:\+?86)?1[3-9]\d{9}", tight):
        return Asked("phone", number=rules.read_phone(tight))
    return None


def _as_words(text: str) -> Asked:
    if re.fullmatch(r"[A-Za-z][A-Za-z' ]{0,40}", text):
        return Asked("pinyin", name=re.sub(r"[' ]", "", text).lower())
    parts = [part for part in _GAPS.split(text) if part]
    if len(parts) > 1 and _is_name(parts[0]):
        return Asked("name_at", name=parts[0], address="".join(parts[1:]))
    if len(parts) == 1 and _is_name(parts[0]):
        return Asked("name", name=parts[0], address=parts[0])
    return Asked("address", address="".join(parts))


def _is_name(word: str) -> bool:
    return bool(_HAN_NAME.fullmatch(word)) and not _PLACE_WORD.search(word)


def find(
    actor: Actor, words: str, *, at: datetime, after: str = "", size: int = 20, place_limit: int = 8, reason: str = "",
    note: str = "", address: str | None = None,
) -> Answer:  # fmt: skip
    """Answer what was typed into the box. `after` is the `next` of the page before.

    `reason` (a code of `looks.REASONS`), `note` and the client's `address` matter for numbers only. Raises Invalid for
    numbers that cannot be, NotAllowed and TooMany for looking up by number.
    """
    asked = understand(words)
    size = max(1, min(size, MOST))
    if asked.kind == "nothing":
        return Answer("nothing")
    if asked.kind in {"id_number", "phone"}:
        return _by_number(actor, asked, reason=reason, note=note, at=at, address=address)
    words = asked.number or asked.address or asked.name
    where = spot(actor, words) if asked.kind in {"address", "name_at"} else None
    places = () if after else find_places(actor, words, limit=place_limit, at=where)
    if asked.kind == "code":
        return Answer("code", places=places)
    rows, column = _people(actor, asked, where)
    people, following = _page(rows, column, after, size, at) if rows is not None else ((), None)
    return Answer(asked.kind, people, places, following)


def near(actor: Actor, point: Point, *, metres: float = 300, limit: int = 8) -> Answer:
    """Answer what is around a point: places, the nearest first."""
    return Answer("address", places=near_places(actor, point, metres=metres, limit=limit))


def _people(actor: Actor, asked: Asked, where: Spot | None) -> tuple[QuerySet[Person] | None, str]:
    """Return the people meant, with the column of their order; None where an address alone names too many."""
    seen = _visible(actor)
    if asked.kind == "name":
        return seen.filter(beginning("name", asked.name)), "name"
    if where is None:
        return _by_pinyin(seen, asked.name)
    homes = dwellings_at(actor, asked.address, at=where)
    if homes is None or not (asked.name or where.elements.has_numbers):
        return None, ""
    # Few rooms are named one by one: the planner cannot guess how few people live there.
    few = list(homes.values_list("pk", flat=True)[: _FEW + 1]) if where.buildings else []
    at_home = seen.filter(home__in=few if 0 < len(few) <= _FEW else homes)
    if asked.name:
        # Not by the index of names: who lives there are few, who is called so are many.
        at_home = at_home.alias(called=Left("name", len(asked.name))).filter(called=asked.name)
    return at_home, "name"


def _by_pinyin(seen: QuerySet[Person], letters: str) -> tuple[QuerySet[Person], str]:
    """Look for a spelling where a vowel stands inside (wangxiu), else for initials (wxy); the other when none is."""
    first, second = ("spelling", "initials") if re.search(r"[aeiouv]", letters[1:]) else ("initials", "spelling")
    found = seen.filter(beginning(first, letters))
    # In the order of the index: asked for any one, the database would read on and on for letters that are rare.
    if found.order_by(first, "pk").values_list("pk").first():
        return found, first
    return seen.filter(beginning(second, letters)), second


def _page(
    rows: QuerySet[Person], column: str, after: str, size: int, at: datetime
) -> tuple[tuple[Found, ...], str | None]:  # fmt: skip
    """Return a page in the order of an index; the cursor is a person's key, since a name must not stand in it."""
    if after:
        last = Person.objects.filter(key=_key(after)).values_list(column, "pk").first()
        if last is None:
            raise Invalid({"after": _("翻页标记不正确或已失效，请回到第一页。")})
        beyond = Q(**{f"{column}__gt": last[0]}) | Q(**{column: last[0], "pk__gt": last[1]})
        rows = rows.filter(Q(**{f"{column}__gte": last[0]}) & beyond)
    found = list(rows.order_by(column, "pk")[: size + 1])
    following = str(found[size - 1].key) if len(found) > size else None
    return _lines(found[:size], at), following


def _visible(actor: Actor) -> QuerySet[Person]:
    """Return people on the books where the actor serves, without what is sealed."""
    columns = ("pk", "key", "name", "sex", "birth_date", "area_id", "home_id", "initials", "spelling")
    return Person.objects.visible_to(actor).now().only(*columns)


def _by_number(
    actor: Actor, asked: Asked, *, reason: str, note: str, at: datetime, address: str | None
) -> Answer:  # fmt: skip
    """Look a number up for a reason; asking again and again is counted as looking is."""
    demand_somewhere(actor, "people.reveal", _("按号码查人"))
    if not reason:
        return Answer(asked.kind, needs_reason=True)
    if reason not in looks.REASONS:
        raise Invalid({"reason": _("请从名单里选择查询的理由。")})
    if reason in {looks.CASE, looks.OTHER} and len(note.strip()) < 4:
        raise Invalid({"note": _("请写明案卷编号或为什么查询。")})
    limits = people_settings()
    count("people.find.hour", str(actor.account_id), most=limits.looks_per_hour, span=timedelta(hours=1), at=at)
    count("people.find.day", str(actor.account_id), most=limits.looks_per_day, span=timedelta(days=1), at=at)
    return _look_up(actor, asked, reason, at, address)


@transaction.atomic
def _look_up(actor: Actor, asked: Asked, reason: str, at: datetime, address: str | None) -> Answer:
    column, context = (
        ("id_hash", rules.ID_CONTEXT) if asked.kind == "id_number" else ("phone_hash", rules.PHONE_CONTEXT)
    )
    rows = _visible(actor).filter(**{f"{column}__in": blind_indexes(asked.number, context)})
    found = list(rows.order_by("pk")[:MOST])
    audit.record(
        actor, "people.find_by_number", at=at, subject_kind="person", subject_id=found[0].pk if found else None,
        fields=[asked.kind], reason=looks.REASONS[reason], address=address, detail={"hits": len(found)},
    )  # fmt: skip
    return Answer(asked.kind, _lines(found, at))


def _lines(found: Sequence[Person], at: datetime) -> tuple[Found, ...]:
    """Show people masked; where they live is read for those shown only, not joined for all that were sorted."""
    homes = dict(Dwelling.objects.filter(pk__in=[each.home_id for each in found]).values_list("pk", "address"))
    return tuple(_line(person, homes.get(person.home_id or 0, ""), at) for person in found)


def _line(person: Person, home: str, at: datetime) -> Found:
    age = rules.age(person.birth_date, at.astimezone(ZONE).date())
    facts = [mask_name(person.name), str(Person.Sex(person.sex).label), "" if age is None else f"{age} 岁"]
    label = " ".join(fact for fact in facts if fact and fact != "未知")
    return Found("person", label, home or _nearest(person), str(person.key))


def _nearest(person: Person) -> str:
    node = areas.node(person.area_id) if person.area_id is not None else None
    return _("{area}（住处未登记）").format(area=node.name) if node is not None else _("住处未登记")


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid({"after": _("翻页标记不正确或已失效，请回到第一页。")}) from None
