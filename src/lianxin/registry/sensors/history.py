"""Bring in what devices said before they were joined: a table of readings, as old as it may be, in one go."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from . import partitions, sampling
from .settings import practice

_INTO = "INSERT INTO reading (stream_id, at, value) SELECT stream_id, at, value FROM brought ON CONFLICT DO NOTHING"
# Hours that were counted before are counted anew.
_LATE = """
INSERT INTO reading_late (stream_id, hour) SELECT DISTINCT stream_id, date_trunc('hour', at, 'UTC') FROM brought
WHERE at < %s
"""
_LAST = """
UPDATE stream SET last_at = newest.at, last_value = newest.value, last_received_at = newest.at
FROM (SELECT DISTINCT ON (stream_id) * FROM brought ORDER BY stream_id, at DESC) newest
WHERE id = newest.stream_id AND (last_at IS NULL OR last_at < newest.at)
"""
_STATES = """
UPDATE device_state SET
    last_at = greatest(device_state.last_at, heard.at),
    last_received_at = greatest(device_state.last_received_at, heard.at),
    battery = coalesce(heard.battery, device_state.battery), is_low = coalesce(heard.battery < %(low)s, is_low),
    signal = coalesce(heard.signal, device_state.signal), is_weak = coalesce(heard.signal < %(weak)s, is_weak),
    silent_since = NULL
FROM (
    SELECT device_id, max(last_at) AS at, max(last_value) FILTER (WHERE measure = 'battery') AS battery,
        max(last_value) FILTER (WHERE measure = 'signal') AS signal
    FROM stream WHERE last_at IS NOT NULL GROUP BY device_id
) heard
WHERE heard.device_id = device_state.device_id
    AND heard.device_id IN (SELECT device_id FROM stream WHERE id IN (SELECT stream_id FROM brought))
"""


def bring(readings: Iterable[tuple[int, datetime, float]], *, back: int, at: datetime) -> int:
    """Take readings (stream, instant, value) of up to `back` days; returns how many are new.

    Counts their hours and days; what is older than raw readings are kept goes again, its hours and days stay.
    """
    partitions.keep(at=at, back=back)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE brought (stream_id bigint, at timestamptz, value float8) ON COMMIT DROP")
        with cursor.copy("COPY brought FROM STDIN") as copy:
            for row in readings:
                copy.write_row(row)
        cursor.execute("SELECT FROM device_state ORDER BY device_id FOR NO KEY UPDATE")
        cursor.execute(_INTO)
        count = int(cursor.rowcount)
        cursor.execute(_LATE, [sampling.counted_until("hour")])
        cursor.execute(_LAST)
        limits = practice().limits
        cursor.execute(_STATES, {"low": limits.low_battery, "weak": limits.weak_signal})
    sampling.count(at=at)
    partitions.drop(at=at, keep_days=practice().limits.raw_days, counted_until=sampling.counted_until("day"))
    return count
