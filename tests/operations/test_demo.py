"""`./run demo` as a whole: real processes, real signals."""

import os
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from lianxin.operations.supervisor import process, strays
from operations import installation
from operations.installation import Demo, get, gone

Start = Callable[..., Demo]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start demos under the test's folder; whatever still runs afterwards is killed."""
    started: list[Demo] = []

    def _start(name: str, *arguments: str) -> Demo:
        started.append(installation.start(tmp_path / name, *arguments))
        return started[-1]

    yield _start
    for demo in started:
        demo.supervisor.kill()
        demo.supervisor.communicate()
        if (demo.data / "supervisor.json").exists():
            strays.clear(demo.record)


def test_kill_9_of_the_supervisor_leaves_no_process_and_the_next_start_serves(start: Start):
    demo = start("one")
    demo.until_ready()
    names = set(demo.record.children)

    assert demo.stop(signal.SIGKILL) == -signal.SIGKILL
    assert {"postgres", "web"} <= names
    assert gone(demo), demo.processes()

    again = start("one")
    status, content = get(again.until_ready() + "/readyz")
    assert (status, content["status"]) == (200, "ok")
    assert again.stop() == 0


def test_what_outlives_its_supervisor_is_cleared_before_the_next_start(start: Start):
    demo = start("one")
    demo.until_ready()
    web = demo.record.children["web"][0]
    os.kill(web, signal.SIGSTOP)  # it cannot act on the death of its parent

    demo.stop(signal.SIGKILL)
    assert web in demo.processes()
    again = start("one")
    again.until_ready()

    assert process.start_time(web) is None
    assert again.record.children["web"][0] != web
    assert again.stop() == 0


def test_two_side_by_side_choose_ports_of_their_own_and_stop_cleanly(start: Start):
    one, two = start("one"), start("two")
    addresses = {one.until_ready(), two.until_ready()}

    assert len(addresses) == 2
    assert all(get(address + "/healthz")[0] == 200 for address in addresses)
    assert (one.stop(signal.SIGINT), two.stop()) == (0, 0)
    assert not (one.data / "supervisor.json").exists()


def test_a_killed_server_is_replaced_with_its_workers_gone(start: Start):
    demo = start("one")
    address = demo.until_ready()
    master, started = demo.record.children["web"]
    workers = [pid for pid in strays.find(demo.record) if process.session_of(pid) == master and pid != master]
    assert len(workers) >= 2

    os.kill(master, signal.SIGKILL)

    assert process.wait_until(lambda: demo.record.children["web"] != (master, started), seconds=15)
    assert process.wait_until(lambda: all(process.start_time(pid) is None for pid in workers), seconds=5)
    assert process.wait_until(lambda: _serves(address), seconds=15)
    assert demo.stop() == 0


def test_a_killed_database_is_started_again(start: Start):
    demo = start("one")
    address = demo.until_ready()
    server = demo.record.children["postgres"]

    os.kill(server[0], signal.SIGKILL)

    assert process.wait_until(lambda: demo.record.children.get("postgres") not in {None, server}, seconds=15)
    assert process.wait_until(lambda: _serves(address), seconds=20)
    assert demo.stop() == 0


def test_hang_up_renews_the_workers_and_goes_on_serving(start: Start):
    demo = start("one")
    address = demo.until_ready()
    master = demo.record.children["web"][0]

    def workers() -> set[int]:
        return {pid for pid in strays.find(demo.record) if process.session_of(pid) == master and pid != master}

    before = workers()
    demo.supervisor.send_signal(signal.SIGHUP)

    failures = 0
    while workers() & before:
        failures += not _serves(address)
    assert failures == 0
    assert demo.record.children["web"][0] == master
    assert demo.stop() == 0


def test_only_the_data_folder_is_closed_and_nothing_above_it_changes(start: Start, tmp_path: Path):
    above = {path: path.stat().st_mode for path in tmp_path.parents}
    deep = tmp_path / ("很长的目录名" * 12)  # longer than a socket's address may be
    deep.mkdir(mode=0o751)
    mode = deep.stat().st_mode

    demo = start(f"{deep.name}/data")
    demo.until_ready()

    assert {path: path.stat().st_mode for path in tmp_path.parents} == above
    assert deep.stat().st_mode == mode
    opened = {path.name for path in demo.data.iterdir() if stat.S_IMODE(path.stat().st_mode) & 0o077}
    assert opened == {"static"} & {path.name for path in demo.data.iterdir()}
    assert stat.S_IMODE(demo.data.stat().st_mode) == 0o700
    assert demo.stop() == 0


def test_a_second_demo_on_the_same_folder_or_port_is_told_so(start: Start):
    demo = start("one")
    address = demo.until_ready()

    same_folder, same_port = start("one"), start("two", "--port", address.rpartition(":")[2])

    assert same_port.supervisor.wait(20) == 1
    assert "已被占用" in same_port.errors()
    assert same_folder.supervisor.wait(20) == 1
    assert address in same_folder.errors()
    assert demo.stop() == 0


def _serves(address: str) -> bool:
    try:
        return get(address + "/readyz")[0] == 200
    except httpx.TransportError:
        return False
