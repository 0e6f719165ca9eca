"""Claim a client-made id inside the transaction of the act it names."""

from collections.abc import Sequence
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


def claim_many(claims: Sequence[tuple[UUID, int, bytes]], *, kind: str, action: str, at: datetime) -> dict[UUID, Claim]:
    """Claim several keys, each `(key, subject_id, sent)`, for one kind of act. One statement, two when some are known.

    Raises Refused `client_id_reused` when one of them stands for something else. Keys are claimed in their own order,
    so that two transactions with the same keys cannot wait for each other.
    """
    ordered = sorted({key: (key, subject, sent) for key, subject, sent in claims}.values())
    keys, subjects, sent = ([each[place] for each in ordered] for place in range(3))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO client_key (key, subject_kind, subject_id, action, fingerprint, created_at)"
            " SELECT key, %s, subject_id, %s, sent, %s FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[])"
            " AS given (key, subject_id, sent) ON CONFLICT (key) DO NOTHING RETURNING key, subject_id",
            [kind, action, at, keys, subjects, sent],
        )
        found = {key: Claim(fresh=True, subject_id=subject) for key, subject in cursor.fetchall()}
        known = {key: fingerprinted for key, _subject, fingerprinted in ordered if key not in found}
        if known:
            cursor.execute(
                "SELECT key, subject_id, subject_kind, action, fingerprint FROM client_key WHERE key = ANY(%s)",
                [list(known)],
            )
            for key, subject, found_kind, found_action, found_sent in cursor.fetchall():
                if (found_kind, found_action) != (kind, action) or bytes(found_sent) != known[key]:
                    raise Refused("client_id_reused", "这个编号已经用来送过别的内容。请换一个新的编号再送。")
                found[key] = Claim(fresh=False, subject_id=subject)
    return found


def claimed(keys: Sequence[UUID]) -> set[UUID]:
    """Return which of these keys stand for something done. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM client_key WHERE key = ANY(%s)", [list(keys)])
        return {row[0] for row in cursor.fetchall()}
