"""Make the pictures of the documents from a running demo: `.venv/bin/python docs/make_screenshots.py [--data DIR]`.

With `--screens` it makes every screen of the console at three widths instead, with the page that shows them.

Everybody on them is made up. `./run demo` must be running on the data folder; `./run test` has brought Playwright.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

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
Show = Callable[[Page], object]


@dataclass(frozen=True)
class Shot:
    """One picture: its name, whose page, at which width, and how to get there."""

    name: str
    who: str  # the English half of the welcome's line; empty: nobody has signed in
    show: Show
    phone: bool = False
    height: int = 0  # where the window's own shows too little


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


def opens(path: str) -> Show:
    """Go to an address."""
    return lambda page: page.goto(path)


def first_case(query: str) -> Show:
    """Go to the first case of a list."""

    def show(page: Page) -> None:
        page.goto(f"/console/cases?{query}")
        page.goto(page.locator("main table a[href^='/console/cases/']").first.get_attribute("href") or "")

    return show


def following(path: str, *links: str) -> Show:
    """Go to a list of 基础库, and on by the first link of each of these."""

    def show(page: Page) -> None:
        page.goto(path)
        for link in links:
            page.goto(page.locator(link).first.get_attribute("href") or "")

    return show


def found(page: Page) -> None:
    """Type a surname into the box of 基础库."""
    page.goto("/console/base/search")
    page.fill("#find-words", "张")
    page.locator("#found a.item").first.wait_for()


def asked_why(page: Page) -> None:
    """Ask for somebody's numbers, to be asked for a reason."""
    following("/console/base/people/?need=lone_elder", "tbody th a")(page)
    page.locator("[data-key=v]").click()
    page.locator("dialog[open] form").wait_for()


def in_app(path: str, ready: str) -> Show:
    """Open the grid worker's app at a place, once what it carries has come."""

    def show(page: Page) -> None:
        page.goto("/worker/")
        page.get_by_text("拍照上报").first.wait_for()
        page.goto(f"/worker{path}")
        page.locator(ready).first.wait_for()

    return show


def own_report(page: Page) -> None:
    """Go to what the resident reported last."""
    page.goto("/me")
    page.goto(page.locator("a[href^='/follow/']").first.get_attribute("href") or "")


def at_home(page: Page) -> None:
    """Choose the first community and grid, then go home."""
    page.goto("/place")
    while "/place" in page.url:
        # The last choice is a button; the first button only says that the grid is not known.
        grids, areas = page.locator("main button[name=area]"), page.locator("main a[href*='in=']")
        (grids.nth(1) if grids.count() else areas.first).click()
        page.wait_for_load_state()
    page.goto("/")


def at_home_then(path: str) -> Show:
    """Choose a community, then go to an address."""

    def show(page: Page) -> None:
        at_home(page)
        page.goto(path)

    return show


def in_large_print(page: Page) -> None:
    """Switch to large print on the first page."""
    page.goto("/")
    page.locator("form[action='/elder'] button").first.click()
    page.wait_for_load_state()


def half_told(page: Page) -> None:
    """Begin a report."""
    page.goto("/report")
    page.fill("[name=text]", "东门路口的井盖松了，车一过就响，怕有人绊倒。")


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


SHOTS = (
    Shot("sign-in", "", opens("/console/sign-in")),
    Shot("seat", "city seat", opens("/console/seat?tab=reported")),
    Shot("case", "city seat", first_case("state=all&flag=whistled&order=newest"), height=1500),
    Shot("cases", "city seat", opens("/console/cases")),
    Shot("entry", "city seat", opens("/console/entry")),
    Shot("work-clerk", "community clerk", opens("/console/work")),
    Shot("work-handler", "department handler", opens("/console/work")),
    Shot("work-supervisor", "supervisor", opens("/console/work")),
    Shot("work-leader", "leader", opens("/console/work")),
    Shot("dispatch-day", "leader", following("/console/dispatch-days/", "a.day-card"), height=1100),
    Shot("liaison", "leader", opens("/console/liaison/")),
    Shot("whistles", "supervisor", opens("/console/command/whistles/")),
    Shot("map", "city seat", opens("/console/map/")),
    Shot("screen", "leader", opens("/screen/")),
    Shot("table", "leader", opens("/console/statistics/tables/make?rows=street&figures=reported&figures=closed")),
    Shot("areas", "administrator", opens("/console/areas/")),
    Shot("duties", "administrator", opens("/console/duties/")),
    Shot("base", "community clerk", opens("/console/base/")),
    Shot("base-search", "grid worker", found),
    Shot(
        "base-person",
        "community clerk",
        following("/console/base/people/?need=lone_elder", "tbody th a"),
        height=1200,
    ),
    Shot("base-look", "community clerk", asked_why),
    Shot("base-building", "grid worker", following("/console/base/estates/", "tbody th a", "tbody[data-rows] th a")),
    Shot("base-portrait", "leader", following("/console/base/", "section.card-flush tbody th a"), height=1300),
    Shot(
        "base-building-phone",
        "grid worker",
        following("/console/base/estates/", "tbody th a", "tbody[data-rows] th a"),
        phone=True,
    ),
    Shot("worker-today", "grid worker", in_app("/", "main"), phone=True),
    Shot("worker-report", "grid worker", in_app("/report", "main"), phone=True),
    Shot("worker-map", "grid worker", in_app("/map", "main canvas, main svg"), phone=True),
    Shot("worker-diary", "grid worker", in_app("/diary", "main"), phone=True),
    Shot("worker-patrols", "grid worker", in_app("/patrols", "main"), phone=True),
    Shot("worker-sync", "grid worker", in_app("/sync", "main"), phone=True),
    Shot("patrols", "community clerk", opens("/console/patrols/")),
    Shot("diary", "community clerk", opens("/console/visits/")),
    Shot("notices", "community clerk", opens("/console/notices/")),
    Shot("wishes", "community clerk", opens("/console/wishes/")),
    Shot("statistics", "leader", opens("/console/statistics/"), height=1500),
    Shot("resident-home", "", at_home, phone=True),
    Shot("resident-report", "", half_told, phone=True),
    Shot("resident-notices", "", at_home_then("/notices"), phone=True),
    Shot("resident-stations", "", at_home_then("/stations"), phone=True),
    Shot("resident-wish", "", at_home_then("/wishes/write"), phone=True),
    Shot("resident-follow", "resident", own_report, phone=True),
    Shot("resident-elder", "", in_large_print, phone=True),
)


@dataclass(frozen=True)
class Screen:
    """One screen: its name, what it is in a few words, who looks at it, and how to get there."""

    name: str
    title: str
    who: str
    show: Show


SCREENS = (
    Screen("work-seat", "工作台：坐席", "city seat", opens("/console/work")),
    Screen("work-leader", "工作台：领导", "leader", opens("/console/work")),
    Screen("work-street", "工作台：街道", "street seat", opens("/console/work")),
    Screen("work-clerk", "工作台：社区", "community clerk", opens("/console/work")),
    Screen("work-handler", "工作台：部门", "department handler", opens("/console/work")),
    Screen("work-supervisor", "工作台：督查", "supervisor", opens("/console/work")),
    Screen("workspace-handler", "单位的事", "department handler", opens("/console/command/workspace/")),
    Screen("workspace-street", "街道的事", "street seat", opens("/console/command/workspace/")),
    Screen("seat", "坐席", "city seat", opens("/console/seat")),
    Screen("cases", "案卷", "city seat", opens("/console/cases")),
    Screen("case", "一件案卷", "city seat", first_case("state=all&flag=whistled&order=newest")),
    Screen("entry", "登记来电", "city seat", opens("/console/entry")),
    Screen("calls", "通话记录", "city seat", opens("/console/calls")),
    Screen("views", "存下的视图", "city seat", opens("/console/views")),
    Screen("templates", "答复模板", "administrator", opens("/console/templates")),
    Screen("map", "一张图", "city seat", opens("/console/map/")),
    Screen("map-street", "一张图：街道", "street seat", opens("/console/map/")),
    Screen("map-base", "底图", "administrator", opens("/console/map/base/")),
    Screen("whistles", "吹哨", "supervisor", opens("/console/command/whistles/")),
    Screen(
        "whistle",
        "一次吹哨",
        "supervisor",
        following("/console/command/whistles/", "main a[href*='/command/whistles/']:not([href*='?'])"),
    ),
    Screen("supervisions", "督办", "supervisor", opens("/console/command/supervisions/")),
    Screen("approvals", "审批", "supervisor", opens("/console/command/approvals/")),
    Screen("delegations", "委托", "supervisor", opens("/console/command/delegations/")),
    Screen("dispatch-days", "领导调度日", "city seat", opens("/console/dispatch-days/")),
    Screen(
        "dispatch-day",
        "一次调度日",
        "leader",
        following("/console/dispatch-days/", "main a[href^='/console/dispatch-days/'][href$='/']"),
    ),
    Screen("liaison", "联系包抓", "city seat", opens("/console/liaison/")),
    Screen("liaison-mine", "我联系的地方", "leader", opens("/console/liaison/mine")),
    Screen("statistics", "统计", "leader", opens("/console/statistics/")),
    Screen("statistics-trends", "趋势", "leader", opens("/console/statistics/trends")),
    Screen("statistics-heat", "什么时候报得多", "leader", opens("/console/statistics/heat")),
    Screen("statistics-indicators", "评价指标", "leader", opens("/console/statistics/indicators")),
    Screen("tables", "自助表", "leader", opens("/console/statistics/tables/")),
    Screen("table", "做一张表", "leader", opens("/console/statistics/tables/make")),
    Screen("lists", "案卷清单", "city seat", opens("/console/lists/")),
    Screen("base", "基础库", "community clerk", opens("/console/base/")),
    Screen("patrols", "巡查", "community clerk", opens("/console/patrols/")),
    Screen("visits", "民情", "community clerk", opens("/console/visits/")),
    Screen("wishes", "心愿", "community clerk", opens("/console/wishes/")),
    Screen("notices", "通知", "community clerk", opens("/console/notices/")),
    Screen("areas", "网格", "administrator", opens("/console/areas/")),
    Screen("units", "单位", "administrator", opens("/console/units/")),
    Screen("duties", "权责清单", "administrator", opens("/console/duties/")),
    Screen("duty-matrix", "谁牵头", "administrator", opens("/console/duties/matrix")),
    Screen("admin", "管理", "administrator", opens("/console/admin/")),
    Screen("setup", "开始设置", "administrator", opens("/console/profile/setup")),
    Screen("profile", "方案", "administrator", opens("/console/profile/")),
    Screen("roles", "权限", "administrator", opens("/console/profile/roles")),
    Screen("standards", "立案标准", "administrator", opens("/console/profile/standards")),
    Screen("calendar", "工作日历", "administrator", opens("/console/profile/calendar")),
    Screen("texts", "各种文字", "administrator", opens("/console/profile/texts")),
    Screen("staff", "人员", "administrator", opens("/console/staff/")),
    Screen("imports", "导入", "administrator", opens("/console/imports/")),
    Screen("screen", "大屏", "leader", opens("/screen/")),
    Screen("screen-2", "大屏：来了多少，办了多少", "leader", opens("/screen/?page=2")),
    Screen("screen-3", "大屏：网格在做什么", "leader", opens("/screen/?page=3")),
    Screen("screen-arrange", "排大屏", "leader", opens("/screen/arrange")),
    Screen("screen-walls", "连着的屏幕", "leader", opens("/screen/walls")),
)


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
