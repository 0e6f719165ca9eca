"""Keep services running: start, restart with growing pauses, renew, stop in reverse order."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lianxin.operations.supervisor import process
from lianxin.operations.supervisor.services import Service

LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 60.0


@dataclass
class Kept:
    """A service with its process, and how often it failed of late."""

    service: Service
    child: subprocess.Popen[bytes] | None = None
    since: float = 0
    failures: int = 0
    again_at: float = 0


@dataclass
class Watch:
    """The services of one installation. `on_change` hears of every start, `on_failure` of every unexpected end."""

    env: Mapping[str, str]
    logs: Path
    on_change: Callable[[], None]
    on_failure: Callable[[str, int, float], None]
    kept: list[Kept] = field(default_factory=list)

    def start(self, service: Service) -> None:
        """Start a service and keep it."""
        entry = Kept(service)
        self.kept.append(entry)
        self._launch(entry)

    def look(self) -> None:
        """Restart what has ended; call it a few times a second."""
        now = time.monotonic()
        for entry in self.kept:
            if entry.child is not None and entry.child.poll() is not None:
                self._bury(entry, now)
            if entry.child is None and now >= entry.again_at:
                self._launch(entry)

    def renew(self) -> None:
        """Let all services take up new code: web workers one by one, the others by a restart."""
        for entry in self.kept:
            if entry.child is None or entry.child.poll() is not None:
                continue
            if entry.service.reloads:
                entry.child.send_signal(signal.SIGHUP)
            else:
                process.stop(entry.child)
                self._launch(entry)

    def stop(self) -> None:
        """Stop all services, the last one first."""
        running = [entry.child for entry in reversed(self.kept) if entry.child]
        for child in running:
            if child.poll() is None:
                child.terminate()
        for child in running:
            process.stop(child)
        self.kept.clear()

    def children(self) -> dict[str, subprocess.Popen[bytes]]:
        """Return the running processes by name of their service."""
        return {entry.service.name: entry.child for entry in self.kept if entry.child}

    def failures(self) -> int:
        """Return how often services ended in a row without having been healthy."""
        return max((entry.failures for entry in self.kept), default=0)

    def _launch(self, entry: Kept) -> None:
        service = entry.service
        log = self.logs / f"{service.name}.log"
        entry.child = process.start(
            service.argv,
            env={**self.env, **service.env},
            cwd=service.cwd,
            log=log,
            owner=service.owner,
            death_signal=service.death_signal,
        )
        entry.since = time.monotonic()
        self.on_change()

    def _bury(self, entry: Kept, now: float) -> None:
        if entry.child is None:
            return
        code = process.stop(entry.child)  # also ends the workers its group may still hold
        entry.child = None
        entry.failures = 1 if now - entry.since > HEALTHY_AFTER else entry.failures + 1
        pause = min(2.0 ** (entry.failures - 1) / 2, LONGEST_PAUSE)
        entry.again_at = now + pause
        self.on_failure(entry.service.name, code, pause)
