"""A batch as it comes over the wire: typed by kind, and each record judged apart, so that a bad one spoils no other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any, Literal, Union
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import BaseModel, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator, create_model

from lianxin.faces.acts.kinds import Input, Instant
from lianxin.faces.acts.sentences import invalid

from . import kinds  # noqa: F401  they register themselves
from .records import KINDS, Kind, Outcome, Record, State

MOST = 200  # records in one batch
OLDEST = timedelta(days=30)
# A phone that keeps network time is off by the way of the request only; its instants are taken as they are.
CLOCK_ERROR = timedelta(minutes=1)


class RecordIn(Input):
    """What every record carries. `id` is the device's; sent again, it has no second effect."""

    id: Annotated[UUID, Field(title="编号")]
    made_at: Annotated[Instant, Field(title="什么时候做的", description="设备的时钟")]
    after: Annotated[UUID | None, Field(title="在哪一条之后")] = None


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a batch: readable with its data, or with the outcome that tells why it is not."""

    id: str
    record: Record | None
    data: Input | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class _Unread:
    value: Any
    error: ValidationError


def _leniently(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError as error:
        return _Unread(value, error)


def _model(kind: Kind) -> type[BaseModel]:
    name = "".join(part.title() for part in kind.name.replace("_", ".").split(".")) + "RecordIn"
    doc = f"{kind.label} ({kind.name})."
    fields: dict[str, Any] = {"kind": (Literal[kind.name], ...), "data": (kind.schema, ...)}
    return create_model(name, __base__=RecordIn, __doc__=doc, **fields)


@cache
def batch_schema() -> type[BaseModel]:
    """Return the schema of a batch over all registered kinds."""
    kinds_of: Any = Union[tuple(_model(kind) for kind in KINDS.values())]  # noqa: UP007
    record: Any = Annotated[kinds_of, Field(discriminator="kind"), WrapValidator(_leniently)]
    fields: dict[str, Any] = {
        "device_now": (Annotated[Instant, Field(title="设备现在的时间")], ...),
        "records": (Annotated[list[record], Field(max_length=MOST, title="记录")], ...),
    }
    doc = "What a device did, in its order, with what its clock says now."
    return create_model("SyncIn", __base__=Input, __doc__=doc, **fields)


def items_of(batch: Any, *, at: datetime) -> list[Item]:
    """Return the records of a parsed batch, with the device's instants put right."""
    skew = at - batch.device_now
    if abs(skew) <= CLOCK_ERROR:
        skew = timedelta()
    return [_unread(one) if isinstance(one, _Unread) else _item(one, skew, at) for one in batch.records]


def _item(one: Any, skew: timedelta, at: datetime) -> Item:
    made_at = min(max(one.made_at + skew, at - OLDEST), at)
    return Item(str(one.id), Record(one.id, one.kind, made_at, one.after), one.data, None)


def _unread(unread: _Unread) -> Item:
    value = unread.value if isinstance(unread.value, dict) else {}
    given = value.get("id")
    kind = value.get("kind")
    if kind not in KINDS:
        detail = _("服务器还不认识这种记录，请更新应用后再送。内容还在这台手机上。")
        return Item(_short(given), None, None, Outcome(State.REFUSED, "unknown_kind", detail))
    found = invalid(unread.error)
    fields = {_name(place, kind): sentence for place, sentence in found.fields.items()}
    detail = "；".join(dict.fromkeys(fields.values()))
    return Item(_short(given), None, None, Outcome(State.REFUSED, found.code, detail, fields))


def _short(given: Any) -> str:
    return given[:36] if isinstance(given, str) else ""


def _name(place: str, kind: str) -> str:
    return place.removeprefix(f"{kind}.").removeprefix("data.")
