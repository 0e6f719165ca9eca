"""One child process: started in its own session, tied to its parent's life, stopped with patience."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Owner:
    """The user a child runs as, when the supervisor is root and the child must not be."""

    uid: int
    gid: int


def die_with_parent(signum: int, *, parent: int | None = None) -> None:
    """Let the kernel send `signum` to this process when its parent ends, however it ends.

    `parent` is the expected parent: when it has gone already, this process ends at once.
    """
    _libc.prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def die_when_supervised() -> None:
    """Let a worker of the web server end with its master, which stops its workers itself unless it was killed.

    Else a killed master's workers would go on serving, and a second server would share their port.
    """
    if os.environ.get("LIANXIN_SUPERVISED") == "1":
        die_with_parent(signal.SIGKILL)
        # Until the worker has its own handler it has a copy of its master's, which swallows the signal.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def start(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    log: Path | None = None,
    owner: Owner | None = None,
    death_signal: int = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own; call it from the main thread only.

    When its parent is killed the child gets `death_signal`. By default it is killed, too: asked politely, it
    might wait for a database that has gone the same way; what it had not committed is rolled back.
    The parent-death signal follows the thread that forked, and is set after the change of user,
    which would clear it. Raises OSError when the program cannot be started.
    """
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(open_log(log)) if log else None
        return subprocess.Popen(
            [str(part) for part in argv],
            env=None if env is None else dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
            preexec_fn=_tie(os.getpid(), death_signal),  # noqa: PLW1509 - it takes no lock, and we run one thread
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
        )


def _tie(parent: int, death_signal: int) -> Callable[[], None]:
    return lambda: die_with_parent(death_signal, parent=parent)


def open_log(path: Path, *, limit: int = 10_000_000) -> BinaryIO:
    """Open a log for appending, readable by its owner only; a file over `limit` bytes steps aside first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > limit:
            path.replace(path.with_suffix(".log.1"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def stop(child: subprocess.Popen[bytes], *, ask: int = signal.SIGTERM, patience: float = 15) -> int:
    """End a child and its whole process group: ask, wait `patience` seconds, then kill. Returns its exit code."""
    if child.poll() is None:
        child.send_signal(ask)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    kill_group(child.pid)
    return child.wait()


def kill_group(pgid: int) -> None:
    """Kill what is left of a process group; a group that has gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pgid, signal.SIGKILL)


def start_time(pid: int) -> int | None:
    """Return when a process started, in clock ticks since boot, or None when it does not run.

    With the pid it names a process for ever: pids are used again, pairs are not.
    """
    fields = stat_fields(pid)
    return None if fields is None or fields[0] in "ZX" else int(fields[19])


def session_of(pid: int) -> int | None:
    """Return the session a process belongs to, or None when it does not run."""
    fields = stat_fields(pid)
    return None if fields is None or fields[0] in "ZX" else int(fields[3])


def stat_fields(pid: int) -> list[str] | None:
    """Read /proc/PID/stat from the state on (field 3 of proc(5) comes first)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name may hold spaces and brackets, so fields are counted from its last bracket.
    return text.rpartition(")")[2].split()


def wait_until(test: Callable[[], bool], *, seconds: float, step: float = 0.05) -> bool:
    """Ask `test` again and again until it says yes; False when `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while not test():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True
