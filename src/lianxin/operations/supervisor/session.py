"""Run one management command on an installation: with its running database, or with one started for it."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from lianxin.operations.launch.console import fail
from lianxin.operations.supervisor import process, services
from lianxin.operations.supervisor.folder import Folder, Taken
from lianxin.operations.supervisor.postgres import ROLE, Server, create_database
from lianxin.operations.supervisor.strays import new_record, write

WITHOUT_DATABASE = {"help", "version", "makemigrations", "makemessages", "compilemessages"}


def run(data: Path, command: Sequence[str]) -> int:
    """Run `lianxin COMMAND …` with the settings of a data folder; returns its exit code."""
    folder = Folder(data)
    if "DATABASE_URL" in os.environ or (command and command[0] in WITHOUT_DATABASE):
        return _call(command, folder.environment() if folder.secret_key_file.exists() else {})
    try:
        folder.take()
    except Taken as taken:
        if taken.record is None or not taken.record.env:
            fail("演示正在启动,请稍候再试。", "The demo is starting; try again in a moment.")
        return _call(command, taken.record.env)
    server = Server(folder.postgres)
    try:
        server.start()
        create_database(server.url("postgres"), ROLE)
        _write_down(folder, server)
        # Not running, so nobody says whether it is a demo; the accounts it made up do.
        is_demo = str(int(folder.accounts_file.exists()))
        return _call(command, {**folder.environment(), "DATABASE_URL": server.url(), "LIANXIN_DEMO": is_demo})
    finally:
        server.stop()
        folder.leave()


def _write_down(folder: Folder, server: Server) -> None:
    record = new_record()
    if server.child:
        record.children["postgres"] = (server.child.pid, process.start_time(server.child.pid) or 0)
    write(folder.record_file, record)


def _call(command: Sequence[str], env: dict[str, str]) -> int:
    # In the terminal's own group, so that Ctrl-C and an interactive shell work as usual.
    child = subprocess.Popen(services.lianxin_command(*command), env=services.environment(env))
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue
