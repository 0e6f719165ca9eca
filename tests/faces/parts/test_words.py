from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.faces.parts import words
from lianxin.faces.parts.words import ClockState

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)  # 周六 14:05 in the place


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=words.PLACE)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-11-21T14:05", "14:05"),
        ("2026-11-21T00:00", "00:00"),
        ("2026-11-20T23:59", "11月20日 23:59"),
        ("2026-01-02T08:30", "1月2日 08:30"),
        ("2025-11-21T14:05", "2025年11月21日"),
        ("2027-01-01T00:00", "2027年1月1日"),
    ],
)
def test_an_instant_is_said_as_near_as_it_is(when: str, said: str) -> None:
    assert words.instant(at(when), NOW) == said


def test_the_day_is_the_day_of_the_place_and_not_of_utc() -> None:
    late_evening_utc = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)

    assert words.instant(late_evening_utc, NOW) == "00:30"


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        words.hour(datetime(2026, 11, 21, 14, 5))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "不到 1 分"),
        (59, "不到 1 分"),
        (60, "1 分"),
        (3599, "59 分"),
        (3600, "1 小时"),
        (5760, "1 小时 36 分"),
        (86400, "1 天"),
        (3 * 86400 + 4 * 3600 + 59, "3 天 4 小时"),
    ],
)
def test_a_duration_is_said_in_two_units_at_most(seconds: float, said: str) -> None:
    assert words.duration(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1800, "30 分"),
        (3599, "1 小时"),
        (9360, "2.6 小时"),
        (64800, "18 小时"),
        (86400, "24 小时"),
        (3 * 86400, "3 天"),
        (129600, "36 小时"),
    ],
)
def test_a_limit_is_said_in_one_unit(seconds: float, said: str) -> None:
    assert words.rough(seconds) == said


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(minutes=24, seconds=50), "剩 24 分"),
        (timedelta(seconds=30), "剩不到 1 分"),
        (timedelta(hours=2, minutes=59), "剩 2 小时"),
        (timedelta(days=3, hours=23), "剩 3 天"),
        (timedelta(0), "超时不到 1 分"),
        (timedelta(minutes=-12), "超时 12 分"),
        (timedelta(days=-3), "超时 3 天"),
    ],
)
def test_what_remains_is_never_said_longer_than_it_is(left: timedelta, said: str) -> None:
    assert words.remaining(NOW + left, NOW) == said


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-11-21T17:00", "17:00 起计"),
        ("2026-11-23T08:30", "周一 08:30 起计"),
        ("2026-11-28T08:30", "11月28日 08:30 起计"),
    ],
)
def test_a_waiting_clock_says_when_it_begins(when: str, said: str) -> None:
    assert words.clock(ClockState.OUTSIDE, now=NOW, begins=at(when)) == said


def test_a_paused_clock_says_until_when() -> None:
    assert words.clock(ClockState.PAUSED, now=NOW, until=date(2026, 11, 28), due=NOW) == "挂账至 11月28日"
    assert words.clock(ClockState.PAUSED, now=NOW, until=date(2027, 1, 5)) == "挂账至 2027年1月5日"
    assert words.clock(ClockState.PAUSED, now=NOW) == "已挂账"


def test_a_clock_without_limit_says_so() -> None:
    assert words.clock(ClockState.ON_TIME, now=NOW) == "不限时"


@pytest.mark.parametrize(
    ("number", "whole", "short"),
    [
        (0, "0", "0"),
        (6214, "6,214", "6,214"),
        (241_000, "241,000", "24.1 万"),
        (130_000_000, "130,000,000", "1.3 亿"),
        (20_000, "20,000", "2 万"),
    ],
)
def test_numbers_are_said_whole_or_in_wan(number: int, whole: str, short: str) -> None:
    assert words.count(number) == whole
    assert words.wan(number) == short


def test_shares_and_case_numbers() -> None:
    assert words.percent(0.974) == "97.4%"
    assert words.percent(1) == "100%"
    assert words.tail("340881-20261121-000123") == "…000123"


@pytest.mark.parametrize(
    ("hour", "said"), [(3, "夜深了"), (8, "早上好"), (12, "中午好"), (14, "下午好"), (20, "晚上好")]
)
def test_the_greeting_follows_the_hour_of_the_place(hour: int, said: str) -> None:
    assert words.greeting(NOW.astimezone(words.PLACE).replace(hour=hour)) == said


@given(st.floats(min_value=0, max_value=400 * 86400))
def test_every_span_has_words_without_a_zero_unit(seconds: float) -> None:
    for said in (words.duration(seconds), words.rough(seconds)):
        assert said
        assert " 0 " not in f" {said} " or said == "0 分"
