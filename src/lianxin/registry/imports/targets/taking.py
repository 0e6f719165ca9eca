"""Take places back that an import made: dwellings, then buildings, then estates, as far as nothing hangs on them."""

from django.db import connection, transaction

from lianxin.registry.imports.targets.protocol import Undone
from lianxin.registry.sources.models import Source

# What may hang on each, by table and column.
_HANGING = {
    "dwelling": (("residence", "dwelling_id"), ("household", "dwelling_id"), ("person", "home_id"),
                 ("establishment", "dwelling_id")),
    "building": (("dwelling", "building_id"), ("establishment", "building_id")),
    "estate": (("building", "estate_id"), ("establishment", "estate_id")),
    "establishment": (),
}  # fmt: skip


def take_places(source: Source, subjects: tuple[str, ...] = ("dwelling", "building", "estate")) -> Undone:
    """Remove what the delivery made and nobody has changed or used since."""
    total = Undone()
    for subject in subjects:
        total += _take(subject, source)
    return total


def _take(subject: str, source: Source) -> Undone:
    free = " ".join(
        f"AND NOT EXISTS (SELECT 1 FROM {table} x WHERE x.{column} = t.id)" for table, column in _HANGING[subject]
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM revision WHERE source_id = %s AND subject = %s AND act = 'create'",
            [source.pk, subject],
        )
        made = cursor.fetchone()[0]
        cursor.execute(
            f"DELETE FROM {subject} t USING revision r WHERE r.source_id = %s AND r.subject = %s AND r.act = 'create'"
            f" AND r.subject_id = t.id AND t.version = 1 {free} RETURNING t.id",
            [source.pk, subject],
        )
        gone = [row[0] for row in cursor.fetchall()]
        cursor.execute("DELETE FROM revision WHERE subject = %s AND subject_id = ANY(%s)", [subject, gone])
    return Undone(0, made - len(gone) if subject in {"dwelling", "establishment"} else 0)
