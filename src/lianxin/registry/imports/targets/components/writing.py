"""Components written by the thousand: made, changed, struck off and taken back, each with its revision."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, models, transaction

from lianxin.kernel import versions
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.ids import uuid7
from lianxin.registry.components import codes
from lianxin.registry.components.changing import county, worded
from lianxin.registry.components.classes import catalogue
from lianxin.registry.components.models import Component
from lianxin.registry.imports.copying import copy_rows, new_ids
from lianxin.registry.imports.drafts import Draft
from lianxin.registry.imports.targets.protocol import Frame, Undone
from lianxin.registry.imports.targets.spots import copy_revisions
from lianxin.registry.sources.models import Source
from lianxin.registry.sources.recording import sealed, unsealed

from .fields import DEFAULTS
from .finding import COLUMNS, HELD, UNITS, Found, since

_TYPES = {"point": "point", "state_since": "timestamptz", "surveyed_on": "date", "valid_to": "timestamptz"}
_TEXTS = {"name", "state", "accuracy", "address", "surveyed_how", "note"}
_WRITTEN = (*COLUMNS, "valid_to")


@versions.held()
def make(frame: Frame, source: Source, rows: Sequence[tuple[Draft, Found]]) -> None:
    """Put components on the books by COPY, with the numbers they bear or the next of their classes."""
    if not rows:
        return
    numbers = _numbers([found for _draft, found in rows])
    names = ("id", "key", "number", *COLUMNS, "valid_from", "words")
    ids, copied = new_ids("component", len(rows)), []
    for pk, (draft, found), number in zip(ids, rows, numbers, strict=True):
        values = {**DEFAULTS, **found.values, "state_since": since(draft, frame.at)}
        values["name"] = values.get("name") or found.category.name
        columns = [_plain(values[name]) for name in COLUMNS]
        copied.append((pk, uuid7(frame.at), number, *columns, frame.at, _words(values)))
    copy_rows(Component, names, copied)
    copy_revisions(frame, source, (("component", pk, 1, "create", [], None) for pk in ids))


def _numbers(found: Sequence[Found]) -> list[str]:
    """Return the number of each. The counters are locked first, so that none is given to another meanwhile."""
    heads = [f"{county(one.area)}{one.category.code}" for one in found]
    brought: dict[str, int] = {}
    for head, one in zip(heads, found, strict=True):
        if one.number:
            brought[head] = max(brought.get(head, 0), int(one.number[10:]))
    if brought:
        codes.keep(brought)
    asked = Counter(head for head, one in zip(heads, found, strict=True) if not one.number)
    given = {head: iter(numbers) for head, numbers in codes.take(asked).items()} if asked else {}
    return [one.number or next(given[head]) for head, one in zip(heads, found, strict=True)]


def _words(values: Mapping[str, Any]) -> str:
    class_name = catalogue().by_id[values["category_id"]].name
    return worded(values["name"], class_name, values["address"], [values[column] for column in UNITS.values()])


def change(frame: Frame, source: Source, rows: Sequence[Found]) -> None:
    """Write what differs of components that are there. One statement, however many."""
    wanted = [(found.held, found.changes) for found in rows if found.held is not None and found.changes]
    _rewrite(frame, source, "amend", wanted)


@versions.held()
def _rewrite(
    frame: Frame, source: Source, act: str, rows: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> int:
    """Write changes over what is held, where nobody was quicker; returns how many."""
    if not rows:
        return 0
    table = [[held["id"], held["version"], *_row({**held, **changes})] for held, changes in rows]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [list(column) for column in zip(*table, strict=True)])
        versions = dict(cursor.fetchall())
    copy_revisions(
        frame, source,
        (
            ("component", held["id"], versions[held["id"]], act, list(changes),
             sealed({name: held[name] for name in changes}) if act != "undo" else None)
            for held, changes in rows if held["id"] in versions
        ),
    )  # fmt: skip
    return len(versions)


def _row(values: Mapping[str, Any]) -> list[Any]:
    return [*(_plain(values[name]) for name in _WRITTEN), _words(values)]


def _plain(value: Any) -> Any:
    return value.sql if isinstance(value, Point) else value


def _type(name: str) -> str:
    return _TYPES.get(name) or ("varchar" if name in _TEXTS else "bigint")


_UPDATE = f"""
UPDATE component SET version = component.version + 1, words = told.words::tsvector,
    {", ".join(f"{name} = told.{name}" for name in _WRITTEN)}
FROM unnest(%s::bigint[], %s::int[], {", ".join(f"%s::{_type(name)}[]" for name in _WRITTEN)}, %s::text[])
    AS told (id, seen, {", ".join(_WRITTEN)}, words)
WHERE component.id = told.id AND component.version = told.seen RETURNING component.id, component.version
"""


def strike_off(frame: Frame, source: Source, ids: Sequence[int]) -> int:
    """Strike components off that a whole list does not name; returns how many."""
    held = Component.objects.now().select_for_update().filter(pk__in=ids).order_by("pk").values(*HELD)
    return _rewrite(frame, source, "end", [(row, {"valid_to": frame.at}) for row in held])


@transaction.atomic
def undo(frame: Frame, source: Source) -> Undone:
    """Take a delivery back, the latest change first."""
    changed = _changed(source)
    rows = {row["id"]: row for row in Component.objects.filter(pk__in=list(changed)).values(*HELD)}
    back = [
        (rows[pk], _restored(before))
        for pk, (version, before) in changed.items()
        if pk in rows and rows[pk]["version"] == version
    ]
    done = _rewrite(frame, source, "undo", back)
    gone, left = _remove(source)
    return Undone(done + gone, len(changed) - done + left)


def _changed(source: Source) -> dict[int, tuple[int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, version, before FROM revision WHERE source_id = %s AND subject = 'component'"
            " AND act IN ('amend', 'end') ORDER BY id",
            [source.pk],
        )
        return {pk: (version, before) for pk, version, before in cursor.fetchall()}


# What a revision holds as text, as the columns are given.
_READ: Mapping[str, Callable[[Any], Any]] = {
    "point": lambda value: Point(*value), "state_since": datetime.fromisoformat, "valid_to": datetime.fromisoformat,
    "surveyed_on": date.fromisoformat,
}  # fmt: skip


def _restored(before: bytes) -> dict[str, Any]:
    values = unsealed(before)
    return {
        name: _READ[name](value) if name in _READ and value is not None else value for name, value in values.items()
    }


def _remove(source: Source) -> tuple[int, int]:
    """Remove what the delivery made, as far as nobody has touched it and nothing hangs on it."""
    free = " ".join(f"AND NOT EXISTS (SELECT FROM {table} x WHERE x.{column} = c.id)" for table, column in _hanging())
    made = "SELECT subject_id FROM revision WHERE source_id = %s AND subject = 'component' AND act = 'create'"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({made}) AS made", [source.pk])
        count = cursor.fetchone()[0]
        cursor.execute(
            f"DELETE FROM component c WHERE c.id IN ({made}) AND c.version = 1 {free}"
            " AND NOT EXISTS (SELECT FROM stored_file f WHERE f.subject_kind = 'component' AND f.subject_id = c.id)"
            " RETURNING c.id",
            [source.pk],
        )
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("DELETE FROM revision WHERE subject = 'component' AND subject_id = ANY(%s)", [ids])
    return len(ids), count - len(ids)


def _hanging() -> Iterable[tuple[str, str]]:
    """Yield the tables and columns of rooms above that may refer to a component."""
    for relation in Component._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and not isinstance(relation.related_model, str):
            yield f'"{relation.related_model._meta.db_table}"', f'"{relation.field.column}"'
