"""Readings through a real broker: stored and then acknowledged; what is wrong is refused, counted, and harms nobody."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import DataError, OperationalError

from brokering import Speaker, TestBroker, body, make_intake, running_broker, speaker, turn
from factories import County
from lianxin.faces.gateways.mqtt.intake import Intake
from lianxin.faces.gateways.mqtt.link import Address, Replaced
from lianxin.faces.gateways.mqtt.taking import take_again
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.operations.speaking.outlets import ByBroker, NotSent, Word
from lianxin.registry.sensors import actions, systems
from lianxin.registry.sensors import settings as practices
from lianxin.registry.sensors.models import Device, IntakeCount
from lianxin.work.alarms import intake as alarms
from sensing import make_device, make_system, rows

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mqtt")


@pytest.fixture
def at(county: County) -> datetime:
    """Now, since the intake reads the clock itself."""
    return datetime.now(UTC)


@pytest.fixture
def broker(folder: Path, at: datetime) -> Iterator[TestBroker]:
    with running_broker(folder) as broker:
        yield broker


@pytest.fixture
def intake(broker: TestBroker) -> Iterator[Intake]:
    intake = make_intake(broker)
    yield intake
    intake.link.leave()


@pytest.fixture
def manhole(at: datetime) -> Device:
    return make_device("MH-1", at=at)


@pytest.fixture
def cover(broker: TestBroker, manhole: Device, at: datetime) -> Iterator[Speaker]:
    with speaker(broker, manhole, at=at) as cover:
        yield cover


def readings() -> list[tuple[str, str, float]]:
    return rows(
        "SELECT number, measure, value FROM reading JOIN stream s ON s.id = stream_id"
        " JOIN device d ON d.id = device_id ORDER BY number, measure, reading.at"
    )


def counted() -> dict[str, int]:
    """How many messages came to what."""
    found: dict[str, int] = {}
    for row in IntakeCount.objects.all():
        found[row.outcome] = found.get(row.outcome, 0) + row.messages
    return found


def gets_in(broker: TestBroker, account: str, key: str) -> bool:
    """Whether somebody is let in now."""
    time.sleep(0.2)
    spoken = Speaker(broker.port, account, key)
    if spoken.connect():
        spoken.close()
        return True
    return False


def test_what_a_device_publishes_is_stored_and_the_receipt_comes_after(
    intake: Intake, cover: Speaker, at: datetime
) -> None:
    assert cover.send(body(at, tilt=3.5, battery=88), receipt=b"7") == 0

    turn(intake, lambda: cover.receipts)

    assert cover.receipts == [(b"7", {"stored": True})]
    assert readings() == [("MH-1", "battery", 88), ("MH-1", "tilt", 3.5)]
    assert counted() == {"taken": 1}


def test_nothing_is_acknowledged_before_the_commit(
    intake: Intake, broker: TestBroker, cover: Speaker, at: datetime
) -> None:
    """The intake dies between reading and storing: another one with its name is handed the same message."""
    cover.send(body(at, tilt=3.5))
    turn(intake, lambda: intake.link.arrived or intake.done.messages)
    assert not intake.done.messages

    successor = make_intake(broker)
    turn(successor, lambda: successor.done.messages)

    assert readings() == [("MH-1", "tilt", 3.5)]
    successor.link.leave()


def test_of_two_intakes_under_one_number_the_first_gives_way(intake: Intake, broker: TestBroker) -> None:
    """Else they would take the session from each other for ever."""
    successor = make_intake(broker)

    with pytest.raises(Replaced):
        turn(intake, successor.turn)

    successor.link.leave()


def test_while_the_database_is_away_messages_wait_and_the_connection_stays(
    intake: Intake, cover: Speaker, at: datetime
) -> None:
    with (
        patch.object(alarms, "take", side_effect=OperationalError("away")) as away,
        patch("lianxin.faces.gateways.mqtt.intake.connection"),
    ):
        for minute in range(3):
            cover.send(body(at - timedelta(minutes=minute), tilt=minute))
        turn(intake, lambda: away.call_count >= 2)
        before = intake.done.messages

    turn(intake, lambda: intake.done.messages == 3)

    assert before == 0
    assert len(readings()) == 3
    assert intake.link.is_subscribed


def test_a_message_that_breaks_a_statement_is_set_aside_and_the_others_are_stored(
    intake: Intake, cover: Speaker, at: datetime
) -> None:
    real = alarms.take

    def take(messages, *, at):
        if any(message.values.get("tilt") == 13 for message in messages):
            raise DataError("a statement that this value breaks")
        return real(messages, at=at)

    with patch.object(alarms, "take", take):
        for tilt in (11, 12, 13, 14, 15):
            cover.send(body(at - timedelta(minutes=tilt), tilt=tilt), receipt=str(tilt).encode())
        turn(intake, lambda: len(cover.receipts) == 5)

    assert [value for *_, value in readings()] == [15, 14, 12, 11]
    assert dict(cover.receipts)[b"13"]["stored"] is False
    assert counted() == {"taken": 4, "broken": 1}
    # Once whatever broke it is mended, nothing was lost.
    assert take_again(intake.shelf, at=at) == (1, 0)
    assert [value for *_, value in readings()] == [15, 14, 13, 12, 11]


def test_bad_input_is_refused_counted_and_told_while_others_go_on(
    intake: Intake, broker: TestBroker, cover: Speaker, at: datetime
) -> None:
    with speaker(broker, make_device("WL-1", kind="water_level", at=at), at=at) as gauge:
        cover.send(b'{"values": {"tilt": 3', receipt=b"broken JSON")
        cover.send(b"\xff\xfe", receipt=b"no text")
        cover.send([], receipt=b"nothing")
        cover.send(body(at + timedelta(days=1), tilt=1), receipt=b"future")
        cover.send(body(at - timedelta(days=4000), tilt=1), receipt=b"ancient")
        cover.send(body(at, tilt=4000), receipt=b"not plausible")
        cover.send({**body(at, level=1), "device": "WL-1"}, receipt=b"for another")
        gauge.send(body(at, level=1.2), receipt=b"fine")
        turn(intake, lambda: gauge.receipts and len(cover.receipts) == 7)

    told = {name.decode(): answer.get("reason") for name, answer in cover.receipts}
    assert told == {
        "broken JSON": "broken", "no text": "broken", "nothing": None, "future": "in_future", "ancient": "too_old",
        "not plausible": "bad_value", "for another": "unknown_device",
    }  # fmt: skip
    assert readings() == [("WL-1", "level", 1.2)]
    assert counted() == {"taken": 2, "broken": 2, "in_future": 1, "too_old": 1, "bad_value": 1, "unknown_device": 1}


def test_a_flood_from_one_device_is_damped_and_another_is_heard(
    intake: Intake, broker: TestBroker, cover: Speaker, at: datetime
) -> None:
    practice = practices.read({})
    strict = replace(practice, limits=replace(practice.limits, flood_per_minute=10, flood_burst=15))
    level = make_device("WL-1", kind="water_level", at=at)
    with speaker(broker, level, at=at) as gauge, patch.object(practices, "practice", return_value=strict):
        for second in range(60):
            cover.send(body(at - timedelta(seconds=second), tilt=1))
        gauge.send(body(at, level=1.2), receipt=b"heard")
        turn(intake, lambda: gauge.receipts)

    assert gauge.receipts == [(b"heard", {"stored": True})]
    assert counted()["flood"] >= 40
    assert sum(number == "MH-1" for number, *_ in readings()) <= 20


def test_who_has_no_key_or_a_wrong_one_is_turned_away_and_counted(
    intake: Intake, broker: TestBroker, manhole: Device, cover: Speaker
) -> None:
    assert not Speaker(broker.port, "MH-1", "wrong").connect()
    assert not Speaker(broker.port, "MH-404", cover.key).connect()
    assert not Speaker(broker.port, "", "").connect()

    turn(intake, lambda: counted().get("wrong_key", 0) == 3)

    assert not readings()


def test_a_device_writes_below_its_own_name_only_and_reads_nobody(
    intake: Intake, broker: TestBroker, cover: Speaker, at: datetime
) -> None:
    make_device("MH-2", at=at)

    assert cover.send(body(at, tilt=1), to="lx/v1/MH-2") == 135, "not authorised"
    assert cover.send(body(at, tilt=1), to="lx/receipt/MH-1") == 135
    heard = len(cover.receipts)
    cover.client.subscribe("lx/#")
    cover.client.subscribe("$SYS/#")
    cover.send(body(at, tilt=2))
    turn(intake, lambda: intake.done.messages)

    assert readings() == [("MH-1", "tilt", 2)]
    assert len(cover.receipts) == heard


def test_a_system_speaks_for_its_own_devices_in_its_own_words(intake: Intake, broker: TestBroker, at: datetime) -> None:
    platform = make_system("water-bureau", at=at, adapter="sensorthings")
    make_device("WL-7", kind="water_level", at=at, system_id=platform.pk)
    make_device("MH-1", at=at)
    with speaker(broker, platform, at=at) as bureau:
        observed = {"phenomenonTime": at.isoformat(), "result": 2.5}
        bureau.send(observed, to="lx/v1/water-bureau/v1.1/Datastreams('WL-7:level')/Observations", receipt=b"own")
        bureau.send(observed, to="lx/v1/water-bureau/v1.1/Datastreams('MH-1:tilt')/Observations", receipt=b"not its")
        bureau.send(body(at, battery=50), to="lx/v1/water-bureau/WL-7/plain", receipt=b"plain")
        bureau.send(body(at, battery=50), to="lx/v1/water-bureau/WL-8/plain", receipt=b"unknown")
        turn(intake, lambda: len(bureau.receipts) == 4)

    told = {name.decode(): answer.get("reason") for name, answer in bureau.receipts}
    assert told == {"own": None, "not its": "unknown_device", "plain": None, "unknown": "unknown_device"}
    assert readings() == [("WL-7", "battery", 50), ("WL-7", "level", 2.5)]


def test_the_lists_follow_the_register(broker: TestBroker, intake: Intake, manhole: Device, at: datetime) -> None:
    """A key that is revoked ends the connection; a closed system and a retired device are no longer let in."""
    intake.gate.folder = broker.folder
    key = actions.issue_key(SYSTEM, device=manhole, at=at)
    platform = make_system("water-bureau", at=at)
    system_key = systems.issue_key(SYSTEM, system=platform, at=at)

    turn(intake, lambda: gets_in(broker, "MH-1", key))
    assert gets_in(broker, "water-bureau", system_key)

    actions.revoke_key(SYSTEM, device=manhole, at=at)
    platform.refresh_from_db()
    systems.close(SYSTEM, system=platform, seen=platform.version, why="由新系统接替", at=at)
    turn(intake, lambda: not gets_in(broker, "MH-1", key))
    assert not gets_in(broker, "water-bureau", system_key)


def test_what_is_queued_at_the_broker_outlives_it(broker: TestBroker, cover: Speaker, at: datetime) -> None:
    """With no intake there the broker keeps messages, through a kill -9 a second later."""
    make_intake(broker).link.leave()
    cover.send(body(at, tilt=3.5))
    time.sleep(2.5)
    broker.kill()
    broker.start()

    intake = make_intake(broker)
    turn(intake, lambda: intake.done.messages)

    assert readings() == [("MH-1", "tilt", 3.5)]
    intake.link.leave()


def test_nobody_is_let_in_before_somebody_listens_and_who_floods_on_is_kept_out(
    broker: TestBroker, manhole: Device, at: datetime
) -> None:
    """A broker that has started anew keeps nothing for a shared subscription: what it took would be lost."""
    key = actions.issue_key(SYSTEM, device=manhole, at=at)
    broker.kill()
    broker.start()
    assert not gets_in(broker, "MH-1", key)

    intake = make_intake(broker, keeps_gate=True)
    turn(intake, lambda: gets_in(broker, "MH-1", key))
    assert "wrong_key" not in counted(), "those that came too soon did nothing wrong"

    intake.gate.note_floods(["MH-1"] * 1_999)
    intake.turn()
    assert gets_in(broker, "MH-1", key)
    intake.gate.note_floods(["MH-1"])
    turn(intake, lambda: not gets_in(broker, "MH-1", key))
    intake.link.leave()


def test_made_up_devices_speak_through_the_broker_and_a_wrong_key_is_refused(
    broker: TestBroker, intake: Intake, manhole: Device, at: datetime
) -> None:
    platform = make_system("water-bureau", at=at, adapter="sensorthings")
    make_device("WL-7", kind="water_level", at=at, system_id=platform.pk)
    keys = {"MH-1": actions.issue_key(SYSTEM, device=manhole, at=at)}
    keys["water-bureau"] = systems.issue_key(SYSTEM, system=platform, at=at)
    broker.let_in()
    outlet = ByBroker(Address.parse(f"mqtt://127.0.0.1:{broker.port}", user="", password=""))

    outlet.send("MH-1", keys["MH-1"], [Word(at, {"tilt": 1.5}), Word(at - timedelta(minutes=1), {"tilt": 1.4})])
    outlet.send("WL-7", keys["water-bureau"], [Word(at, {"level": 2.5})], system="water-bureau")
    with pytest.raises(NotSent):
        outlet.send("MH-1", keys["MH-1"][::-1], [Word(at, {"tilt": 99})])
    turn(intake, lambda: len(readings()) == 3)

    assert readings() == [("MH-1", "tilt", 1.4), ("MH-1", "tilt", 1.5), ("WL-7", "level", 2.5)]
