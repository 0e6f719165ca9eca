"""The relay: gives committed entries their gapless feed number and tells listeners once a batch.

Reading the journal by `id > cursor` would lose entries that commit late; what stands in the outbox
is committed, whatever its id.
"""

from django.db import connection, transaction

CHANNEL = "feed"
LOCK = 0x4C58_0001  # one relay at a time, held by the session or taken for one batch

_MOVE = """
WITH picked AS (
    SELECT ctid, entry_id, at FROM outbox ORDER BY entry_id LIMIT %(limit)s
), taken AS (
    DELETE FROM outbox USING picked WHERE outbox.ctid = picked.ctid RETURNING outbox.entry_id, outbox.at
), head AS (
    UPDATE feed_head SET number = number + (SELECT count(*) FROM taken) RETURNING number
), numbered AS (
    SELECT taken.*, (SELECT number FROM head) - (SELECT count(*) FROM taken)
           + row_number() OVER (ORDER BY entry_id) AS number FROM taken
)
INSERT INTO feed (number, at, entry_id, subject_kind, subject_id, action)
SELECT numbered.number, numbered.at, entry.id, entry.subject_kind, entry.subject_id, entry.action
FROM numbered JOIN journal_entry entry ON entry.id = numbered.entry_id AND entry.at = numbered.at
RETURNING number
"""


def relay_batch(limit: int = 1000) -> int:
    """Move up to `limit` entries from the outbox into the feed; returns how many.

    Several processes may call this: the advisory lock lets one work and the others find nothing.
    An empty outbox costs one small statement, for this is asked twenty times a second.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM outbox)")
        (waiting,) = cursor.fetchone()
    return _move(limit) if waiting else 0


@transaction.atomic
def _move(limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        (mine,) = cursor.fetchone()
        if not mine:
            return 0
        cursor.execute(_MOVE, {"limit": limit})
        numbers = [row[0] for row in cursor.fetchall()]
        if numbers:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(max(numbers))])
    return len(numbers)
