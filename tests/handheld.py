"""A phone that can die: Chromium with a folder of its own, so that what it kept is there when it starts again."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

import factories
from browsing import FLAGS
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.geometry.points import Point
from serving import Served

METRE = 1 / 111_195  # degrees of latitude
Phones = Callable[..., "Handheld"]


@dataclass
class Handheld:
    """One phone. `start` gives its only page; `stop` closes it as its owner does, `kill` as an empty battery."""

    browser: Browser
    chromium: str
    folder: Path
    served: Served
    place: Point
    _context: BrowserContext | None = field(default=None)

    def sign_in(self, actor: Actor) -> str:
        """Sign somebody in at the phone for days; return the key of the session."""
        entered = begin_session(factories.account_of(actor), device="手机", address=None, at=datetime.now(UTC))
        page = self.start()
        cookie = {"name": SESSION, "value": entered.key, "url": self.served.url, "expires": time.time() + 86_400}
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        page.goto("/worker/")
        expect(page.get_by_role("heading", name="今天")).to_be_visible(timeout=30_000)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        expect(page.get_by_text("还没取到今天的事")).to_have_count(0, timeout=30_000)
        page.wait_for_function("caches.match('/worker/').then(found => Boolean(found))")
        wait_for(page, lambda: _is_settled(page))
        self.stop()
        return entered.key

    def start(self, *, online: bool = True) -> Page:
        """Start the phone's browser, with or without a signal."""
        flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        context = self.browser.browser_type.launch_persistent_context(
            str(self.folder), executable_path=self.chromium, args=flags, base_url=self.served.url, locale="zh-CN",
            timezone_id="Asia/Shanghai", viewport={"width": 390, "height": 844}, has_touch=True,
            reduced_motion="reduce", permissions=["geolocation"],
            geolocation={"longitude": self.place.lon, "latitude": self.place.lat + 8 * METRE, "accuracy": 10},
        )  # fmt: skip
        context.set_default_timeout(20_000)
        context.set_offline(not online)
        self._context = context
        return context.pages[0] if context.pages else context.new_page()

    def stop(self) -> None:
        """Close it in good order."""
        if self._context is not None:
            self._context.close()
            self._context = None

    def kill(self) -> None:
        """End all its processes at once."""
        for pid in processes(f"--user-data-dir={self.folder}"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(Error):
            self.stop()
        self._context = None


def _is_settled(page: Page) -> bool:
    """Tell whether the app has put all its pages into the phone."""
    counts = []
    for _turn in range(2):
        counts.append(page.evaluate(_KEPT))
        page.wait_for_timeout(1_500)
    return bool(counts[0] == counts[1] > 10)


_KEPT = """async () => {
  let count = 0;
  for (const name of await caches.keys()) count += (await (await caches.open(name)).keys()).length;
  return count;
}"""


def processes(*marks: str) -> list[int]:
    """Return the processes whose command line holds all these words."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with contextlib.suppress(OSError):
            line = (entry / "cmdline").read_bytes().decode(errors="replace")
            if all(mark in line for mark in marks):
                found.append(int(entry.name))
    return found


def kill_web(served: Served) -> int:
    """Kill the web workers of an installation, until its watch looks; returns how many there were."""
    port = served.url.rpartition(":")[2]
    found = processes("granian", port)
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(found)


def wait_for(page: Page, holds: Callable[[], bool], *, seconds: float = 40) -> None:
    """Wait until something is so at the server, letting the page go on."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        page.wait_for_timeout(200)
    pytest.fail("it never came")


@pytest.fixture
def phones(browser: Browser, chromium_path: str, served: Served, tmp_path: Path) -> Iterator[Phones]:
    """Make phones at a place: `phones("first", GRID_111)`; all are closed in the end."""
    made: list[Handheld] = []

    def phone(name: str, place: Point) -> Handheld:
        made.append(Handheld(browser, chromium_path, tmp_path / name, served, place))
        return made[-1]

    yield phone
    for each in made:
        each.kill()
