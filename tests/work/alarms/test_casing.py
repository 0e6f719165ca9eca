"""An alarm and its case: made once, joined where one is open, told what changes, ended together."""

from datetime import timedelta

import pytest

from alarming import TILT, hear, listen, make_rule, said, the_alarm
from casework import NOW, Desk, make_desk
from cast import Cast
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal.models import Entry
from lianxin.registry.sensors.models import Device
from lianxin.work.alarms import actions as alarms
from lianxin.work.alarms import casing, jobs
from lianxin.work.alarms.models import Alarm
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from racing import at_once
from sensing import HERE, make_device
from standing_on import make_component

MINUTE = timedelta(minutes=1)
CASED = TILT | {"makes_case": True, "category": "020301", "remind_minutes": 10}


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """The cast at work."""
    return make_desk(cast)


@pytest.fixture
def cover(desk: Desk) -> Device:
    """A manhole on a component that 市城管局 maintains."""
    unit = desk.cast.county.units["cgj"].id
    component = make_component(HERE, maintaining_unit_id=unit)
    return make_device("MH-1", at=NOW - MINUTE, component_id=component.pk, maintaining_unit_id=unit)


def call(device: Device, seconds: float = 0, value: float = 40) -> Alarm:
    hear(*said(device.number, NOW, [(seconds, value)]), at=NOW + timedelta(seconds=seconds + 2))
    listen(NOW + timedelta(seconds=seconds + 3))
    return the_alarm(ended_at=None) if value > 15 else Alarm.objects.latest("pk")


def test_the_case_stands_on_the_component_and_its_keeper_leads(desk: Desk, cover: Device) -> None:
    make_rule(NOW, CASED)

    alarm = call(cover)

    case = alarm.case
    assert case is not None
    assert (case.channel, case.severity, case.component_id) == ("sensor", "pressing", cover.component_id)
    assert "倾角 40°" in case.text
    filed = cases.file(desk.cast.seat, case=case, seen=None, at=NOW + MINUTE, filing=desk.filing("020301"))
    assert "养护单位" in str(filed.proposal) or filed.proposal is None
    component = Device.objects.select_related("component").get(pk=cover.pk).component
    assert component is not None
    assert component.state == "damaged"


def test_the_case_goes_on_when_the_device_recovers_and_the_alarm_ends_with_it(desk: Desk, cover: Device) -> None:
    make_rule(NOW, CASED)
    case = call(cover).case
    assert case is not None
    call(cover, 60, 2)
    alarm = the_alarm()
    assert (alarm.is_active, alarm.ended_at) == (False, None)
    assert Entry.objects.filter(subject_kind="case", subject_id=case.pk, action="annotate").count() == 1

    call(cover, 120, 33)  # back while the case is open: the same alarm, the same case
    again = the_alarm()
    assert (again.pk, again.times, again.case_id) == (alarm.pk, 2, case.pk)
    assert Case.objects.count() == 1

    case.refresh_from_db()
    cases.force_close(
        desk.cast.supervisor, case=case, seen=None, at=NOW + 10 * MINUTE, reason="decided", note="已扶正",
        component_state="intact",
    )  # fmt: skip
    listen(NOW + 10 * MINUTE)
    ended = the_alarm()
    assert (ended.ended_how, ended.ended_at) == ("case", NOW + 10 * MINUTE)

    # The cover still says 33°: its next word is a new alarm and a new case.
    assert call(cover, 900, 33).pk != ended.pk
    assert Case.objects.count() == 2


def test_a_second_device_of_the_component_joins_the_case(desk: Desk, cover: Device) -> None:
    make_rule(NOW, CASED)
    other = make_device("MH-2", at=NOW - MINUTE, component_id=cover.component_id)
    case = call(cover).case
    hear(*said("MH-2", NOW, [(30, 50)]), at=NOW + MINUTE)
    listen(NOW + MINUTE)

    joined = the_alarm(device=other)
    assert (joined.case_id, joined.made_case) == (case.pk if case else 0, False)
    assert Case.objects.count() == 1


def test_a_case_only_if_nobody_acknowledges(desk: Desk, cover: Device) -> None:
    make_rule(NOW, CASED, case_minutes=15)
    make_device("MH-2", at=NOW - MINUTE)
    seen = call(cover)
    hear(*said("MH-2", NOW, [(0, 40)]), at=NOW + MINUTE)
    alarms.acknowledge(desk.cast.seat, alarm=seen, at=NOW + MINUTE)

    jobs.run(at=NOW + 14 * MINUTE)
    assert not Case.objects.exists()
    jobs.run(at=NOW + 16 * MINUTE)

    assert Case.objects.count() == 1
    assert the_alarm(device__number="MH-2").case is not None


def test_who_is_told_and_reminded_until_somebody_acknowledges(desk: Desk, cover: Device) -> None:
    make_rule(NOW, TILT, remind_minutes=10)
    alarm = call(cover)
    grid, handler = desk.cast.grid_worker.account_id, desk.cast.handler.account_id
    told = Message.objects.filter(kind="alarms.came").values_list("recipient_id", flat=True)
    assert set(told) == {grid, handler}

    for minutes in (11, 22):
        jobs.run(at=NOW + minutes * MINUTE)
        listen(NOW + minutes * MINUTE)
    assert Message.objects.filter(kind="alarms.reminded", recipient_id=grid).count() == 2
    alarms.acknowledge(desk.cast.grid_worker, alarm=alarm, at=NOW + 23 * MINUTE, note="就在旁边")
    jobs.run(at=NOW + 60 * MINUTE)
    assert the_alarm().reminders == 2

    call(cover, 4000, 1)
    assert Message.objects.filter(kind="alarms.cleared", recipient_id=grid).count() == 1


def test_what_a_muted_device_calls_is_kept_and_told_when_the_mute_is_over(desk: Desk, cover: Device) -> None:
    make_rule(NOW, CASED)
    alarms.mute(
        desk.cast.handler, key=cover.key, device=cover, until=NOW + 60 * MINUTE, why="管网检修", at=NOW - MINUTE
    )
    call(cover)
    jobs.run(at=NOW + 59 * MINUTE)
    listen(NOW + 59 * MINUTE)
    assert the_alarm().is_active
    assert not Case.objects.exists()
    assert not Message.objects.exists()

    jobs.run(at=NOW + 61 * MINUTE)
    listen(NOW + 61 * MINUTE)
    assert Case.objects.count() == 1
    assert Message.objects.filter(kind="alarms.reminded").exists()


def test_acknowledging_dismissing_and_their_refusals(desk: Desk, cover: Device) -> None:
    cast = desk.cast
    make_rule(NOW)
    alarm = call(cover)
    with pytest.raises(NotFound):
        alarms.acknowledge(cast.grid_worker_next_door, alarm=alarm, at=NOW)
    with pytest.raises(NotFound):
        alarms.acknowledge(cast.handler_next_door, alarm=alarm, at=NOW)
    with pytest.raises(NotAllowed):
        alarms.acknowledge(cast.leader, alarm=alarm, at=NOW)
    with pytest.raises(Stale):
        alarms.acknowledge(cast.seat, alarm=alarm, seen=0, at=NOW)
    alarms.acknowledge(cast.seat, alarm=alarm, seen=alarm.version, at=NOW)
    with pytest.raises(Refused, match="已经确认过"):
        alarms.acknowledge(cast.grid_worker, alarm=alarm, at=NOW)
    with pytest.raises(Invalid):
        alarms.dismiss(cast.seat, alarm=alarm, why="", at=NOW)
    alarms.dismiss(cast.seat, alarm=alarm, why="检修时打开", at=NOW + MINUTE)
    assert the_alarm().ended_how == "dismissed"

    # It still says so, and is not heard again until it has recovered.
    hear(*said(cover.number, NOW, [(300, 41)]), at=NOW + 5 * MINUTE)
    assert Alarm.objects.count() == 1
    hear(*said(cover.number, NOW, [(400, 1), (500, 41)]), at=NOW + 9 * MINUTE)
    assert Alarm.objects.filter(ended_at=None).count() == 1


def test_an_alarm_with_a_case_is_not_dismissed(desk: Desk, cover: Device) -> None:
    make_rule(NOW, CASED)
    alarm = call(cover)
    with pytest.raises(Refused, match="案件"):
        alarms.dismiss(desk.cast.seat, alarm=alarm, why="检修时打开", at=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_case_is_made_once_however_many_make_it(cast: Cast) -> None:
    make_desk(cast)
    make_device("MH-1", at=NOW - MINUTE)
    make_rule(NOW, CASED)
    hear(*said("MH-1", NOW, [(0, 40)]), at=NOW + MINUTE)
    alarm = the_alarm()

    at_once(*[lambda: casing.make(alarm.pk, at=NOW + MINUTE)] * 4)

    assert Case.objects.count() == 1
    assert the_alarm().case_id is not None
