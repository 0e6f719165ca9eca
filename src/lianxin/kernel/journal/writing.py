"""Append to the journal: entries and their outbox rows in one statement of the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb


@dataclass(slots=True)
class Draft:
    """An entry about to be written. `before` and `after` hold every counted field that changed."""

    subject_kind: str
    subject_id: int
    action: str
    at: datetime
    version: int
    actor_id: int | None = None
    post_id: int | None = None
    actor_label: str = ""
    source: str = ""
    target: str = ""
    reason: str = ""
    note: str = ""
    public_note: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


_ROW = "(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)"
_INSERT = """
WITH written AS (
    INSERT INTO journal_entry (subject_kind, subject_id, action, at, version, actor_id, post_id, actor_label,
                               source, target, reason, note, public_note, before, after)
    VALUES {rows} RETURNING id, at
), told AS (INSERT INTO outbox (entry_id, at) SELECT id, at FROM written)
SELECT id FROM written ORDER BY id
"""


def append(drafts: Sequence[Draft]) -> list[int]:
    """Write entries in their order and return their ids. One statement."""
    if not drafts:
        return []
    values: list[Any] = []
    for draft in drafts:
        values += [
            draft.subject_kind, draft.subject_id, draft.action, draft.at, draft.version, draft.actor_id,
            draft.post_id, draft.actor_label, draft.source, draft.target, draft.reason, draft.note,
            draft.public_note, Jsonb(draft.before), Jsonb(draft.after),
        ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(rows=",".join([_ROW] * len(drafts))), values)
        return [row[0] for row in cursor.fetchall()]
