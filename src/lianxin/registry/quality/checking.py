"""Run the checks over a community, or all of them: what is wrong is noted, what is mended is closed. Set by set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from lianxin.foundation.areas import queries as areas
from lianxin.kernel.crypto.sealing import open_sealed
from lianxin.kernel.text import is_identity_number
from lianxin.registry.sources.requests import today

from .checks import CHECKS, Check
from .models import Finding

_NOTE = """
WITH found (subject_id, detail, street_id, community_id, grid_id) AS ({select}),
mended AS (
    UPDATE quality_finding q SET fixed_at = %(at)s
    WHERE q.check_code = %(check)s AND q.fixed_at IS NULL AND {here}
    AND NOT EXISTS (SELECT FROM found f WHERE f.subject_id = q.subject_id AND f.detail = q.detail)
    RETURNING 1
),
noted AS (
    INSERT INTO quality_finding
        (check_code, subject, subject_id, detail, street_id, community_id, grid_id, found_at)
    SELECT %(check)s, %(subject)s, subject_id, detail, street_id, community_id, grid_id, %(at)s FROM found
    ON CONFLICT (check_code, subject, subject_id, detail) WHERE fixed_at IS NULL
    DO UPDATE SET street_id = excluded.street_id, community_id = excluded.community_id, grid_id = excluded.grid_id
    WHERE quality_finding.grid_id IS DISTINCT FROM excluded.grid_id
        OR quality_finding.community_id IS DISTINCT FROM excluded.community_id
    RETURNING 1
)
SELECT (SELECT count(*) FROM found), (SELECT count(*) FROM mended)
"""
# Found past SQL: ids only, where they lie is asked of their rows.
_GIVEN = "SELECT r.id, '', r.street_id, r.community_id, r.grid_id FROM person r WHERE r.id = ANY(%(ids)s) AND {here}"
_SEALED = """
SELECT r.id, r.birth_date, r.id_number FROM person r
WHERE {here} AND r.ended_at IS NULL AND r.id_kind = 'citizen' AND r.id_number IS NOT NULL
AND r.birth_date IS NOT NULL
"""
_NUMBER_CONTEXT = "people.person.id_number"


KEPT = timedelta(days=400)  # mended findings; the day counts stay


@dataclass(slots=True)
class Ran:
    """What a run found open and saw mended."""

    found: int = 0
    mended: int = 0


def run(*, at: datetime, communities: Iterable[int | None] | None = None) -> Ran:
    """Check these communities, or all and what lies in none; each in a transaction of its own. Two may run at once."""
    ran = Ran()
    for community_id in _all() if communities is None else communities:
        found, mended = run_in(community_id, at=at)
        ran.found += found
        ran.mended += mended
    if communities is None:
        _close_lost(at)
        Finding.objects.filter(fixed_at__lt=at - KEPT).delete()
        count_day(at=at)
    return ran


def _all() -> Sequence[int | None]:
    # Ended ones too: what should have moved on and has not is just what is looked for.
    return [*(node.id for node in areas.index().nodes.values() if node.role == "community"), None]


@transaction.atomic
def run_in(community_id: int | None, *, at: datetime) -> tuple[int, int]:
    """Check one community, or what lies in none; return how many findings are open and how many were mended."""
    found = mended = 0
    with connection.cursor() as cursor:
        # Of two runs over one community the second waits, and then finds everything noted.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('quality'), %s)", [(community_id or 0) % 2**31])
        for check in CHECKS:
            ids = None if check.select else _contradicting(cursor, community_id)
            open_now, gone = _note(cursor, check, community_id, ids, at)
            found += open_now
            mended += gone
        cursor.execute(_DONE.replace("{here}", _here("t", community_id)), {"at": at, "community": community_id})
    return found, mended


# A task is done when nothing of it is open any more.
_DONE = """
UPDATE quality_task t SET done_at = %(at)s
WHERE t.done_at IS NULL AND t.withdrawn_at IS NULL AND {here} AND t.at < %(at)s AND NOT EXISTS (
    SELECT FROM quality_finding q WHERE q.task_id = t.id AND q.fixed_at IS NULL AND q.grid_id = t.grid_id)
"""


def _note(cursor: Any, check: Check, community_id: int | None, ids: list[int] | None, at: datetime) -> tuple[int, int]:
    select = (check.select or _GIVEN).replace("{here}", _here("r", community_id))
    statement = _NOTE.replace("{select}", select).replace("{here}", _here("q", community_id))
    values = {
        "at": at, "check": check.code, "subject": check.subject.value, "community": community_id, "ids": ids or [],
    }  # fmt: skip
    cursor.execute(statement, values)
    found, mended = cursor.fetchone()
    return int(found), int(mended)


def _here(alias: str, community_id: int | None) -> str:
    return f"{alias}.community_id = %(community)s" if community_id is not None else f"{alias}.community_id IS NULL"


def _contradicting(cursor: Any, community_id: int | None) -> list[int]:
    """Return people whose number says another day of birth; opens each number in memory, keeps none."""
    cursor.execute(_SEALED.replace("{here}", _here("r", community_id)), {"community": community_id})
    return [pk for pk, born, sealed in cursor.fetchall() if not agree(open_sealed(sealed, _NUMBER_CONTEXT), born)]


def agree(number: str, born: date) -> bool:
    """Tell whether an identity number says this day of birth; one that is no number is another matter."""
    return not is_identity_number(number) or number[6:14] == f"{born:%Y%m%d}"


def _close_lost(at: datetime) -> None:
    """Close findings of checks that are no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE quality_finding SET fixed_at = %s WHERE fixed_at IS NULL AND NOT check_code = ANY(%s)",
            [at, [check.code for check in CHECKS]],
        )


def count_day(*, at: datetime) -> None:
    """Note how much stands open today by check and community; the last run of a day counts. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO quality_day (day, check_code, community_id, count)
            SELECT %(day)s, check_code, community_id, count(*) FROM quality_finding WHERE fixed_at IS NULL
            GROUP BY check_code, community_id
            ON CONFLICT (day, check_code, community_id) DO UPDATE SET count = excluded.count""",
            {"day": today(at)},
        )
