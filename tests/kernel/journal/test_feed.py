"""What is written is told once, in order, after the commit; what fails is parked and tried again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from lianxin.kernel import versions
from lianxin.kernel.journal import listening
from lianxin.kernel.journal.listening import Consumer, entries_after, follow, listens, retry_parked
from lianxin.kernel.journal.models import Entry, Feed
from lianxin.kernel.journal.relay import relay_batch
from lianxin.kernel.journal.writing import Draft, append

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def consumer() -> Iterator[Consumer]:
    """A consumer of this test alone."""
    before = dict(listening.consumers)
    listening.consumers.clear()
    yield listening.consumers.setdefault("test", Consumer("test"))
    listening.consumers.clear()
    listening.consumers.update(before)


def write(*actions: str) -> list[int]:
    """Append one entry for each action."""
    return append([Draft("thing", number, action, AT, 1) for number, action in enumerate(actions)])


def test_entries_keep_their_order_and_all_they_hold() -> None:
    ids = append([Draft("thing", 7, "grow", AT, 3, note="长高", before={"high": 1}, after={"high": 2})])

    entry = Entry.objects.get(pk=ids[0])

    assert (entry.subject_kind, entry.subject_id, entry.action, entry.version) == ("thing", 7, "grow", 3)
    assert (entry.note, entry.before, entry.after) == ("长高", {"high": 1}, {"high": 2})
    assert append([]) == []


def test_the_relay_numbers_without_gaps_and_only_once() -> None:
    ids = write("a", "b", "c")

    assert relay_batch(limit=2) == 2
    assert relay_batch() == 1
    assert relay_batch() == 0
    numbers = list(Feed.objects.order_by("number").values_list("number", "entry_id"))
    assert [entry for _number, entry in numbers] == ids
    assert [number - numbers[0][0] for number, _entry in numbers] == [0, 1, 2]


def test_what_is_rolled_back_is_never_told() -> None:
    with transaction.atomic():
        write("never")
        transaction.set_rollback(True)

    assert relay_batch() == 0


def test_a_consumer_hears_its_actions_once_and_in_order(consumer: Consumer) -> None:
    heard: list[str] = []
    listens("test", "thing.a", "thing.c")(lambda entry: heard.append(entry.action))
    write("a", "b", "c")

    assert follow(consumer, at=AT) == 0  # not yet relayed
    relay_batch()

    assert follow(consumer, at=AT) == 3
    assert follow(consumer, at=AT) == 0
    assert heard == ["a", "c"]


def test_an_entry_that_fails_holds_up_nothing_and_is_tried_again(consumer: Consumer) -> None:
    heard: list[str] = []
    broken = True

    @listens("test", "*")
    def hear(entry: Entry) -> None:
        if broken and entry.action == "b":
            raise LookupError
        heard.append(entry.action)

    write("a", "b", "c")
    relay_batch()
    follow(consumer, at=AT)
    assert heard == ["a", "a", "c"]  # what the batch had done was undone, and each was tried by itself
    assert retry_parked(consumer, at=AT) == 0

    broken = False
    assert retry_parked(consumer, at=AT + timedelta(minutes=2)) == 1
    assert heard == ["a", "a", "c", "b"]
    assert retry_parked(consumer, at=AT + timedelta(days=1)) == 0


def test_a_failing_effect_leaves_nothing_behind(consumer: Consumer) -> None:
    @listens("test", "thing.a")
    def half(entry: Entry) -> None:
        write("half done")
        raise LookupError

    write("a")
    relay_batch()
    follow(consumer, at=AT)

    assert not Entry.objects.filter(action="half done").exists()
    assert len(entries_after(0, limit=10_000_000)) == 1


def test_one_that_fails_lets_the_whole_batch_have_its_effect_once(consumer: Consumer) -> None:
    numbers = relayed("ok", "bad", "ok")

    @listens("test", "thing.ok", "thing.bad")
    def put(entry: Entry) -> None:
        put_name(f"effect-{entry.subject_id}")
        if entry.action == "bad":
            raise ValueError("bad")

    assert follow(consumer, at=AT) == len(numbers)
    assert effects() == ["effect-0", "effect-2"]
    assert listening.parked_count() == 1


def test_a_batch_reads_the_versions_once_unless_it_changes_them(consumer: Consumer) -> None:
    relayed("look", "look", "change", "look")
    seen: list[int] = []

    @listens("test", "thing.look", "thing.change")
    def look(entry: Entry) -> None:
        if entry.action == "change":
            versions.bump("test")
        seen.append(versions.read().get("test", 0))

    with CaptureQueriesContext(connection) as asked:
        follow(consumer, at=AT)

    assert seen[0] == seen[1] == 0
    assert seen[2] == seen[3] > 0
    assert sum("SELECT name, number FROM version" in each["sql"] for each in asked.captured_queries) == 2
    assert versions.read()["test"] == seen[3]


def relayed(*actions: str) -> list[int]:
    """Append entries and number them."""
    ids = write(*actions)
    relay_batch()
    return ids


def put_name(name: str) -> None:
    """Leave a row behind that a test can find."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO version (name, number) VALUES (%s, 1)", [name])


def effects() -> list[str]:
    """Return what was left behind."""
    return sorted(name for name in versions.read() if name.startswith("effect-"))
