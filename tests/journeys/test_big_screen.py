"""The big screen in Chromium: a wall is connected without typing on it, hears of a case, turns its pages."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

import factories
from casework import Desk, make_desk
from cast import make_cast
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """The cast in the served installation, with a few cases under way."""
    desk = make_desk(make_cast(factories.make_county()))
    for stage in ("filed", "handling"):
        desk.at_stage(stage, at=datetime.now(UTC) - HOUR)
    return desk


@pytest.fixture
def wall(browser: Browser, served: Served, desk: Desk, screens: Screens) -> Page:
    """A wall of 4K that the city's desk has connected by its six digits."""
    context = browser.new_context(viewport={"width": 3840, "height": 2160}, base_url=served.url)
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto("/screen/")
    page.get_by_role("button", name="要一个配对码").click()
    code = page.get_by_label("配对码").inner_text()

    seat = screens(desk.cast.seat)
    seat.goto("/screen/walls")
    seat.get_by_label("配对码").fill(code)
    seat.get_by_label("放在哪里").fill("大厅左墙")
    seat.get_by_role("button", name="连上").click()
    expect(seat.get_by_role("cell", name="大厅左墙").first).to_be_visible()
    return page


def test_a_wall_shows_what_happens_turns_its_pages_and_looks_closer(wall: Page, desk: Desk) -> None:
    expect(wall.get_by_role("heading", level=1, name="一屏知全域")).to_be_visible()  # by itself: nobody touches it
    expect(wall.locator(".ws-of-stuck small")).to_contain_text("在办 2 件")
    assert wall.evaluate("document.documentElement.scrollHeight") <= 2160
    assert wall.evaluate("[...document.querySelectorAll('.ws-box')].every(b => b.scrollHeight <= b.clientHeight + 1)")

    desk.reported(at=datetime.now(UTC))
    expect(wall.locator(".ws-of-stuck small")).to_contain_text("在办 3 件", timeout=30_000)
    expect(wall.locator("[data-ticks]")).to_contain_text("已上报")

    wall.evaluate("document.body.dataset.turn = '1'")
    expect(wall.get_by_role("heading", level=1, name="来了多少，办了多少")).to_be_visible()
    wall.mouse.move(300, 300)  # a pointer keeps the page that is there
    wall.evaluate("document.body.dataset.turn = '30'")
    wall.keyboard.press("Home")
    wall.get_by_role("link", name="一屏知全域").click()
    expect(wall.get_by_role("heading", level=1, name="一屏知全域")).to_be_visible()

    wall.locator(".ws-map a").first.focus()
    wall.keyboard.press("Enter")
    expect(wall.locator(".ws-of-map small")).to_have_text("按网格")
    wall.keyboard.press("Escape")
    expect(wall.locator(".ws-of-map small")).to_have_text("按社区")


def test_without_a_network_the_figures_stay_and_say_of_when_they_are(wall: Page) -> None:
    expect(wall.locator(".ws-of-today")).to_be_visible()

    wall.context.set_offline(True)
    expect(wall.get_by_role("status")).to_contain_text("暂时连不上，数据停在", timeout=20_000)
    expect(wall.locator(".ws-of-today")).to_be_visible()

    wall.context.set_offline(False)
    expect(wall.locator("[data-stale]")).to_be_hidden(timeout=20_000)
