"""A real installation for journeys: web, live, relay and worker processes on a database of their own."""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker

from database import Databases
from lianxin.operations.founding import key
from lianxin.operations.supervisor import ports, process, services, statics
from lianxin.operations.supervisor.postgres import tail
from lianxin.operations.supervisor.watch import Watch
from resetting import KEPT, Contents


@dataclass(frozen=True)
class Served:
    """Where an installation answers, and the database it shares with the test.

    `watch` starts again what a test has killed, when it is told to look.
    """

    url: str
    live_url: str
    database_url: str
    watch: Watch


@dataclass
class Installation:
    """The processes of one test process, and what their database held before any test."""

    served: Served
    contents: Contents
    is_fresh: bool = True

    def ready(self) -> None:
        """Let the processes serve a database that is as it was in the beginning."""
        self.wake()
        if not self.is_fresh:
            self.contents.bring_back_under_processes(self.served.database_url)
            key.lay()
        self.is_fresh = False
        process.wait_until(self._is_up, seconds=60)

    def wake(self) -> None:
        """Let the processes run on."""
        self._signal(signal.SIGCONT)

    def rest(self) -> None:
        """Let the processes stand still while no test needs them: some look twenty times a second."""
        self._signal(signal.SIGSTOP)

    def _signal(self, signum: signal.Signals) -> None:
        for child in self.served.watch.children().values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signum)

    def _is_up(self) -> bool:
        self.served.watch.look()
        return _answers(self.served.url)


@pytest.fixture(scope="session")
def installation(databases: Databases, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    """Start the processes once for a test process: each takes seconds to begin."""
    with databases.clone("served") as url, ExitStack() as closing:
        installation = installed(url, closing)
        closing.callback(installation.wake)
        yield installation


@pytest.fixture(scope="module")
def served(installation: Installation, databases: Databases, django_db_blocker: DjangoDbBlocker) -> Iterator[Served]:
    """Serve a database as it is after migrating to the tests of one module.

    While it serves, the test's own connection leads to the same database, so set-up by actions is seen
    by the pages at once. Do not mark such tests `django_db`: what they do is committed, and stays until
    the next module.
    """
    url = installation.served.database_url
    with databases.pointed_at(url), django_db_blocker.unblock():
        installation.ready()
        yield installation.served
        installation.rest()


def installed(database_url: str, closing: ExitStack) -> Installation:
    """Prepare a database and start processes on it, until `closing` ends; settings are those of this moment."""
    web, live = (ports.claim(None) for _ in range(2))
    closing.callback(web.release)
    closing.callback(live.release)
    logs = Path(tempfile.mkdtemp(prefix="logs-", dir=settings.DATA))
    env = _environment(database_url, live.port)
    subprocess.run(services.lianxin_command("prepare", "--profile=none"), env=env, check=True)
    contents = Contents.of(database_url, kept=KEPT)
    watch = Watch(env, logs, on_change=lambda: None, on_failure=lambda *_: None)
    closing.callback(watch.stop)
    for service in services.services(host="127.0.0.1", port=web.port, live_port=live.port):
        watch.start(service)
    address = f"http://127.0.0.1:{web.port}"
    if not process.wait_until(lambda: _answers(address), seconds=90):
        pytest.fail(f"not ready: {[tail(log) for log in logs.iterdir()]}")
    served = Served(address, f"http://127.0.0.1:{live.port}", database_url, watch)
    return Installation(served, contents)


def _environment(database_url: str, live_port: int) -> dict[str, str]:
    # Set for this process only, see browsing.py; a server that needed it would be wrong.
    inherited = {"DJANGO_ALLOW_ASYNC_UNSAFE": ""}
    return services.environment(
        {
            **inherited,
            "DATABASE_URL": database_url,
            "DATABASE_DIRECT_URL": database_url,
            "LIANXIN_DATA": str(settings.DATA),
            "LIANXIN_SECRET_KEY": settings.SECRET_KEY,
            "LIANXIN_KEYS_FILE": str(settings.KEYS_FILE),
            "LIANXIN_DEMO": "1",
            "LIANXIN_STATIC": str(statics.folder(settings.DATA)),
            "LIANXIN_LIVE_PORT": str(live_port),
        }
    )


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
