"""The web workers of an installation on a bench's database, as the supervisor starts them."""

import contextlib
import time
from collections.abc import Iterator

import httpx

from bench.servers import FOLDER, ROOT, environment, manage
from lianxin.operations.supervisor import ports, process, services

PATIENCE = 60  # seconds until the workers must answer


def prepare(database: str) -> None:
    """Collect what pages need beside the database: styles, scripts and pictures."""
    manage(database, "prepare", "--profile", "none")


@contextlib.contextmanager
def web(database: str) -> Iterator[str]:
    """Serve pages and API by two workers; give their address. Relay, live and worker processes do not run."""
    env = environment(database)
    with contextlib.ExitStack() as closing:
        port = ports.claim(None)
        closing.callback(port.release)
        served = services.web("127.0.0.1", port.port)
        child = process.start(served.argv, env=env | dict(served.env), cwd=ROOT, log=FOLDER / "logs" / "web.log")
        closing.callback(lambda: process.stop(child))
        address = f"http://127.0.0.1:{port.port}"
        _wait(address)
        yield address


def _wait(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/healthz", timeout=5).status_code == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"The web workers did not answer; see {FOLDER / 'logs' / 'web.log'}.")
