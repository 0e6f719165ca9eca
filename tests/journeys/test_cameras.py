"""From a case to the camera that sees its place: asked for, approved by phone, opened, written down. A wedge turned."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

import factories
import filming
from casework import Desk, make_desk
from cast import make_cast
from lianxin.kernel.geometry.points import Point
from lianxin.registry.cameras.coverage import ahead
from lianxin.registry.cameras.models import Opening
from screens import Screens, screens
from serving import Served

__all__ = ["screens"]
pytestmark = pytest.mark.browser

AT = datetime.now(UTC) - timedelta(hours=1)
WATER = Point(117.013, 31.008)  # in grid 111


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """Everyone; two cameras that look at the water, the nearer one in the west, and one that looks away."""
    desk = make_desk(make_cast(factories.make_county()))
    for serial, (side, looks, name) in enumerate(
        ((270, 90, "同安路口东"), (0, 180, "文昌阁南"), (90, 90, "河堤东")), 1
    ):
        metres = 30 * serial
        filming.camera(desk.cast, serial, name=name, point=ahead(WATER, side, metres), bearing=looks, reach_m=120)
    return desk


def test_from_the_case_to_the_record(desk: Desk, screens: Screens) -> None:
    cast = desk.cast
    case = desk.reported(at=AT, actor=cast.grid_worker, point=WATER, text="路口积水，漫到人行道了。")
    seat = screens(cast.seat)
    seat.goto(f"/console/cases/{case.number}")
    cameras = seat.locator("#cameras")
    expect(cameras.get_by_role("link", name="同安路口东").first).to_be_visible()
    assert cameras.locator(".item p > a").all_inner_texts() == ["同安路口东", "文昌阁南"]
    cameras.get_by_role("link", name="申请… 同安路口东").click()
    expect(seat.get_by_label("为哪件案卷")).to_have_value(case.number)
    seat.get_by_label("看什么、为什么看").fill("看路口积水到哪里，要不要封路")
    seat.get_by_label("2 小时", exact=True).check()
    seat.get_by_role("button", name="送出申请").click()
    expect(seat.get_by_text("已送出，批准了会告诉您")).to_be_visible()
    expect(seat.locator("#access").get_by_text("等批准")).to_be_visible()
    expect(seat.get_by_role("button", name="打开（记一笔）")).to_have_count(0)

    leader = screens(cast.leader, width=390)
    leader.goto("/console/work")
    leader.get_by_role("link", name="调阅等批").click()
    expect(leader.get_by_text("看路口积水到哪里，要不要封路")).to_be_visible()
    leader.get_by_role("button", name="同意", exact=True).click()
    expect(leader.get_by_text("没有等您批的调阅")).to_be_visible()

    seat.reload()
    seat.locator("#access").get_by_role("button", name="打开（记一笔）").click()
    onward = seat.get_by_role("link", name="到交警视频平台看")
    expect(onward).to_have_attribute("href", f"https://{filming.HOST}/live?device={filming.number(1)}")
    expect(onward).to_have_attribute("rel", "noopener noreferrer")
    assert Opening.objects.count() == 1

    police = screens(cast.handler_next_door)
    police.goto("/console/cameras/records")
    row = police.locator("tbody tr")
    expect(row).to_have_count(1)
    for words in ("同安路口东", "左*", "看路口积水到哪里，要不要封路", case.number):
        expect(row).to_contain_text(words)
    police.get_by_role("link", name="收回…").click()
    dialog = police.get_by_role("dialog")
    dialog.get_by_label("原因").fill("水已经退了")
    dialog.get_by_role("button", name="收回").click()
    expect(police.get_by_text("已收回")).to_be_visible()
    seat.goto("/console/cameras/mine")
    expect(seat.get_by_text("已收回")).to_be_visible()
    expect(seat.get_by_role("button", name="打开")).to_have_count(0)


def test_a_wedge_is_turned_by_hand_and_by_numbers(desk: Desk, screens: Screens) -> None:
    page = screens(desk.cast.admin)
    page.goto("/console/cameras/add")
    expect(page.locator("#camera-map[data-ready]")).to_be_visible()
    handle = page.locator(".wedge-handle")
    page.get_by_label("朝向（度）").fill("0")
    page.get_by_label("可视距离（米）").fill("300")
    page.locator("#camera-map").scroll_into_view_if_needed()
    place, spot = page.locator("#camera-map").bounding_box(), handle.bounding_box()
    assert place is not None
    assert spot is not None
    middle = (place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    assert abs(spot["x"] + spot["width"] / 2 - middle[0]) < 3, "north is up"
    assert spot["y"] + spot["height"] / 2 < middle[1] - 20

    page.mouse.move(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1], steps=6)
    page.mouse.up()
    assert abs(float(page.get_by_label("朝向（度）").input_value()) - 90) <= 3
    far = float(page.get_by_label("可视距离（米）").input_value())
    assert 50 < far < 600

    page.get_by_label("国标编码").fill(filming.number(900))
    page.get_by_label("点位名称").fill("新立的杆")
    page.get_by_label("权属单位").fill("市交警大队")
    page.get_by_label("经度").fill("117.01")
    page.get_by_label("纬度").fill("31.01")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("heading", name="新立的杆")).to_be_visible()
    expect(page.get_by_text("正东 · 60°").first).to_be_visible()
