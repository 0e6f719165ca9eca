"""Facts follow cases: from the feed in batches, from the start for all, and compared with a full count.

A fact hangs on nothing but the case's rows and journal as they are now, so folding a case again changes nothing, and a
batch that was cut short is simply folded once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from lianxin.kernel.journal.models import Cursor

from . import renewing
from .cubes import CORRECTIONS, CUBES, EMPTIED, Cube
from .folds import FACT, FOLD, SPELL
from .models import Built

CONSUMER = "statistics"
SHAPE = 3  # of facts and cubes: raised with what is counted, so that an installation makes them anew after an upgrade
STEP = 10_000  # cases folded together when all are
# The sums of a year of cases do not fit into the little memory that pages work with.
_ROOMY = "SET LOCAL work_mem = '128MB'; SET LOCAL maintenance_work_mem = '256MB'"
_KEYS = {"stage_spell": ("case_id", "version"), "case_fact": ("case_id",)}


def _merge(table: str, source: str, columns: tuple[str, ...]) -> str:
    """Return the statement that brings a table's rows to what `source` says, telling old and new where they differ."""
    keys = _KEYS[table]
    rest = [name for name in columns if name not in keys]
    met = " AND ".join(f"t.{key} = s.{key}" for key in keys)
    mine, theirs = (", ".join(f"{side}.{name}" for name in rest) for side in "ts")
    differs = f"({mine}) IS DISTINCT FROM ({theirs})"
    return (
        f"MERGE INTO {table} t USING {source} s ON {met}"
        f" WHEN MATCHED AND {differs} THEN UPDATE SET {', '.join(f'{name} = s.{name}' for name in rest)}"
        f" WHEN NOT MATCHED THEN INSERT ({', '.join(columns)}) VALUES ({', '.join(f's.{name}' for name in columns)})"
        " RETURNING old AS was, new AS now"
    )


def _insert(table: str, source: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {source}"


_FACTS = ("case_fact", "stage_spell")


def _signed(name: str, merged: str) -> str:
    return (
        f"{name} AS (SELECT -1 AS sign, (was).* FROM {merged} WHERE (was).case_id IS NOT NULL"
        f" UNION ALL SELECT 1, (now).* FROM {merged})"
    )


_FOLD_SOME = (
    f"WITH touched AS (SELECT unnest(%(ids)s::bigint[]) AS case_id), {FOLD},"
    f" merged_spell AS ({_merge('stage_spell', 'spell', SPELL)}), {_signed('stay', 'merged_spell')},"
    f" merged_fact AS ({_merge('case_fact', 'fact', FACT)}), {_signed('change', 'merged_fact')},"
    f" {', '.join(f'to_{cube.table} AS ({cube.add})' for cube in CUBES)}, corrected AS ({CORRECTIONS})"
    " SELECT count(*) FROM merged_fact"
)
_RANGE = f"WITH touched AS (SELECT id AS case_id FROM cases WHERE id > %s AND id <= %s), {FOLD}"


def _over_all(statement: str, suffix: str = "") -> str:
    """Return a cube's statement over all facts there are, or over those of the tables with a suffix."""
    facts = "change AS (SELECT 1 AS sign, * FROM case_fact{0}), stay AS (SELECT 1 AS sign, * FROM stage_spell{0})"
    return f"WITH {facts.format(suffix)} {statement}"


@transaction.atomic
def fold(case_ids: Sequence[int], *, at: datetime) -> int:
    """Bring facts and cubes to what some cases are now; returns how many facts differed. Two statements."""
    if not case_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FOLD_SOME, {"ids": list(case_ids), "at": at})
        changed = int(cursor.fetchone()[0])
        cursor.execute(EMPTIED)
        return changed


def fold_all(*, at: datetime) -> int:
    """Fold every case, a step at a time, each in a transaction of its own; returns how many facts differed."""
    changed = 0
    for first, last in _steps():
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM cases WHERE id > %s AND id <= %s", [first, last])
            changed += fold([row[0] for row in cursor.fetchall()], at=at)
    return changed


@transaction.atomic
def build(*, at: datetime) -> int:
    """Make all facts and cubes anew and move the cursor to the feed's end; returns how many cases.

    They are made beside those there are, which readers go on to read until all is done. Late corrections of closed
    months are not looked for: closed figures stay as they are.
    """
    head = hold_cursor()
    with connection.cursor() as cursor:
        cursor.execute(_ROOMY)
        with renewing.renewed(cursor, (*_FACTS, *(cube.table for cube in CUBES))) as new:
            count = 0
            spells, facts = (
                _insert(f"{table}{new.suffix}", source, columns)
                for table, source, columns in (("stage_spell", "spell", SPELL), ("case_fact", "fact", FACT))
            )
            for first, last in _steps():
                cursor.execute(f"{_RANGE}, spells AS ({spells}) {facts}", [first, last])
                count += cursor.rowcount
            for cube in CUBES:
                cursor.execute(_over_all(cube.into(f"{cube.table}{new.suffix}"), new.suffix))
    Cursor.objects.filter(consumer=CONSUMER).update(number=head, moved_at=at)
    Built.objects.all().delete()
    Built.objects.create(shape=SHAPE, at=at)
    return count


@transaction.atomic
def build_cubes() -> None:
    """Count all cubes anew from the facts there are."""
    hold_cursor()
    with connection.cursor() as cursor:
        cursor.execute(_ROOMY)
        with renewing.renewed(cursor, tuple(cube.table for cube in CUBES)) as new:
            for cube in CUBES:
                cursor.execute(_over_all(cube.into(f"{cube.table}{new.suffix}")))


def is_of_this_shape() -> bool:
    """Tell whether facts and cubes hold what this version counts; False after an upgrade, until they are built."""
    return Built.objects.filter(shape=SHAPE).exists()


@dataclass(frozen=True, slots=True)
class Difference:
    """Where statistics are not what a full count says: in which table, and in how many rows."""

    table: str
    rows: int


@transaction.atomic
def differences() -> list[Difference]:
    """Compare facts with the cases, and cubes with the facts; empty when all agree. For a feed followed to its end."""
    hold_cursor()
    found = {"case_fact": 0, "stage_spell": 0}
    with connection.cursor() as cursor:
        cursor.execute(_ROOMY)
        for first, last in _steps():
            for table, source, columns in (("case_fact", "fact", FACT), ("stage_spell", "spell", SPELL)):
                names = ", ".join(columns)
                there = f"SELECT {names} FROM {table} WHERE case_id > {first} AND case_id <= {last}"
                cursor.execute(f"{_RANGE}, {_compared(f'SELECT {names} FROM {source}', there)}", [first, last])
                found[table] += cursor.fetchone()[0]
        for cube in CUBES:
            cursor.execute(_over_all(_cube_compared(cube)))
            found[cube.table] = cursor.fetchone()[0]
    return [Difference(table, rows) for table, rows in found.items() if rows]


def _compared(wanted: str, there: str) -> str:
    return (
        f"wanted AS MATERIALIZED ({wanted}), there AS MATERIALIZED ({there})"
        " SELECT (SELECT count(*) FROM (TABLE wanted EXCEPT TABLE there) missing)"
        " + (SELECT count(*) FROM (TABLE there EXCEPT TABLE wanted) surplus)"
    )


def _cube_compared(cube: Cube) -> str:
    names = ", ".join((*cube.keys, *cube.counts))
    there = f"SELECT {names} FROM {cube.table} WHERE 0 <> ANY (ARRAY[{', '.join(cube.counts)}])"
    return ", " + _compared(cube.query, there)


def _steps() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM cases")
        lowest, highest = cursor.fetchone()
    return [(first, first + STEP) for first in range(lowest - 1, highest, STEP)]


def hold_cursor() -> int:
    """Keep the feed's follower waiting until the transaction ends; returns the number of the feed's last entry."""
    Cursor.objects.get_or_create(consumer=CONSUMER)
    Cursor.objects.select_for_update().get(consumer=CONSUMER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM feed_head")
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Standing:
    """How far statistics have followed: entries still to come, and the instant of the last one taken."""

    behind: int
    as_of: datetime | None


def standing(*, at: datetime) -> Standing:
    """Return how far statistics are behind the feed, and as of when they are. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT head.number - coalesce(mine.number, 0), mine.moved_at, (SELECT max(at) FROM feed WHERE"
            " number = mine.number AND at > %s - interval '1 year') FROM feed_head head"
            " LEFT JOIN feed_cursor mine ON mine.consumer = %s",
            [at, CONSUMER],
        )
        behind, moved_at, last_at = cursor.fetchone()
    # Nothing waits: what is told is true now.
    return Standing(behind, at if not behind and moved_at else last_at or moved_at)
