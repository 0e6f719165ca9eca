"""How a made-up device sends: as a real one on batteries, it connects, says its word with QoS 1, and goes."""

import json
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import httpx
from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from lianxin.faces.gateways.mqtt.arrivals import ROOT
from lianxin.faces.gateways.mqtt.link import Address

PATIENCE = 10.0  # seconds for one word


class NotSent(Exception):
    """The other side was away or said no; the device tries again at its next turn."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a device says at an instant."""

    at: datetime
    values: Mapping[str, float]

    @property
    def body(self) -> bytes:
        """It, in our own JSON."""
        return json.dumps({"at": self.at.isoformat(), "values": dict(self.values)}).encode()


class Outlet(Protocol):
    """A way to send."""

    def send(self, number: str, key: str, words: Sequence[Word], *, system: str = "") -> None:
        """Send a device's words by its own key, or by that of its `system`. Raises NotSent."""
        ...


class ByBroker:
    """Through the MQTT broker."""

    def __init__(self, address: Address) -> None:
        """Name the broker."""
        self.address = address

    def send(self, number: str, key: str, words: Sequence[Word], *, system: str = "") -> None:
        """Connect, publish, wait for the broker's word, go. Raises NotSent."""
        account = system or number
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{account}-{number}" if system else account,
            protocol=MQTTv311,
            transport="unix" if self.address.transport == "unix" else "tcp",
        )
        client.username_pw_set(account, key)
        if self.address.is_secure:
            client.tls_set_context(ssl.create_default_context(cafile=self.address.authorities or None))
        topic = f"{ROOT}{account}/{number}/plain" if system else f"{ROOT}{account}"
        try:
            client.connect(self.address.host, self.address.port, 30)
            sent = [client.publish(topic, word.body, qos=1) for word in words]
            end = time.monotonic() + PATIENCE
            while not all(one.is_published() for one in sent):
                if client.loop(0.5) or time.monotonic() > end:
                    raise NotSent(f"{account} was not let in, or the broker went away")
            client.disconnect()
        except OSError as error:
            raise NotSent(str(error)) from None


class ByHttp:
    """By HTTP push, where there is no broker."""

    def __init__(self, url: str) -> None:
        """Name the installation's address."""
        self.client = httpx.Client(base_url=url, timeout=PATIENCE)

    def send(self, number: str, key: str, words: Sequence[Word], *, system: str = "") -> None:
        """Post each word. Raises NotSent."""
        for word in words:
            body = json.loads(word.body) | {"device": number}
            try:
                answer = self.client.post("/devices/plain", json=body, auth=(system or number, key))
            except httpx.TransportError as error:
                raise NotSent(str(error)) from None
            if answer.status_code >= 400:
                raise NotSent(f"{number}: {answer.status_code}")
