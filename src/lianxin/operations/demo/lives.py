"""What a whole life consists of: the rows of every table that hang on a case, for the scale writer.

Left where they are: photos (a file on disk has one row), inbox messages, deliveries, audit entries and
what dispatch learnt, since nobody was told of, answered for or taught by lives that never were.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from .stamping import Fields, Layout, Space

# Lives that may be copied: they hang together with no other, and were not reported by a resident's account.
_LIVES = """
CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS
SELECT id FROM cases WHERE {which} AND parent_id IS NULL AND merged_into_id IS NULL AND merges = 0
    AND NOT (channel = 'resident' AND reporter_id IS NOT NULL)
    AND id NOT IN (SELECT parent_id FROM cases WHERE parent_id IS NOT NULL)
    AND id NOT IN (SELECT subject_id FROM journal_entry
                   WHERE subject_kind = 'case' AND action IN ('merge', 'unmerge', 'absorb', 'release', 'split'))
ORDER BY reported_at DESC LIMIT 2000
"""
ENDED, OPEN = "ended_at IS NOT NULL", "ended_at IS NULL"
_SUBJECTS = {
    "assignment": "assignment", "call": "whistle_call", "field_task": "field_task", "approval": "approval",
    "contact": "cases",
}  # fmt: skip
_OF_CASE = "WHERE case_id IN (SELECT id FROM {life})"
_OF_SUBJECT = "WHERE subject_kind = 'case' AND subject_id IN (SELECT id FROM {life})"
_FEED = (
    "SELECT row_number() OVER (ORDER BY id) AS number, at, id AS entry_id, subject_kind, subject_id, action"
    f" FROM journal_entry {_OF_SUBJECT} ORDER BY 1"
)


def _subject(fields: Fields) -> str | None:
    return _SUBJECTS.get((fields["subject"] or b"").decode())


def facts(document: Mapping[str, Any]) -> Mapping[str, str]:
    """Return which keys of a journal document hold ids, and the space of each."""
    named = {key: space for key, space in (("task", "field_task"), ("approval", "approval")) if document.get(key)}
    space = _SUBJECTS.get(str(document.get("subject")))
    return named | {"subject_id": space} if space and document.get("subject_id") else named


@dataclass(frozen=True)
class Table:
    """One table of a life; `own` names the column whose ids make a space of the table's name."""

    name: str
    ids: Mapping[str, Space]
    where: str = _OF_CASE
    own: str = "id"
    order: str = "id"
    query: str = ""
    marked: tuple[str, ...] = field(default=())


TABLES = (
    Table("cases", {"id": "cases"}, "WHERE id IN (SELECT id FROM {life})", marked=("number", "reported_at")),
    Table("case_reporter", {"case_id": "cases"}, own="", order="case_id"),
    Table("client_key", {"subject_id": "cases"}, _OF_SUBJECT, own="", order="subject_id", marked=("key",)),
    Table("assignment", {"id": "assignment", "case_id": "cases"}),
    Table("field_task", {"id": "field_task", "case_id": "cases"}),
    Table("approval", {"id": "approval", "case_id": "cases"}),
    Table("whistle", {"id": "whistle", "case_id": "cases"}),
    Table(
        "whistle_call", {"id": "whistle_call", "whistle_id": "whistle"},
        "WHERE whistle_id IN (SELECT id FROM whistle WHERE case_id IN (SELECT id FROM {life}))",
    ),
    Table("case_feedback", {"id": "case_feedback", "case_id": "cases"}),
    Table("supervision", {"id": "supervision", "case_id": "cases"}),
    Table("clock", {"id": "clock", "case_id": "cases", "subject_id": _subject}),
    Table("journal_entry", {"id": "journal_entry", "subject_id": "cases"}, _OF_SUBJECT),
    # The feed as the relay would have told it, whether or not it has come that far with the originals.
    Table(
        "feed", {"number": "feed", "entry_id": "journal_entry", "subject_id": "cases"}, own="number", query=_FEED
    ),
)  # fmt: skip


def choose(connection: psycopg.Connection, life: str, which: str) -> int:
    """Note in a temporary table which lives are copied; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_LIVES.format(name=life, which=which))
        cursor.execute(f"SELECT count(*) FROM {life}")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def layout_of(connection: psycopg.Connection, table: Table, life: str) -> Layout:
    """Return how the table's rows lie, all its columns included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position",
            [table.name],
        )
        types: dict[str, str] = dict(cursor.fetchall())
    columns = ", ".join(f'"{name}"' for name in types)
    query = table.query or f'SELECT {columns} FROM "{table.name}" {table.where} ORDER BY {table.order}'
    return Layout(
        table.name, query.format(life=life), tuple(types), table.ids,
        times=frozenset(name for name, kind in types.items() if kind.startswith("timestamp")),
        documents=frozenset(name for name, kind in types.items() if kind == "jsonb"),
        facts=facts if table.name == "journal_entry" else lambda _document: {}, marked=table.marked,
    )  # fmt: skip
