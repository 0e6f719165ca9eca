"""Run `demo` as a user would: in a process of its own, on a folder of its own, with empty tables."""

import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx

from lianxin.operations.supervisor import process, strays
from lianxin.operations.supervisor.services import SRC


@dataclass
class Demo:
    """A demo that was started, and its data folder."""

    data: Path
    log: Path
    supervisor: subprocess.Popen[str]

    @property
    def record(self) -> strays.Record:
        """What its supervisor wrote down."""
        record = strays.read(self.data / "supervisor.json")
        assert record is not None
        return record

    def until_ready(self) -> str:
        """Wait for READY and return the address."""
        assert self.supervisor.stdout is not None
        for line in self.supervisor.stdout:
            if line.startswith("READY "):
                return line.removeprefix("READY ").strip()
        raise AssertionError(f"not ready: {self.errors()}")

    def errors(self) -> str:
        """Read what it said on standard error so far."""
        return self.log.read_text(encoding="utf-8")

    def stop(self, signum: int = signal.SIGTERM) -> int:
        """Ask it to stop and wait."""
        self.supervisor.send_signal(signum)
        return self.supervisor.wait(30)

    def processes(self) -> list[int]:
        """List its living processes: the supervisor's children, their sessions, PostgreSQL's own."""
        cluster = str(self.data / "postgres" / "cluster")
        inside = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _folder_of(p) == cluster]
        return sorted({*strays.find(self.record), *inside})


def start(data: Path, *arguments: str) -> Demo:
    """Start a demo with empty tables; the caller stops it."""
    log = Path(tempfile.mkstemp(suffix=".err", dir=data.parent)[1])
    errors = log.open("w", encoding="utf-8")
    variables = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "lianxin.operations.supervisor", "demo", "--headless", "--profile", "none"]
    with errors:
        child = subprocess.Popen(
            [*command, "--data", str(data), *arguments],
            env={**variables, "PYTHONPATH": str(SRC)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    return Demo(data, log, child)


def get(url: str) -> tuple[int, dict[str, object]]:
    """Fetch JSON."""
    answer = httpx.get(url, timeout=10)
    return answer.status_code, answer.json()


def gone(demo: Demo, *, seconds: float = 20) -> bool:
    """Wait until no process of the demo is left."""
    return process.wait_until(lambda: not demo.processes(), seconds=seconds)


def _folder_of(entry: Path) -> str:
    try:
        return str((entry / "cwd").readlink())
    except OSError:
        return ""
