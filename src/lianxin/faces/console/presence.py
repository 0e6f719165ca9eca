"""Who else has a case open: the page says so every 20 seconds, and is believed for 30."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.text import mask_name

LASTS = timedelta(seconds=30)
# What one account had open before goes with it, so the table stays as small as the staff at work.
_HERE = """
WITH gone AS (DELETE FROM presence WHERE account_id = %(account)s AND case_id <> %(case)s AND seen_at < %(since)s)
INSERT INTO presence (case_id, account_id, seen_at) VALUES (%(case)s, %(account)s, %(at)s)
ON CONFLICT (case_id, account_id) DO UPDATE SET seen_at = excluded.seen_at
"""
# A post's own title names a seat better than a person's name does.
_OTHERS = """
SELECT presence.case_id, account.name,
    (SELECT coalesce(nullif(post.title, ''), role.label) FROM post JOIN role ON role.code = post.role_id
     WHERE post.account_id = account.id AND post.valid_from <= %(at)s
       AND (post.valid_to IS NULL OR post.valid_to > %(at)s) ORDER BY role.sort, post.id LIMIT 1)
FROM presence JOIN account ON account.id = presence.account_id
WHERE presence.case_id = ANY(%(cases)s) AND presence.account_id <> %(account)s AND presence.seen_at > %(since)s
ORDER BY presence.seen_at
"""


def note(actor: Actor, case_id: int, *, at: datetime) -> None:
    """Say that the actor has the case open. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_HERE, {"case": case_id, "account": actor.account_id, "at": at, "since": at - LASTS})


def others(actor: Actor, case_ids: Iterable[int], *, at: datetime) -> dict[int, str]:
    """Return, by case, who else has it open, in words. One statement."""
    wanted = list(case_ids)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, {"cases": wanted, "account": actor.account_id or 0, "at": at, "since": at - LASTS})
        found: dict[int, list[str]] = {}
        for case_id, name, post in cursor.fetchall():
            found.setdefault(case_id, []).append(f"{post or ''} {mask_name(name)}".strip())
    return {case_id: "、".join(who) for case_id, who in found.items()}
