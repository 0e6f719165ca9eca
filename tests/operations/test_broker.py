"""The broker of an installation: what it is told, where it listens, what the doctor says of it."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from lianxin.faces.gateways.mqtt.arrivals import Arrival
from lianxin.faces.gateways.mqtt.link import Address
from lianxin.faces.gateways.mqtt.setting_aside import Shelf
from lianxin.operations.doctor import devices
from lianxin.operations.doctor.finding import Level
from lianxin.operations.supervisor import broker as brokers
from lianxin.operations.supervisor.broker import Broker


def test_its_folder_is_closed_and_its_password_made_once(tmp_path: Path):
    broker = Broker("mosquitto", tmp_path / "broker", "127.0.0.1", 1883)
    broker.prepare()
    told = broker.settings(tmp_path / "password")
    password = (tmp_path / "password").read_text()

    assert told["LIANXIN_MQTT_URL"] == f"unix://{tmp_path}/broker/intake.sock"
    assert told["LIANXIN_MQTT_PUBLIC_URL"] == "mqtt://127.0.0.1:1883"
    assert (tmp_path / "broker").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "password").stat().st_mode & 0o777 == 0o600
    assert len(password) >= 32
    broker.settings(tmp_path / "password")
    assert (tmp_path / "password").read_text() == password


def test_where_the_path_is_too_long_for_a_socket_the_intake_comes_by_the_port(tmp_path: Path):
    deep = tmp_path / ("deep" * 30)

    told = Broker("mosquitto", deep, "0.0.0.0", 1884).settings(tmp_path / "password")  # noqa: S104

    assert told["LIANXIN_MQTT_URL"] == "mqtt://127.0.0.1:1884"


def test_with_a_certificate_devices_come_by_tls(tmp_path: Path):
    broker = Broker("mosquitto", tmp_path / "b", "127.0.0.1", 8883, certificate="/etc/c.pem", key="/etc/k.pem")
    broker.prepare()

    config = (tmp_path / "b" / "mosquitto.conf").read_text()
    listener = config.index("listener 8883")
    assert listener < config.index("certfile /etc/c.pem") < config.index("listener 0 intake.sock")
    assert broker.settings(tmp_path / "p")["LIANXIN_MQTT_PUBLIC_URL"] == "mqtts://127.0.0.1:8883"


def test_another_broker_or_none_may_be_named(monkeypatch: pytest.MonkeyPatch):
    assert brokers.is_wanted()
    monkeypatch.setenv("LIANXIN_MQTT_URL", "none")
    assert not brokers.is_wanted()
    monkeypatch.setenv("LIANXIN_MOSQUITTO", "/nowhere/mosquitto")
    assert brokers.find() == ""


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mqtt://broker.example", ("tcp", "broker.example", 1883, False)),
        ("mqtts://broker.example", ("tcp", "broker.example", 8883, True)),
        ("mqtts://broker.example:9000", ("tcp", "broker.example", 9000, True)),
        ("unix:///srv/x/intake.sock", ("unix", "/srv/x/intake.sock", 1, False)),
    ],
)
def test_addresses_of_brokers(url: str, told: tuple[str, str, int, bool]):
    found = Address.parse(url, user="u", password="p")

    assert (found.transport, found.host, found.port, found.is_secure) == told
    assert "p" not in repr(found).replace("transport", "").replace("tcp", "").replace("port", "").replace("example", "")


@pytest.mark.parametrize("url", ["http://broker", "mqtt://", "broker:1883", "unix://"])
def test_an_address_that_is_none_is_refused_with_the_forms_there_are(url: str):
    with pytest.raises(ImproperlyConfigured, match="mqtt://host:port"):
        Address.parse(url, user="u", password="p")


def test_the_doctor_says_how_to_get_a_broker_and_when_it_is_away(settings, tmp_path: Path):
    settings.MQTT_URL = ""
    found = devices.broker()
    assert found.level is Level.CARE
    assert "apt-get install mosquitto" in found.remedy

    settings.MQTT_URL = f"unix://{tmp_path}/nobody.sock"
    assert devices.broker().level is Level.WRONG


def test_the_doctor_tells_of_messages_that_were_set_aside(settings, tmp_path: Path):
    from datetime import UTC, datetime

    settings.DATA = tmp_path
    assert not list(devices.set_aside())
    shelf = Shelf(tmp_path / "intake" / "set-aside-2.jsonl")
    kept = Arrival("lx/v1/MH-1", b'{"values": 1}\xff', datetime.now(UTC))
    shelf.put(kept)

    (found,) = devices.set_aside()

    assert "有 1 条" in found.sentence
    assert "--number 2" in found.remedy
    assert list(shelf) == [kept]
