"""Append to the audit. Rooms above call `record`; what happens below is heard from the journal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.crypto.sealing import key_ring

from . import chain

_INSERT = """
WITH written AS (
    INSERT INTO audit_entry (id, at, actor_id, actor_label, post_id, address, action, subject_kind, subject_id,
        subject_label, fields, reason, case_id, detail, algorithm, previous, hash)
    VALUES (%(id)s, %(at)s, %(actor_id)s, %(actor_label)s, %(post_id)s, %(address)s, %(action)s, %(subject_kind)s,
        %(subject_id)s, %(subject_label)s, %(fields)s::varchar[], %(reason)s, %(case_id)s, %(detail_json)s,
        %(algorithm)s, %(previous)s, %(hash)s)
)
UPDATE audit_head SET hash = %(hash)s
"""


def record(
    actor: Actor,
    action: str,
    *,
    at: datetime,
    subject_kind: str = "",
    subject_id: int | None = None,
    subject_label: str = "",
    fields: Sequence[str] = (),
    reason: str = "",
    case_id: int | None = None,
    address: str | None = None,
    detail: dict[str, Any] | None = None,
) -> int:
    """Append what an actor saw, changed or took out; in the caller's transaction. Returns the entry's number.

    `fields` names what was seen, never its values. Entries queue for the head of the chain until the
    transaction ends, so call this last and only for what is sensitive.
    """
    return append(
        {
            "at": at,
            "actor_id": actor.account_id,
            "actor_label": actor.name[:120],
            "post_id": actor.post.post_id if actor.post else None,
            "address": address,
            "action": action,
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "subject_label": subject_label[:160],
            "fields": list(fields),
            "reason": reason,
            "case_id": case_id,
            "detail": chain.plain(detail or {}),
        }
    )


@transaction.atomic
def append(facts: dict[str, Any]) -> int:
    """Link facts to the head of the chain and return their number. Two statements."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_head SET number = number + 1 RETURNING number, hash")
        number, previous = cursor.fetchone()
        facts = facts | {"id": number, "algorithm": _algorithm()}
        linked = {"previous": bytes(previous), "hash": chain.link(bytes(previous), facts)}
        cursor.execute(_INSERT, facts | linked | {"detail_json": Jsonb(facts["detail"])})
    return int(number)


def _algorithm() -> str:
    """Return the hash that goes with the installation's cipher: SM3 beside SM4, else SHA-256."""
    return "sm3" if key_ring().active.cipher == "sm4" else "sha256"
