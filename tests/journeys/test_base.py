"""In Chromium: the box and the chart by keys, a field checked when left; every page of 基础库 for axe and width."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

import factories
import homes
from cast import Cast, make_cast
from lianxin.insight.portraits import counting
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser

BASE = "/console/base"


@pytest.fixture(scope="module")
def cast(served: Served) -> Cast:
    """The cast in the served installation, with an estate in which people live."""
    cast = make_cast(factories.make_county())
    estate = homes.make_estate(cast.county.grid(111), boundary=factories.square(117.001, 31.001, 117.004, 31.004))
    building = homes.make_building(
        estate, footprint=factories.square(117.002, 31.002, 117.0025, 31.0023), entrances=["1", "2", "3", "4"]
    )
    dwellings = homes.make_dwellings(building, floors=6)
    for number, home in enumerate(dwellings[:30]):
        homes.make_person(f"张{'一二三四五六七八九十'[number % 10]}", home=home)
    old = homes.make_person("王秀英", home=dwellings[30], id_number=homes.ID_NUMBER, phone=homes.PHONE)
    homes.make_household(dwellings[30], old)
    homes.make_care(old, visit_every_days=7)
    homes.make_establishment(estate)
    counting.count_all(at=datetime.now(UTC))
    counting.reckon_past(at=datetime.now(UTC))
    return cast


@pytest.fixture
def screen(screens: Screens, cast: Cast) -> Screens:
    """Open a screen at which one of the cast, by name, is signed in."""
    return lambda name, width=1440, **more: screens(getattr(cast, name), width, **more)


def test_the_box_is_walked_by_keys(screen: Screens) -> None:
    page = screen("grid_worker")
    page.goto(f"{BASE}/")

    page.keyboard.press("s")
    page.keyboard.type("wxy")
    expect(page.locator("#found a.item")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("王**")
    assert "wxy" not in page.url


def test_the_chart_is_walked_as_a_grid(screen: Screens) -> None:
    page = screen("grid_worker")
    page.goto(f"{BASE}/buildings/B3/")

    page.locator(".building-chart tbody a").first.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "End", "ArrowUp"):
        page.keyboard.press(key)

    expect(page.locator(":focus")).to_contain_text("602")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("4单元 602")


def test_a_field_says_what_is_wrong_when_one_leaves_it(screen: Screens) -> None:
    page = screen("grid_worker")
    page.goto(f"{BASE}/people/add?dwelling=B3-1-101")

    page.get_by_label("姓名").fill("李强")
    page.get_by_label("证件号码").fill("110105194912310021")
    page.keyboard.press("Tab")

    expect(page.locator("p.fault")).to_be_visible()
    page.get_by_label("证件号码").fill("")
    page.keyboard.press("Tab")
    expect(page.locator("p.fault")).to_have_count(0)
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("李*")
