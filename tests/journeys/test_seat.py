"""The closed loop by clicking in Chromium: seat, handler, verifier, seat; and the pages with script for axe."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.hashers import make_password
from django.test import override_settings
from playwright.sync_api import Page, expect

import factories
from casework import Desk, make_desk, show
from cast import make_cast
from lianxin.foundation.accounts.models import Account
from lianxin.kernel.files.queries import labels_of
from lianxin.work.cases.models import Case, FilingStandard
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser

HOUR = timedelta(hours=1)
WIDTHS = (320, 390, 1440, 1920)
# With script running; every page of everybody without it: tests/faces/test_accessible.py.
ROLES = ("community_clerk", "seat")
# What axe calls serious or critical stops a person; lesser findings are looked at by people.
STOPS = {"serious", "critical"}


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """The cast in the served installation, with a case in every stage; light bulbs need a photo when done."""
    desk = make_desk(make_cast(factories.make_county()))
    FilingStandard.objects.filter(category=desk.categories["010101"]).update(evidence=["after_near"])
    at = datetime.now(UTC) - HOUR
    for stage in ("reported", "filed", "dispatched", "handling"):
        made = desk.at_stage(stage, at=at, text=f"先在这里的一件：{stage}，路灯坏了。")
        show(made, "before_near", at=at)
    return desk


@pytest.fixture
def screen(screens: Screens, desk: Desk) -> Screens:
    """Open a screen at which one of the cast, by name, is signed in."""
    return lambda name, width=1440, **more: screens(getattr(desk.cast, name), width, **more)


def test_a_case_goes_round_by_clicks(served: Served, desk: Desk, screen: Screens, tmp_path: Path) -> None:
    at = datetime.now(UTC) - timedelta(minutes=5)
    case = desk.reported(at=at, text="小区门口堆了一大堆垃圾，好几天没人清。", severity="urgent", phone="13812341234")
    number = case.number

    # The seat signs in, opens the case from its queue and presses D.
    seat = screen("seat")
    seat.goto("/console/seat?tab=reported")
    row = seat.locator(f"a.queue-row[href*='{number}']")
    row.click()
    expect(seat.locator("#seat-case .seat-title")).to_contain_text("小区门口堆了一大堆垃圾")
    expect(row).to_have_attribute("aria-current", "true")
    expect(seat.locator("#after")).to_contain_text("市城管局")
    seat.keyboard.press("d")
    expect(seat.locator(".toast")).to_contain_text("已派遣")
    expect(seat.locator(".toast button[data-key=z]")).to_be_visible()

    # The unit accepts at once, then tells that it is done, with the photo that the standard demands.
    handler = screen("handler")
    handler.goto(f"/console/cases/{number}")
    handler.get_by_role("button", name="签收").click()
    expect(handler.locator(".toast")).to_contain_text("签收")
    handler.locator("#next").get_by_role("link", name="办好了").click()
    dialog = handler.get_by_role("dialog")
    dialog.get_by_label("说明").fill("垃圾已清走，地面冲洗过。")
    dialog.get_by_role("button", name="办好了").click()
    expect(dialog.get_by_role("alert")).to_contain_text("处置后近景照片")
    expect(dialog.get_by_label("说明")).to_have_value("垃圾已清走，地面冲洗过。")
    photo = tmp_path / "after.png"
    handler.screenshot(path=photo)
    dialog.locator("input[type=file]").set_input_files(photo)
    dialog.get_by_role("button", name="办好了").click()
    expect(handler.locator(".page-head")).to_contain_text("已处置")
    assert labels_of("case", case.pk) == {"after_near"}

    # Somebody else looks, on a phone.
    verifier = screen("verifier", width=390)
    verifier.goto(f"/console/cases/{number}")
    verifier.locator(".case-foot").get_by_role("link", name="核查通过").click()
    verifier.get_by_role("dialog").get_by_role("button", name="核查通过").click()
    expect(verifier.locator(".page-head")).to_contain_text("已核查")

    # The seat closes.
    seat.goto(f"/console/seat?case={number}")
    seat.keyboard.press("c")
    seat.get_by_role("dialog").get_by_role("button", name="结案").click()
    expect(seat.locator(".toast")).to_contain_text("结案")
    assert Case.objects.get(pk=case.pk).stage == "closed"


def test_signing_in_by_the_page_leads_to_ones_work(served: Served, desk: Desk, page: Page) -> None:
    with override_settings(PASSWORD_HASHERS=["lianxin.foundation.accounts.hashing.Argon2"]):
        password = make_password(factories.PASSWORD)
    Account.objects.filter(username="lingdao").update(password=password)

    page.goto(f"{served.url}/console/cases")
    page.get_by_label("账号").fill("lingdao")
    page.get_by_label("密码").fill(factories.PASSWORD)
    page.get_by_role("button", name="登录").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("案卷")


def test_the_phone_of_who_reported_covers_itself(desk: Desk, screen: Screens) -> None:
    case = desk.reported(at=datetime.now(UTC) - HOUR, phone="13812341234", name="王秀英")
    seat = screen("seat")
    seat.clock.install()
    seat.goto(f"/console/cases/{case.number}")

    seat.get_by_role("link", name="查看姓名电话").click()
    dialog = seat.get_by_role("dialog")
    dialog.get_by_label("核实案件细节").check()
    dialog.get_by_role("button", name="显示号码").click()

    expect(dialog).to_contain_text("13812341234")
    for _minute in range(5):  # the page may still be settling when its clock is first put on
        seat.clock.fast_forward(61_000)
        if dialog.get_by_role("button", name="显示号码").is_visible():
            break
        time.sleep(0.5)
    expect(dialog).not_to_contain_text("13812341234")
    expect(dialog.get_by_role("button", name="显示号码")).to_be_visible()


def test_the_entry_desk_proposes_while_one_types_and_keeps_the_words(desk: Desk, screen: Screens) -> None:
    seat = screen("seat")
    seat.goto("/console/entry")
    seat.get_by_label("说的是什么事").press_sequentially("路口堆了一堆垃圾没人管", delay=5)
    expect(seat.locator("#entry-proposal")).to_contain_text("把握")

    seat.goto("/console/work")
    seat.goto("/console/entry")

    expect(seat.get_by_label("说的是什么事")).to_have_value("路口堆了一堆垃圾没人管")


def _pages(desk: Desk, role: str) -> list[str]:
    one = Case.objects.filter(stage="handling").order_by("pk").first()
    assert one is not None
    pages = ["/console/work", "/console/cases?panel=1", "/console/inbox", "/console/me"]
    pages.append(f"/console/cases/{one.number}")
    if role in {"seat", "street_seat", "community_clerk"}:
        pages += ["/console/seat", "/console/entry"]
    return pages


@pytest.mark.parametrize("role", ROLES)
def test_no_page_stops_anybody(desk: Desk, screen: Screens, role: str) -> None:
    page = screen(role)
    found = []
    for path in _pages(desk, role):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        found += [(path, *fault) for fault in _stopping(page)]
    assert found == []


def test_nothing_scrolls_sideways(desk: Desk, screen: Screens) -> None:
    page = screen("seat")
    for path in _pages(desk, "seat"):
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    page.set_viewport_size({"width": 390, "height": 844})
    assert _stopping(page) == []


def _stopping(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds that stops a person, with the elements."""
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    faults = Axe().run(page, options=rules).response["violations"]
    return [
        (fault["id"], [node["html"][:160] for node in fault["nodes"][:3]])
        for fault in faults
        if fault["impact"] in STOPS
    ]


def test_a_form_as_dialog_is_named_and_closes_with_escape(desk: Desk, screen: Screens) -> None:
    case = desk.reported(at=datetime.now(UTC) - HOUR)
    seat = screen("seat")
    seat.goto(f"/console/seat?case={case.number}")

    seat.keyboard.press("v")
    dialog = seat.get_by_role("dialog", name="请网格员核实")
    expect(dialog).to_be_visible()
    assert _stopping(seat) == []

    seat.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
