"""What devices call for: opened, raised, cleared in the intake's own transaction; many intakes, many orders."""

import random
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alarming import TILT, WATER, change_rule, hear, make_rule, said, the_alarm
from casework import NOW
from factories import County
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.journal.models import Entry
from lianxin.registry.sensors import actions as sensors
from lianxin.registry.sensors.flood import buckets
from lianxin.work.alarms import actions as alarms
from lianxin.work.alarms import jobs, rules, ticking, trial
from lianxin.work.alarms.compiled import compile_rule
from lianxin.work.alarms.models import Alarm, Watch
from racing import at_once
from sensing import make_device

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def cover(county: County) -> str:
    """A manhole."""
    return make_device("MH-1", at=NOW - timedelta(days=1)).number


def acts() -> list[str]:
    return list(Entry.objects.filter(subject_kind="alarm").order_by("pk").values_list("action", flat=True))


def test_a_reading_over_the_threshold_opens_one_alarm(cover: str) -> None:
    make_rule(NOW)

    hear(*said(cover, NOW, [(0, 2), (60, 22), (120, 40), (180, 30)]), at=NOW + 5 * MINUTE)

    alarm = the_alarm()
    assert (alarm.level, alarm.value, alarm.peak, alarm.opened_at) == (3, 30.0, 40.0, NOW + MINUTE)
    assert alarm.is_active
    assert (alarm.grid_id, alarm.fault) == (alarm.device.grid_id, "cover")
    assert acts() == ["open"]


def test_it_clears_with_the_damping_and_without_a_case_it_is_over(cover: str) -> None:
    make_rule(NOW, slack=3, clear_seconds=60)
    hear(*said(cover, NOW, [(0, 22)]), at=NOW + SECOND)
    hear(*said(cover, NOW, [(30, 13), (60, 10)]), at=NOW + MINUTE)

    assert the_alarm().is_active

    hear(*said(cover, NOW, [(200, 9)]), at=NOW + 4 * MINUTE)

    alarm = the_alarm()
    assert (alarm.ended_how, alarm.ended_at) == ("cleared", NOW + 120 * SECOND)
    assert not Watch.objects.exists()  # calm again: nothing is remembered


def test_a_duration_that_runs_out_without_a_reading_is_found_by_the_job(cover: str) -> None:
    make_rule(NOW, for_seconds=30)
    hear(*said(cover, NOW, [(0, 22)]), at=NOW + SECOND)

    jobs.run(at=NOW + 32 * SECOND)
    assert not Alarm.objects.exists()  # readings may still be on their way
    jobs.run(at=NOW + 40 * SECOND)

    assert the_alarm().opened_at == NOW + 30 * SECOND


def test_levels_rise_and_fall_and_a_graver_one_wants_to_be_acknowledged_anew(county: County) -> None:
    level = make_device("WL-1", at=NOW - MINUTE, kind="water_level").number
    make_rule(NOW, WATER, slack=0.2)
    hear(*said(level, NOW, [(0, 3.4)], "level"), at=NOW + SECOND)
    alarms.acknowledge(SYSTEM, alarm=the_alarm(), at=NOW + 2 * SECOND, note="在看")

    hear(*said(level, NOW, [(60, 5.3)], "level"), at=NOW + MINUTE)
    raised = the_alarm()
    assert (raised.level, raised.acknowledged_at) == (4, None)

    hear(*said(level, NOW, [(120, 4.1)], "level"), at=NOW + 2 * MINUTE)
    assert (the_alarm().level, the_alarm().top_level, the_alarm().peak) == (3, 4, 5.3)
    hear(*said(level, NOW, [(180, 1.0)], "level"), at=NOW + 3 * MINUTE)
    assert acts() == ["open", "acknowledge", "raise", "lower", "clear"]


def test_two_rules_of_one_fault_share_one_alarm(cover: str) -> None:
    """Open by either, clear only when both are."""
    make_rule(NOW)
    make_rule(NOW, name="井盖打开", measure="is_open", op="eq", steps=[{"level": 4, "value": 1}])

    hear(*said(cover, NOW, [(0, 30)]), *said(cover, NOW, [(0, 1)], "is_open"), at=NOW + SECOND)
    assert the_alarm().level == 4
    hear(*said(cover, NOW, [(60, 0)], "is_open"), at=NOW + MINUTE)
    assert (the_alarm().is_active, the_alarm().level) == (True, 3)
    hear(*said(cover, NOW, [(120, 0)]), at=NOW + 2 * MINUTE)
    assert not the_alarm().is_active


def test_silence_is_found_and_ends_with_the_first_word(cover: str) -> None:
    make_rule(NOW, name="失联", op="silent", measure="*", for_seconds=600, fault="silent", steps=[{"level": 1}])
    hear(*said(cover, NOW, [(0, 2)]), at=NOW + SECOND)

    jobs.run(at=NOW + 9 * MINUTE)
    assert not Alarm.objects.exists()
    jobs.run(at=NOW + 11 * MINUTE)
    assert the_alarm().opened_at == NOW + 10 * MINUTE

    hear(*said(cover, NOW, [(1200, 2)]), at=NOW + 20 * MINUTE)
    assert the_alarm().ended_how == "cleared"


def test_late_readings_do_not_open_the_past(cover: str) -> None:
    make_rule(NOW)
    hear(*said(cover, NOW, [(600, 1)]), at=NOW + 10 * MINUTE)

    taken = hear(*said(cover, NOW, [(0, 80), (300, 80)]), at=NOW + 11 * MINUTE)

    assert len(taken.fresh) == 2  # kept
    assert not Alarm.objects.exists()


def test_the_same_messages_again_change_nothing(cover: str) -> None:
    make_rule(NOW)
    messages = said(cover, NOW, [(0, 2), (60, 22)])
    hear(*messages, at=NOW + MINUTE)
    hear(*messages, at=NOW + MINUTE)

    assert acts() == ["open"]


def test_a_rule_is_for_its_kind_its_area_and_its_devices(county: County) -> None:
    one, other = make_device("MH-1", at=NOW - MINUTE), make_device("MH-2", at=NOW - MINUTE)
    make_device("SL-1", at=NOW - MINUTE, kind="slope")
    make_rule(NOW, devices=[str(one.key)])
    make_rule(NOW, name="别处", fault="other", area=county.grid(112).code)
    make_rule(NOW, name="本网格", fault="slope", area=county.grid(111).code)

    for number in ("MH-1", "MH-2", "SL-1"):
        hear(*said(number, NOW, [(0, 50)]), at=NOW + SECOND)

    found = set(Alarm.objects.values_list("device__number", "fault"))
    assert found == {("MH-1", "cover"), ("MH-1", "slope"), ("MH-2", "slope")}
    assert other.pk


def test_a_new_edition_takes_over_what_stands(cover: str) -> None:
    """An open alarm is neither doubled nor forgotten when the threshold is moved below or above what is read."""
    rule = make_rule(NOW)
    hear(*said(cover, NOW, [(0, 22)]), at=NOW + SECOND)

    rule = change_rule(rule, NOW + MINUTE, steps=[{"level": 3, "value": 10}])
    hear(*said(cover, NOW, [(120, 22)]), at=NOW + 2 * MINUTE)
    assert the_alarm().is_active
    change_rule(rule, NOW + 3 * MINUTE, steps=[{"level": 3, "value": 60}])
    hear(*said(cover, NOW, [(240, 22)]), at=NOW + 4 * MINUTE)

    assert the_alarm().ended_how == "cleared"


def test_a_rule_put_off_and_a_device_paused_leave_no_alarm_behind(county: County) -> None:
    for number in ("MH-1", "MH-2"):
        make_device(number, at=NOW - MINUTE)
    rule, other = make_rule(NOW), make_rule(NOW, name="水", measure="water", fault="flooding")
    hear(*said("MH-1", NOW, [(0, 50)]), *said("MH-2", NOW, [(0, 18)], "water"), at=NOW + SECOND)
    device = the_alarm(fault="flooding").device

    alarms.switch_off(SYSTEM, rule=rule, at=NOW + MINUTE, why="换传感器")
    sensors.pause(SYSTEM, device=device, seen=device.version, why="检修", at=NOW + MINUTE)
    jobs.run(at=NOW + 2 * MINUTE)

    assert set(Alarm.objects.values_list("ended_how", flat=True)) == {"retired"}
    assert not Watch.objects.exists()
    assert other.pk


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(st.tuples(st.integers(1, 900), st.integers(0, 30)), min_size=1, max_size=20),
    cuts=st.lists(st.integers(1, 5), min_size=20, max_size=20),
    looks=st.lists(st.booleans(), min_size=20, max_size=20),
    times=st.fixed_dictionaries(
        {"slack": st.integers(0, 5), "for_seconds": st.integers(0, 600), "clear_seconds": st.integers(0, 600)}
    ),
)
def test_live_in_any_batches_is_what_the_trial_says(
    cover: str, told: Any, cuts: list[int], looks: list[bool], times: dict[str, int]
) -> None:
    """The alarms that were opened live, by batches of any size with the job in between, are those of the trial."""
    content = TILT | times | {"steps": [{"level": 2, "value": 10}, {"level": 4, "value": 20}]}
    readings: list[tuple[float, float]] = []
    second = 0
    for gap, value in told:
        second += gap
        readings.append((second, value))
    end = NOW + timedelta(seconds=second) + timedelta(hours=2)
    with transaction.atomic():
        buckets.forget()
        make_rule(NOW, content)
        rest = list(readings)
        for cut, look in zip(cuts, looks, strict=True):
            batch, rest = rest[:cut], rest[cut:]
            if batch:
                hear(*said(cover, NOW, batch), at=NOW + timedelta(seconds=batch[-1][0] + 2))
                if look:
                    ticking.look(at=NOW + timedelta(seconds=batch[-1][0] + 2))
        if rest:
            hear(*said(cover, NOW, rest), at=NOW + timedelta(seconds=second + 2))
        ticking.look(at=end)
        live = list(Alarm.objects.order_by("opened_at").values_list("opened_at", "top_level", "ended_at"))
        opened = compile_rule(rules.read(content), at=NOW)
        tried, _damped = trial.evaluate(opened, _instants(readings), since=NOW, until=end - ticking.GRACE)
        transaction.set_rollback(True)

    assert live == [(one.opened_at, one.top_level, one.ended_at) for one in tried]
    assert all(earlier[2] is not None and later[0] >= earlier[2] for earlier, later in pairwise(live))


def _instants(readings: list[tuple[float, float]]) -> list[tuple[datetime, float]]:
    return [(NOW + timedelta(seconds=at), float(value)) for at, value in readings]


def test_many_messages_take_few_statements(county: County) -> None:
    for number in range(40):
        make_device(f"MH-{number}", at=NOW - MINUTE)
    make_rule(NOW)
    make_rule(NOW, name="水", measure="water", fault="flooding", steps=[{"level": 2, "value": 1}])
    hear(*said("MH-0", NOW, [(0, 1)]), at=NOW)

    def statements(many: int, value: float, minute: int) -> int:
        messages = [said(f"MH-{number}", NOW, [(minute * 60, value)])[0] for number in range(many)]
        with CaptureQueriesContext(
            connection,
        ) as caught:
            hear(*messages, at=NOW + minute * MINUTE)
        return len(caught)

    few, many = statements(2, 1, 1), statements(40, 1, 2)
    calling = statements(40, 50, 3)

    assert few == many <= 10
    assert calling <= many + 8
    assert Alarm.objects.count() == 40


@pytest.mark.django_db(transaction=True)
def test_two_intakes_and_the_job_at_once_open_one_alarm(county: County) -> None:
    """Readings of the same devices through two intakes, each in its own order, while durations run out."""
    numbers = [make_device(f"MH-{number}", at=NOW - MINUTE).number for number in range(6)]
    make_rule(NOW, for_seconds=30)
    make_rule(NOW, name="井盖打开", measure="is_open", op="eq", steps=[{"level": 4, "value": 1}])
    hear(*(said(number, NOW, [(0, 50)])[0] for number in numbers), at=NOW + SECOND)

    def intake(seed: int, measure: str, value: float) -> Any:
        order = random.Random(seed).sample(numbers, len(numbers))
        return lambda: hear(*(said(each, NOW, [(40, value)], measure)[0] for each in order), at=NOW + MINUTE)

    outcomes = at_once(
        intake(1, "tilt", 51), intake(2, "is_open", 1), lambda: ticking.look(at=NOW + MINUTE), intake(3, "tilt", 51)
    )

    assert not [one for one in outcomes if isinstance(one, Exception)]
    found = Alarm.objects.filter(ended_at=None)
    assert sorted(found.values_list("device__number", flat=True)) == numbers
    assert {alarm.level for alarm in found} == {4}
