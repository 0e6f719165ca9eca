"""What is stored, what is refused and counted; the order and number of deliveries never matter."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import NOW
from factories import County
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.registry.sensors import actions, intake
from lianxin.registry.sensors.flood import buckets
from lianxin.registry.sensors.intake import Message
from lianxin.registry.sensors.models import DeviceState, IntakeCount, Stream
from racing import at_once
from sensing import make_device, make_system, rows, say, store

MINUTE = timedelta(minutes=1)


@pytest.fixture
def three(county: County) -> list[str]:
    """Three manholes."""
    return [make_device(f"MH-{number}", at=NOW).number for number in (1, 2, 3)]


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return all that readings leave behind."""
    return {
        "reading": rows("SELECT * FROM reading ORDER BY 1, 2"),
        "stream": rows("SELECT id, last_at, last_value FROM stream ORDER BY 1"),
        "state": rows("SELECT device_id, last_at, last_received_at, battery, is_low FROM device_state ORDER BY 1"),
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 40), st.integers(0, 100)), min_size=1, max_size=25),
    seed=st.integers(0, 1_000),
)
def test_order_and_repeats_of_deliveries_do_not_matter(three: list[str], told: Any, seed: int) -> None:
    """A broker may deliver again, late, and cut otherwise: the tables are the same as after one delivery in order."""
    # One device says one thing at one instant.
    said = {(number, minute): value for number, minute, value in told}
    messages = [
        say(f"MH-{number}", NOW - minute * MINUTE, tilt=value, battery=100 - value)
        for (number, minute), value in sorted(said.items())
    ]
    outcomes = []
    for order in ("once", "again and again"):
        sent = list(messages)
        if order != "once":
            rng = random.Random(seed)
            sent = rng.sample(messages * 3, len(messages) * 3)
        with transaction.atomic():
            buckets.forget()
            fresh = 0
            while sent:
                fresh += len(store(*sent[:7], at=NOW).fresh)
                sent = sent[7:]
            outcomes.append(everything())
            transaction.set_rollback(True)
        assert fresh == 2 * len(messages)

    assert outcomes[0] == outcomes[1]


def test_what_is_repeated_is_counted_and_harmless(three: list[str]) -> None:
    first = store(say("MH-1", NOW, tilt=3, is_open=0), say("MH-1", NOW, tilt=3), at=NOW)
    again = store(say("mh-1", NOW, tilt=99), at=NOW)

    assert ([one.measure for one in first.fresh], first.repeated) == (["tilt", "is_open"], 1)
    assert (again.fresh, again.repeated) == ([], 1)
    assert rows("SELECT value FROM reading ORDER BY value") == [(0.0,), (3.0,)]


def test_a_late_reading_is_kept_but_is_not_the_last(three: list[str]) -> None:
    store(say("MH-1", NOW, tilt=3, battery=50), at=NOW)

    taken = store(say("MH-1", NOW - timedelta(hours=2), tilt=7, battery=10), at=NOW)

    assert [(one.measure, one.is_latest, one.is_late) for one in taken.fresh] == [
        ("tilt", False, True), ("battery", False, True)
    ]  # fmt: skip
    assert Stream.objects.get(device__number="MH-1", measure="tilt").last_value == 3
    state = DeviceState.objects.get(device__number="MH-1")
    assert (state.battery, state.is_low, state.last_at) == (50, False, NOW)


def test_battery_and_signal_are_flagged_by_the_place_s_limits(three: list[str]) -> None:
    store(say("MH-1", NOW, battery=12, signal=-117), say("MH-2", NOW, battery=80, signal=-70), at=NOW)

    flags = DeviceState.objects.order_by("device_id").values_list("is_low", "is_weak")
    assert list(flags) == [(True, True), (False, False), (False, False)]


OLD = timedelta(hours=80)
REFUSED: list[tuple[str, Message]] = [
    ("unknown_device", say("NOBODY", NOW, tilt=1)),
    ("unknown_system", Message("MH-1", {"tilt": 1}, NOW, NOW, system="nowhere")),
    ("unknown_device", Message("MH-1", {"tilt": 1}, NOW, NOW, system="water")),  # not a device of that system
    ("unknown_measure", say("MH-1", NOW, colour=1)),
    ("bad_value", say("MH-1", NOW, tilt=181)),
    ("bad_value", say("MH-1", NOW, tilt=float("nan"))),
    ("bad_value", say("MH-1", NOW, tilt=float("inf"))),
    ("in_future", Message("MH-1", {"tilt": 1}, NOW + timedelta(minutes=6), NOW)),
    ("too_old", Message("MH-1", {"tilt": 1}, NOW - OLD, NOW)),
    ("too_old", Message("MH-1", {"tilt": 1}, datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=1), NOW)),
    ("broken", Message("MH-1", {"tilt": 1}, NOW.replace(tzinfo=None), NOW)),
    ("too_large", Message("MH-1", {f"m{place}": 1.0 for place in range(65)}, NOW, NOW)),
    ("paused", say("MH-2", NOW, tilt=1)),
    ("retired", say("MH-3", NOW, tilt=1)),
]


@pytest.mark.parametrize(("reason", "message"), REFUSED, ids=lambda one: one if isinstance(one, str) else "")
def test_what_cannot_be_right_is_refused_counted_and_leaves_others_alone(
    three: list[str], reason: str, message: Message
) -> None:
    from lianxin.registry.sensors.models import Device

    make_system("water", at=NOW)
    actions.pause(SYSTEM, device=Device.objects.get(number="MH-2"), seen=1, why="修理", at=NOW)
    actions.retire(SYSTEM, device=Device.objects.get(number="MH-3"), seen=1, why="拆除", at=NOW)

    taken = store(say("MH-1", NOW - MINUTE, tilt=2), message, say("MH-1", NOW, is_open=0), at=NOW)

    assert [(one.index, one.reason) for one in taken.refused] == [(1, reason)]
    assert [(one.item, one.measure) for one in taken.fresh] == [(0, "tilt"), (2, "is_open")]
    counted = IntakeCount.objects.exclude(outcome="taken").get()
    assert (counted.outcome, counted.messages) == (reason, 1)
    assert counted.sample
    assert message.device not in counted.sample


def test_one_wrong_value_of_a_message_leaves_the_others(three: list[str]) -> None:
    taken = store(say("MH-1", NOW, tilt=500, battery=77), at=NOW)

    assert [one.measure for one in taken.fresh] == ["battery"]
    assert [one.reason for one in taken.refused] == ["bad_value"]


def test_a_flood_of_one_device_is_damped_and_others_are_unharmed(three: list[str]) -> None:
    burst = 3_000
    messages = [say("MH-1", NOW - timedelta(seconds=burst * 2 - place), tilt=1) for place in range(burst * 2)]
    flood = [Message(one.device, one.values, one.at, NOW) for one in messages]

    taken = store(*flood, say("MH-2", NOW, tilt=1), at=NOW)

    assert len(taken.fresh) == burst + 1
    assert {one.reason for one in taken.refused} == {"flood"}
    assert IntakeCount.objects.get(outcome="flood").messages == burst


def test_a_batch_costs_the_same_few_statements_however_large(three: list[str]) -> None:
    def cost(count: int, shift: int) -> int:
        messages = [say(f"MH-{place % 3 + 1}", NOW + timedelta(milliseconds=shift + place), tilt=1, battery=9)
                    for place in range(count)]  # fmt: skip
        with (
            transaction.atomic(),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            intake.store(messages, at=NOW)
        return len([one for one in seen if "SAVEPOINT" not in one["sql"]])

    store(say("MH-1", NOW - MINUTE, tilt=1), at=NOW)  # what is known is in memory now

    assert cost(3, 0) == cost(300, 1_000) == 5


def test_a_measure_that_a_kind_is_given_later_gets_its_stream(three: list[str]) -> None:
    Stream.objects.filter(measure="water").delete()
    from lianxin.kernel import versions

    versions.bump("devices")

    taken = store(say("MH-1", NOW, water=1.5), say("MH-2", NOW, water=0.5), at=NOW)

    assert [one.value for one in taken.fresh] == [1.5, 0.5]
    assert Stream.objects.filter(measure="water", unit="m").count() == 2
    assert store(say("MH-1", NOW, water=1.5), at=NOW).repeated == 1


@pytest.mark.django_db(transaction=True)
def test_two_intakes_at_once_neither_deadlock_nor_lose(county: County) -> None:
    """The same devices in opposite orders, half of it delivered to both."""
    numbers = [make_device(f"MH-{place:02}", at=NOW).number for place in range(20)]

    def batch(turn: int, order: int) -> list[Message]:
        told = [say(number, NOW - (turn % 8) * MINUTE, tilt=turn % 90, battery=50) for number in numbers]
        return told[::order]

    def intake_of(order: int, turns: range) -> int:
        return sum(len(store(*batch(turn, order), at=NOW).fresh) for turn in turns)

    done = at_once(
        lambda: intake_of(1, range(8)), lambda: intake_of(-1, range(8)), lambda: intake_of(1, range(4, 8))
    )  # fmt: skip

    assert all(isinstance(one, int) for one in done), done
    assert sum(done) == rows("SELECT count(*) FROM reading")[0][0] == 20 * 8 * 2
    assert rows("SELECT DISTINCT last_at FROM stream WHERE measure = 'tilt'") == [(NOW,)]
