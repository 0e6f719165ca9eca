"""A server of the replay's own: an installation in an empty folder, as `./run demo` runs it, without cases."""

import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from lianxin.operations.launch.console import fail, say
from lianxin.operations.supervisor import process, services, strays
from lianxin.operations.supervisor.demo import LOOK_EVERY, Installation, Options
from lianxin.operations.supervisor.folder import Folder


class Rehearsal(Installation):
    """An installation that serves while one command runs on it."""

    def __init__(self, folder: Folder, options: Options, command: Sequence[str]) -> None:
        """Keep the command; `--url` is added when the address is known."""
        super().__init__(folder, options)
        self._command = command
        self.code = 1

    def _settings(self, live_port: int) -> dict[str, str]:
        # All residents of the play share one address.
        return super()._settings(live_port) | {"LIANXIN_REPORTS_A_MINUTE": "0"}

    def _prepare(self, env: dict[str, str]) -> None:
        for command in (
            ["prepare", "--profile", "none"],
            ["demo_data", "--profile", self.options.profile, "--scale", "staff"],
        ):
            child = process.start(services.lianxin_command(*command), env=env)
            if child.wait():
                fail("准备数据时出错(见上面的信息)", "preparing the data failed, see above")

    def _welcome(self, url: str) -> None:
        say("已就绪，开始回放", f"ready at {url}, the replay begins")

    def _watch_for_ever(self) -> None:
        env = services.environment(self.record.env)
        child = process.start(services.lianxin_command(*self._command, "--url", self.record.url), env=env)
        try:
            while not process.wait_until(lambda: child.poll() is not None, seconds=LOOK_EVERY):
                self._look()
        finally:
            self.code = process.stop(child)


def run(command: Sequence[str], *, profile: str) -> int:
    """Serve from an empty folder, run `lianxin COMMAND --url …` against it, and return its exit code."""
    # What is replayed must not land in anybody's database, whichever one this process was given.
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="lianxin-replay-", ignore_cleanup_errors=True) as data:
        options = Options(data=Path(data), port=None, host="127.0.0.1", profile=profile, headless=True)
        rehearsal = Rehearsal(Folder(options.data), options, command)
        with ExitStack() as closing:
            rehearsal.serve(closing)
        return rehearsal.code


def web_workers(folder: Path) -> list[int]:
    """Return the pids of the web workers of the installation in a data folder; none where it runs elsewhere."""
    record = Folder(folder).record()
    if record is None or "web" not in record.children:
        return []
    master = record.children["web"][0]
    return [pid for pid in strays.find(record) if _parent(pid) == master]


def _parent(pid: int) -> int:
    fields = process.stat_fields(pid)
    return int(fields[1]) if fields else 0
