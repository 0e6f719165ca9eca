"""Higher rooms listen to the feed: a consumer keeps its cursor in the transaction of its effect.

So an effect inside the database happens exactly once; an effect outside needs a key of its own
(entry, recipient, channel). An entry that fails is parked and tried again; it never holds up the rest.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from lianxin.kernel import versions

from .models import Cursor, Entry

log = logging.getLogger(__name__)

Handler = Callable[[Entry], None]
SubjectsHandler = Callable[[Sequence[int]], None]
BATCH = 200


@dataclass(frozen=True, slots=True)
class Subjects:
    """What a consumer does with a whole batch that only asks which subjects of a kind were touched."""

    kind: str
    handler: SubjectsHandler
    batch: int


@dataclass
class Consumer:
    """A named follower of the feed: which actions it hears, and what it does on each, or on many together."""

    name: str
    handlers: dict[str, list[Handler]] = field(default_factory=dict)
    subjects: Subjects | None = None


consumers: dict[str, Consumer] = {}


def listens(consumer: str, *actions: str) -> Callable[[Handler], Handler]:
    """Let a function hear `actions` (`cases.verify`; `*` hears all) under the cursor of `consumer`."""

    def connect(handler: Handler) -> Handler:
        heard = consumers.setdefault(consumer, Consumer(consumer)).handlers
        for action in actions:
            heard.setdefault(action, []).append(handler)
        return handler

    return connect


def listens_to_subjects(
    consumer: str, kind: str, *, batch: int = BATCH
) -> Callable[[SubjectsHandler], SubjectsHandler]:
    """Let a function hear, a batch at a time, the ids of the subjects of a kind that entries tell of, each once.

    For effects that look at the subject as it is now, whatever was done: thousands of entries take one call.
    """

    def connect(handler: SubjectsHandler) -> SubjectsHandler:
        consumers[consumer] = Consumer(consumer, subjects=Subjects(kind, handler, batch))
        return handler

    return connect


def _entries(where: str, values: list[object]) -> list[tuple[int, Entry]]:
    found = Entry.objects.raw(
        "SELECT entry.*, feed.number AS number FROM feed JOIN journal_entry entry"
        f" ON entry.id = feed.entry_id AND entry.at = feed.at WHERE {where} ORDER BY feed.number",
        values,
    )
    return [(entry.number, entry) for entry in found]


def entries_after(number: int, limit: int = BATCH) -> list[tuple[int, Entry]]:
    """Return up to `limit` entries of the feed after `number`, in order, with their numbers."""
    return _entries("feed.number > %s AND feed.number <= %s", [number, number + limit])


def _handlers(consumer: Consumer, entry: Entry) -> list[Handler]:
    heard = consumer.handlers
    return [*heard.get(f"{entry.subject_kind}.{entry.action}", ()), *heard.get("*", ())]


def _park(consumer: Consumer, number: int, failure: str, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO feed_parked (consumer, number, failure, next_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (consumer, number) DO UPDATE SET failure = excluded.failure,"
            " tries = feed_parked.tries + 1, next_at = excluded.next_at"
            " + LEAST(feed_parked.tries, 60) * interval '1 minute'",
            [consumer.name, number, failure[:2000], at + timedelta(minutes=1)],
        )


def _handle_all(consumer: Consumer, found: Iterable[tuple[int, Entry]], at: datetime) -> None:
    """Handle entries together under one savepoint; where one fails all are undone, and each is tried by itself."""
    heard = [(number, entry) for number, entry in found if _handlers(consumer, entry)]
    if not heard:
        return
    try:
        with transaction.atomic():
            for _number, entry in heard:
                _handle(consumer, entry)
    except Exception:  # noqa: BLE001 -- which of them it was is found out, logged and parked below
        for number, entry in heard:
            _try(consumer, number, entry, at)


def _handle(consumer: Consumer, entry: Entry) -> None:
    for handler in _handlers(consumer, entry):
        handler(entry)


def _touched(number: int, limit: int) -> list[tuple[int, str, int]]:
    """Return number, kind and id of the subjects of up to `limit` entries of the feed after `number`, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, subject_kind, subject_id FROM feed WHERE number > %s AND number <= %s ORDER BY number",
            [number, number + limit],
        )
        found: list[tuple[int, str, int]] = cursor.fetchall()
    return found


def _handle_subjects(consumer: Consumer, heard: Subjects, found: list[tuple[int, str, int]], at: datetime) -> None:
    """Handle the touched subjects together; where that fails, each entry by itself, and park those that fail."""
    mine = [(number, subject) for number, kind, subject in found if kind == heard.kind]
    if not mine:
        return
    try:
        with transaction.atomic():
            heard.handler(sorted({subject for _number, subject in mine}))
    except Exception:  # noqa: BLE001 -- which of them it was is found out, logged and parked below
        for number, subject in mine:
            _tried(consumer, number, lambda subject=subject: heard.handler([subject]), at)  # type: ignore[misc]


def _try(consumer: Consumer, number: int, entry: Entry, at: datetime) -> bool:
    heard = consumer.subjects
    return _tried(
        consumer, number, lambda: heard.handler([entry.subject_id]) if heard else _handle(consumer, entry), at
    )


def _tried(consumer: Consumer, number: int, effect: Callable[[], None], at: datetime) -> bool:
    try:
        with transaction.atomic():
            effect()
    except Exception as error:  # a listener's bug must not stop the feed: it is parked and shown
        log.exception("consumer %s failed on feed number %s", consumer.name, number)
        _park(consumer, number, repr(error), at)
        return False
    return True


@transaction.atomic
def follow(consumer: Consumer, *, at: datetime, limit: int | None = None) -> int:
    """Handle the next entries for `consumer` and move its cursor; returns how many. Others may run this too."""
    Cursor.objects.get_or_create(consumer=consumer.name)
    cursor = Cursor.objects.select_for_update(skip_locked=True).filter(consumer=consumer.name).first()
    if cursor is None:
        return 0
    with versions.held():
        numbers = _take(consumer, cursor.number, limit, at)
    if numbers:
        cursor.number, cursor.moved_at = numbers[-1], at
        cursor.save(update_fields=["number", "moved_at"])
    return len(numbers)


def _take(consumer: Consumer, after: int, limit: int | None, at: datetime) -> list[int]:
    """Handle a batch and return the numbers of its entries."""
    heard = consumer.subjects
    if heard is not None:
        touched = _touched(after, limit or heard.batch)
        _handle_subjects(consumer, heard, touched, at)
        return [number for number, _kind, _subject in touched]
    found = entries_after(after, limit or BATCH)
    _handle_all(consumer, found, at)
    return [number for number, _entry in found]


@transaction.atomic
def retry_parked(consumer: Consumer, *, at: datetime) -> int:
    """Try parked entries again whose time has come; returns how many now went through."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM feed_parked WHERE consumer = %s AND next_at <= %s"
            " ORDER BY number LIMIT 20 FOR UPDATE SKIP LOCKED",
            [consumer.name, at],
        )
        numbers = [row[0] for row in cursor.fetchall()]
        done = [
            number
            for number, entry in _entries("feed.number = ANY(%s)", [numbers])
            if _try(consumer, number, entry, at)
        ]
        cursor.execute("DELETE FROM feed_parked WHERE consumer = %s AND number = ANY(%s)", [consumer.name, done])
    return len(done)


def follow_all(*, at: datetime, only: Iterable[str] = ()) -> int:
    """Let every consumer (or those named) take one batch; returns how many entries were handled."""
    chosen = [consumers[name] for name in only] if only else list(consumers.values())
    return sum(follow(consumer, at=at) + retry_parked(consumer, at=at) for consumer in chosen)


def parked_count() -> int:
    """Return how many entries wait for a consumer that failed on them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM feed_parked")
        return int(cursor.fetchone()[0])
