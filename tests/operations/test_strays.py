"""What a killed supervisor leaves is ended; what is not ours is spared."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lianxin.operations.supervisor import process, strays
from lianxin.operations.supervisor.services import SRC

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)

PARENT = """
import time
from lianxin.operations.supervisor import process
print(process.start(["sleep", "60"]).pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own."""
    child = process.start(["sleep", "60"])
    yield child
    child.kill()
    child.wait()


def _record_of(child: subprocess.Popen[bytes], *, started: int | None = None) -> strays.Record:
    record = strays.new_record()
    record.children["web"] = (child.pid, started or process.start_time(child.pid) or 0)
    return record


def test_a_stray_is_ended(sleeper: subprocess.Popen[bytes]):
    assert strays.clear(_record_of(sleeper)) == 1
    assert sleeper.wait(5) == -signal.SIGTERM


def test_a_stray_that_does_not_listen_is_killed():
    with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, start_new_session=True) as child:
        assert child.stdout is not None
        child.stdout.readline()

        assert strays.clear(_record_of(child), patience=0.2) == 1
        assert child.wait(5) == -signal.SIGKILL


def test_a_stranger_with_the_same_pid_is_spared(sleeper: subprocess.Popen[bytes]):
    record = _record_of(sleeper, started=(process.start_time(sleeper.pid) or 0) - 100)

    assert strays.clear(record) == 0
    assert sleeper.poll() is None


def test_pids_of_another_boot_mean_nothing(sleeper: subprocess.Popen[bytes]):
    record = _record_of(sleeper)
    record.boot = "another"

    assert strays.clear(record) == 0
    assert sleeper.poll() is None


def test_a_child_ends_with_the_parent_that_is_killed():
    variables = {**os.environ, "PYTHONPATH": str(SRC)}
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env=variables) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert process.start_time(child) is not None
        parent.kill()
        parent.wait()

    assert process.wait_until(lambda: process.start_time(child) is None, seconds=5)


def test_a_record_cut_short_is_no_record(tmp_path: Path):
    path = tmp_path / "supervisor.json"
    strays.write(path, strays.new_record())
    whole = path.read_text(encoding="utf-8")

    assert strays.read(path) == strays.new_record()
    path.write_text(whole[: len(whole) // 2], encoding="utf-8")
    assert strays.read(path) is None
    assert path.stat().st_mode & 0o077 == 0
