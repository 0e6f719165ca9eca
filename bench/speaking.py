"""Thousands of devices in one light process: each with its own connection to the broker, QoS 1, written by hand.

A device keeps what the broker has not answered and sends it again after a break, as a real one does. Some of them
speak MQTT 5 and ask for receipts: these tell how long a reading took until it was committed. Commands come as JSON
lines on standard input, answers go to standard output. Standard library only.
"""

import array
import json
import os
import random
import select
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PROBES = 200  # the first so many ask for receipts
PAUSE = (0.2, 1.0)  # seconds until a device connects again
OPENING = 64  # connections begun at once
FLOOD_IN_FLIGHT = 200
KINDS = ("manhole", "water_level", "weather", "smoke", "bin")


@dataclass(slots=True, eq=False)
class Device:
    """One connection and what is under way on it. `index` also numbers it in what is written down."""

    index: int
    number: str
    key: str
    is_probe: bool
    wire: socket.socket | None = None
    is_in: bool = False
    out: bytearray = field(default_factory=bytearray)
    into: bytearray = field(default_factory=bytearray)
    pending: dict[int, tuple[bytes, int]] = field(default_factory=dict)  # packet number → packet, its instant (μs)
    mid: int = 0
    again_at: float = 0.0


def _text(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2, "big") + raw


def _packet(first: int, body: bytes) -> bytes:
    length, size = bytearray(), len(body)
    while True:
        size, digit = divmod(size, 128)
        length.append(digit | (128 if size else 0))
        if not size:
            return bytes([first]) + bytes(length) + body


def _connect(device: Device) -> bytes:
    version, properties = (5, b"\0") if device.is_probe else (4, b"")
    head = _text("MQTT") + bytes([version, 0xC2]) + (600).to_bytes(2, "big") + properties
    return _packet(0x10, head + _text(device.number) + _text(device.number) + _text(device.key))


def _subscribe(device: Device) -> bytes:
    return _packet(0x82, b"\0\1\0" + _text(f"lx/receipt/{device.number}") + b"\0")


def _packets(into: bytearray) -> Iterator[tuple[int, bytes]]:
    """Take whole packets off what has come: first byte and body."""
    while len(into) >= 2:
        size, place, factor = 0, 1, 1
        while True:
            if place >= len(into):
                return
            size += (into[place] & 127) * factor
            factor *= 128
            place += 1
            if not into[place - 1] & 128:
                break
        if len(into) < place + size:
            return
        first, body = into[0], bytes(into[place : place + size])
        del into[: place + size]
        yield first, body


class Crowd:
    """All devices, and how fast they speak."""

    def __init__(self, port: int, devices: list[Device]) -> None:
        self.port, self.devices = port, devices
        self.epoll = select.epoll()
        self.by_file: dict[int, Device] = {}
        self.waiting = deque(devices)  # to be connected
        self.opening = 0
        self.connected = 0
        self.rate = 0.0
        self.owed = 0.0
        self.allowed = 0
        self.flooder = devices[-1]  # speaks only to flood
        self.is_flooding = False
        self.published = self.acknowledged = self.again = self.lost_connections = self.flooded = 0
        self.done = array.array("q")  # index × 2^52 would not fit: pairs of index and instant (μs)
        self.took: list[float] = []  # seconds to the receipts
        self.next = 0
        self.last_instant = 0

    def connect_some(self, now: float) -> None:
        """Begin connections that are due, a few at a time."""
        for _ in range(len(self.waiting)):
            if self.opening >= OPENING:
                return
            device = self.waiting.popleft()
            if device.again_at > now:
                self.waiting.append(device)
                continue
            made = socket.socket()
            made.settimeout(0)
            made.connect_ex(("127.0.0.1", self.port))
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            device.wire, device.out, device.into = made, bytearray(_connect(device)), bytearray()
            self.by_file[made.fileno()] = device
            self.epoll.register(made.fileno(), select.EPOLLIN | select.EPOLLOUT)
            self.opening += 1

    def drop(self, device: Device) -> None:
        """Note that a connection is gone; the device comes again."""
        if device.wire is None:
            return
        self.epoll.unregister(device.wire.fileno())
        del self.by_file[device.wire.fileno()]
        device.wire.close()
        device.wire = None
        if device.is_in:
            self.connected -= 1
            self.lost_connections += 1
        else:
            self.opening -= 1
        device.is_in = False
        device.again_at = time.monotonic() + random.uniform(*PAUSE)
        self.waiting.append(device)

    def write(self, device: Device, packet: bytes) -> None:
        """Send, or keep what does not go at once."""
        if device.wire is None:
            return
        if device.out:
            device.out += packet
            return
        try:
            sent = device.wire.send(packet)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.drop(device)
            return
        if sent < len(packet):
            device.out += packet[sent:]
            self.epoll.modify(device.wire.fileno(), select.EPOLLIN | select.EPOLLOUT)

    def flush(self, device: Device) -> None:
        """Send what was kept."""
        if device.wire is None:
            return
        try:
            if device.out:
                del device.out[: device.wire.send(device.out)]
        except BlockingIOError:
            return
        except OSError:
            self.drop(device)
            return
        if not device.out:
            self.epoll.modify(device.wire.fileno(), select.EPOLLIN)

    def read(self, device: Device) -> None:
        """Take what the broker says."""
        if device.wire is None:
            return
        try:
            came = device.wire.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            came = b""
        if not came:
            self.drop(device)
            return
        device.into += came
        for first, body in _packets(device.into):
            self.take(device, first & 0xF0, body)

    def take(self, device: Device, kind: int, body: bytes) -> None:
        """Understand one packet: admission, acknowledgement, receipt."""
        if kind == 0x40:
            found = device.pending.pop(int.from_bytes(body[:2], "big"), None)
            if found is not None and device is not self.flooder:
                self.acknowledged += 1
                self.done.append(device.index)
                self.done.append(found[1])
        elif kind == 0x30:
            self.took.append(time.time() - int(body[body.index(b"#") + 1 : body.index(b";")]) / 1e6)
        elif kind == 0x20:
            if body[1]:  # nobody is let in before the intake listens
                self.drop(device)
                return
            self.opening -= 1
            self.connected += 1
            device.is_in = True
            if device.is_probe:
                self.write(device, _subscribe(device))
            for packet, _instant in list(device.pending.values()):
                self.again += 1
                self.write(device, bytes([packet[0] | 0x08]) + packet[1:])

    def publish(self, device: Device) -> None:
        """Let a device say what it measures now."""
        instant = max(self.last_instant + 1, time.time_ns() // 1000)
        self.last_instant = instant
        mid = device.mid = device.mid % 65_535 + 1
        body = _said(device.index, instant).encode()
        properties = b""
        if device.is_probe:
            answer = b"\x08" + _text(f"lx/receipt/{device.number}") + b"\x09" + _text(f"#{instant};")
            properties = bytes([len(answer)]) + answer
        packet = _packet(0x32, _text(f"lx/v1/{device.number}") + mid.to_bytes(2, "big") + properties + body)
        device.pending[mid] = (packet, instant)
        if device.is_in:
            self.write(device, packet)

    def speak(self, seconds: float) -> None:
        """Let those speak whose turn it is."""
        self.owed = min(self.owed + self.rate * seconds, self.rate)
        due = max(int(self.owed), self.allowed)
        if due > 0:
            self.owed = max(0.0, self.owed - due)
            self.allowed = 0
            for _ in range(due):
                device = self.devices[self.next % len(self.devices)]
                self.next += 1
                if device is self.flooder:
                    continue
                self.publish(device)
                self.published += 1
        while self.is_flooding and self.flooder.is_in and len(self.flooder.pending) < FLOOD_IN_FLIGHT:
            self.publish(self.flooder)
            self.flooded += 1

    def turn(self, before: float) -> float:
        """Do what there is to do; returns when this was."""
        now = time.monotonic()
        self.connect_some(now)
        self.speak(now - before)
        for file, events in self.epoll.poll(0.005, 512):
            device = self.by_file.get(file)
            if device is None:
                continue
            if events & ~select.EPOLLOUT:
                self.read(device)
            if events & select.EPOLLOUT:
                self.flush(device)
        return now

    @property
    def unanswered(self) -> int:
        """How many messages no broker has acknowledged yet."""
        return sum(len(device.pending) for device in self.devices if device is not self.flooder)


def _said(index: int, instant: int) -> str:
    """Return a calm message of a device's kind; one of thousands opens a cover or says the water is high."""
    kind, wild = KINDS[index % len(KINDS)], random.random() < 1 / 5000
    value = random.random()
    values = {
        "manhole": f'"tilt":{62 if wild else value * 3:.1f},"is_open":{int(wild)}',
        "water_level": f'"level":{9 if wild else 1 + value:.2f}',
        "weather": f'"temperature":{12 + value * 8:.1f},"humidity":{55 + value * 20:.0f}',
        "smoke": f'"smoke":{9 if wild else value / 10:.2f}',
        "bin": f'"fill":{value * 70:.0f}',
    }[kind]
    return f'{{"at":{instant / 1e6:.6f},"values":{{{values},"battery":{60 + index % 40}}}}}'


def main() -> None:
    """Serve the commands: `port` and the file of devices as arguments."""
    port, listed = int(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    devices = [Device(place, number, key, place < PROBES) for place, (number, key) in enumerate(listed)]
    crowd = Crowd(port, devices)
    os.set_blocking(0, False)
    commands, before = b"", time.monotonic()
    while True:
        before = crowd.turn(before)
        commands += _input()
        while b"\n" in commands:
            line, _newline, commands = commands.partition(b"\n")
            if not _obey(crowd, json.loads(line)):
                return


def _input() -> bytes:
    try:
        came = os.read(0, 65_536)
    except BlockingIOError:
        return b""
    if not came:
        sys.exit(0)
    return came


def _obey(crowd: Crowd, command: dict[str, float | str]) -> bool:
    """Do one command; False for the last."""
    if "rate" in command:
        crowd.rate, crowd.owed = float(command["rate"]), 0.0
    if "more" in command:
        crowd.allowed += int(command["more"])
    if "forget" in command:  # what was said before anybody listened
        del crowd.done[:]
    if "flood" in command:
        crowd.is_flooding = bool(command["flood"])
    if "tell" in command:
        told = {
            "connected": crowd.connected, "published": crowd.published, "acknowledged": crowd.acknowledged,
            "again": crowd.again, "unanswered": crowd.unanswered, "flooded": crowd.flooded,
            "broken": crowd.lost_connections, "took": crowd.took,
        }  # fmt: skip
        crowd.took = []
        print(json.dumps(told), flush=True)
    if "write" in command:
        Path(str(command["write"])).write_bytes(crowd.done.tobytes())
        print("{}", flush=True)
        return False
    return True


if __name__ == "__main__":
    main()
