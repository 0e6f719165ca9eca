"""The style guide in Chromium under a strict policy: it fits, axe is content, the scripts work."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from playwright.sync_api import FilePayload, Page

ROOT = Path(__file__).resolve().parents[3]
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "src/lianxin/faces/static_build"
AXE = FRONTEND / "node_modules/axe-core/axe.min.js"
PAGES = [
    "/lx/parts", "/lx/parts/charts", "/lx/parts/seat", "/lx/parts/signin", "/lx/parts/resident",
    "/lx/parts/resident?elder=1",
]  # fmt: skip
POLICY = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'"

pytestmark = pytest.mark.browser


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing; a test says what it saw."""


@pytest.fixture(scope="module")
def built() -> None:
    """Build what is not built yet; a machine without Node cannot show these pages."""
    if (BUILT / "map.js").exists() and AXE.exists():
        return
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("the front end is not built and there is no npm")
    for command in (["ci"], ["run", "build"]):
        subprocess.run([npm, *command], cwd=FRONTEND, check=True, capture_output=True)


@pytest.fixture(scope="module")
def address(built: None) -> Iterator[str]:
    """Serve the guide from this process under the policy that the house sends."""

    def strict(environ: dict[str, Any], start: Any) -> Any:
        def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start(status, [*headers, ("Content-Security-Policy", POLICY)], *rest)

        return guide(environ, begin)

    with override_settings(
        ROOT_URLCONF="lianxin.faces.parts.urls", DEMO=True, MIDDLEWARE=[], STATICFILES_DIRS=[BUILT], ALLOWED_HOSTS=["*"]
    ):
        guide = StaticFilesHandler(WSGIHandler())
        with make_server("127.0.0.1", 0, strict, handler_class=Quiet) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()
            thread.join()


@pytest.fixture
def faults(page: Page) -> list[str]:
    """What went wrong in the scripts or against the policy."""
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda line: told.append(line.text) if "Content Security Policy" in line.text else None)
    return told


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_and_nothing_breaks_the_policy(
    page: Page, address: str, faults: list[str], path: str
) -> None:
    for width in (320, 390, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address + path)
        page.wait_for_timeout(300)

        spill = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert spill <= 0, f"{spill} px too wide at {width}"

    assert faults == []


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(page: Page, address: str, path: str) -> None:
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address + path)
        page.wait_for_timeout(300)
        page.evaluate(AXE.read_text(encoding="utf-8"))

        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]

        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []


def test_keys_press_and_can_be_switched_off(page: Page, address: str) -> None:
    page.goto(address + "/lx/parts/seat")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"

    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert "立案并派遣" in page.inner_text("#lx-keys")

    page.uncheck("[data-keys-switch]")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") != "q"


def test_a_dialog_puts_the_focus_on_cancel(page: Page, address: str) -> None:
    page.goto(address + "/lx/parts")
    page.click("[data-dialog=guide-void]")

    assert page.evaluate("document.activeElement.textContent") == "取消"
    page.keyboard.press("Escape")
    assert not page.is_visible("#guide-void")


def test_typed_characters_are_counted(page: Page, address: str) -> None:
    page.goto(address + "/lx/parts")
    page.fill("#id_note", "井盖没了")

    assert page.inner_text("[data-counted-for=id_note]") == "4/500"


def test_a_photo_is_seen_before_it_is_sent(page: Page, address: str) -> None:
    page.goto(address + "/lx/parts/resident")
    photo = FilePayload(name="井盖.png", mimeType="image/png", buffer=b"\x89PNG")
    page.set_input_files("[data-photos] input[type=file]", [photo])

    assert page.get_attribute(".picker .photo img", "alt") == "井盖.png"


def test_pages_say_everything_without_script(page: Page, address: str) -> None:
    page.route("**/*.js", lambda route: route.abort())
    page.goto(address + "/lx/parts/seat")

    assert page.inner_text(".queue-row[aria-current] .clock") == "剩 6 分"
    assert "117.0312" in page.inner_text(".map-words")


def test_a_chart_is_drawn_and_saved_with_its_table_below(page: Page, address: str, faults: list[str]) -> None:
    page.goto(address + "/lx/parts/charts")
    page.wait_for_selector("[data-drawn]")
    assert page.locator("figure:not(:has(canvas))").count() == 0
    first = page.locator("figure").first
    assert "单位件" in (first.locator("[role=img]").get_attribute("aria-label") or "")

    first.locator("summary").press("Enter")
    assert first.locator("tbody tr").count() == 11
    with page.expect_download() as saved:
        first.locator("[data-chart-save]").click()

    assert saved.value.suggested_filename == "每周上报和办结.png"
    assert Path(saved.value.path()).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert faults == []


def test_without_script_the_tables_of_charts_stand_open(page: Page, address: str) -> None:
    browser = page.context.browser
    assert browser is not None
    with browser.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto(address + "/lx/parts/charts")

        assert plain.locator("figure table").first.is_visible()
        assert not plain.locator("[data-chart-save]").first.is_visible()
