"""Made-up devices: what they say can be true, the same sky hangs over all, and faults do what they are called."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from factories import County
from lianxin.operations.speaking import course
from lianxin.operations.speaking.crowd import Crowd
from lianxin.operations.speaking.faults import FAULTS
from lianxin.operations.speaking.outlets import NotSent, Word
from lianxin.registry.sensors import actions, keys
from lianxin.registry.sensors.kinds import KINDS
from lianxin.registry.sensors.models import Device, DeviceState
from sensing import make_device, say, store

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
YEAR = [AT + timedelta(hours=hour) for hour in range(0, 8760, 3)]


class Ear:
    """An outlet that remembers; it may be deaf."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, list[Word], str]] = []
        self.is_deaf = False

    def send(self, number: str, key: str, words: Sequence[Word], *, system: str = "") -> None:
        if self.is_deaf:
            raise NotSent("deaf")
        self.heard.append((number, key, list(words), system))


@given(
    kind=st.sampled_from(sorted(KINDS)),
    number=st.integers(0, 9999).map("X-{:04}".format),
    at=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - given a zone below
    fault=st.sampled_from(["", *FAULTS]),
)
def test_every_kind_says_all_it_measures_within_what_can_be_true(kind: str, number: str, at: datetime, fault: str):
    told = course.values(kind, number, at.replace(tzinfo=UTC))
    if fault:
        told = FAULTS[fault](told)
    measures = KINDS[kind].measures

    assert set(measures) <= set(told)
    for code, value in told.items():
        if code in measures:
            assert measures[code].least <= value <= measures[code].most, code


def test_the_same_instant_says_the_same_and_devices_differ():
    assert course.values("weather", "WS-1", AT) == course.values("weather", "WS-1", AT)
    assert course.values("water_level", "WL-1", AT) != course.values("water_level", "WL-2", AT)


def test_it_rains_now_and_then_and_gauges_feel_it():
    wet = [at for at in YEAR if course.rain(at) > 5]
    dry = [at for at in YEAR if course.soaked(at) < 0.1]

    def level(when: list[datetime]) -> float:
        return sum(course.values("water_level", "WL-1", at)["level"] for at in when) / len(when)

    assert 0.02 < len([at for at in YEAR if course.rain(at) > 0.1]) / len(YEAR) < 0.25
    assert level([at + timedelta(hours=1) for at in wet]) > level(dry) + 0.2


@pytest.fixture
def crowd(county: County, tmp_path: Path) -> tuple[Crowd, Ear]:
    ear = Ear()
    return Crowd(ear, tmp_path), ear


def _hour(crowd: Crowd, begin: datetime) -> None:
    for second in range(0, 3600, 5):
        crowd.turn(at=begin + timedelta(seconds=second))


@pytest.mark.django_db
def test_each_speaks_in_its_turn_with_a_key_of_its_own_that_is_kept(crowd: tuple[Crowd, Ear], tmp_path: Path):
    made_up, ear = crowd
    make_device("MH-1", at=AT)
    make_device("WL-1", kind="water_level", at=AT)

    _hour(made_up, AT)

    assert {number for number, *_ in ear.heard} == {"MH-1", "WL-1"}
    assert 20 <= len(ear.heard) <= 30, "each every five minutes"
    key = next(key for number, key, *_ in ear.heard if number == "MH-1")
    assert keys.authenticate("MH-1", key, at=AT) is not None
    again = Crowd(ear, tmp_path)
    assert again.keys.of("MH-1", is_system=False, at=AT) == key


@pytest.mark.django_db
def test_a_device_takes_up_where_its_readings_ended_and_who_was_silent_stays_so(crowd: tuple[Crowd, Ear]):
    made_up, ear = crowd
    for number in ("WL-1", "WL-2"):
        make_device(number, kind="water_level", at=AT)
        store(say(number, AT, level=7.0, battery=31), at=AT)
    DeviceState.objects.filter(device__number="WL-2").update(silent_since=AT)

    _hour(made_up, AT + timedelta(minutes=5))
    _hour(made_up, AT + timedelta(hours=48))

    assert {number for number, *_ in ear.heard} == {"WL-1"}
    said = [words[0].values for _number, _key, words, _system in ear.heard]
    assert said[0]["level"] == pytest.approx(7.0, abs=0.6)
    assert said[-1]["level"] < 5, "its own course again"
    assert {round(one["battery"]) for one in said} <= {30, 31}


@pytest.mark.django_db
def test_a_device_suffers_what_it_is_told_at_once_and_until_it_is_over(crowd: tuple[Crowd, Ear]):
    made_up, ear = crowd
    make_device("MH-1", at=AT)
    _hour(made_up, AT)
    later = AT + timedelta(hours=1)
    made_up.faults.put("MH-1", "open", at=later, lasts=timedelta(minutes=10))
    ear.heard.clear()

    for second in range(0, 1800, 5):
        made_up.turn(at=later + timedelta(seconds=second))

    opened = [word.at for _n, _k, words, _s in ear.heard for word in words if word.values["is_open"] == 1]
    assert opened
    assert opened[0] - later < timedelta(seconds=30)
    assert opened[-1] - later <= timedelta(minutes=10)
    assert ear.heard[-1][2][0].values["is_open"] == 0


@pytest.mark.django_db
def test_silent_says_nothing_flood_much_and_a_wrong_key_is_not_the_right_one(crowd: tuple[Crowd, Ear]):
    made_up, ear = crowd
    for number, fault in (("MH-1", "silent"), ("MH-2", "flood"), ("MH-3", "wrong_key")):
        make_device(number, at=AT)
        made_up.faults.put(number, fault, at=AT, lasts=timedelta(hours=1))

    for second in range(0, 400, 5):
        made_up.turn(at=AT + timedelta(seconds=second))

    heard = {number: (key, words) for number, key, words, _system in ear.heard}
    assert set(heard) == {"MH-2", "MH-3"}
    assert len({word.at for word in heard["MH-2"][1]}) == 300
    assert keys.authenticate("MH-3", heard["MH-3"][0], at=AT) is None


@pytest.mark.django_db
def test_who_was_not_heard_tries_again_soon_and_who_is_retired_is_silent(crowd: tuple[Crowd, Ear]):
    from lianxin.foundation.accounts.actor import SYSTEM

    made_up, ear = crowd
    device = make_device("MH-1", at=AT)
    ear.is_deaf = True
    for second in range(0, 400, 5):
        made_up.turn(at=AT + timedelta(seconds=second))
    ear.is_deaf = False
    made_up.turn(at=AT + timedelta(seconds=410))
    assert len(ear.heard) == 1

    actions.retire(SYSTEM, device=device, seen=device.version, why="拆除", at=AT)
    ear.heard.clear()
    _hour(made_up, AT + timedelta(hours=1))

    assert not ear.heard
    assert Device.objects.get(pk=device.pk).state == Device.State.RETIRED


@pytest.mark.django_db
def test_the_command_tells_the_running_one_and_refuses_where_readings_are_real(county: County, settings):
    make_device("MH-1", at=AT)
    settings.DEMO = True
    out = StringIO()
    call_command("simulate_devices", "mh-1", "open", stdout=out)
    assert "MH-1" in out.getvalue()
    with pytest.raises(CommandError, match="没有登记"):
        call_command("simulate_devices", "MH-404", "open")
    settings.DEMO = False
    with pytest.raises(CommandError, match="演示"):
        call_command("simulate_devices", "MH-1", "open")
