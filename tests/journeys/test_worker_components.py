"""A component in the hand: scanned, reported without a signal, handled, verified with its state, intact on its page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import factories
from casework import GRID_111, Desk, make_desk
from cast import make_cast
from lianxin.kernel.files.queries import files_of
from lianxin.registry.components.models import Component
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from screens import Screens
from serving import Served
from standing_on import COVER, make_component
from work_on import handle_on, report_on

from .test_worker_cases import METRE, WIDTHS, _carried, _photo, _stopping, _until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """The cast in the served installation."""
    return make_desk(make_cast(factories.make_county()))


@pytest.fixture(scope="module")
def cover(desk: Desk) -> Component:
    """A manhole cover in grid 111 that 排水所 maintains."""
    units = desk.cast.county.units
    return make_component(
        GRID_111, name="东苑路污水井盖", address="东苑路 8 号门前", maintaining_unit_id=units["paishui"].id
    )  # fmt: skip


@pytest.fixture
def phone(screens: Screens, desk: Desk, cover: Component) -> Screens:
    """Open the app on a phone of one of the cast, beside the cover, its pack there and its shell kept."""
    del cover

    def open_for(name: str, *, width: int = 390) -> Page:
        page = screens(
            getattr(desk.cast, name), width, permissions=["geolocation"], has_touch=True, service_workers="allow",
            geolocation={"longitude": GRID_111.lon, "latitude": GRID_111.lat + 6 * METRE, "accuracy": 8},
        )  # fmt: skip
        page.goto("/worker/")
        expect(page.get_by_role("heading", name="今天")).to_be_visible()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        _carried(page)
        return page

    return open_for


def _state(component: Component) -> Callable[[], str]:
    return lambda: Component.objects.get(pk=component.pk).state


def test_from_the_label_to_intact_again(
    desk: Desk, cover: Component, phone: Screens, screens: Screens, tmp_path: Path
) -> None:
    page = phone("grid_worker")
    page.goto("/worker/things")
    expect(page.locator(".row", has_text="东苑路污水井盖")).to_contain_text("米")
    # From here on without a signal. Scan (typed, as by a broken camera), say what is wrong, send.
    page.context.set_offline(True)
    page.get_by_role("button", name="扫标牌").click()
    page.get_by_label("或输入标牌上的 16 位数字").fill(f"{cover.number[:6]} {cover.number[6:10]} {cover.number[10:]}")
    page.get_by_role("button", name="用这个码").click()
    expect(page.get_by_role("heading", name="东苑路污水井盖")).to_be_visible()
    expect(page.get_by_text("养护：排水所")).to_be_visible()
    page.get_by_role("link", name="报问题").click()
    page.get_by_role("button", name="丢失").click()
    page.get_by_role("button", name="送出").click()
    expect(page.get_by_role("heading", name="今天")).to_be_visible()
    assert _state(cover)() == "intact"
    page.context.set_offline(False)
    _until(page, lambda: _state(cover)() == "missing")

    case = Case.objects.get(component=cover)
    assert (case.text, case.channel, case.grid_id) == ("东苑路污水井盖：丢失", "worker", cover.grid_id)
    at = datetime.now(UTC)
    for holder in (desk.cast.community_clerk, desk.cast.street_seat):
        case = cases.escalate(holder, case=case, seen=None, at=at, note="请市里派")
    case = handle_on(desk, case, at=at)

    other = phone("verifier")
    other.goto(f"/worker/check/{case.number}")
    expect(other.get_by_text("已在现场")).to_be_visible()
    states = other.get_by_role("group", name="办好以后，这处部件")
    expect(states.get_by_role("button", name="完好")).to_have_attribute("aria-pressed", "true")
    other.locator(".compare input[type=file]").set_input_files(_photo(other, tmp_path))
    other.get_by_role("button", name="办好了").click()
    _until(other, lambda: _state(cover)() == "intact")
    assert Case.objects.get(pk=case.pk).stage == "verified"

    seat = screens(desk.cast.seat, 1440)
    seat.goto(f"/console/components/{cover.key}/")
    expect(seat.get_by_role("heading", name="东苑路污水井盖")).to_be_visible()
    expect(seat.locator(".page-head")).to_contain_text("完好")
    expect(seat.get_by_text(case.number).or_(seat.get_by_text(f"…{case.number[-6:]}")).first).to_be_visible()


def test_a_check_and_a_survey_without_a_signal_arrive_once(
    desk: Desk, cover: Component, phone: Screens, tmp_path: Path
) -> None:
    page = phone("grid_worker")
    photo = _photo(page, tmp_path)
    page.goto(f"/worker/thing/{cover.key}")
    expect(page.get_by_role("heading", name="东苑路污水井盖")).to_be_visible()
    page.goto("/worker/thing-new")
    expect(page.get_by_text("误差 8 米")).to_be_visible()
    page.context.set_offline(True)
    page.goto(f"/worker/thing/{cover.key}")
    page.get_by_role("button", name="核对").click()
    page.get_by_role("button", name="占用").click()
    page.get_by_role("button", name="就是这样").click()
    expect(page.get_by_role("alert")).to_contain_text("拍一张或写一句")
    page.locator(".photo-add input").first.set_input_files(photo)
    page.get_by_role("button", name="就是这样").click()
    row = page.locator(".row", has_text="东苑路污水井盖")
    expect(row).to_contain_text("占用")
    expect(row).to_contain_text("等信号")

    page.get_by_role("link", name="登记一处新的").click()
    page.get_by_label("找一类").fill("雨水井")
    page.get_by_role("button", name="雨水井盖").click()
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("拍一张照片")
    page.locator(".photo-add input").first.set_input_files(photo)
    page.get_by_label("名称（可不填）").fill("巷口雨水井盖")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("有 1 处登记等信号送出")).to_be_visible()
    page.context.set_offline(False)

    _until(page, lambda: Component.objects.filter(name="巷口雨水井盖").exists() and _state(cover)() == "occupied")
    made = Component.objects.get(name="巷口雨水井盖")
    assert (made.number[:10], made.grid_id) == ("3408810103", cover.grid_id)
    assert made.surveyed_on is not None
    assert abs(made.surveyed_on - datetime.now(UTC).date()) <= timedelta(days=1)
    assert len(list(files_of("component", made.pk))) == 1
    assert Component.objects.get(pk=cover.pk).checked_by_id == desk.cast.grid_worker.account_id


def test_a_number_elsewhere_is_reported_all_the_same(desk: Desk, phone: Screens) -> None:
    far = make_component(type(GRID_111)(117.07, 31.03), category=COVER, name="远处井盖")
    page = phone("grid_worker")
    page.goto("/worker/things")
    page.get_by_role("button", name="扫标牌").click()
    page.get_by_label("或输入标牌上的 16 位数字").fill(far.number)
    page.get_by_role("button", name="用这个码").click()
    page.get_by_role("link", name=f"用 {far.number[-6:]} 报问题").click()
    expect(page.get_by_role("heading", name="污水井盖", exact=True)).to_be_visible()
    page.get_by_role("button", name="送出").click()
    _until(page, lambda: _state(far)() == "damaged")
    assert Case.objects.get(component=far).reporter_id == desk.cast.grid_worker.account_id


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_of_components_stops_anybody_or_scrolls_sideways(
    cover: Component, phone: Screens, width: int
) -> None:  # fmt: skip
    page = phone("grid_worker", width=width)
    for path in ("/worker/things", f"/worker/thing/{cover.key}", "/worker/thing-new"):
        page.goto(path)
        page.wait_for_timeout(300)
        assert _stopping(page, width) == [], path
    page.goto(f"/worker/thing/{cover.key}")
    page.get_by_role("button", name="核对").click()
    assert _stopping(page, width) == []
    page.goto(f"/worker/report?component={cover.number}")
    expect(page.get_by_text("怎么了", exact=True)).to_be_visible()
    assert _stopping(page, width) == []


def test_who_carries_none_is_told_what_to_do(phone: Screens) -> None:
    page = phone("verifier", width=360)
    page.goto("/worker/things")
    expect(page.get_by_text("您的岗位不管部件")).to_be_visible()
    assert _stopping(page, 360) == []


def test_the_map_finds_it_by_its_number_and_tells_of_it(desk: Desk, cover: Component, screens: Screens) -> None:
    case = report_on(desk, cover, "井盖又松了", at=datetime.now(UTC))
    page = screens(desk.cast.seat, 1440)
    page.goto("/console/map/")
    line = page.locator('[data-layer="components"]')
    expect(line.get_by_role("checkbox")).not_to_be_checked()
    line.get_by_role("checkbox").check()
    page.locator(".onemap-filters summary").click()
    page.get_by_label("部件状态").select_option("有问题的")
    amiss = Component.objects.now().exclude(state__in=("intact", "disused", "removed")).count()
    expect(line.locator("[data-layer-count]")).to_have_text(str(amiss))

    page.locator("#onemap-words").fill(cover.number[-6:])
    page.locator("[data-onemap-found]").get_by_role("button", name="东苑路污水井盖").click()
    portrait = page.locator("[data-onemap-portrait]")
    expect(portrait).to_contain_text("东苑路污水井盖")
    expect(portrait).to_contain_text(cover.number)
    expect(portrait).to_contain_text("排水所")
    expect(portrait.get_by_role("link", name=case.title)).to_be_visible()
    portrait.get_by_role("link", name="打开部件").click()
    expect(page.get_by_role("heading", name="东苑路污水井盖")).to_be_visible()
