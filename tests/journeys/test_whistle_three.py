"""A street whistles three units, one comes late: report-in, consultation, tasks and rating, seen live on the board."""

from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import factories
from casework import Desk, make_desk
from cast import make_cast
from lianxin.work.cases import actions as cases
from lianxin.work.cases import ticking
from lianxin.work.cases.models import Call, Case, Clock, Whistle
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser

UNITS = {"cgj": "市城管局", "jiaojing": "市交警大队", "paishui": "排水所"}
STOPS = {"serious", "critical"}


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """The cast in the served installation."""
    return make_desk(make_cast(factories.make_county()))


def _report_in(screen: Page, words: str) -> None:
    """Report in from the board, as a unit does that was called."""
    screen.goto("/console/command/whistles/")
    screen.get_by_role("link", name="报到…").click()
    dialog = screen.get_by_role("dialog")
    dialog.get_by_label("说明").fill(words)
    dialog.get_by_role("button", name="报到").click()
    expect(screen.locator(".toast")).to_contain_text("报到")


def _looks(page: Page) -> None:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [one["id"] for one in found if one["impact"] in STOPS] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_three_units_are_called_and_one_is_late(served: Served, desk: Desk, screens: Screens) -> None:
    cast = desk.cast
    case = desk.filed(at=datetime.now(UTC) - timedelta(minutes=30), text="校门口早晚堵车，摊点占了半条路。")

    # The street calls three units from the case.
    street = screens(cast.street_seat)
    street.goto(f"/console/cases/{case.number}")
    street.locator("#next").get_by_role("link", name="吹哨").click()
    dialog = street.get_by_role("dialog")
    for name in UNITS.values():
        dialog.get_by_label(name, exact=True).check()
    dialog.get_by_label("说明").fill("停车、摊点、积水连在一起，三家一起看。")
    dialog.get_by_role("button", name="吹哨").click()
    expect(street.locator(".toast")).to_contain_text("吹哨")

    # The board follows by itself while two units report in.
    board = screens(cast.street_seat)
    board.goto("/console/command/whistles/")
    card = board.locator("section.whistle")
    expect(card).to_contain_text("3 家到了 0 家")
    _looks(board)
    _report_in(screens(cast.handler), "带队到场")
    expect(card).to_contain_text("3 家到了 1 家")
    _report_in(screens(cast.handler_next_door, width=390), "到了")
    expect(card).to_contain_text("3 家到了 2 家")

    # The third one's time runs out; it comes late, and that stays.
    late = Call.objects.get(whistle__case=case, unit__code="paishui")
    Clock.objects.filter(subject="call", subject_id=late.pk).update(
        due_at=datetime.now(UTC) - timedelta(seconds=1), warn_at=datetime.now(UTC) - timedelta(seconds=2)
    )
    ticking.mark_overdue(at=datetime.now(UTC))
    row = card.locator("tr", has_text=UNITS["paishui"])
    expect(row.locator(".clock-late")).to_be_visible()
    board.goto("/console/command/whistles/?list=late")
    expect(card).to_have_count(1)
    _report_in(screens(cast.assist_handler), "路上堵")
    expect(row).to_contain_text("迟到")

    # They consult: who leads, who assists, who was only asked.
    board.get_by_role("link", name="会商…").click()
    form = board.locator("#consult form")
    form.get_by_label("会商纪要").fill("交警疏导，城管清摊点，积水不在这一件里。")
    roles = {"cgj": "主办", "jiaojing": "协办"}
    for code, part in roles.items():
        form.locator("tr", has_text=UNITS[code]).get_by_label(part, exact=True).check()
    form.get_by_label(f"{UNITS['cgj']} 具体任务").fill("清走占道摊点")
    form.get_by_role("button", name="记下会商").click()
    expect(board.locator(".toast")).to_contain_text("会商")
    _looks(board)

    # The two do their parts; the board shows how far each is.
    for actor in (cast.handler, cast.handler_next_door):
        cases.accept(actor, case=case, seen=None, at=datetime.now(UTC))
    for actor in (cast.handler_next_door, cast.handler):
        cases.handle(actor, case=case, seen=None, at=datetime.now(UTC), note="办好了，路通了。")
    first = board.locator("tr", has_text=UNITS["cgj"]).first
    expect(first).to_contain_text("已完成")

    # The caller rates all three.
    board.goto("/console/command/whistles/?list=rate")
    board.get_by_role("link", name="评价…").click()
    form = board.locator("#rate form")
    for name, stars in zip(UNITS.values(), (5, 4, 2), strict=True):
        form.get_by_role("group", name=name).get_by_label(f"{stars} 星", exact=True).check()
    form.get_by_role("button", name="送出评价").click()
    expect(board.locator("tr", has_text=UNITS["paishui"]).first).to_contain_text("2 星")

    calls = {call.unit.code: call for call in Call.objects.filter(whistle__case=case).select_related("unit")}
    assert {code: call.is_late for code, call in calls.items()} == {"cgj": False, "jiaojing": False, "paishui": True}
    assert {code: call.stars for code, call in calls.items()} == {"cgj": 5, "jiaojing": 4, "paishui": 2}
    assert Case.objects.get(pk=case.pk).stage == "handled"
    assert Whistle.objects.get(case=case).plan == ""

    # On a phone the rows are cards, and nothing scrolls sideways.
    phone = screens(cast.street_seat, width=390)
    phone.goto("/console/command/whistles/?list=all")
    expect(phone.locator("section.whistle")).to_be_visible()
    _looks(phone)
