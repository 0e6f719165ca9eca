"""Periods as words, shares of sums, and what a histogram can tell."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.insight.statistics import figures, periods
from lianxin.insight.statistics.indicators import INDICATORS
from lianxin.insight.statistics.measures import EDGES, INSTANTS, MEASURES
from lianxin.kernel.errors import Invalid

AT = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # half past midnight on Monday the 23rd in the place


@pytest.mark.parametrize(
    ("word", "first", "last", "month"),
    [
        ("week", date(2026, 11, 23), date(2026, 11, 23), None),
        ("month", date(2026, 11, 1), date(2026, 11, 23), None),
        ("last_month", date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 1)),
        ("quarter", date(2026, 10, 1), date(2026, 11, 23), None),
        ("year", date(2026, 1, 1), date(2026, 11, 23), None),
        ("twelve", date(2025, 12, 1), date(2026, 11, 23), None),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), date(2024, 2, 1)),
    ],
)
def test_a_word_is_a_stretch_of_days(word: str, first: date, last: date, month: date | None) -> None:
    found = periods.read(word, at=AT)
    assert (found.first, found.last, found.month) == (first, last, month)


@pytest.mark.parametrize("word", ["", "never", "2026-13", "2026-12", "2026-1", "2026-10-01"])
def test_another_word_is_refused(word: str) -> None:
    with pytest.raises(Invalid):
        periods.read(word, at=AT)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.sampled_from(periods.WORDS))
def test_what_a_period_is_compared_with_lies_right_before_and_is_no_longer(day: date, word: str) -> None:
    now = periods.read(word, at=datetime(day.year, day.month, day.day, 4, tzinfo=UTC))
    then = periods.before(now)
    assert then.first <= then.last < now.last
    assert then.first < now.first
    if word != "twelve":
        assert then.last < now.first
    assert (then.last - then.first).days <= (now.last - now.first).days + 3
    line = periods.line(now)
    assert len(line) == periods.POINTS
    assert line[-1][1] == now.last
    assert all(first <= last < following for (first, last), (following, _) in pairwise(line))


def test_every_indicator_is_made_of_measures_of_the_same_day() -> None:
    for each in INDICATORS.values():
        top, bottom = MEASURES[each.numerator], MEASURES[each.denominator]
        assert top.instant == bottom.instant in INSTANTS, each.code


def test_a_share_is_told_only_where_it_can_be() -> None:
    sums = dict.fromkeys(MEASURES, 0)
    told = figures.figure(INDICATORS["on_time"], sums | {"due": 8, "on_time": 6}, as_of=AT)
    assert (told.value, told.numerator, told.denominator) == (0.75, 6, 8)
    assert figures.figure(INDICATORS["on_time"], sums, as_of=AT).value is None
    right = figures.figure(INDICATORS["filed_right"], sums | {"filed": 8, "filed_void": 2}, as_of=AT)
    assert (right.value, right.numerator) == (0.75, 6)
    few = figures.figure(INDICATORS["satisfied"], sums | {"asked_satisfied": 4, "satisfied": 4}, as_of=AT)
    assert few.is_hidden
    assert few.value is None
    five = figures.figure(INDICATORS["satisfied"], sums | {"asked_satisfied": 5, "satisfied": 4}, as_of=AT)
    assert five.value == 0.8


@given(st.lists(st.integers(1, EDGES[-1] * 2 - 1), min_size=1, max_size=60), st.sampled_from([0.5, 0.9]))
def test_a_quantile_of_the_histogram_is_right_to_its_bucket(seconds: list[int], share: float) -> None:
    buckets = [0] * (len(EDGES) + 1)
    for each in seconds:
        buckets[sum(each >= edge for edge in EDGES)] += 1
    told = figures.quantile(buckets, share)
    ordered = sorted(seconds)
    rank = min(len(ordered) - 1, max(0, -(-len(ordered) * share // 1).__int__() - 1))
    true = ordered[rank]
    place = sum(true >= edge for edge in EDGES)
    low, high = (EDGES[place - 1] if place else 0), (EDGES[place] if place < len(EDGES) else 2 * EDGES[-1])
    assert low <= told <= high


def test_an_empty_histogram_tells_nothing() -> None:
    assert figures.quantile([0] * (len(EDGES) + 1), 0.5) == 0
