"""What time does to devices: who falls silent is marked; counts of the intake are added up and forgotten."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from .models import IntakeCount
from .settings import practice

# Rows that an intake is writing are left for the next minute; who is heard right now is not silent.
_SILENT = """
WITH quiet AS (
    SELECT device_id FROM device_state JOIN device ON id = device_id
    WHERE silent_since IS NULL AND state = 'active' AND valid_to IS NULL
        AND coalesce(last_received_at, greatest(valid_from, state_since))
            < %(at)s - expected_every * %(times)s * interval '1 second'
    ORDER BY device_id FOR NO KEY UPDATE OF device_state SKIP LOCKED
)
UPDATE device_state SET silent_since = %(at)s FROM quiet WHERE device_state.device_id = quiet.device_id
"""
# Whoever is paused or retired is not expected to speak.
_EXCUSED = """
WITH excused AS (
    SELECT device_id FROM device_state JOIN device ON id = device_id
    WHERE silent_since IS NOT NULL AND state <> 'active'
    ORDER BY device_id FOR NO KEY UPDATE OF device_state SKIP LOCKED
)
UPDATE device_state SET silent_since = NULL FROM excused WHERE device_state.device_id = excused.device_id
"""
_FOLD = """
WITH several AS (
    SELECT hour, system_id, device_id, outcome FROM intake_count WHERE hour >= %(since)s
    GROUP BY 1, 2, 3, 4 HAVING count(*) > 1
), gone AS (
    DELETE FROM intake_count USING several WHERE (intake_count.hour, intake_count.system_id, intake_count.device_id,
        intake_count.outcome) = (several.hour, several.system_id, several.device_id, several.outcome)
    RETURNING intake_count.*
)
INSERT INTO intake_count (hour, system_id, device_id, outcome, messages, last_at, sample)
SELECT hour, system_id, device_id, outcome, sum(messages), max(last_at), (array_agg(sample ORDER BY last_at DESC))[1]
FROM gone GROUP BY 1, 2, 3, 4
"""
_SEEN = """
UPDATE joined_system SET last_seen_at = heard.at FROM (
    SELECT system_id, max(last_at) AS at FROM intake_count
    WHERE hour >= %(since)s AND system_id <> 0 AND outcome = 'taken' GROUP BY 1
) heard WHERE id = heard.system_id AND (last_seen_at IS NULL OR last_seen_at < heard.at)
"""


def mark_silent(*, at: datetime) -> int:
    """Mark active devices that have not spoken for twice as long as expected; returns how many are new."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EXCUSED)
        cursor.execute(_SILENT, {"at": at, "times": practice().limits.silent_times})
        return int(cursor.rowcount)


def add_up(*, at: datetime) -> None:
    """Make one row of an hour's rows that say the same, and note when systems were last heard."""
    since = {"since": at - timedelta(hours=2)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FOLD, since)
        cursor.execute(_SEEN, since)


def forget_counts(*, at: datetime) -> int:
    """Delete counts that are older than the document `sensors` says (`count_days`)."""
    return IntakeCount.objects.filter(hour__lt=at - timedelta(days=practice().limits.count_days)).delete()[0]
