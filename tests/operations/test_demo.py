"""`./run demo` as a whole: real processes, real signals."""

import os
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from lianxin.operations.supervisor import broker, process, strays
from operations import installation
from operations.installation import Demo, get, gone

Start = Callable[..., Demo]


def _starting_in(folder: Path) -> Iterator[Start]:
    """Start demos under a folder; whatever still runs afterwards is killed."""
    started: list[Demo] = []

    def start(name: str, *arguments: str) -> Demo:
        started.append(installation.start(folder / name, *arguments))
        return started[-1]

    yield start
    for demo in started:
        demo.supervisor.kill()
        demo.supervisor.communicate()
        record = strays.read(demo.data / "supervisor.json")
        if record and record.pid == demo.supervisor.pid:
            strays.clear(record)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start demos for one test."""
    yield from _starting_in(tmp_path)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, str]]:
    """One demo for all tests that leave it serving, in a folder deeper than a socket's address may be long."""
    folder = tmp_path_factory.mktemp("demos") / ("很长的目录名" * 12)
    folder.mkdir(mode=0o751)
    for start in _starting_in(folder):
        demo = start("data")
        yield demo, demo.until_ready()


def test_kill_9_of_the_supervisor_leaves_no_process_and_the_next_start_serves(start: Start):
    demo = start("one")
    demo.until_ready()
    names = set(demo.record.children)

    assert demo.stop(signal.SIGKILL) == -signal.SIGKILL
    assert {"postgres", "web", "relay", "worker"} <= names
    assert gone(demo), demo.processes()

    again = start("one")
    status, content = get(again.until_ready() + "/readyz")
    assert (status, content["status"]) == (200, "ok")
    assert again.stop() == 0


def test_a_database_that_outlives_its_supervisor_is_ended_before_another_starts(start: Start):
    demo = start("one")
    demo.until_ready()
    postgres = demo.record.children["postgres"][0]
    os.kill(postgres, signal.SIGSTOP)  # it cannot act on the death of its parent

    demo.stop(signal.SIGKILL)
    assert postgres in demo.processes()
    again = start("one")
    again.until_ready()

    assert process.start_time(postgres) is None
    assert again.record.children["postgres"][0] != postgres
    assert again.stop(signal.SIGINT) == 0
    assert not (again.data / "supervisor.json").exists()


def test_a_second_one_serves_beside_the_first_on_a_port_of_its_own(running: tuple[Demo, str], start: Start):
    _, address = running
    other = start("other")
    addresses = {address, other.until_ready()}

    assert len(addresses) == 2
    assert all(get(one + "/healthz")[0] == 200 for one in addresses)
    assert other.stop() == 0
    assert get(address + "/healthz")[0] == 200


def test_a_second_demo_on_the_same_folder_or_port_is_told_so(running: tuple[Demo, str], start: Start):
    demo, address = running

    same_folder, same_port = start(str(demo.data)), start("two", "--port", address.rpartition(":")[2])

    assert same_port.supervisor.wait(20) == 1
    assert "已被占用" in same_port.errors()
    assert same_folder.supervisor.wait(20) == 1
    assert address in same_folder.errors()


def test_all_in_the_data_folder_is_closed_and_nothing_above_it_changed(running: tuple[Demo, str]):
    demo, _ = running

    assert [path.name for path in demo.data.iterdir() if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    assert stat.S_IMODE(demo.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(demo.data.parent.stat().st_mode) == 0o751
    assert stat.S_IMODE(demo.data.parent.parent.stat().st_mode) == 0o700


def test_a_killed_server_is_replaced_with_its_workers_gone(running: tuple[Demo, str]):
    demo, address = running
    master, started = demo.record.children["web"]
    workers = _workers(demo)
    assert len(workers) >= 2

    os.kill(master, signal.SIGKILL)

    assert process.wait_until(lambda: demo.record.children.get("web") not in {None, (master, started)}, seconds=15)
    assert process.wait_until(lambda: all(process.start_time(pid) is None for pid in workers), seconds=5)
    assert process.wait_until(lambda: _serves(address), seconds=15)


def test_a_killed_database_is_started_again(running: tuple[Demo, str]):
    demo, address = running
    server = demo.record.children["postgres"]

    os.kill(server[0], signal.SIGKILL)

    assert process.wait_until(lambda: demo.record.children.get("postgres") not in {None, server}, seconds=15)
    assert process.wait_until(lambda: _serves(address), seconds=20)


@pytest.mark.skipif(not broker.find(), reason="Mosquitto is not installed; `./run test` does it as root on Debian")
def test_a_killed_broker_is_started_again_shut_and_the_intake_opens_it(running: tuple[Demo, str]):
    demo, _ = running
    child, log = demo.record.children["broker"], demo.data / "logs" / "intake.log"
    port = int(demo.record.env["LIANXIN_MQTT_PUBLIC_URL"].rpartition(":")[2])

    def listened() -> int:
        return log.read_text(encoding="utf-8").count("listening") if log.exists() else 0

    assert process.wait_until(lambda: listened() == 1, seconds=60), "a first time"
    os.kill(child[0], signal.SIGKILL)

    assert process.wait_until(lambda: demo.record.children.get("broker") not in {None, child}, seconds=15)
    assert process.wait_until(lambda: listened() == 2, seconds=30), "again"
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
    assert "intake" in demo.record.children


def test_hang_up_renews_the_workers_and_goes_on_serving(running: tuple[Demo, str]):
    demo, address = running
    master = demo.record.children["web"]
    before = _workers(demo)

    demo.supervisor.send_signal(signal.SIGHUP)

    unanswered, there = 0, before
    while there & before:
        # A connection that waits in a leaving worker's queue is reset; clients ask again, as a proxy does. A busy
        # machine may take seconds for an answer or a reset, and a second try must fit.
        unanswered += not process.wait_until(lambda: _serves(address), seconds=20)
        there = _workers(demo)
        assert there, "all workers left at once"
    assert unanswered == 0
    assert demo.record.children["web"] == master


def _workers(demo: Demo) -> set[int]:
    """Return the processes of the web server besides its master."""
    master = demo.record.children["web"][0]
    return {pid for pid in strays.find(demo.record) if process.session_of(pid) == master and pid != master}


def _serves(address: str) -> bool:
    try:
        return get(address + "/readyz")[0] == 200
    except httpx.TransportError:
        return False
