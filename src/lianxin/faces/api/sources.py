"""Departments push what they own (部门推送), and read the register of fields."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field, StringConstraints

from lianxin.faces.acts.kinds import NO_NUL, Code, Input, Instant, Line
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.registry.sources import adapters, pushing, queries
from lianxin.registry.sources.models import Sensitivity, Subject
from lianxin.registry.sources.pushing import MOST, Pushed

from .calling import Call, answer, is_unchanged, unchanged
from .routes import Route, route
from .shapes import Out

router = Router(tags=["数据来源"])

Column = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
Value = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=300)]


class RecordIn(Input):
    """One record as the department has it."""

    id: Annotated[UUID, Field(title="这一条的编号", description="客户端生成；重发用同一个")]
    find: Annotated[dict[Column, Value], Field(title="按什么找", min_length=1, max_length=2)]
    values: Annotated[dict[Column, Value | None], Field(title="字段和值", min_length=1, max_length=40)]
    at: Annotated[Instant | None, Field(title="这一条的数据时间")] = None


class PushIn(Input):
    """A delivery: what it is called, as of when, and its records."""

    name: Annotated[Line, Field(min_length=1, max_length=200, title="这批数据叫什么")]
    at: Annotated[Instant, Field(title="数据时间", description="部门系统里的值是什么时候的")]
    records: Annotated[list[RecordIn], Field(min_length=1, max_length=MOST, title="记录")]
    unit: Annotated[Code | None, Field(title="以哪个单位的名义", description="不写就是岗位所在的单位")] = None


class ResultKind(StrEnum):
    """What became of a record."""

    APPLIED = "applied"
    SAME = "same"
    CONFLICT = "conflict"
    OLDER = "older"
    REFUSED = "refused"


class ResultOut(Out):
    """What became of one record, and of each of its fields; `errors` by field when it was refused."""

    id: UUID
    result: ResultKind
    fields: dict[str, ResultKind]
    errors: dict[str, str]


class PushedOut(Out):
    """The delivery as it was noted, with a result for each record in its order."""

    source: int
    counts: dict[str, int]
    results: list[ResultOut]


@route(
    router, "POST", "/push/{subject}", "推送数据", out=PushedOut,
    rules=Route(body=PushIn, permission="sources.push"),
)  # fmt: skip
def push(call: Call, subject: str, data: PushIn) -> HttpResponse:
    """Offer up to 500 records of a kind: person, dwelling, building, estate, establishment.

    A field's owner overwrites; other units fill what is empty or older; the rest becomes a conflict that a person
    rules. One wrong record refuses itself only. The same id with the same content again answers `same`.
    """
    if subject not in adapters.subjects():
        raise NotFound(_("这类数据不接收推送。"))
    delivered = pushing.push(
        call.actor,
        unit_id=_unit(call, data.unit),
        subject=subject,
        name=data.name,
        records=[Pushed(one.id, one.find, one.values, one.at) for one in data.records],
        as_of=data.at,
        at=call.at,
    )
    results = [
        ResultOut(
            id=one.key,
            result=ResultKind(one.result),
            fields={name: ResultKind(outcome) for name, outcome in one.outcomes.items()},
            errors=dict(one.faults),
        )
        for one in delivered.results
    ]
    return answer(PushedOut(source=delivered.source.pk, counts=delivered.source.counts, results=results))


def _unit(call: Call, code: str | None) -> int:
    if code is not None:
        found = organizations.directory(call.numbers).by_code.get(code)
        if found is None or not found.in_force(call.at):
            raise Invalid({"unit": _("没有这个单位，请核对编码。")})
        return found.id
    held = call.actor.holding_for("sources.push")
    if held is None or held.unit_id is None:
        raise Invalid({"unit": _("您的岗位不在单位，请写明以哪个单位的名义推送。")})
    return held.unit_id


class FieldOut(Out):
    """A registered field: what it is for, on what basis, who owns it."""

    code: str
    subject: str
    column: str
    label: str
    sensitivity: str
    purpose: str
    legal_basis: str
    owner: str | None
    stale_after_days: int | None
    required: bool


class FieldsIn(Input):
    """Which part of the register."""

    subject: Annotated[Subject | None, Field(title="对象")] = None


class FieldsOut(Out):
    """The register of fields, in the order of forms."""

    items: list[FieldOut]


@route(
    router, "GET", "/fields", "字段目录", out=FieldsOut, status=(200, 304),
    rules=Route(query=FieldsIn, signed_in=True),
)  # fmt: skip
def fields(call: Call, query: FieldsIn) -> HttpResponse:
    """List the registered fields; `owner` is a unit's code, null for the community."""
    etag = f"{call.numbers.get('register_fields', 0)}-{call.numbers.get('organizations', 0)}-{query.subject or ''}"
    if is_unchanged(call, etag):
        return unchanged(etag)
    units = organizations.directory(call.numbers).by_id
    known = queries.register(call.numbers)
    nodes = known.of(query.subject) if query.subject else list(known.by_code.values())
    items = [
        FieldOut(
            code=one.code,
            subject=one.subject,
            column=one.name,
            label=one.label,
            sensitivity=Sensitivity(one.sensitivity).name.lower(),
            purpose=one.purpose,
            legal_basis=one.legal_basis,
            owner=units[one.owner_id].code if one.owner_id in units else None,
            stale_after_days=one.stale_after_days,
            required=one.is_required,
        )
        for one in nodes
    ]
    return answer(FieldsOut(items=items), etag=etag)
