"""Take what a department pushes: record by record, each with its own key, each with its own result."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid, LianxinError
from lianxin.kernel.idempotency.claims import claim, fingerprint

from . import actions
from .models import Source
from .recording import open_source
from .rules import Outcome

MOST = 500
_LABEL = "推送数据"


@dataclass(frozen=True, slots=True)
class Pushed:
    """One record as a department has it: `named` finds it, `values` are columns as text, `key` is the sender's."""

    key: UUID
    named: Mapping[str, str]
    values: Mapping[str, str | None]
    as_of: datetime | None = None  # when the sender saw it; None: as the whole delivery


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one record; `faults` are sentences by field, or under "record"."""

    key: UUID
    result: str  # applied, same, conflict, older, refused
    outcomes: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery with the results of its records, in their order."""

    source: Source
    results: list[Result]


def push(
    actor: Actor,
    *,
    unit_id: int,
    subject: str,
    name: str,
    records: Sequence[Pushed],
    as_of: datetime,
    at: datetime,
) -> Delivered:
    """Offer each record in a transaction of its own; the same key with the same content again has no second effect.

    What is wrong with one record refuses that one only. Raises NotAllowed for another's unit, Invalid for an unknown
    subject, too many records, none, or a key that stands twice.
    """
    demand(actor, "sources.push", _LABEL, unit_id=unit_id)
    actions.reached(subject)
    if not 1 <= len(records) <= MOST:
        raise Invalid({"records": _("一次推送 1 到 500 条，请分批。")})
    if len({one.key for one in records}) < len(records):
        raise Invalid({"records": _("同一批里有重复的编号，请每条用自己的编号。")})
    source = open_source(actor, Source.Kind.PUSH, name=name.strip()[:200] or _("推送"), at=at, unit_id=unit_id)
    results = [_take(actor, source, subject, one, as_of=one.as_of or as_of, at=at) for one in records]
    source.counts = dict(Counter(one.result for one in results))
    source.save(update_fields=["counts"])
    return Delivered(source, results)


def _take(actor: Actor, source: Source, subject: str, given: Pushed, *, as_of: datetime, at: datetime) -> Result:
    try:
        with transaction.atomic():
            return _offer(actor, source, subject, given, as_of=min(as_of, at), at=at)
    except Invalid as invalid:
        return Result(given.key, "refused", faults=invalid.fields)
    except LianxinError as error:
        return Result(given.key, "refused", faults={"record": error.sentence})


def _offer(actor: Actor, source: Source, subject: str, given: Pushed, *, as_of: datetime, at: datetime) -> Result:
    found = actions.reached(subject).find(given.named)
    if found is None:
        raise Invalid({"find": _("没有这条记录。新的请先由社区登记，或用表格导入。")})
    if not given.values:
        raise Invalid({"values": _("没有带任何字段。")})
    sent = fingerprint(sorted(given.named.items()), sorted(given.values.items()), as_of if given.as_of else None)
    claimed = claim(given.key, kind=subject, action="push", sent=sent, at=at, subject_id=found)
    if not claimed.fresh:
        return Result(given.key, Outcome.SAME.value)
    taken = actions.offer(
        actor, source=source, subject=subject, record=found, values=given.values, at=at, as_of=as_of
    )  # fmt: skip
    return Result(given.key, taken.result, {name: one.value for name, one in taken.outcomes.items()})
