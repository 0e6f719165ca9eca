"""Our side of the conversation with the broker: one MQTT 5 session that outlives connections and processes.

paho-mqtt speaks the protocol; this says when, and keeps apart what came by which connection. The session has a name
and never expires, so the broker keeps for us what comes while we are away. Nothing is acknowledged by itself.
"""

import logging
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from .arrivals import RECEIPTS, ROOT, Arrival, account_of

log = logging.getLogger(__name__)

GROUP = "lianxin"
SHARED = f"$share/{GROUP}/"
# Refused connections, as the broker tells them; a subscription to it cannot be shared.
BROKER_LOG = "$SYS/broker/log/N"
FOR_EVER = 0xFFFF_FFFF
MOST_UNACKNOWLEDGED = 4_000  # messages handed to us at once: what memory must hold while the database is away
# Mosquitto 2.0.11 was seen to hold back the last of a backlog until it had something else to write: a ping makes it.
KEEPALIVE = 10
PAUSES = (0.2, 0.5, 1, 2, 5, 10)  # seconds before the next try to connect
TAKEN_OVER = 142
# Mosquitto 2.0.11 does not say so: a connection that ends so soon (seconds), so many times in a row, was taken.
SOON, OFTEN = 3.0, 5


class Replaced(Exception):
    """Another process takes our session: two intakes were started with one number."""


@dataclass(frozen=True)
class Address:
    """Where the broker is, and who we are there."""

    transport: str  # "tcp" or "unix"
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    is_secure: bool = False
    authorities: str = ""  # a file of certificates to trust; empty: those of the machine

    @classmethod
    def parse(cls, url: str, *, user: str, password: str, authorities: str = "") -> "Address":
        """Read `mqtt://host:1883`, `mqtts://host:8883` or `unix:///folder/socket`. Raises ImproperlyConfigured."""
        parts = urlsplit(url)
        if parts.scheme == "unix" and parts.path:
            return cls("unix", unquote(parts.path), 1, user, password)
        if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
            raise ImproperlyConfigured("LIANXIN_MQTT_URL must be mqtt://host:port, mqtts://host:port or unix:///path.")
        secure = parts.scheme == "mqtts"
        port = parts.port or (8883 if secure else 1883)
        return cls("tcp", parts.hostname, port, user, password, secure, authorities)


class Link:
    """The session of one intake. Used by one thread; `turn` does all reading, writing and connecting."""

    def __init__(self, address: Address, *, name: str, hears_log: bool = True) -> None:
        """Name the session; nothing is opened yet. Of several, one `hears_log` of the broker."""
        self.address = address
        self.arrived: list[Arrival] = []
        self.told: list[str] = []  # lines of the broker's log
        self.is_subscribed = False
        self.subscriptions = 0  # how often we began to listen
        self._hears_log = hears_log
        self._subscribed_at = 0.0
        self._soon_lost = 0
        self._connection = 0
        self._tries = 0
        self._again_at = 0.0
        self._fault: Exception | None = None
        self._client = self._make(name)

    def turn(self, seconds: float) -> None:
        """Read and write what there is, for at most `seconds`; connect again when the broker was away.

        Raises Replaced.
        """
        if self._client.socket() is None:
            self._connect(seconds)
            return
        self._client.loop(seconds)
        if self._fault:
            raise self._fault

    def drain(self) -> None:
        """Read what has come already, without waiting, as far as one session may hand over."""
        before = -1
        while before != len(self.arrived) < MOST_UNACKNOWLEDGED:
            before = len(self.arrived)
            self.turn(0)

    def acknowledge(self, arrivals: Iterable[Arrival]) -> None:
        """Tell the broker that these are stored. Those of an earlier connection it will send again by itself."""
        for one in arrivals:
            if one.mid and one.connection == self._connection:
                self._client.ack(one.mid, 1)

    def answer(self, arrival: Arrival, body: bytes) -> None:
        """Send a receipt to who asked for one, at most once: whoever misses it sends again."""
        properties = _properties(PacketTypes.PUBLISH)
        if arrival.correlation:
            properties.CorrelationData = arrival.correlation
        self._client.publish(arrival.answer_to, body, qos=0, properties=properties)

    def leave(self) -> None:
        """Say good-bye; the broker keeps the session, and in it what was not acknowledged."""
        if self._client.socket() is not None:
            self._client.disconnect()
            self._client.loop(0.2)

    def _make(self, name: str) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=name,
            protocol=MQTTv5,
            transport="unix" if self.address.transport == "unix" else "tcp",
            manual_ack=True,
        )
        client.username_pw_set(self.address.user, self.address.password)
        if self.address.is_secure:
            client.tls_set_context(ssl.create_default_context(cafile=self.address.authorities or None))
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_message = self._take
        client.on_subscribe = self._subscribed
        return client

    def _connect(self, seconds: float) -> None:
        now = time.monotonic()
        if now < self._again_at:
            time.sleep(min(seconds, self._again_at - now))
            return
        # What came by an earlier connection and is not stored yet is stored all the same, but its numbers are void.
        self._connection += 1
        properties = _properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = FOR_EVER
        properties.ReceiveMaximum = MOST_UNACKNOWLEDGED
        try:
            self._client.connect(
                self.address.host, self.address.port, KEEPALIVE, clean_start=False, properties=properties
            )
        except OSError as error:
            self._lost(str(error))

    def _lost(self, why: str) -> None:
        pause = PAUSES[min(self._tries, len(PAUSES) - 1)]
        if self._tries == 0:
            log.warning("the broker is away (%s); trying again", why)
        self._tries += 1
        self._again_at = time.monotonic() + pause
        self.is_subscribed = False

    def _connected(
        self, client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            log.error("the broker does not let us in: %s", reason)
            return
        client.subscribe([(f"{SHARED}{ROOT}#", 1), *([(BROKER_LOG, 0)] if self._hears_log else [])])

    def _subscribed(
        self, _client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        if reasons[0].is_failure:
            log.error("the broker does not let us read %s#: %s", ROOT, reasons[0])
            return
        self._tries = 0
        self.is_subscribed = True
        self.subscriptions += 1
        self._subscribed_at = time.monotonic()
        log.info("listening")

    def _disconnected(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if not reason.is_failure:  # as we asked
            self.is_subscribed = False
            return
        was_short = self.is_subscribed and time.monotonic() - self._subscribed_at < SOON
        self._soon_lost = self._soon_lost + 1 if was_short else 0
        if reason.value == TAKEN_OVER or self._soon_lost >= OFTEN:
            self._fault = Replaced("Another intake seems to run under this number; start one of them with another.")
        self._lost(str(reason))

    def _take(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        topic = _topic(message)
        if topic.startswith("$"):
            if len(self.told) < MOST_UNACKNOWLEDGED:
                self.told.append(message.payload.decode("utf-8", "replace"))
            return
        # Those of QoS 0 are not held back by the broker: what cannot be kept is lost, as was agreed to.
        if not message.qos and len(self.arrived) >= MOST_UNACKNOWLEDGED:
            return
        answer_to, correlation = _answer(topic, message)
        mid = message.mid if message.qos else 0
        self.arrived.append(
            Arrival(topic, bytes(message.payload), datetime.now(UTC), mid, self._connection, answer_to, correlation)
        )


def _properties(kind: int) -> Properties:
    return Properties(kind)  # type: ignore[no-untyped-call]


def _topic(message: MQTTMessage) -> str:
    """Return the topic; one that is no text is nobody's."""
    try:
        return message.topic
    except UnicodeDecodeError:
        return ""


def _answer(topic: str, message: MQTTMessage) -> tuple[str, bytes]:
    """Return where a receipt is wanted, if where is the sender's own place for it."""
    properties = message.properties
    wanted = getattr(properties, "ResponseTopic", "") if properties is not None else ""
    if not wanted or wanted != f"{RECEIPTS}{account_of(topic)}":
        return "", b""
    return wanted, getattr(properties, "CorrelationData", b"")
