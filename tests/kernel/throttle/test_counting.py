"""Too many tries are stopped, from all processes together, for as long as it takes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from lianxin.kernel.throttle.counting import TooMany, count, forget
from lianxin.kernel.throttle.models import Counter

AT = datetime(2026, 11, 21, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def tried(at: datetime, who: str = "138", most: int = 3) -> int | None:
    """Return how many seconds to wait after one try, or None if it may go on."""
    try:
        count("test", who, most=most, span=HOUR, at=at)
    except TooMany as error:
        return error.retry_after
    return None


@pytest.mark.django_db
def test_the_fourth_of_three_waits_for_the_rest_of_the_hour() -> None:
    tries = [tried(AT + timedelta(minutes=10 * number)) for number in range(5)]

    assert tries == [None, None, None, 1800, 1200]


@pytest.mark.django_db
def test_after_the_hour_it_begins_anew() -> None:
    for _ in range(9):
        tried(AT)

    assert tried(AT + HOUR - timedelta(seconds=1)) == 1
    assert tried(AT + HOUR) is None


@pytest.mark.django_db
def test_each_counts_alone_and_nothing_of_them_is_kept() -> None:
    for _ in range(9):
        tried(AT, "13800001234")

    assert tried(AT, "13900001234") is None
    assert all(b"138" not in bytes(row.key) for row in Counter.objects.all())


@pytest.mark.django_db(transaction=True)
def test_tries_at_once_are_all_counted() -> None:
    def one(_number: int) -> bool:
        try:
            return tried(AT, most=10) is None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        passed = list(threads.map(one, range(40)))

    assert sum(passed) == 10
    assert Counter.objects.get().tries == 40


@pytest.mark.django_db
def test_old_counters_are_forgotten() -> None:
    tried(AT - timedelta(days=2), "old")
    tried(AT, "new")

    assert forget(at=AT) == 1
    assert Counter.objects.count() == 1
