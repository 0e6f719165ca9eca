"""Count tries and stop what is tried too often."""

import math
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from lianxin.kernel.crypto import sealing
from lianxin.kernel.crypto.suites import keyed_hash
from lianxin.kernel.errors import Refused

from .models import Counter

LONGEST = timedelta(days=1)


class TooMany(Refused):
    """Tried too often; `retry_after` tells after how many seconds to come back."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        minutes = math.ceil(retry_after / 60)
        super().__init__("too_many", _("试得太频繁了，请 %(minutes)d 分钟后再来。") % {"minutes": minutes})
        self.retry_after = retry_after


_COUNT = """
INSERT INTO throttle (key, began_at, tries) VALUES (%(key)s, %(at)s, 1)
ON CONFLICT (key) DO UPDATE SET
    tries = CASE WHEN throttle.began_at <= %(floor)s THEN 1 ELSE throttle.tries + 1 END,
    began_at = CASE WHEN throttle.began_at <= %(floor)s THEN %(at)s ELSE throttle.began_at END
RETURNING tries, began_at
"""


def count(what: str, who: str, *, most: int, span: timedelta, at: datetime) -> None:
    """Count one try of `what` by `who`; raise TooMany beyond `most` in a span of at most a day. One statement.

    Call it outside of the transaction of the act, so that a try that fails counts too.
    """
    key = keyed_hash(sealing.key_ring().first, f"throttle\0{what}\0{who}".encode())
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "at": at, "floor": at - min(span, LONGEST)})
        tries, began_at = cursor.fetchone()
    if tries > most:
        raise TooMany(max(1, math.ceil((began_at + span - at).total_seconds())))


def forget(*, at: datetime) -> int:
    """Drop counters that stop nothing any more; returns how many."""
    return Counter.objects.filter(began_at__lt=at - LONGEST).delete()[0]
