"""What is unusual: only what lies far outside a past that is long enough, and by enough cases."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.insight.statistics import unusual

QUIET = [18, 22, 20, 19, 21, 20, 18, 23, 20, 21]


@pytest.mark.parametrize(
    ("past", "now", "is_flagged"),
    [
        (QUIET, 42, True),
        (QUIET, 2, True),
        (QUIET, 26, False),
        ([0] * 12, 4, False),  # four are nothing to speak of
        ([0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0], 9, True),
        ([0] * 30 + [20] * 5, 60, False),  # five weeks are no past
        ([5, 60, 12, 80, 3, 44, 9, 70, 21, 66], 95, False),  # one that always leaps does not leap out
    ],
)
def test_a_week_is_flagged_when_it_is_unlike_its_past(past: list[int], now: int, is_flagged: bool) -> None:
    assert (unusual.judge(past, now) is not None) is is_flagged


@given(st.lists(st.integers(0, 500), max_size=30), st.integers(0, 500))
def test_what_is_flagged_lies_outside_of_half_the_past(past: list[int], now: int) -> None:
    if (judged := unusual.judge(past, now)) is not None:
        usual, distance = judged
        assert distance >= unusual.FAR
        assert abs(now - usual.middle) >= unusual.LEAST_CASES
        assert usual.low <= usual.middle <= usual.high
        assert not usual.low <= now <= usual.high
        assert usual.weeks >= unusual.LEAST_PAST


def test_the_last_week_is_over() -> None:
    monday, sunday = unusual.last_week(datetime(2026, 11, 22, 16, 30, tzinfo=UTC))  # Monday the 23rd in the place
    assert (monday.isoformat(), sunday.isoformat()) == ("2026-11-16", "2026-11-22")
