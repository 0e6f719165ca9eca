"""Which processes serve an installation, and how each is called."""

import importlib.util
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import lianxin
from lianxin.operations.supervisor.process import Owner

SRC = Path(lianxin.__file__).resolve().parents[1]
WORKERS = 2
THREADS = 4


@dataclass(frozen=True)
class Service:
    """One long-running process: its name (also of its log), its command, its own settings."""

    name: str
    argv: list[str]
    env: Mapping[str, str] = field(default_factory=dict)
    reloads: bool = False  # whether SIGHUP lets it renew its workers one by one, or read its files again
    cwd: Path | None = None
    owner: Owner | None = None  # whom it runs as, when that is not us
    death_signal: int = signal.SIGKILL  # what it gets when the supervisor is killed


def services(*, host: str, port: int, live_port: int) -> list[Service]:
    """List what serves an installation at `host`:`port`."""
    found = [web(host, port)]
    if importlib.util.find_spec("lianxin.faces.live.asgi"):
        found.append(live(host, live_port))
    found += [Service(name, lianxin_command(name)) for name in ("relay", "worker") if has_command(name)]
    return found


def intakes(count: int) -> list[Service]:
    """List the processes that take what devices send through the broker; they share the work."""
    return [
        Service("intake" if number == 1 else f"intake-{number}", lianxin_command("intake", "--number", str(number)))
        for number in range(1, count + 1)
    ]


def simulated_devices(url: str) -> Service:
    """Return the made-up devices of a demo, which go on speaking; without a broker they post to `url`."""
    return Service("devices", lianxin_command("simulate_devices", "--url", url))


def web(host: str, port: int) -> Service:
    """Console, resident pages and API."""
    target = [*_granian("wsgi", host, port), f"--workers={WORKERS}", f"--blocking-threads={THREADS}"]
    # A killed worker is replaced; the other one serves meanwhile.
    target += ["--respawn-failed-workers", "--respawn-interval=0.5", "lianxin.operations.wsgi:application"]
    return Service("web", target, {"LIANXIN_POOL": "1"}, reloads=True)


def live(host: str, port: int) -> Service:
    """Server-sent events, apart from the web because each of its streams stays open."""
    target = [*_granian("asgi", host, port), "--workers=1", "lianxin.operations.asgi:application"]
    return Service("live", target, reloads=True)


def lianxin_command(*arguments: str) -> list[str]:
    """Return how a management command is called."""
    return [sys.executable, "-m", "lianxin", *arguments]


def has_command(name: str) -> bool:
    """Whether some room brings this management command."""
    return any(SRC.glob(f"lianxin/**/management/commands/{name}.py"))


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of every process: ours, the product on the path, and `extra`."""
    return {**os.environ, "PYTHONPATH": str(SRC), "PYTHONUNBUFFERED": "1", "LIANXIN_SUPERVISED": "1", **extra}


def _granian(interface: str, host: str, port: int) -> list[str]:
    command = [sys.executable, "-m", "granian", f"--interface={interface}", f"--host={host}", f"--port={port}"]
    # Without a limit one open stream would keep a stopping server for ever.
    return [*command, "--no-ws", "--http=1", "--workers-kill-timeout=8", "--log-level=warning"]
