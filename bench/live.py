"""How soon an act reaches every open console that may see it, and whether any misses it when the process is killed.

200 consoles hold their streams open, as browsers do; a prefecture's busy hour of acts is committed by another process.
In the middle the live process is killed with -9 and started again: the consoles come back by themselves with
Last-Event-ID. Who should have heard what is asked of the database, not of the live process.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.counties import county
from bench.figures import Figure, Size, at_most, say, told
from bench.servers import FOLDER, ROOT, cloned, environment, server
from lianxin.operations.supervisor import ports, process, services

CONSOLES = 200
PER_SECOND = 8.0  # acts: a prefecture's cases of a day, eight entries each, in its busiest hours
ACTS: dict[Size, int] = {"small": 320, "full": 1600}
AWAY = 1.0  # seconds until the supervisor has started a killed process again
SETTLE = 20.0  # seconds the last words may take to arrive

Key = tuple[str, int]  # a case and its version


@dataclass
class Console:
    """One browser's stream: when each entry arrived, and how often it had to come back."""

    cookie: str
    heard: dict[Key, float] = field(default_factory=dict)
    last: str = ""
    opened: int = 0
    resets: int = 0
    twice: int = 0

    async def keep(self, host: str, port: int) -> None:
        """Listen for ever; come back after a break as `frontend/src/live.ts` does, a little later each time."""
        tries = 0
        while True:
            with suppress(OSError, EOFError, asyncio.IncompleteReadError):
                tries = await self._listen(host, port, tries)
            await asyncio.sleep(min(30.0, 0.5 * 2**tries) * random.uniform(0.7, 1.3))
            tries += 1

    async def _listen(self, host: str, port: int, tries: int) -> int:
        reader, writer = await asyncio.open_connection(host, port)
        try:
            again = f"Last-Event-ID: {self.last}\r\n" if self.last else ""
            request = f"GET /live/stream HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {self.cookie}\r\n{again}\r\n"
            writer.write(request.encode())
            if b" 200 " not in await reader.readline():
                return tries
            self.opened += 1
            await self._hear(reader)
            return 0
        finally:
            writer.close()

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        kind = ""
        while line := await reader.readline():
            # The lengths of chunks stand between the lines of events; they look like neither.
            name, _colon, value = line.decode().rstrip("\r\n").partition(": ")
            if name == "id":
                self.last = value
            elif name == "event":
                kind = value
                self.resets += kind == "reset"
            elif name == "data" and kind == "case":
                entry = json.loads(value)
                key = (entry["number"], entry["version"])
                self.twice += key in self.heard
                self.heard.setdefault(key, time.time())


@dataclass
class Acted:
    """What was done, when it was committed, and which consoles were to hear of it."""

    at: dict[Key, float] = field(default_factory=dict)
    sees: dict[int, set[str]] = field(default_factory=dict)


class Live:
    """The live process, killed and started again on the same port."""

    def __init__(self, database: str, port: int) -> None:
        self._env, self.port = environment(database) | {"LIANXIN_SUPERVISED": "1"}, port
        self.start()

    def start(self) -> None:
        """Start it; it answers a moment later."""
        live = services.live("127.0.0.1", self.port)
        log = FOLDER / "logs" / "live.log"
        self.child = process.start(live.argv, env=self._env | dict(live.env), cwd=ROOT, log=log)

    def kill(self) -> None:
        """Kill it with all its workers, as the kernel would."""
        process.kill_group(self.child.pid)
        self.child.wait()

    def stop(self) -> None:
        """Stop it."""
        process.stop(self.child)

    def spent(self) -> tuple[float, float]:
        """Return the megabytes it holds for itself and the processor seconds it has used, workers included."""
        pids = [self.child.pid, *(int(pid) for pid in _children(self.child.pid))]
        return sum(map(_megabytes, pids)), sum(map(_seconds, pids))


def _children(pid: int) -> list[str]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return path.read_text(encoding="ascii").split() if path.exists() else []


def _megabytes(pid: int) -> float:
    found = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return sum(int(line.split()[1]) for line in found.splitlines() if line.startswith("Private_")) / 1024


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def run(size: Size) -> list[Figure]:
    """Let the consoles listen, and return how soon they heard."""
    with ExitStack() as stack:
        database = stack.enter_context(cloned(stack.enter_context(server()), county(0)))
        stack.enter_context(_relay(database))
        claimed = ports.claim(None)
        stack.callback(claimed.release)
        live = Live(database, claimed.port)
        stack.callback(live.stop)
        return asyncio.run(_run(database, live, ACTS[size]))


@contextmanager
def _relay(database: str) -> Iterator[None]:
    command = services.lianxin_command("relay")
    child = process.start(command, env=environment(database), cwd=ROOT, log=FOLDER / "logs" / "relay.log")
    try:
        yield
    finally:
        process.stop(child)


async def _run(database: str, live: Live, acts: int) -> list[Figure]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-m", "bench.liveliness", str(CONSOLES), str(acts), str(PER_SECOND),
        cwd=ROOT, env=environment(database), stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=1 << 20,
    )  # fmt: skip
    consoles = [Console(f"{one['cookie']}={one['key']}") async for one in _told(child, "ready")]
    await _answers(live.port)
    idle, _used = live.spent()
    streams = [asyncio.create_task(each.keep("127.0.0.1", live.port)) for each in consoles]
    await _until(lambda: all(each.opened for each in consoles), SETTLE)
    open_, used = live.spent()
    say(f"{len(consoles)} consoles listen")
    begun = time.monotonic()
    assert child.stdin is not None  # noqa: S101 - a pipe was asked for
    child.stdin.write(b"\n")
    acted, killing = Acted(), asyncio.create_task(_kill(live, consoles, acts / PER_SECOND / 2))
    async for one in _told(child, ""):
        if "at" in one:
            acted.at[(one["case"], one["version"])] = one["at"]
        else:
            acted.sees[one["who"]] = set(one["sees"])
    took = time.monotonic() - begun
    downtime = await killing
    await _until(lambda: not _missed(consoles, acted), SETTLE)
    after, used_after = live.spent()
    for each in streams:
        each.cancel()
    return [
        *_figures(consoles, acted, downtime),
        told("connection_kb", (open_ - idle) * 1024 / len(consoles), "kB a console"),
        told("live_mb", after, "MB"),
        told("live_cpu_share", used_after / max(1.0, took / 2), "of a core, since it was started again"),
        told("opening_cpu_s", used, "s for all streams"),
    ]


async def _told(child: asyncio.subprocess.Process, until: str) -> Any:
    """Yield what the child says, to its end or to a word."""
    assert child.stdout is not None  # noqa: S101 - a pipe was asked for
    while line := await child.stdout.readline():
        one = json.loads(line)
        if until and until in one:
            return
        yield one
    if until or await child.wait():
        raise RuntimeError("Who acts has stopped; see its words above.")


async def _answers(port: int) -> None:
    async def asks() -> bool:
        with suppress(OSError):
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True
        return False

    end = time.monotonic() + SETTLE
    while not await asks():
        if time.monotonic() > end:
            raise RuntimeError(f"The live process does not answer; see {FOLDER / 'logs' / 'live.log'}.")
        await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)


async def _until(test: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not test() and time.monotonic() < end:
        await asyncio.sleep(0.1)


async def _kill(live: Live, consoles: Sequence[Console], after: float) -> tuple[float, float]:
    """Kill the process in the middle and start it again; return from when until when not all consoles listened."""
    await asyncio.sleep(after)
    before = {id(each): each.opened for each in consoles}
    gone = time.time()
    live.kill()
    await asyncio.sleep(AWAY)
    live.start()
    await _until(lambda: all(each.opened > before[id(each)] for each in consoles), 60)
    say(f"killed; all {len(consoles)} consoles listen again after {time.time() - gone:.1f} s")
    return gone, time.time()


def _missed(consoles: Sequence[Console], acted: Acted) -> int:
    return sum(
        key not in console.heard
        for place, console in enumerate(consoles)
        for key in acted.at
        if key[0] in acted.sees[place]
    )


def _figures(consoles: Sequence[Console], acted: Acted, downtime: tuple[float, float]) -> list[Figure]:
    gone, back = downtime
    steady: list[float] = []
    broken: list[float] = []
    for console in consoles:
        for key, heard in console.heard.items():
            if (at := acted.at.get(key)) is not None:
                (broken if gone - 1 < at < back else steady).append(heard - at)
    leaked = sum(
        key in acted.at and key[0] not in acted.sees[place]
        for place, console in enumerate(consoles)
        for key in console.heard
    )
    say(f"{len(steady) + len(broken):,} words heard of {len(acted.at)} acts")
    return [
        at_most("median_s", median(steady), "s", 1),
        at_most("p95_s", quantiles(steady, n=20)[-1], "s", 2),
        at_most("missed", _missed(consoles, acted), "words", 0),
        at_most("leaked", leaked, "words", 0),
        at_most("resets", sum(each.resets for each in consoles), "", 0),
        told("twice", sum(each.twice for each in consoles), "words"),
        told("back_s", back - gone, "s until all listen again"),
        told("missed_while_away_p95_s", quantiles(broken, n=20)[-1] if len(broken) > 1 else 0.0, "s"),
        told("words_per_s", (len(steady) + len(broken)) / (len(acted.at) / PER_SECOND), "1/s"),
    ]
