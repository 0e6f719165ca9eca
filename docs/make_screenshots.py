"""Make the pictures of the documents from a running demo: `.venv/bin/python docs/make_screenshots.py [--data DIR]`.

With `--screens` it makes every screen of the console at three widths instead, with the page that shows them.

Everybody on them is made up. `./run demo` must be running on the data folder; `./run test` has brought Playwright.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pictured import SCREENS, SHOTS
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs/screenshots"
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SCREENS_SHOWN = ROOT / "docs/screens"
WIDTHS = {390: 844, 1440: 900, 1920: 1080}  # each with its height
SHOWN_WIDE = {390: 390, 1440: 960, 1920: 1280}  # how wide the pictures are kept
PAUSE, MAP_PAUSE = 1_500, 8_000  # milliseconds


@dataclass(frozen=True)
class Demo:
    """The running demo and its ready accounts."""

    url: str
    accounts: dict[str, dict[str, str]]

    @classmethod
    def of(cls, data: Path) -> "Demo":
        """Read where the demo of a data folder serves."""
        running = json.loads((data / "supervisor.json").read_text(encoding="utf-8"))
        ready = json.loads((data / "demo-accounts.json").read_text(encoding="utf-8"))
        return cls(running["url"], {account["who"].rpartition("· ")[2]: account for account in ready})


def sign_in(page: Page, account: dict[str, str]) -> None:
    """Sign in with a password, or with the code that the demo shows."""
    if account["url"] == "/":
        page.goto("/me")
        page.fill("[name=phone]", account["username"])
        page.click("main form button")
        page.fill("[name=code]", page.locator("main .note b").inner_text())
        page.click("main form[action='/me/sign-in'] button")
    else:
        page.goto("/console/sign-in")
        page.fill("[name=username]", account["username"])
        page.fill("[name=password]", account["password"])
        page.click("main form button, form button.button-primary")
    page.wait_for_load_state()


def make_screens(demo: Demo, only: list[str]) -> Iterator[str]:
    """Make every screen at every width; a width at which a page is wider than its window is said."""
    with sync_playwright() as playwright, _chromium(playwright) as browser:
        for width, height in WIDTHS.items():
            pages: dict[str, Page] = {}
            for screen in SCREENS:
                if only and screen.name not in only:
                    continue
                if screen.who not in pages:
                    pages[screen.who] = _signed_in(browser, demo, screen.who, width, height)
                page = pages[screen.who]
                screen.show(page)
                _settle(page)
                spill = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                size = _keep(page.screenshot(), SCREENS_SHOWN / f"{screen.name}-{width}.webp", SHOWN_WIDE[width])
                yield f"{screen.name} {width}: {size:,} bytes" + (f", {spill} px too wide" if spill > 0 else "")
            for page in pages.values():
                page.context.close()


def _signed_in(browser: Browser, demo: Demo, who: str, width: int, height: int) -> Page:
    context = browser.new_context(
        base_url=demo.url, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(30_000)
    page = context.new_page()
    sign_in(page, demo.accounts[who])
    return page


def list_screens() -> None:
    """Write the page that shows every screen."""
    made = "Made by `docs/make_screenshots.py --screens` from `./run demo`; everybody on them is made up."
    lines = ["# Every screen (全部页面)", "", made]
    for screen in SCREENS:
        lines += ["", f"## {screen.title}", "", f"`{screen.name}`, as {screen.who} sees it, at 390, 1440 and 1920.", ""]
        lines += [f"![{screen.title} {width}]({screen.name}-{width}.webp)" for width in WIDTHS]
    (SCREENS_SHOWN / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def make(demo: Demo, only: list[str]) -> Iterator[str]:
    """Make the pictures (those named, or all); yields the name of each with its size."""
    with sync_playwright() as playwright, _chromium(playwright) as browser:
        for shot in SHOTS:
            if only and shot.name not in only:
                continue
            with _page(browser, demo, phone=shot.phone) as page:
                if shot.who:
                    sign_in(page, demo.accounts[shot.who])
                if shot.height:
                    page.set_viewport_size({"width": DESK["width"], "height": shot.height})
                shot.show(page)
                _settle(page)
                yield f"{shot.name}: {_keep(page.screenshot(), PICTURES / f'{shot.name}.webp'):,} bytes"


def _settle(page: Page) -> None:
    """Wait until maps are drawn; a page that hears events is never idle."""
    page.wait_for_load_state()
    for place in page.locator("[data-map], [data-onemap-canvas]").all():
        if place.is_visible():
            place.locator("canvas.maplibregl-canvas").wait_for()
    page.wait_for_timeout(MAP_PAUSE if page.locator("[data-map], [data-onemap-canvas]").count() else PAUSE)


@contextmanager
def _chromium(playwright: Any) -> Iterator[Browser]:
    path = os.environ.get("LIANXIN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    # Chromium's own sandbox refuses to start as root. Fields of dates speak the language of the browser itself.
    arguments = ["--lang=zh-CN", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    browser = playwright.chromium.launch(executable_path=path, args=arguments, env={**os.environ, "LANGUAGE": "zh_CN"})
    yield browser
    browser.close()


@contextmanager
def _page(browser: Browser, demo: Demo, *, phone: bool) -> Iterator[Page]:
    context = browser.new_context(
        base_url=demo.url, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=PHONE if phone else DESK,
        has_touch=phone, is_mobile=phone, reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def _keep(png: bytes, path: Path, width: int = 0) -> int:
    picture = Image.open(BytesIO(png)).convert("RGB")
    if width and picture.width > width:
        picture = picture.resize((width, picture.height * width // picture.width), Image.Resampling.LANCZOS)
    picture.save(path, "WEBP", quality=80 if not width else 70, method=6)
    return path.stat().st_size


def main() -> int:
    """Make the pictures and say how large each is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / ".run/data", help="the data folder of the running demo")
    parser.add_argument("--screens", action="store_true", help="every screen at three widths, into docs/screens")
    parser.add_argument("only", nargs="*", help="names of pictures; none: all")
    given = parser.parse_args()
    folder, maker = (SCREENS_SHOWN, make_screens) if given.screens else (PICTURES, make)
    folder.mkdir(exist_ok=True)
    for line in maker(Demo.of(given.data), given.only):
        print(line, flush=True)
    if given.screens:
        list_screens()
    return 0


if __name__ == "__main__":
    sys.exit(main())
