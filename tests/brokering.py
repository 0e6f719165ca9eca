"""A real broker for tests, devices that speak to it, and an intake in the test's own process."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from lianxin.faces.gateways.mqtt.gate import Gate, keep_lists
from lianxin.faces.gateways.mqtt.intake import Intake
from lianxin.faces.gateways.mqtt.link import Address, Link
from lianxin.faces.gateways.mqtt.setting_aside import Shelf
from lianxin.operations.supervisor import broker as brokers
from lianxin.operations.supervisor import ports, process
from lianxin.registry.sensors import keys
from lianxin.registry.sensors.models import Device, System

PASSWORD = "the-intake's-own"
PATIENCE = 20.0


@dataclass
class TestBroker:
    """Mosquitto as the supervisor runs it, on a folder and a port of its own."""

    __test__ = False

    broker: brokers.Broker
    child: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return self.broker.port

    @property
    def folder(self) -> Path:
        return self.broker.folder

    def start(self) -> None:
        """Start it with the lists of this moment, and wait until it listens."""
        keep_lists(self.folder)
        service = self.broker.service()
        log = self.folder.parent / "broker.log"
        self.child = process.start(service.argv, cwd=service.cwd, owner=service.owner, log=log)
        assert process.wait_until(self._listens, seconds=10), log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """Kill it as the kernel would."""
        assert self.child
        process.kill_group(self.child.pid)
        self.child.wait()

    def stop(self) -> None:
        if self.child:
            process.stop(self.child)

    def let_in(self) -> None:
        """Write the lists anew and let the broker read them."""
        keep_lists(self.folder)
        time.sleep(0.3)

    def _listens(self) -> bool:
        import socket

        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return (self.folder / brokers.SOCKET).exists()


@contextmanager
def running_broker(folder: Path) -> Iterator[TestBroker]:
    """Run a broker in a folder; skips where Mosquitto is not installed."""
    program = brokers.find()
    if not program:
        pytest.skip("Mosquitto is not installed; `./run test` does it as root on Debian")
    claim = ports.claim(None, first=18_830, last=18_899)
    broker = TestBroker(brokers.Broker(program, folder / "broker", host="127.0.0.1", port=claim.port))
    before = (settings.MQTT_PASSWORD, settings.BROKER_FOLDER)
    settings.MQTT_PASSWORD, settings.BROKER_FOLDER = PASSWORD, str(broker.folder)
    broker.broker.prepare()
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()
        claim.release()
        settings.MQTT_PASSWORD, settings.BROKER_FOLDER = before
        shutil.rmtree(broker.folder, ignore_errors=True)


@dataclass
class Speaker:
    """A device or a system with a connection of its own."""

    port: int
    account: str
    key: str
    receipts: list[tuple[bytes, dict[str, Any]]] = field(default_factory=list)
    refused: str = ""
    client: Client = field(init=False)

    def connect(self) -> bool:
        """Log in; False when the broker says no. As a device does, it begins anew when there is no answer at all."""
        for _try in range(4):
            if self._connects():
                return not self.refused
        raise AssertionError(f"{self.account} was not answered")

    def _connects(self) -> bool:
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=self.account, protocol=MQTTv5)
        self.client.username_pw_set(self.account, self.key)
        answered = threading.Event()

        def connected(client: Client, _d: Any, _f: Any, reason: Any, _p: Any) -> None:
            self.refused = str(reason) if reason.is_failure else ""
            client.subscribe(f"lx/receipt/{self.account}")
            answered.set()

        def message(_c: Client, _d: Any, told: Any) -> None:
            self.receipts.append((getattr(told.properties, "CorrelationData", b""), json.loads(told.payload)))

        self.client.on_connect, self.client.on_message = connected, message
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()
        was_answered = answered.wait(PATIENCE / 4)
        if self.refused or not was_answered:
            self.close()
        return was_answered

    def send(self, body: object, *, to: str = "", receipt: bytes = b"") -> int:
        """Publish with QoS 1 and wait for the broker's word: its reason code, 0 for yes."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if receipt:
            properties.ResponseTopic, properties.CorrelationData = f"lx/receipt/{self.account}", receipt
        reasons: list[int] = []
        done = threading.Event()

        def published(_c: Client, _d: Any, _mid: int, reason: Any, _p: Any) -> None:
            reasons.append(reason.value)
            done.set()

        self.client.on_publish = published
        self.client.publish(to or f"lx/v1/{self.account}", raw, qos=1, properties=properties)
        assert done.wait(PATIENCE)
        return reasons[0]

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@contextmanager
def speaker(broker: TestBroker, owner: Device | System, *, at: datetime) -> Iterator[Speaker]:
    """Give a device or a system a key, let it in, and connect it."""
    key = keys.put(owner, at=at, by_id=None)
    broker.let_in()
    spoken = Speaker(broker.port, owner.number if isinstance(owner, Device) else owner.code, key)
    assert spoken.connect(), spoken.refused
    try:
        yield spoken
    finally:
        spoken.close()


def address(broker: TestBroker) -> Address:
    """Where the intake of a test listens."""
    url = broker.broker.settings(broker.folder.parent / "unused")["LIANXIN_MQTT_URL"]
    return Address.parse(url, user=settings.MQTT_USER, password=PASSWORD)


def make_intake(broker: TestBroker, *, number: int = 1, keeps_gate: bool = False) -> Intake:
    """An intake on this broker, connected and subscribed; its `turn` is called by the test."""
    link = Link(address(broker), name=f"lianxin-intake-{number}")
    intake = Intake(
        link, shelf=Shelf(broker.folder.parent / "set-aside.jsonl"), gate=Gate(broker.folder if keeps_gate else None)
    )
    turn(intake, lambda: link.is_subscribed)
    return intake


def turn(intake: Intake, until: Any, *, seconds: float = PATIENCE) -> None:
    """Let an intake work until something is so."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, intake.done
        intake.turn()


def body(at: datetime, **values: float) -> Mapping[str, Any]:
    """What a device says in our own JSON."""
    return {"at": at.isoformat(), "values": values}
