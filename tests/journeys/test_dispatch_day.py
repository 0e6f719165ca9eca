"""A leader's dispatch day in Chromium: the office prepares, a unit answers, the leader decides, all screens follow."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import factories
from casework import Desk, make_desk
from cast import make_cast
from lianxin.work.cases.models import Case
from lianxin.work.dispatchdays.models import Decision, DispatchDay, Item, Promise
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser

NOW = datetime.now(UTC)
STOPS = {"serious", "critical"}


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """The cast, with cases that 市城管局 has let fall overdue for weeks, and one that several units work on."""
    desk = make_desk(make_cast(factories.make_county()))
    long_ago = NOW - timedelta(days=20)
    desk.handling(at=long_ago, text="菜市场后门污水冒了半个月，没人管。")
    desk.handling("paishui", "jiaojing", at=long_ago, text="东门路口积水又堵车，三个单位都说不归自己。")
    return desk


@pytest.fixture
def staff(screens: Screens, desk: Desk) -> dict[str, Page]:
    """The office at a PC, the leader at a PC, the unit on a phone."""
    return {
        "office": screens(desk.cast.seat), "leader": screens(desk.cast.leader, 1920),
        "unit": screens(desk.cast.handler, 390),
    }  # fmt: skip


def test_a_day_from_its_list_to_the_next_one(served: Served, desk: Desk, staff: dict[str, Page]) -> None:
    office, leader, unit = staff["office"], staff["leader"], staff["unit"]

    # The leader's home says what waits; what is ticked goes onto the list of the next day.
    leader.goto("/console/work")
    expect(leader.locator("h1")).to_contain_text("两件事等您过问")
    leader.locator(".matters input").last.uncheck()
    _look(leader, "home")
    leader.get_by_role("button", name="放进调度日清单").click()
    expect(leader.locator(".toast, .told").first).to_contain_text("1 件已放进下一次调度日的清单")

    # The office prepares: what waited stands on the list; a proposal is ticked, with its reasons; units are told.
    office.goto("/console/dispatch-days/add")
    office.get_by_role("button", name="排好，去挑议题").click()
    expect(office.locator(".agenda-item")).to_have_count(1)
    _look(office, "day")
    office.get_by_role("link", name="看推荐").first.click()
    expect(office.locator(".pick li")).to_have_count(1)
    expect(office.locator(".pick .item-why")).to_contain_text("超时")
    _look(office, "proposals")
    office.locator(".pick input").check()
    office.get_by_role("button", name="放进清单").click()
    expect(office.locator(".agenda-item")).to_have_count(2)
    office.get_by_role("button", name="通知还没通知的").click()
    expect(office.locator("aside")).to_contain_text("已通知")
    day = DispatchDay.objects.get()

    # The unit writes its answer on a phone; the office's page shows it without being asked to.
    unit.goto(f"/console/dispatch-days/{day.key}/")
    _look(unit, "unit")
    first = unit.locator(".agenda-item").first
    first.get_by_label("本单位的答复").fill("配件周三到，到了当天修好。")
    first.get_by_role("button", name="送出答复").click()
    expect(office.locator(".positions")).to_contain_text("配件周三到")

    # The day is opened; the unit comes, and its screen turns with the others within a second.
    leader.goto(f"/console/dispatch-days/{day.key}/")
    leader.get_by_role("button", name="开始调度").click()
    expect(leader.locator(".day-item h2")).to_be_visible()
    unit.goto(f"/console/dispatch-days/{day.key}/live")
    office.goto(f"/console/dispatch-days/{day.key}/live")
    for page in (unit, office, leader):
        expect(page.locator("[data-live-words]")).to_have_text("实时")
    unit.get_by_role("button", name="到会").click()
    expect(office.locator(".day-units .is-here")).to_have_count(1)
    items = list(Item.objects.filter(day=day).order_by("place"))
    _look(leader, "live")
    _look(unit, "live-unit")
    unit.get_by_label("承诺什么").fill("三天内修好")
    unit.get_by_label("哪天办好").fill(str((NOW + timedelta(days=3)).date()))
    unit.get_by_role("button", name="承诺", exact=True).click()
    expect(leader.locator(".day-item .pledge")).to_contain_text("三天内修好")

    # Two decisions, live: words and a deadline; then another unit is named to lead.
    leader.get_by_label("怎么决定").fill("照答复的办，周五前修好。")
    leader.get_by_role("button", name="就这样决定").click()
    expect(leader.locator(".day-item .decision")).to_be_visible()
    began = time.monotonic()
    expect(unit.locator(".decision")).to_contain_text("周五前修好")
    assert time.monotonic() - began < 3  # a second where nothing else runs
    leader.get_by_role("button", name="下一项").click()
    expect(unit.locator(".day-item .agenda-number")).to_have_text("2")
    leader.get_by_label("怎么决定").fill("请市住建局牵头，城管局配合。")
    leader.get_by_label("谁牵头").select_option(str(desk.cast.county.units["zjj"].id))
    leader.get_by_role("button", name="就这样决定").click()
    expect(unit.locator(".day-item .decision")).to_contain_text("住建局")
    case = Case.objects.get(pk=items[1].case_id or 0)
    assert (case.stage, case.lead_unit_id) == ("dispatched", desk.cast.county.units["zjj"].id)
    assert Decision.objects.count() == 2

    # The day ends; its record is made for paper.
    leader.get_by_role("link", name="结束").click()
    leader.get_by_role("dialog").get_by_role("button", name="结束").click()
    leader.get_by_role("link", name="打印记录").click()
    expect(leader.locator(".paper")).to_contain_text("照答复的办，周五前修好。")
    expect(leader.locator(".paper")).to_contain_text("三天内修好")
    leader.emulate_media(media="print")
    assert not leader.locator(".rail").is_visible()
    assert leader.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    leader.emulate_media(media="screen")
    _look(leader, "record")
    _look(office, "after")

    # The next day opens with what was promised.
    Promise.objects.update(due_on=(NOW - timedelta(days=1)).date())
    office.goto("/console/dispatch-days/add")
    office.get_by_role("button", name="排好，去挑议题").click()
    expect(office.locator("#promised-before")).to_contain_text("三天内修好")
    expect(office.locator("#promised-before")).to_contain_text("没兑现")


def _look(page: Page, name: str) -> None:
    """Find nothing that stops a person, and nothing that scrolls sideways."""
    found = Axe().run(page).response["violations"]
    told = [(each["id"], each["nodes"][0]["html"][:160]) for each in found if each["impact"] in STOPS]
    assert not told, (name, told)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
