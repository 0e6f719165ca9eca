"""Remember which processes an installation runs, and clear those that outlived their supervisor."""

import contextlib
import json
import os
import signal
from dataclasses import asdict, dataclass, field
from pathlib import Path

from lianxin.operations.supervisor import process


@dataclass
class Record:
    """What the supervisor of a data folder wrote down: itself, its children, how to reach them."""

    boot: str
    pid: int
    started: int
    database_url: str = ""
    url: str = ""
    env: dict[str, str] = field(default_factory=dict)
    children: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def is_alive(self) -> bool:
        """Whether the supervisor that wrote this still runs."""
        return self.boot == boot_id() and process.start_time(self.pid) == self.started


def boot_id() -> str:
    """Name this boot of the machine; pids and start times of another boot say nothing."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def new_record() -> Record:
    """Begin the record of this very process."""
    return Record(boot=boot_id(), pid=os.getpid(), started=process.start_time(os.getpid()) or 0)


def write(path: Path, record: Record) -> None:
    """Store the record in one move, readable by its owner only."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(asdict(record), indent=1), encoding="utf-8")
    fresh.replace(path)


def read(path: Path) -> Record | None:
    """Read the record of a data folder; None when there is none or it was cut short."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        content["children"] = {name: (pid, started) for name, (pid, started) in content["children"].items()}
        return Record(**content)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def clear(record: Record, *, patience: float = 10) -> int:
    """End the processes left from a record whose supervisor is gone; returns how many there were.

    Raises TimeoutError when some of them cannot be ended.
    """
    if record.boot != boot_id():
        return 0
    strays = find(record)
    database = record.children.get("postgres", (0, 0))[0]
    for pid in strays:
        _signal(pid, signal.SIGINT if pid == database else signal.SIGTERM)
        _signal(pid, signal.SIGCONT)  # a stopped process would not hear the first one
    if not process.wait_until(lambda: not find(record), seconds=patience):
        for pid in find(record):
            _signal(pid, signal.SIGKILL)
        if not process.wait_until(lambda: not find(record), seconds=5):
            raise TimeoutError(f"Processes of an earlier run do not end: {find(record)}.")
    return len(strays)


def find(record: Record) -> list[int]:
    """List living processes of a record: its children, and all others in the sessions those led."""
    leaders = dict(record.children.values())
    # A session number is not given out again while any process is in it, so a living
    # leader with another start time is a stranger, and so is its whole session.
    ours = {pid for pid, started in leaders.items() if process.start_time(pid) in {None, started}}
    return [pid for pid in _pids() if process.session_of(pid) in ours and _not_older(pid, leaders)]


def _not_older(pid: int, leaders: dict[int, int]) -> bool:
    started, session = process.start_time(pid), process.session_of(pid)
    return started is not None and session is not None and started >= leaders[session]


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _signal(pid: int, signum: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signum)
