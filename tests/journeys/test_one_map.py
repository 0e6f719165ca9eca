"""The one map in Chromium: a cluster opens into cases, what is drawn is counted, a building opens, a view is shared."""

import math
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

import factories
import homes
from casework import Desk, make_desk
from cast import make_cast
from lianxin.kernel.geometry.points import Point
from lianxin.work.cases.models import Case
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser

AT = datetime.now(UTC) - timedelta(hours=1)
LON, LAT = 117.015, 31.004  # in grid 111, whose eastern border is 117.02
TOGETHER = [(LON + 0.0002 * n, LAT) for n in range(3)]
ALONE = (LON + 0.004, LAT + 0.002)
NEXT_DOOR = (LON + 0.009, LAT)  # in grid 112
KINDS = "areas.cases.buildings"


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """Everyone in the served installation: cases on the map of two grids, and a building of six floors."""
    desk = make_desk(make_cast(factories.make_county()))
    for place in (*TOGETHER, ALONE, NEXT_DOOR):
        desk.reported(at=AT, point=Point(*place), text=f"路灯坏了，在 {place[0]:.4f}。")
    estate = homes.make_estate(desk.cast.county.grid(111), boundary=factories.square(117.001, 31.001, 117.004, 31.003))
    house = homes.make_building(
        estate, footprint=factories.square(117.002, 31.002, 117.0025, 31.0021), entrances=["1", "2", "3"],
        point=Point(117.00225, 31.00205), floors=6,
    )  # fmt: skip
    for number, home in enumerate(homes.make_dwellings(house, floors=6)):
        type(home).objects.filter(pk=home.pk).update(use="let" if number % 3 == 0 else "self")
    return desk


@pytest.fixture
def screen(screens: Screens, desk: Desk) -> Screens:
    """Open a screen at which one of the cast, by name, is signed in."""
    return lambda name, width=1440, **more: screens(getattr(desk.cast, name), width, **more)


class Plan:
    """The map as a hand meets it: where a place of the world lies on the screen while the map looks straight down."""

    def __init__(self, page: Page, at: tuple[float, float], zoom: float, more: str = "") -> None:
        self.page, self.middle, self.zoom = page, at, zoom
        page.goto(f"/console/map/?c={at[0]},{at[1]},{zoom}&on={KINDS}{more}")
        self.settled()

    def settled(self) -> None:
        """Wait until what is asked for is drawn."""
        self.page.locator("[data-onemap][data-ready]").wait_for()

    def at(self, place: tuple[float, float]) -> tuple[float, float]:
        """Return where a place lies on the screen."""
        box = self.page.locator(".maplibregl-canvas").bounding_box()
        assert box is not None
        world = 512 * 2**self.zoom
        x = (place[0] - self.middle[0]) / 360 * world
        y = (_north(self.middle[1]) - _north(place[1])) / (2 * math.pi) * world
        return box["x"] + box["width"] / 2 + x, box["y"] + box["height"] / 2 + y

    def click(self, place: tuple[float, float]) -> None:
        """Press there."""
        self.page.mouse.click(*self.at(place))

    @property
    def panel(self) -> Locator:
        """The panel at the right."""
        return self.page.locator("[data-onemap-portrait]")


def _north(lat: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


def listed(page: Page) -> int:
    """Return how many things the map says it shows in its window, once its list stands."""
    panel = page.locator("[data-onemap-portrait]")
    expect(panel.locator(".onemap-row")).not_to_have_count(0)
    return int(re.sub(r"\D", "", panel.locator("p").first.inner_text()))


def test_a_cluster_opens_into_cases_and_a_new_case_comes_by_itself(desk: Desk, screen: Screens) -> None:
    seat = screen("seat")
    plan = Plan(seat, (LON, LAT), 14)

    plan.click(TOGETHER[1])
    seat.wait_for_url(lambda url: float(url.split("c=")[1].split("&")[0].split(",")[2]) > 15)
    plan = Plan(seat, (LON, LAT), 19)
    plan.click(TOGETHER[1])
    number = Case.objects.get(text__contains=f"{TOGETHER[1][0]:.4f}").number
    expect(plan.panel).to_contain_text("路灯坏了")
    expect(seat).to_have_url(re.compile(f"open=case~{number}"))
    seat.keyboard.press("Escape")
    expect(plan.panel).to_be_hidden()

    # As a list, for who does not point; a case that is reported meanwhile comes into it.
    plan = Plan(seat, (LON, LAT), 16.5)
    seat.keyboard.press("b")
    before = listed(seat)
    seat.locator(".maplibregl-canvas").focus()
    desk.reported(at=datetime.now(UTC), point=Point(LON, LAT + 0.001), text="树倒了，挡着路。")
    expect(plan.panel).to_contain_text(f"画面里共 {before + 1} 处", timeout=12_000)


def test_what_is_drawn_is_counted_and_its_numbers_open_lists(screen: Screens) -> None:
    seat = screen("seat")
    plan = Plan(seat, (LON, LAT), 15)
    seat.get_by_role("button", name="圈选").click()
    seat.get_by_role("button", name="矩形").click()
    west, south, east, north = LON - 0.001, LAT - 0.001, LON + 0.0055, LAT + 0.003
    plan.click((west, south))
    seat.wait_for_timeout(350)  # two presses quickly after each other would be a double one
    plan.click((east, north))
    expect(plan.panel).to_contain_text("圈选结果")
    number = plan.panel.locator("dl > div", has_text="在办案件").locator("a[data-count]").first
    counted = int(number.get_attribute("data-count") or 0)
    assert counted >= 4

    # The number opens its list, and the address brings the shape back.
    number.click()
    expect(plan.panel.locator("[data-total]")).to_have_attribute("data-total", str(counted))
    expect(plan.panel.locator(".onemap-rows li")).to_have_count(counted)
    plan.panel.get_by_role("link", name="圈选结果").click()
    expect(number).to_have_attribute("data-count", str(counted))
    expect(seat).to_have_url(re.compile("drawn="))

    # By keys: the space bar sets a point under the cross, the arrows move the map, Backspace goes back.
    seat.get_by_role("button", name="量距").click()
    seat.keyboard.press(" ")
    before = seat.url
    seat.keyboard.press("ArrowRight")
    seat.wait_for_url(lambda url: url != before)
    seat.keyboard.press(" ")
    expect(seat.locator(".onemap-said")).to_contain_text(re.compile(r"[\d.,]+ (米|公里)"))
    seat.keyboard.press("Enter")
    seat.keyboard.press("Escape")
    expect(seat.locator(".onemap-strip")).to_be_hidden()


def test_a_building_opens_and_its_state_colours_the_city(screen: Screens) -> None:
    clerk = screen("community_clerk")
    Plan(clerk, (117.00225, 31.00205), 16.5, "&building=B3")
    chart = clerk.locator("[data-onemap-building]")
    expect(chart.locator(".building-chart tbody tr")).to_have_count(6)

    with clerk.expect_response(lambda answer: "/map/buildings" in answer.url and "state=use" in answer.url) as told:
        chart.locator("select[name=state]").select_option("use")
    house = told.value.json()["features"][0]["properties"]
    assert (house["units"], house["count"], house["share"]) == (3, 12, pytest.approx(1 / 3, abs=0.01))
    expect(chart.locator("[data-on]")).to_have_count(12)
    expect(clerk.locator("[data-onemap-legend]")).to_contain_text("出租的户数占比")
    chart.locator('[data-floor="4"] a').first.focus()
    expect(chart.locator("tr.is-chosen")).to_contain_text("401")

    clerk.keyboard.press("Escape")
    expect(chart).to_be_hidden()


def test_a_shared_view_shows_each_what_they_may_see(screen: Screens) -> None:
    seat = screen("seat")
    Plan(seat, (LON + 0.003, LAT), 15.5)
    seat.keyboard.press("b")
    ours = listed(seat)
    seat.get_by_role("button", name="分享视图").click()
    seat.get_by_label("名称").fill("东苑的案件")
    seat.get_by_role("button", name="生成链接").click()
    link = seat.locator("input[data-shared]").input_value()

    other = screen("grid_worker_next_door")
    other.goto(link)
    other.locator("[data-onemap][data-ready]").wait_for()
    expect(other.get_by_label("在办案件")).to_be_checked()
    expect(other.get_by_label("巡查点")).not_to_be_checked()
    other.keyboard.press("b")
    theirs = listed(other)

    assert 0 < theirs < ours
    other.locator(".maplibregl-canvas").focus()
    other.keyboard.press("ArrowUp")
    expect(other).to_have_url(re.compile(r"c=117\.01[78]\d*,31\.0"))
