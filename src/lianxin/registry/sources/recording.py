"""What every change of the registry leaves behind: a journal entry without values, and a sealed revision with them."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.crypto import open_sealed
from lianxin.kernel.crypto.sealing import seal
from lianxin.kernel.journal.writing import append

from .models import Revision, Source

CONTEXT = "sources.revision.before"


def open_source(
    actor: Actor, kind: Source.Kind, *, name: str, at: datetime, unit_id: int | None = None
) -> Source:  # fmt: skip
    """Begin a delivery of data that revisions can name."""
    return Source.objects.create(kind=kind, name=name, at=at, unit_id=unit_id, account_id=actor.account_id)


def record(
    actor: Actor,
    act: str,
    *,
    subject: str,
    subject_id: int,
    version: int,
    at: datetime,
    fields: Sequence[str] = (),
    before: Mapping[str, Any] | None = None,
    source: Source | None = None,
    reason: str = "",
) -> Revision:
    """Record one change in the caller's transaction: two statements and a third for the revision.

    `version` is that after the change; `before` holds the changed columns as they were, None for a new record.
    The journal is told the names of the fields only, so that erasing a person leaves nothing behind.
    """
    entry = draft(
        actor, subject, subject_id, act, at=at, version=version, reason=reason[:60],
        after={"fields": list(fields)} if fields else {},
    )  # fmt: skip
    append([entry])
    return Revision.objects.create(
        subject=subject,
        subject_id=subject_id,
        version=version,
        act=act,
        at=at,
        actor_id=actor.account_id,
        actor_label=actor.name[:120],
        source=source,
        fields=list(fields),
        before=None if before is None else packed(before),
    )


def packed(before: Mapping[str, Any]) -> str:
    """Return the values as JSON text; days, instants and sums as text, hashes as hexadecimal."""
    return json.dumps({name: _plain(value) for name, value in before.items()}, ensure_ascii=False)


def sealed(before: Mapping[str, Any]) -> bytes:
    """Return the values as the column holds them, for COPY."""
    return seal(packed(before), CONTEXT)


def unsealed(column: bytes) -> dict[str, Any]:
    """Return the values of a column read past the model."""
    return dict(json.loads(open_sealed(column, CONTEXT)))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value
