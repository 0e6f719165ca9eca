"""People and places found by one box, a person masked, and a look at what is sealed."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from lianxin.faces.acts.kinds import Input, Line
from lianxin.kernel.errors import NotFound
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.care import queries as care
from lianxin.registry.people import finding, looks, queries
from lianxin.registry.people.models import Person

from .calling import Call, answer
from .routes import Route, route
from .shapes import NamedOut, Out, area_out

router = Router(tags=["人员"])


class LookField(StrEnum):
    """What is sealed; the words of `looks.FIELDS`."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    CONTACTS = "contacts"


class LookReason(StrEnum):
    """Why one looks; the codes of `looks.REASONS`."""

    VISIT = "visit"
    CARE = "care"
    SERVICE = "service"
    NOTIFY = "notify"
    CASE = "case"
    EMERGENCY = "emergency"
    CORRECT = "correct"
    ASKED = "asked"
    OTHER = "other"


class SearchIn(Input):
    """What is typed into the box. It travels in the body: names and numbers never stand in an address."""

    words: Annotated[Line, Field(min_length=1, max_length=100, title="姓名、拼音、地址、编码；号码要附理由")]
    after: Annotated[Line, Field(max_length=40, title="上一页给的 next")] = ""
    size: Annotated[int, Field(ge=1, le=finding.MOST, title="每页几人")] = 20
    reason: Annotated[LookReason | None, Field(title="按号码查的理由")] = None
    note: Annotated[Line, Field(max_length=200, title="案卷编号或说明")] = ""


class FoundOut(Out):
    """One line: a person by `key` (masked), or a place by `key`, its code."""

    kind: str
    label: str
    where: str
    key: str


class SearchOut(Out):
    """What was found; `needs_reason`: a number was sent, and nothing looked up until a reason comes with it."""

    kind: str
    people: list[FoundOut]
    places: list[FoundOut]
    next: str | None
    needs_reason: bool


@route(
    router, "POST", "/search", "找人、找房、找单位", out=SearchOut, rules=Route(body=SearchIn, permission="places.view")
)
def search(call: Call, data: SearchIn) -> HttpResponse:
    """Find people and places where the caller serves. Writes nothing but the audit, and that for numbers only."""
    found = finding.find(
        call.actor, data.words, at=call.at, after=data.after, size=data.size, reason=data.reason or "", note=data.note,
        address=call.address,
    )  # fmt: skip
    lines = [
        [FoundOut(kind=one.kind, label=one.label, where=one.where, key=one.key) for one in group]
        for group in (found.people, found.places)
    ]
    return answer(
        SearchOut(kind=found.kind, people=lines[0], places=lines[1], next=found.next, needs_reason=found.needs_reason)
    )


class ResidenceOut(Out):
    """A relation to a dwelling with its time."""

    kind: str
    dwelling: NamedOut
    since: datetime
    until: datetime | None


class PersonOut(Out):
    """A person, masked. `care` stands only for who serves there; null for everybody else."""

    key: UUID
    version: int
    name: str
    sex: str
    age: int | None
    born: str
    id_kind: str
    id_number: str
    phone: str
    area: NamedOut | None
    home: NamedOut | None
    household: UUID | None
    residences: list[ResidenceOut]
    care: list[str] | None
    confirmed_at: datetime | None
    end: str


def seen_person(call: Call, key: str) -> Person:
    """Return a person the caller may see. Raises NotFound, also for what is no key."""
    try:
        parsed = UUID(key)
    except ValueError:
        raise NotFound(_("没有这个人的档案，或不在您的辖区。")) from None
    return queries.person_by_key(call.actor, parsed)


@route(router, "GET", "/people/{key}", "人员档案（打码）", out=PersonOut, rules=Route(permission="people.view"))
def person(call: Call, key: str) -> HttpResponse:
    """Give a person, masked."""
    found = seen_person(call, key)
    shown = queries.shown(found, today=call.at.astimezone(ZONE).date())
    house = queries.household_of(found, at=call.at)
    tags = care.tags_of(call.actor, found)
    out = PersonOut(
        key=found.key, version=found.version, name=shown.name, sex=shown.sex, age=shown.age, born=shown.born,
        id_kind=shown.id_kind, id_number=shown.id_number, phone=shown.phone,
        area=area_out(found.area_id, call.numbers),
        home=NamedOut(code=found.home.code, name=found.home.address) if found.home else None,
        household=house.key if house else None,
        residences=[
            ResidenceOut(
                kind=each.kind, dwelling=NamedOut(code=each.dwelling.code, name=each.dwelling.address),
                since=each.valid_from, until=each.valid_to,
            )
            for each in queries.residences_of(found)
        ],
        care=[tag.need for tag in tags] if care.serves(call.actor, found) else None,
        confirmed_at=found.confirmed_at, end=shown.end,
    )  # fmt: skip
    return answer(out)


class LookIn(Input):
    """Which sealed fields, and why."""

    fields: Annotated[list[LookField], Field(min_length=1, max_length=len(looks.FIELDS), title="看什么")]
    reason: Annotated[LookReason, Field(title="为什么")]
    case_number: Annotated[Line, Field(max_length=24, title="案卷编号")] = ""
    note: Annotated[Line, Field(max_length=200, title="补充说明")] = ""


class LookOut(Out):
    """Plain values until an instant; the look is on record, and the person can see it."""

    values: dict[str, str]
    contacts: list[dict[str, str]]
    until: datetime


@route(
    router, "POST", "/people/{key}/look", "查看证件号码、电话", out=LookOut,
    rules=Route(body=LookIn, permission="people.reveal"),
)  # fmt: skip
def look(call: Call, key: str, data: LookIn) -> HttpResponse:
    """Open sealed fields of a person for a minute, for a reason that is kept."""
    found = seen_person(call, key)
    made = looks.look(
        call.actor, person=found, fields=[str(name) for name in data.fields], reason=str(data.reason), note=data.note,
        case_number=data.case_number, address=call.address, at=call.at,
    )  # fmt: skip
    opened = looks.open_fields(call.actor, found, at=call.at)
    contacts = looks.contacts_shown(found, opened) if "contacts" in opened else []
    plain = looks.revealed(call.actor, found, at=call.at)
    return answer(
        LookOut(
            values={name: plain[name] for name in made.fields if name in plain},
            contacts=[{"name": one.name, "phone": one.phone, "relation": one.relation} for one in contacts],
            until=made.until,
        )
    )
