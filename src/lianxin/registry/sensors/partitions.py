"""Days of readings: each a table of its own, made ahead and dropped whole.

`reading` is cut by the day people here live, so that a day of readings goes with one statement and no trace. Nothing
on the hot path makes a table: whoever stores readings asks `days()`, from memory, and refuses what has no day.
"""

from datetime import date, datetime, time, timedelta

from django.db import OperationalError, connection, transaction
from psycopg import errors, sql

from lianxin.kernel import versions
from lianxin.kernel.versions import Versioned
from lianxin.kernel.worktime.calendars import ZONE

LOCK = 0x4C58_0005  # one process at a time makes and drops days
AHEAD = 7  # days, so that a worker may stand still over a long weekend
BACK = 14  # days, as far as the oldest reading that any place takes
NAME = "reading_days"

_DAYS = """
SELECT right(child.relname, 8) FROM pg_inherits
JOIN pg_class child ON child.oid = inhrelid WHERE inhparent = 'reading'::regclass
"""


def _load() -> frozenset[date]:
    with connection.cursor() as cursor:
        cursor.execute(_DAYS)
        return frozenset(datetime.strptime(name, "%Y%m%d").date() for (name,) in cursor.fetchall())  # noqa: DTZ007


days: Versioned[frozenset[date]] = Versioned(NAME, _load)


def day_of(at: datetime) -> date:
    """Return the day an instant belongs to, as people here count."""
    return at.astimezone(ZONE).date()


def begin_of(day: date) -> datetime:
    """Return the first instant of a day."""
    return datetime.combine(day, time(), ZONE)


def ready(*, at: datetime) -> None:
    """Make sure there is a day for now; one statement when there is. Not for the hot path: for what begins it."""
    if not {day_of(at), day_of(at) + timedelta(days=1)} <= days.get():
        keep(at=at, back=BACK)


@transaction.atomic
def keep(*, at: datetime, back: int, ahead: int = AHEAD) -> list[date]:
    """Make the days that are missing from `back` days before `at` to `ahead` days after; returns which.

    Readers and writers go on meanwhile: a day is made by itself and then attached.
    """
    today = day_of(at)
    wanted = {today + timedelta(days=step) for step in range(-back, ahead + 1)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET LOCAL lock_timeout = '10s'")
    missing = sorted(wanted - _load())
    for day in missing:
        _make(day)
    if missing:
        versions.bump(NAME)
    return missing


def drop(*, at: datetime, keep_days: int, counted_until: datetime) -> list[date]:
    """Drop days more than `keep_days` before today that have been counted; returns which. One in use is left."""
    first = min(day_of(at) - timedelta(days=keep_days), day_of(counted_until))
    return [day for day in sorted(_load()) if day < first and _drop(day)]


def _make(day: date) -> None:
    parts = {
        "new": sql.Identifier(_name(day)),
        "begin": sql.Literal(begin_of(day).isoformat()),
        "end": sql.Literal(begin_of(day + timedelta(days=1)).isoformat()),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE TABLE {new} (LIKE reading INCLUDING ALL)").format(**parts))
        attach = "ALTER TABLE reading ATTACH PARTITION {new} FOR VALUES FROM ({begin}) TO ({end})"
        cursor.execute(sql.SQL(attach).format(**parts))


def _drop(day: date) -> bool:
    """Drop one day in a transaction of its own: it holds the whole table, so it waits two seconds at most."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            # First it is told, so that nobody writes to a day that goes away.
            versions.bump(NAME)
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {name}").format(name=sql.Identifier(_name(day))))
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable):
            return False
        raise
    return True


def _name(day: date) -> str:
    return f"reading_{day:%Y%m%d}"
