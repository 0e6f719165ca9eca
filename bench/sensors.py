"""What 5,000 devices say through the broker, until it is stored and rules have been asked; and what breaks lose.

Broker, intake and database run as in an installation (the cluster of the benches, durable commits). A light process
speaks for the devices. Each message is acknowledged to the broker after its commit. In the middle the intake, the
broker and PostgreSQL are killed with -9, one after another, and come back as the supervisor brings them back.
"""

import array
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg

from bench.counties import county
from bench.figures import Figure, Size, at_least, at_most, say, told
from bench.servers import FOLDER, ROOT, alone, cloned, environment, manage
from lianxin.operations.supervisor import broker as brokers
from lianxin.operations.supervisor import ports, process, services
from lianxin.operations.supervisor.postgres import Server

DEVICES = 5_000
WAITING = 3_000  # messages under way while throughput is measured
STEADY = 1_000  # messages a second while latency is measured
CAREFUL = 500  # messages a second while processes are killed: they must have caught up before the next
SECONDS: dict[Size, float] = {"small": 20, "full": 120}
DAMPING = 30.0  # seconds of the flood
AWAY = 1.0  # seconds until the supervisor has started a killed process again
SOON = 2.0  # seconds to a receipt: nothing is left over
BETWEEN = 8.0  # seconds between two kills
PATIENCE = 120.0
STILL = 45.0  # seconds without anything new: nothing more will come


@dataclass
class Installation:
    """The processes that are measured, each of which can be killed and started again."""

    server: Server
    database: str
    broker: brokers.Broker
    env: dict[str, str]
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_broker(self) -> None:
        """Start Mosquitto; it answers a moment later."""
        self._start(self.broker.service())

    def start_intake(self) -> None:
        """Start the intake."""
        self._start(services.intakes(1)[0])

    def kill(self, name: str) -> None:
        """Kill one with -9, as the kernel would, and start it again after a second."""
        say(f"killing the {name}")
        if name == "database":
            assert self.server.child  # noqa: S101 - it runs
            process.kill_group(self.server.child.pid)
            self.server.child.wait()
            time.sleep(AWAY)
            _start_again(self.server)
            return
        child = self.children[name]
        process.kill_group(child.pid)
        child.wait()
        time.sleep(AWAY)
        self.start_broker() if name == "broker" else self.start_intake()

    def stop(self) -> None:
        """Stop both."""
        for child in reversed(list(self.children.values())):
            process.stop(child)

    def spent(self) -> dict[str, float]:
        """Return the processor seconds each has used, the database with all its processes."""
        pids = {name: [child.pid] for name, child in self.children.items()}
        pids["database"] = [int(one.parent.name) for one in _processes(self.server)]
        return {name: sum(map(_seconds, found)) for name, found in pids.items()}

    def _start(self, service: services.Service) -> None:
        self.children[service.name] = process.start(
            service.argv,
            env={**self.env, **service.env},
            cwd=service.cwd or ROOT,
            owner=service.owner,
            log=FOLDER / "logs" / f"sensors-{service.name}.log",
        )


class Crowd:
    """The process that speaks for all devices."""

    def __init__(self, port: int, devices: Path) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-m", "bench.speaking", str(port), str(devices)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def say(self, **command: Any) -> None:
        """Give a command."""
        assert self.child.stdin  # noqa: S101 - a pipe was asked for
        self.child.stdin.write(json.dumps(command) + "\n")
        self.child.stdin.flush()

    def tell(self) -> dict[str, Any]:
        """Ask how far it is."""
        self.say(tell=1)
        assert self.child.stdout  # noqa: S101 - a pipe was asked for
        line = self.child.stdout.readline()
        if not line:
            raise RuntimeError("Who speaks for the devices has stopped; see its words above.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def until(self, test: Any, what: str) -> dict[str, Any]:
        """Wait until its answer passes a test."""
        end = time.monotonic() + PATIENCE
        while not test(answer := self.tell()):
            if time.monotonic() > end:
                raise RuntimeError(f"{what} took too long: {answer | {'took': None}}")
            time.sleep(0.2)
        return answer


def run(size: Size) -> list[Figure]:
    """Let the devices speak, and return how fast, how soon, and whether anything was lost."""
    with _installation() as (installation, listed), contextlib.closing(_Stored(installation)) as stored:
        crowd = Crowd(installation.broker.port, listed)
        try:
            crowd.until(lambda now: now["connected"] >= DEVICES, "connecting")
            say(f"{DEVICES:,} devices are connected")
            figures = [*_throughput(installation, crowd, stored, SECONDS[size])]
            calm, latency = _latency(crowd, stored)
            figures += [*latency, *_flood(crowd, stored, calm)]
            figures += _kills(installation, crowd, stored)
        finally:
            crowd.child.kill()
            crowd.child.wait()
        return figures


class _Stored:
    """How much is stored, asked of the database; it may be away."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.connection: psycopg.Connection[Any] | None = None

    def close(self) -> None:
        if self.connection:
            self.connection.close()
            self.connection = None

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows, once the database answers."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if self.connection is None:
                    self.connection = psycopg.connect(self.installation.database, autocommit=True)
                return self.connection.execute(query, values).fetchall()
            except psycopg.OperationalError:
                self.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def messages(self) -> int:
        """Messages that were taken, repeats included."""
        query = "select coalesce(sum(messages), 0) from intake_count where outcome = 'taken'"
        return int(self.ask(query)[0][0])

    def until_caught_up(self, crowd: Crowd) -> None:
        """Wait until receipts come soon: whoever was killed before is back and has done what was left."""
        crowd.tell()
        crowd.until(lambda now: now["took"] and max(now["took"]) < SOON, "catching up")

    def until_calm(self, crowd: Crowd) -> None:
        """Wait until nothing is under way any more."""
        crowd.until(lambda now: not now["unanswered"], "being acknowledged")
        before = -1
        while before != (before := self.messages()):
            time.sleep(1.0)

    def readings(self, expected: int) -> dict[tuple[int, int], int]:
        """Return how often each reading is stored, by device and instant; waits while more come."""
        end, before = time.monotonic() + STILL, 0
        while True:
            rows = self.ask(
                "select right(number, 5)::int, (extract(epoch from at) * 1000000)::bigint, count(*) from reading"
                " join stream s on s.id = stream_id join device d on d.id = device_id"
                " where measure = 'battery' group by 1, 2"
            )
            if len(rows) > before:
                end, before = time.monotonic() + STILL, len(rows)
            if len(rows) >= expected or time.monotonic() > end:
                return {(device, instant): count for device, instant, count in rows}
            time.sleep(1.0)


def _throughput(installation: Installation, crowd: Crowd, stored: _Stored, seconds: float) -> Iterator[Figure]:
    """Keep so many messages waiting, and count what is stored meanwhile."""
    _keep_waiting(crowd, stored, 4.0)  # memory and plans warm up
    used, begun, before = installation.spent(), time.monotonic(), stored.messages()
    _keep_waiting(crowd, stored, seconds)
    after, took = stored.messages(), time.monotonic() - begun
    messages = after - before
    yield at_least("messages_per_s", messages / took, "1/s", 2_000)
    for name, now in installation.spent().items():
        yield told(f"{name}_us", (now - used[name]) / messages * 1e6, "μs a message")
    stored.until_calm(crowd)


def _keep_waiting(crowd: Crowd, stored: _Stored, seconds: float) -> None:
    begun, first, end = crowd.tell()["published"], stored.messages(), time.monotonic() + seconds
    given = 0
    while time.monotonic() < end:
        waiting = given - (stored.messages() - first)
        if waiting < WAITING:
            crowd.say(more=WAITING - waiting)
            given += WAITING - waiting
        time.sleep(0.05)
    say(f"{crowd.tell()['published'] - begun:,} messages published")


def _latency(crowd: Crowd, stored: _Stored) -> tuple[float, list[Figure]]:
    """Speak steadily, and ask how long receipts take: until a reading is committed."""
    took = _steadily(crowd, 15.0)
    p95 = quantiles(took, n=20)[-1]
    stored.until_calm(crowd)
    return p95, [
        told("latency_median_ms", median(took) * 1000, "ms"),
        at_most("latency_p95_ms", p95 * 1000, "ms", 500),
    ]


def _flood(crowd: Crowd, stored: _Stored, calm: float) -> list[Figure]:
    """Let one device send as fast as the broker takes it, and ask how the others fare."""
    crowd.say(flood=1)
    took = _steadily(crowd, DAMPING)
    crowd.say(flood=0)
    flooded = crowd.tell()["flooded"]
    stored.until_calm(crowd)
    refused = stored.ask("select coalesce(sum(messages), 0) from intake_count where outcome = 'flood'")[0][0]
    say(f"one device sent {flooded:,} messages, {refused:,} were refused")
    return [
        at_most("flood_latency_ratio", quantiles(took, n=20)[-1] / calm, "× p95 of the others", 5),
        told("flood_per_s", flooded / DAMPING, "1/s of one device"),
        told("flood_refused", refused / max(1, flooded), "of its messages"),
    ]


def _steadily(crowd: Crowd, seconds: float) -> list[float]:
    crowd.say(rate=STEADY)
    time.sleep(2.0)
    crowd.tell()
    time.sleep(seconds)
    took: list[float] = crowd.tell()["took"]
    crowd.say(rate=0)
    return took


def _kills(installation: Installation, crowd: Crowd, stored: _Stored) -> list[Figure]:
    """Kill one after another while the devices go on; then compare what was acknowledged with the rows."""
    crowd.say(rate=CAREFUL)
    killed = {}
    for name in ("intake", "broker", "database"):
        time.sleep(BETWEEN)
        stored.until_caught_up(crowd)
        killed[name] = time.time()
        installation.kill(name)
    time.sleep(BETWEEN)
    crowd.say(rate=0)
    now = crowd.until(lambda now: not now["unanswered"], "being acknowledged after the kills")
    path = FOLDER / "acknowledged"
    crowd.say(write=str(path))
    crowd.child.wait(PATIENCE)
    acknowledged = array.array("q")
    acknowledged.frombytes(path.read_bytes())
    pairs = list(zip(acknowledged[::2], acknowledged[1::2], strict=True))
    found = stored.readings(len(set(pairs)))
    for instant in sorted(pair[1] / 1e6 for pair in pairs if pair not in found)[:: max(1, len(pairs) // 100_000)][:20]:
        say("lost: " + ", ".join(f"{name} {instant - when:+.2f} s" for name, when in killed.items()))
    return [
        at_most("lost", sum(pair not in found for pair in pairs), f"of {len(pairs):,} acknowledged", 0),
        at_most("twice", sum(count > 1 for count in found.values()), "rows", 0),
        told("sent_again", now["again"], "messages, by devices after a break"),
        told("connections_broken", now["broken"], ""),
    ]


@contextlib.contextmanager
def _installation() -> Iterator[tuple[Installation, Path]]:
    """Run database, broker and intake on a fresh county with its devices."""
    program = brokers.find()
    if not program:
        raise SystemExit("This bench needs Mosquitto: apt-get install mosquitto")
    with contextlib.ExitStack() as closing:
        # A server of our own always: it is killed.
        closing.enter_context(alone("server"))
        server = Server(FOLDER / "postgres")
        server.start()
        closing.callback(server.stop)
        database = closing.enter_context(cloned(server.url("postgres"), county(0)))
        listed = FOLDER / "devices.json"
        seed = [sys.executable, "-W", "ignore", "-m", "bench.sensing", str(DEVICES + 1), str(listed)]
        subprocess.run(seed, check=True, cwd=ROOT, env=environment(database))
        claim = ports.claim(None, first=18_700, last=18_799)
        closing.callback(claim.release)
        installation = _prepared(server, database, brokers.Broker(program, FOLDER / "broker", "127.0.0.1", claim.port))
        closing.callback(installation.stop)
        installation.start_broker()
        installation.start_intake()
        yield installation, listed


def _prepared(server: Server, database: str, broker: brokers.Broker) -> Installation:
    (broker.folder / "state.db").unlink(missing_ok=True)
    broker.prepare()
    env = environment(database) | broker.settings(FOLDER / "intake-password")
    os.environ.update({name: env[name] for name in env if name.startswith(("LIANXIN_MQTT", "LIANXIN_BROKER"))})
    manage(database, "broker")
    return Installation(server, database, broker, env)


def _start_again(server: Server) -> None:
    """Start the server as the supervisor does; processes of the killed one may need a moment to end."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            server.restart()
        except RuntimeError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
        else:
            return


def _processes(server: Server) -> Iterator[Path]:
    cluster = str(server.cluster)
    for one in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if str(one.readlink()) == cluster:
                yield one


def _seconds(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100
    return 0.0
