"""Pages on a slow phone: what they weigh as sent, and how long until one can work.

Chromium plays the phone: processor four times slower, slow 4G (1.6 Mbps down, 0.75 up, 150 ms there and back). The
grid worker's app is opened by somebody signed in who was never there before, and again without any signal; the
residents' first page by a stranger, and their main paths with scripts switched off.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Error, Page, Playwright, expect, sync_playwright

from bench.counties import county
from bench.figures import Figure, Size, at_least, at_most, say, told
from bench.servers import ROOT, cloned, environment, server
from bench.serving import prepare, web

RUNS = {"small": 3, "full": 7}
SLOWER = 4
PATIENCE = 60  # seconds
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The day's list stands when a thing to do, or the word that there is none, can be pressed or read.
READY = "main .row, main .empty"
# Written down by the page itself when it is so: asking from outside would wait for the asker.
WATCH = (
    f"const READY = {json.dumps(READY)};"
    """
new MutationObserver((_, watcher) => {
  const found = document.querySelector(READY);
  if (!found) return;
  watcher.disconnect();
  requestAnimationFrame(() => {
    const box = found.getBoundingClientRect();
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
    if (hit && (found.contains(hit) || hit.contains(found))) globalThis.readyAt = performance.now();
  });
}).observe(document, { childList: true, subtree: true });
"""
)


@dataclass
class Weighed:
    """Bytes of a page as sent, by kind of resource."""

    bytes: dict[str, float] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)

    def watch(self, client: CDPSession) -> None:
        """Count what comes from now on."""
        client.on("Network.responseReceived", self._began)
        client.on("Network.loadingFinished", self._ended)
        client.send("Network.enable")

    def _began(self, event: dict[str, Any]) -> None:
        self._kinds[event["requestId"]] = event["type"]

    def _ended(self, event: dict[str, Any]) -> None:
        kind = self._kinds.get(event["requestId"], "Other")
        self.bytes[kind] = self.bytes.get(kind, 0) + event["encodedDataLength"]

    def kilobytes(self, *kinds: str) -> float:
        """Return kB of these kinds, or of all."""
        return sum(size for kind, size in self.bytes.items() if not kinds or kind in kinds) / 1000


def run(size: Size) -> list[Figure]:
    """Measure both faces on one small county."""
    base = county(1).base
    if base is None:
        raise LookupError("A county with cases is made from one without copies.")
    with ExitStack() as stack:
        database = stack.enter_context(cloned(stack.enter_context(server()), base))
        prepare(database)
        cookie = json.loads(_child(database))
        address = stack.enter_context(web(database))
        playwright = stack.enter_context(sync_playwright())
        say("the worker's app")
        worker = list(_worker(playwright, address, cookie, RUNS[size]))
        say("the residents' pages")
        return [*worker, *_resident(playwright, address)]


def _child(database: str) -> str:
    command = [sys.executable, "-m", "bench.handset"]
    done = subprocess.run(command, cwd=ROOT, env=environment(database), capture_output=True, text=True, check=True)
    return done.stdout


@contextmanager
def _phone(playwright: Playwright, folder: Path, address: str, **options: Any) -> Iterator[BrowserContext]:
    """Start a phone whose memory is the folder."""
    found = os.environ.get("LIANXIN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise LookupError("There is no Chromium: apt-get install chromium fonts-noto-cjk")
    flags = ["--disable-gpu", "--no-first-run", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    context = playwright.chromium.launch_persistent_context(
        str(folder), executable_path=found, args=flags, base_url=address, locale="zh-CN",
        timezone_id="Asia/Shanghai", viewport={"width": 390, "height": 844}, has_touch=True, **options,
    )  # fmt: skip
    try:
        yield context
    finally:
        context.close()


def _slowly(page: Page) -> CDPSession:
    client = page.context.new_cdp_session(page)
    client.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return client


def _worker(playwright: Playwright, address: str, cookie: dict[str, str], runs: int) -> Iterator[Figure]:
    firsts: list[float] = []
    seconds: list[float] = []
    weighed = Weighed()
    for _run in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            weighed = Weighed()
            with _phone(playwright, Path(folder), address) as context:
                context.add_cookies([{**cookie, "url": address, "expires": 2e9}])  # type: ignore[typeddict-item]
                firsts.append(_first(context, weighed))
            with _phone(playwright, Path(folder), address) as context:
                seconds.append(_second(context))
    yield at_most("worker_js_kb", weighed.kilobytes("Script"), "kB", 180)
    yield told("worker_first_load_kb", weighed.kilobytes(), "kB")
    yield at_most("worker_interactive_s", median(firsts), "s", 3)
    yield at_most("worker_second_start_s", median(seconds), "s", 1)


def _first(context: BrowserContext, weighed: Weighed) -> float:
    page = context.new_page()
    page.add_init_script(WATCH)
    client = _slowly(page)
    client.send("Network.enable")
    client.send("Network.emulateNetworkConditions", SLOW_4G)
    weighed.watch(client)
    page.goto("/worker/", wait_until="commit")
    ready = _ready(page)
    # Only what came until then was waited for; the rest is kept for days without a signal.
    client.send("Network.disable")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    _wait(page, "caches.match('/worker/').then(found => found ? 1 : null)")
    return ready


def _second(context: BrowserContext) -> float:
    page = context.new_page()
    page.add_init_script(WATCH)
    context.set_offline(offline=True)
    _slowly(page)
    page.goto("/worker/", wait_until="commit")
    return _ready(page)


def _ready(page: Page) -> float:
    return _wait(page, "globalThis.readyAt ?? null") / 1000


def _wait(page: Page, question: str) -> float:
    """Ask until there is an answer. Playwright's own way evaluates words in the page, which its policy refuses."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = page.evaluate(question)
        if answer is not None:
            return float(answer)
        page.wait_for_timeout(20)
    raise TimeoutError(f"The page did not come to: {question}")


def _resident(playwright: Playwright, address: str) -> Iterator[Figure]:
    weighed = Weighed()
    with tempfile.TemporaryDirectory() as folder, _phone(playwright, Path(folder), address) as context:
        page = context.new_page()
        weighed.watch(context.new_cdp_session(page))
        page.goto("/", wait_until="networkidle")
    yield at_most("resident_page_kb", weighed.kilobytes(), "kB", 60)
    plain = {"java_script_enabled": False}
    with tempfile.TemporaryDirectory() as folder, _phone(playwright, Path(folder), address, **plain) as context:
        walked = [_walks(context.new_page(), path) for path in (_report, _wish, _large)]
    yield at_least("resident_paths_without_script", sum(walked), "of 3", len(walked))


def _walks(page: Page, path: Callable[[Page], None]) -> bool:
    try:
        path(page)
    except (AssertionError, Error) as error:
        say(f"{path.__doc__}: {error}")
        return False
    return True


def _report(page: Page) -> None:
    """Report something and follow it."""
    page.goto("/report")
    page.locator("textarea[name=text]").fill("同安路口的路灯不亮，晚上看不清路。")
    page.locator("form:has(textarea[name=text]) .button-primary").click()
    page.wait_for_url("**/report/*/sent*")


def _wish(page: Page) -> None:
    """Find the wish mailbox and its form."""
    page.goto("/wishes/write")
    expect(page.locator("form textarea").first).to_be_visible()


def _large(page: Page) -> None:
    """Switch to large print, and it stays."""
    page.goto("/")
    page.locator(".elder-switch button").first.click()
    page.goto("/")
    expect(page.locator("html[data-elder]")).to_have_count(1)
