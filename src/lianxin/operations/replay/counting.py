"""What a replay came to, counted by SQL over client ids, journal, feed and deliveries."""

import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import connection, transaction

from lianxin.work.cases.replay import mismatches

from .client import Ledger, Sent

# The replay's own list of what the server has accepted; all other figures come from the product's tables.
SENT: Final = """\
CREATE TEMPORARY TABLE sent (client_id uuid NOT NULL, action text NOT NULL, message text NOT NULL)
"""

# Accepted, but without a trace: acts and reports that the journal does not know, entries that the feed never
# told, reporters who were never told that their report came in.
LOST: Final = """\
WITH asked AS (
    SELECT client_key.subject_id, sent.action, count(DISTINCT sent.client_id) AS times
    FROM sent JOIN client_key ON client_key.key = sent.client_id GROUP BY 1, 2
), entered AS (
    SELECT subject_id, action, count(*) AS times FROM journal_entry
    WHERE subject_kind = 'case' AND actor_label <> '系统' GROUP BY 1, 2
)
SELECT (SELECT count(DISTINCT client_id) FROM sent
        WHERE NOT EXISTS (SELECT FROM client_key WHERE client_key.key = sent.client_id))
     + (SELECT coalesce(sum(greatest(asked.times - coalesce(entered.times, 0), 0)), 0)
        FROM asked LEFT JOIN entered USING (subject_id, action))
     + (SELECT count(*) FROM journal_entry entry
        WHERE subject_kind = 'case' AND subject_id IN (SELECT subject_id FROM asked)
        AND NOT EXISTS (SELECT FROM feed WHERE feed.entry_id = entry.id))
     + (SELECT count(*) FROM case_reporter reporter
        JOIN journal_entry entry ON entry.subject_kind = 'case' AND entry.subject_id = reporter.case_id
             AND entry.action = 'report'
        WHERE reporter.phone_hash IS NOT NULL AND reporter.case_id IN (SELECT subject_id FROM asked)
        AND NOT EXISTS (SELECT FROM delivery
                        WHERE delivery.entry_id = entry.id AND delivery.kind = 'cases.received'))
"""

# Done more often than asked: cases and entries that nobody sent, entries told twice, people told twice. The first
# two entries of a case that another was split into, its report and its filing, are the work of the split.
DOUBLED: Final = """\
WITH asked AS (
    SELECT client_key.subject_id, sent.action, count(DISTINCT sent.client_id) AS times
    FROM sent JOIN client_key ON client_key.key = sent.client_id GROUP BY 1, 2
), entered AS (
    SELECT subject_id, action, count(*) AS times FROM journal_entry
    WHERE subject_kind = 'case' AND actor_label <> '系统' AND action NOT IN ('absorb', 'release')
    AND subject_id IN (SELECT subject_id FROM asked)
    AND NOT (version <= 2 AND subject_id IN (SELECT id FROM cases WHERE parent_id IS NOT NULL)) GROUP BY 1, 2
)
SELECT (SELECT coalesce(sum(cases - 1), 0) FROM (
            SELECT sent.message, count(DISTINCT client_key.subject_id) AS cases
            FROM sent JOIN client_key ON client_key.key = sent.client_id
            WHERE sent.action = 'report' GROUP BY 1) AS reports WHERE cases > 1)
     + (SELECT count(*) FROM cases WHERE parent_id IS NULL AND NOT EXISTS (
            SELECT FROM client_key WHERE subject_kind = 'case' AND subject_id = cases.id AND action = 'report'))
     + (SELECT coalesce(sum(greatest(entered.times - coalesce(asked.times, 0), 0)), 0)
        FROM entered LEFT JOIN asked USING (subject_id, action))
     + (SELECT count(*) - count(DISTINCT entry_id) FROM feed)
     + (SELECT count(*) - count(DISTINCT (entry_id, recipient_id, kind)) FROM message
        WHERE entry_id IS NOT NULL AND escalated_from_id IS NULL)
     + (SELECT count(*) - count(DISTINCT (entry_id, recipient_id, address_hash, channel, kind)) FROM delivery
        WHERE entry_id IS NOT NULL)
"""

_CASES = """\
WITH mine AS (
    SELECT * FROM cases WHERE id IN (
        SELECT client_key.subject_id FROM sent JOIN client_key ON client_key.key = sent.client_id
        WHERE sent.action = 'report' AND sent.message <> ALL(%(aside)s))
), entry AS (
    SELECT subject_id, action, actor_label FROM journal_entry
    WHERE subject_kind = 'case' AND subject_id IN (SELECT id FROM mine)
)
SELECT count(*) AS reported,
       count(*) FILTER (WHERE id IN (SELECT subject_id FROM entry WHERE action = 'file' AND actor_label = '系统')
                        AND id NOT IN (SELECT subject_id FROM entry WHERE action = 'resolve_on_spot')) AS filed_auto,
       count(*) FILTER (WHERE id IN (SELECT subject_id FROM entry
                                     WHERE action = 'file' AND actor_label <> '系统')) AS filed_seat,
       count(*) FILTER (WHERE dispatched_at IS NOT NULL) AS dispatched,
       count(*) FILTER (WHERE handled_at IS NOT NULL) AS handled,
       count(*) FILTER (WHERE stage = 'closed') AS closed,
       count(*) FILTER (WHERE stage = 'answered') AS answered,
       count(*) FILTER (WHERE stage = 'merged') AS merged,
       count(*) FILTER (WHERE stage = 'declined') AS declined,
       count(*) FILTER (WHERE ended_at IS NOT NULL) AS ended
FROM mine
"""
_SETTLED = """\
SELECT NOT EXISTS (SELECT FROM outbox) AND NOT EXISTS (
    SELECT FROM feed_cursor WHERE number < (SELECT number FROM feed_head))
"""
_PATIENCE = 120.0


def settle() -> None:
    """Wait until the feed has told everything and all who listen have heard it. Raises TimeoutError."""
    deadline = time.monotonic() + _PATIENCE
    while not _row(_SETTLED)[0]:
        if time.monotonic() > deadline:
            raise TimeoutError("The feed does not come to rest: does the relay run?")
        time.sleep(0.2)


@transaction.atomic
def figures(sent: Iterable[Sent], *, aside: list[str]) -> dict[str, Any]:
    """Return the figures of the cases that came of `sent`, those of the messages named in `aside` left out."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS sent")
        cursor.execute(SENT)
        rows = [(each.key, each.action, each.message) for each in sent]
        cursor.executemany("INSERT INTO sent VALUES (%s, %s, %s)", rows)
        cursor.execute("CREATE INDEX ON sent (client_id)")
        cursor.execute("ANALYZE sent")
        cursor.execute(_CASES, {"aside": aside})
        names = [column.name for column in cursor.description]
        found: dict[str, Any] = dict(zip(names, cursor.fetchone(), strict=True))
    return found | {
        "journal_entries": _row("SELECT count(*) FROM journal_entry WHERE subject_kind = 'case'")[0],
        "notifications": _row("SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM delivery)")[0],
        "actions": _actions(),
        "lost": int(_row(LOST)[0]),
        "doubled": int(_row(DOUBLED)[0]),
    }


def _actions() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT action, count(*) FROM journal_entry WHERE subject_kind = 'case' GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return dict(cursor.fetchall())


def _row(statement: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def count_mismatches() -> int:
    """Replay the journal of every case; return in how many fields rows differ."""
    return sum(1 for _each in mismatches())


def latencies(ledger: Ledger) -> Mapping[str, dict[str, float]]:
    """Return medians and upper percentiles by sort of request, in milliseconds."""
    return {what: _spread(sorted(times)) for what, times in sorted(ledger.latencies.items())}


def _spread(times: list[float]) -> dict[str, float]:
    def share(part: float) -> float:
        return round(times[min(len(times) - 1, int(len(times) * part))], 1)

    return {"count": len(times), "p50": share(0.5), "p95": share(0.95), "p99": share(0.99), "max": round(times[-1], 1)}
