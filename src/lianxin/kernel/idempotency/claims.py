"""Claim a client-made id inside the transaction of the act it names."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from django.db import connection

from lianxin.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class Claim:
    """Whether the id is new, and the subject it stands for."""

    fresh: bool
    subject_id: int


def fingerprint(*parts: object) -> bytes:
    """Return a short hash of what was sent, to tell a repeat from a reuse of the id."""
    return blake2b(repr(parts).encode(), digest_size=16).digest()


def claim(
    key: UUID, *, kind: str, action: str, sent: bytes, at: datetime, subject_id: int | None = None, sequence: str = ""
) -> Claim:
    """Claim `key` for an act on `subject_id`, or on a new subject numbered by `sequence`. One statement when new.

    A second transaction with the same key waits for the first, then finds its outcome. The same key
    with other content is refused (`client_id_reused`).
    """
    new_id, value = ("nextval(%s::regclass)", sequence) if subject_id is None else ("%s", subject_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO client_key (key, subject_kind, subject_id, action, fingerprint, created_at)"
            f" VALUES (%s, %s, {new_id}, %s, %s, %s) ON CONFLICT (key) DO NOTHING RETURNING subject_id",
            [key, kind, value, action, sent, at],
        )
        row = cursor.fetchone()
        if row is not None:
            return Claim(fresh=True, subject_id=row[0])
        cursor.execute("SELECT subject_id, subject_kind, action, fingerprint FROM client_key WHERE key = %s", [key])
        found_id, found_kind, found_action, found_sent = cursor.fetchone()
    if (found_kind, found_action) != (kind, action) or bytes(found_sent) != sent:
        raise Refused("client_id_reused", "这个编号已经用来送过别的内容。请换一个新的编号再送。")
    return Claim(fresh=False, subject_id=found_id)


def is_claimed(key: UUID, *, kind: str, subject_id: int, action: str, sent: bytes) -> bool:
    """Tell whether `key` stands for exactly this act with this content. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM client_key WHERE key = %s AND subject_kind = %s AND subject_id = %s AND action = %s"
            " AND fingerprint = %s",
            [key, kind, subject_id, action, sent],
        )
        return cursor.fetchone() is not None
