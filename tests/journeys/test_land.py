"""An administrator draws on the map in Chromium: a grid is split, reports go to the right side, it is merged again."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import factories
from casework import Desk, make_desk
from cast import make_cast
from factories import SIDE
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.areas import queries
from lianxin.foundation.areas.models import Area, Redivision
from lianxin.work.cases.models import Case
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser

GRID, NEIGHBOUR, NEW = "34088100100101", "34088100100102", "34088100100103"
LON, LAT = 117.0, 31.0


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """Everyone in the served installation."""
    return make_desk(make_cast(factories.make_county()))


@pytest.fixture
def screen(screens: Screens, desk: Desk) -> Screens:
    """Open a screen at which one of the cast, by name, is signed in."""
    return lambda name, width=1440, **more: screens(getattr(desk.cast, name), width, **more)


class Plan:
    """The map of a page as a hand meets it: where a place of the world lies on the screen."""

    def __init__(self, page: Page, code: str) -> None:
        self.page = page
        canvas = page.locator(".maplibregl-canvas")
        canvas.wait_for()
        expect(page.locator(".map-words")).to_have_count(0)
        page.locator(".map[data-ready]").wait_for()  # the view is fitted once the borders have come
        page.wait_for_timeout(300)
        box = canvas.bounding_box()
        assert box is not None
        self.box = box
        (west, south, east, north) = _bounds(Area.objects.get(code=code, valid_to=None).boundary)
        self.middle = ((west + east) / 2, (south + north) / 2)
        self.stretch = 1 / math.cos(math.radians(self.middle[1]))
        room = (self.box["width"] - 80, self.box["height"] - 96)
        self.scale = min(room[0] / (east - west), room[1] / ((north - south) * self.stretch))

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place lies on the screen: the map leaves more room below and at the right."""
        x = self.box["x"] + self.box["width"] / 2 - 16 + (lon - self.middle[0]) * self.scale
        y = self.box["y"] + self.box["height"] / 2 - 24 - (lat - self.middle[1]) * self.scale * self.stretch
        return x, y

    def click(self, lon: float, lat: float) -> None:
        """Press there."""
        self.page.mouse.click(*self.at(lon, lat))
        self.page.wait_for_timeout(350)  # two presses quickly after each other would end the line

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """Take hold of a place and let go at another."""
        self.page.mouse.move(*self.at(*begin))
        self.page.mouse.down()
        self.page.mouse.move(*self.at((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2), steps=4)
        self.page.mouse.move(*self.at(*end), steps=4)
        self.page.mouse.up()


def _bounds(boundary: Any) -> tuple[float, float, float, float]:
    places = [place for ring in boundary["coordinates"] for place in ring]
    lons, lats = [place[0] for place in places], [place[1] for place in places]
    return min(lons), min(lats), max(lons), max(lats)


def report_at(page: Page, lon: float, lat: float) -> Case:
    """Take a report at the entry desk, with its point on the map, and return the case."""
    page.goto("/console/entry")
    page.get_by_label("说的是什么事").fill("路灯坏了，晚上看不清路。")
    for field, value in (("entry_lon", lon), ("entry_lat", lat)):
        page.locator(f"#{field}").evaluate("(field, value) => { field.value = value; }", str(value))
    page.locator(".page-foot .button-primary").click()
    page.wait_for_url("**/console/entry/*")
    return Case.objects.get(number=page.url.rsplit("/", 1)[1])


def code_of(case: Case) -> str:
    """Return the code of the grid a case was reported in."""
    assert case.area_id is not None
    return Area.objects.get(pk=case.area_id).code


def test_a_grid_is_split_on_the_map_and_merged_again(served: Served, desk: Desk, screen: Screens) -> None:
    whole = Area.objects.get(code=GRID, valid_to=None)
    admin, seat = screen("admin"), screen("seat")

    # Two presses, one at each side of the grid, cut it from west to east.
    admin.goto(f"/console/area/{GRID}/redivide")
    plan = Plan(admin, GRID)
    plan.click(LON - SIDE * 0.1, LAT + SIDE / 2)
    plan.click(LON + SIDE * 1.05, LAT + SIDE / 2)
    expect(admin.locator(".piece")).to_have_count(2)
    expect(admin.locator("#plan")).to_contain_text("第一网格")
    expect(admin.get_by_label("名称").nth(1)).to_have_value("第三网格")
    expect(admin.get_by_label("编码").nth(1)).to_have_value(NEW)
    assert _stopping(admin) == []

    admin.get_by_label("现在就生效").check()
    admin.get_by_label("依据").fill("桐政办〔2026〕31号")
    admin.get_by_role("button", name="就这样调整").click()
    expect(admin.locator(".toast")).to_contain_text("新边界已生效")

    # A report at each side goes to its own grid, at once, in the processes that serve.
    north, south = (LON + SIDE / 2, LAT + SIDE * 0.75), (LON + SIDE / 2, LAT + SIDE * 0.25)
    codes = [code_of(report_at(seat, *place)) for place in (north, south)]
    assert set(codes) == {GRID, NEW}
    grounds = Area.objects.filter(code__in=codes, valid_to=None).values_list("square_metres", flat=True)
    assert sum(filter(None, grounds)) == pytest.approx(whole.square_metres, rel=1e-6)
    # Who worked in the old grid works in both.
    worker = desk.cast.grid_worker.account_id or 0
    _soon(admin, lambda: Post.objects.filter(account_id=worker, valid_to=None).count() == 2)

    # A press on the other half, and they are one again.
    admin.goto(f"/console/area/{GRID}/redivide?how=merge")
    other = south if codes[0] == GRID else north
    plan = Plan(admin, GRID)
    # As near as may be: the view holds little more than the grid itself.
    edge = LAT + SIDE / 2 + (-1 if other == south else 1) * SIDE * 0.015
    plan.click(other[0], edge)
    expect(admin.get_by_label("第三网格")).to_be_checked()
    expect(admin.locator(".piece")).to_have_count(1)
    admin.get_by_label("现在就生效").check()
    admin.get_by_label("依据").fill("批复撤回")
    admin.get_by_role("button", name="就这样调整").click()
    expect(admin.locator(".toast")).to_contain_text("新边界已生效")

    again = [report_at(seat, *place) for place in (north, south)]
    assert {code_of(case) for case in again} == {GRID}
    merged = Area.objects.get(code=GRID, valid_to=None)
    assert merged.square_metres == pytest.approx(whole.square_metres, rel=1e-6)
    admin.goto(f"/console/area/{GRID}/history")
    expect(admin.locator(".ages li")).to_have_count(4)
    assert _stopping(admin) == []


def test_a_shared_border_is_moved_and_both_sides_follow(served: Served, desk: Desk, screen: Screens) -> None:
    admin = screen("admin")
    admin.goto(f"/console/area/{GRID}/redivide?how=redraw")
    plan = Plan(admin, GRID)
    said = admin.locator(".map-said")
    expect(said).to_contain_text("两边一起动")

    # The middle of the common border becomes a corner and goes east.
    plan.drag((LON + SIDE, LAT + SIDE / 2), (LON + SIDE * 1.08, LAT + SIDE / 2))
    expect(said).to_contain_text("两边的边界一起动了")
    expect(admin.locator(".piece")).to_have_count(2)
    admin.get_by_role("button", name="退一步").click()
    expect(admin.locator(".piece")).to_have_count(0)
    admin.get_by_role("button", name="再做").click()
    expect(admin.locator(".piece")).to_have_count(2)

    # By keys, a metre at a time: the corner is found by walking through those that may be moved.
    canvas = admin.locator(".maplibregl-canvas")
    canvas.focus()
    before = admin.locator("#geo-text").input_value()
    canvas.press("n")
    expect(said).to_contain_text("共 1 个")
    canvas.press("ArrowRight")
    expect(said).to_contain_text("挪了一点")
    assert admin.locator("#geo-text").input_value() != before
    canvas.press("Control+z")
    assert admin.locator("#geo-text").input_value() == before
    admin.reload()
    plan = Plan(admin, GRID)
    expect(said).to_contain_text("两边一起动")
    plan.drag((LON + SIDE, LAT + SIDE / 2), (LON + SIDE * 1.08, LAT + SIDE / 2))
    expect(admin.locator(".piece")).to_have_count(2)

    # Beyond the other border of its own grid it may not go.
    plan.drag((LON + SIDE * 1.08, LAT + SIDE / 2), (LON - SIDE * 0.1, LAT + SIDE / 2))
    expect(said).to_contain_text("停在了能放的地方")
    admin.get_by_role("button", name="退一步").click()
    expect(admin.locator(".piece")).to_have_count(2)
    assert _stopping(admin) == []

    admin.get_by_label("哪天").fill((datetime.now(UTC) + timedelta(days=3)).date().isoformat())
    admin.get_by_label("依据").fill("桐政办〔2026〕32号")
    # A metre more brings a new preview, and keeps what was typed.
    canvas.focus()
    canvas.press("n")
    with admin.expect_response(lambda response: "redivide" in response.url):
        canvas.press("ArrowRight")
    expect(admin.get_by_label("依据")).to_have_value("桐政办〔2026〕32号")
    admin.get_by_role("button", name="就这样调整").click()
    expect(admin.locator(".toast")).to_contain_text("已列入计划")
    planned = Redivision.objects.get(applied_at=None, cancelled_at=None)
    assert planned.kind == "redraw"
    assert {new["code"] for new in planned.plan["successors"]} == {GRID, NEIGHBOUR}
    assert queries.node(planned.plan["old"][0]) is not None


def test_borders_are_moved_by_keys_alone(served: Served, desk: Desk, screen: Screens) -> None:
    admin = screen("admin")
    admin.goto("/console/area/340881001002/redivide?how=redraw")
    Plan(admin, "340881001002")
    said, canvas = admin.locator(".map-said"), admin.locator(".maplibregl-canvas")
    expect(said).to_contain_text("两边一起动")
    canvas.focus()

    # The two communities share one straight border whose ends lie on the street's: no corner may be moved yet.
    canvas.press("n")
    expect(said).to_contain_text("没有能挪的点")
    admin.goto("/console/area/34088100200101/redivide")
    Plan(admin, "34088100200101")
    canvas = admin.locator(".maplibregl-canvas")
    canvas.focus()
    for key in (" ", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", " "):
        canvas.press(key)
        admin.wait_for_timeout(450)
    expect(admin.locator(".piece")).to_have_count(2)
    canvas.press("Control+z")
    expect(admin.locator(".piece")).to_have_count(0)


def test_a_finger_cuts_a_grid_on_a_phone(served: Served, desk: Desk, screen: Screens) -> None:
    phone = screen("admin", has_touch=True, is_mobile=True)
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.goto("/console/area/34088100200102/redivide")
    plan = Plan(phone, "34088100200102")
    (middle, level), side = plan.middle, SIDE
    for share in (-0.45, 0.45):
        phone.touchscreen.tap(*plan.at(middle + side * share, level))
        phone.wait_for_timeout(450)
    expect(phone.locator(".piece")).to_have_count(2)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert _stopping(phone) == []


def _soon(page: Page, is_so: Any) -> None:
    for _round in range(100):
        if is_so():
            return
        page.wait_for_timeout(200)
    pytest.fail("It did not come about within 20 seconds.")


def _stopping(page: Page) -> list[Any]:
    """Return what axe finds that stops a person."""
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    faults = Axe().run(page, options=rules).response["violations"]
    return [(fault["id"], [node["html"][:160] for node in fault["nodes"][:3]])
            for fault in faults if fault["impact"] in {"serious", "critical"}]  # fmt: skip
