"""Take an import of people back: what it made goes, what it changed is as before; what others worked on since stays."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from lianxin.registry.imports.targets.protocol import Frame, Undone
from lianxin.registry.imports.targets.spots import HOT, copy_revisions
from lianxin.registry.imports.targets.taking import take_places
from lianxin.registry.people import change
from lianxin.registry.people.models import Membership, Person, Residence
from lianxin.registry.sources.models import Conflict, Revision, Source

_BATCH = 5_000


def undo(frame: Frame, source: Source) -> Undone:
    """Undo piece by piece, the latest change first."""
    done = _changes(frame, source)
    done += _made(source)
    _households(source)
    take_places(source)
    Conflict.objects.filter(offered_source=source, ruled_at=None).delete()
    return done


def _changes(frame: Frame, source: Source) -> Undone:
    total = Undone()
    found = Revision.objects.filter(source=source, subject="person").exclude(act="create").order_by("-pk")
    ids = list(found.values_list("pk", flat=True))
    for begin in range(0, len(ids), 500):
        with transaction.atomic():
            revisions = Revision.objects.filter(pk__in=ids[begin : begin + 500]).order_by("-pk")
            undone = [_restore(frame, source, revision) for revision in revisions]
        total += Undone(undone.count(True), undone.count(False))
    return total


def _restore(frame: Frame, source: Source, revision: Revision) -> bool | None:
    """Put back what stood before one change; False when somebody has changed the record since, None: not counted."""
    person = Person.objects.select_for_update(of=("self",)).filter(pk=revision.subject_id).first()
    before: dict[str, Any] = json.loads(revision.before or "{}")
    if revision.act == "join":
        _restore_membership(before)
        return None
    if person is None or person.version != revision.version:
        return False
    Residence.objects.filter(pk__in=before.pop("residence", [])).delete()
    Residence.objects.filter(pk__in=before.pop("residences", [])).update(valid_to=None)
    places = {name: before.pop(name) for name in ("home_id", *HOT) if name in before}
    if before.get("birth_date"):
        before["birth_date"] = date.fromisoformat(before["birth_date"])
    columns = [*change.take(person, before), *places]
    for name, value in places.items():
        setattr(person, name, value)
    person.version += 1
    person.save(update_fields=[*columns, "version"])
    copy_revisions(frame, source, [("person", person.pk, person.version, "undo", revision.fields, None)])
    return True


def _restore_membership(before: dict[str, Any]) -> None:
    Membership.objects.filter(pk__in=[before["membership"]] if "membership" in before else []).delete()
    for pk in before.get("memberships", []):
        running = Membership.objects.filter(pk=pk).first()
        if running and not Membership.objects.filter(person=running.person_id, valid_to=None).exists():
            Membership.objects.filter(pk=pk).update(valid_to=None)
    for pk, relation in before.get("relations", {}).items():
        Membership.objects.filter(pk=pk).update(relation=relation)


_UNTOUCHED = """
SELECT p.id FROM revision r JOIN person p ON p.id = r.subject_id
WHERE r.source_id = %s AND r.subject = 'person' AND r.act = 'create' AND p.version = 1 AND p.account_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.person_id = p.id OR c.other_id = p.id)
  AND NOT EXISTS (SELECT 1 FROM person_merge m WHERE m.kept_id = p.id OR m.gone_id = p.id)
  AND NOT EXISTS (SELECT 1 FROM revision o WHERE o.subject = 'person' AND o.subject_id = p.id
                  AND o.source_id IS DISTINCT FROM r.source_id)
  {more}
ORDER BY p.id LIMIT %s
"""


def _made(source: Source) -> Undone:
    undone = 0
    made = Revision.objects.filter(source=source, subject="person", act="create").count()
    query = _UNTOUCHED.format(more=_not_referred())
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query, [source.pk, _BATCH])
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return Undone(undone, made - undone)
            _remove(cursor, ids)
            undone += len(ids)


def _not_referred() -> str:
    """Return conditions that nothing of other rooms (care tags …) refers to the person."""
    own = {"membership", "residence", "household", "contact", "person_merge", "person"}
    clauses = []
    for relation in Person._meta.related_objects:
        table = relation.related_model._meta.db_table  # type: ignore[union-attr]
        column = relation.field.column
        if table not in own:
            clauses.append(f'AND NOT EXISTS (SELECT 1 FROM "{table}" x WHERE x."{column}" = p.id)')
    return " ".join(clauses)


def _remove(cursor: Any, ids: Sequence[int]) -> None:
    for statement in (
        "DELETE FROM membership WHERE person_id = ANY(%s)",
        "DELETE FROM residence WHERE person_id = ANY(%s)",
        "UPDATE household SET head_id = NULL WHERE head_id = ANY(%s)",
        "DELETE FROM confirmation WHERE subject = 'person' AND subject_id = ANY(%s)",
        "DELETE FROM conflict WHERE subject = 'person' AND subject_id = ANY(%s)",
        "DELETE FROM revision WHERE subject = 'person' AND subject_id = ANY(%s)",
        "DELETE FROM person WHERE id = ANY(%s)",
    ):
        cursor.execute(statement, [list(ids)])


def _households(source: Source) -> None:
    """Remove households that were made and that nobody belongs to any more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM household h USING revision r WHERE r.source_id = %s AND r.subject = 'household'"
            " AND r.act = 'create' AND r.subject_id = h.id AND h.version = 1"
            " AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.household_id = h.id) RETURNING h.id",
            [source.pk],
        )
        gone = [row[0] for row in cursor.fetchall()]
        cursor.execute("DELETE FROM revision WHERE subject = 'household' AND subject_id = ANY(%s)", [gone])
