"""Days of plans, hours of rounds, nearness and stickers, as properties."""

from datetime import date, time, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianxin.kernel.geometry.points import Point as Place
from lianxin.work.patrols import rules, stickers
from lianxin.work.patrols.models import Point
from lianxin.work.patrols.rules import Schedule
from lianxin.work.patrols.words import Rhythm

# A busy machine draws slowly; that says nothing of what is tested.
calm = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@calm
@given(DAYS, st.integers(1, 90), st.integers(0, 400))
def test_every_few_days(first: date, every: int, ahead: int) -> None:
    plan = Schedule(Rhythm.EVERY, time(8), time(10), first, every_days=every)
    found = list(plan.between(first - timedelta(days=5), first + timedelta(days=ahead)))
    assert found == [first + timedelta(days=step) for step in range(0, ahead + 1, every)]


@calm
@given(DAYS, st.sets(st.integers(1, 31), min_size=1))
def test_every_month_has_its_rounds_however_short(first: date, days: set[int]) -> None:
    plan = Schedule(Rhythm.MONTHLY, time(8), time(10), date(2024, 1, 1), days=tuple(days))
    start = first.replace(day=1)
    following = (start + timedelta(days=32)).replace(day=1)
    last = following - timedelta(days=1)
    assert {day.day for day in plan.between(start, last)} == {min(day, last.day) for day in days}


@calm
@given(DAYS, st.times(), st.times())
def test_a_window_has_length_and_begins_on_its_day(day: date, begins: time, ends: time) -> None:
    opens, closes = Schedule(Rhythm.EVERY, begins, ends, day, every_days=1).window(day)
    assert opens.date() == day
    assert timedelta() < closes - opens <= timedelta(days=1)


@calm
@given(st.floats(0, 400), st.integers(0, 2000), st.integers(10, 200), st.integers(0, 300))
def test_a_phone_is_believed_no_farther_than_the_limit(metres: float, accuracy: int, radius: int, most: int) -> None:
    here = Place(117.0, 31.0)
    away = Place(117.0, 31.0 + metres / 111_195)
    found = rules.nearness(here, radius, away, accuracy, most)
    assert found.distance == pytest.approx(metres, abs=1.5)
    assert found.is_there is (found.distance is not None and found.distance <= radius + min(accuracy, most))


@calm
@given(st.uuids(), st.uuids(), st.integers(1, 50))
def test_a_sticker_opens_its_own_point_in_its_own_time(key: object, other: object, number: int) -> None:
    point = cast("Point", SimpleNamespace(key=key, code="D0042", sticker=number))
    text = stickers.text_of(point)
    assert stickers.is_of(point, text)
    assert stickers.is_of(point, f"https://a.example/patrol/{text.lower()}")
    assert stickers.is_of(point, stickers.typed_of(point))
    assert not stickers.is_of(cast("Point", SimpleNamespace(key=key, code="D0042", sticker=number + 1)), text)
    assert key == other or not stickers.is_of(
        cast("Point", SimpleNamespace(key=other, code="D0042", sticker=number)), text
    )
    assert not stickers.is_of(cast("Point", SimpleNamespace(key=key, code="D0043", sticker=number)), text)
    assert not stickers.is_of(point, f"{text[:-1]}")
