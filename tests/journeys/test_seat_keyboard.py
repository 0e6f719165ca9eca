"""A seat's morning by keyboard alone: twenty cases triaged, together and one by one, while new ones come in.

No event of a mouse or a finger happens: a listener in the page would tell.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

import factories
from casework import GRID_112, Desk, make_desk
from cast import make_cast
from lianxin.foundation.audit.models import AuditEntry
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from lianxin.work.desk import templates
from lianxin.work.desk.models import CallNote
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser

MANY = 14
WITNESS = """
window.touched = [];
for (const kind of ["pointerdown", "mousedown", "touchstart", "mousemove"])
  addEventListener(kind, (event) => window.touched.push(event.type), true);
"""


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Give every expectation the time that a busy machine needs."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """Twenty cases that wait for the seat: fourteen new ones alike, and six of other kinds."""
    assert served
    desk = make_desk(make_cast(factories.make_county()))
    at = datetime.now(UTC) - timedelta(minutes=20)
    for number in range(MANY):
        desk.reported(at=at + timedelta(seconds=number), text=f"第 {number + 1} 处垃圾堆在路边没人清，请来清一清。")
    later = at + timedelta(minutes=5)
    for number in range(2):
        desk.verified(at=later + timedelta(seconds=number), text=f"{number + 1} 号楼下的垃圾已清。")
    desk.reported(at=later, point=GRID_112, text="办证大厅周六上班吗？", kind="enquiry")
    desk.reported(at=later, point=GRID_112, text="外地的事，请你们管一管。")
    desk.reported(at=later, point=GRID_112, text="门口有一堆建筑垃圾，不知道算谁的。")
    desk.reported(at=later, point=GRID_112, text="树上的鸟太吵，睡不着。")
    wanted = templates.Wanted("上班时间", "{事由}：大厅周一至周五 8:30 到 17:00。", ["answer"])
    templates.make(desk.cast.admin, key=uuid4(), wanted=wanted, at=at)
    return desk


def _find(page: Page, words: str) -> None:
    """Walk with J to the row of these words, wherever one is."""
    for _ in range(30):
        focused = page.locator(".queue-row:focus")
        if focused.count() and words in focused.inner_text():
            return
        page.keyboard.press("j")
    pytest.fail(f"no row says {words}")


def _opened(page: Page, words: str) -> None:
    expect(page.locator("#seat-case .seat-title")).to_contain_text(words)


def test_twenty_cases_by_keyboard_only(served: Served, desk: Desk, screens: Screens) -> None:
    seat = screens(desk.cast.seat)
    seat.add_init_script(WITNESS)
    seat.goto("/console/seat")
    key = seat.keyboard

    # Fourteen alike: the tab by its number, all of the page, preview, done.
    key.press("2")
    expect(seat.locator(".tabs [aria-current=page]")).to_contain_text("待立案")
    expect(seat.locator(".queue-row:focus")).to_have_count(1)
    key.press("x")
    for _ in range(MANY - 1):
        key.press("j")
    key.press("Shift+X")
    expect(seat.locator("[data-batch-count]")).to_have_text(str(MANY))
    key.press("d")
    expect(seat.get_by_role("heading", level=1)).to_have_text("立案派遣")
    expect(seat.locator(".batch-lines li")).to_have_count(MANY)
    assert Case.objects.filter(stage="dispatched").count() == 0  # so far it was a preview
    expect(seat.locator("button:focus")).to_contain_text(f"立案派遣 {MANY} 件")
    key.press("Enter")
    expect(seat.get_by_role("heading", level=1)).to_contain_text(f"办了 {MANY} 件")
    key.press("q")
    expect(seat.locator(".tabs [aria-current=page]")).to_contain_text("待立案")
    assert Case.objects.filter(stage="dispatched").count() == MANY

    # One by one: an answer from a template, sent by keys.
    _find(seat, "办证大厅")
    _opened(seat, "办证大厅")
    row = seat.locator(".queue-row:focus")
    _open_more(seat, "直接答复")
    dialog = seat.get_by_role("dialog")
    expect(dialog.get_by_label("说明")).to_be_focused()
    key.press("Alt+1")
    expect(dialog.get_by_label("说明")).to_have_value(re.compile("办证大厅.*大厅周一至周五"))
    key.press("Control+Enter")
    expect(seat.locator(".toast")).to_contain_text("直接答复")
    expect(row).to_be_visible()

    # Another is no case of this place.
    _find(seat, "外地的事")
    _opened(seat, "外地的事")
    key.press("n")
    expect(dialog).to_be_visible()
    expect(dialog.locator("input[type=radio]:focus")).to_have_count(1)
    key.press("Space")
    key.press("Control+Enter")
    expect(seat.locator(".toast")).to_contain_text("不予立案")

    # One is sent, looked at again, and taken back within ten seconds.
    _find(seat, "建筑垃圾")
    _opened(seat, "建筑垃圾")
    key.press("d")
    # A toast that runs is one of a page whose keys are heard: before, it stands there as the server wrote it.
    expect(seat.locator(".toast[data-running] button[data-key=z]")).to_be_visible()
    key.press("z")
    expect(seat.locator(".toast[data-running]")).to_contain_text("已撤回派遣")
    _opened(seat, "建筑垃圾")
    expect(seat.locator("#dispatch-button")).to_be_visible()
    key.press("d")
    expect(seat.locator(".toast")).to_contain_text("已派遣")

    # The last new one goes to the grid to be looked at.
    key.press("2")
    _find(seat, "树上的鸟")
    _opened(seat, "树上的鸟")
    key.press("v")
    expect(dialog.locator("textarea:focus")).to_have_count(1)
    key.type("请看看是不是真的吵")
    key.press("Control+Enter")
    expect(seat.locator(".toast")).to_contain_text("请网格员核实")

    # Two that were checked are closed together.
    key.press("4")
    expect(seat.locator(".tabs [aria-current=page]")).to_contain_text("待核查")
    key.press("*")
    expect(seat.locator("[data-batch-count]")).to_have_text("2")
    key.press("c")
    expect(seat.get_by_role("heading", level=1)).to_have_text("结案")
    key.press("Control+Enter")
    expect(seat.get_by_role("heading", level=1)).to_contain_text("办了 2 件")

    assert Case.objects.filter(stage="dispatched").count() == MANY + 1
    stages = {stage: Case.objects.filter(stage=stage).count() for stage in ("answered", "declined", "closed")}
    assert stages == {"answered": 1, "declined": 1, "closed": 2}
    assert Entry.objects.filter(subject_kind="case", action="check").count() == 1
    assert templates.standing().get().uses == 1
    assert seat.evaluate("window.touched") == []


def _open_more(page: Page, words: str) -> None:
    """Open an act that has no key of its own from the menu, by Tab and Enter."""
    if (button := page.locator(".seat-acts > a", has_text=words)).count():
        button.first.focus()
        page.keyboard.press("Enter")
        return
    page.locator(".seat-acts summary").focus()
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if words in page.evaluate("document.activeElement.textContent"):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"the menu has no {words}")


def _top(page: Page, number: str) -> float:
    """Return how far down a row stands, once nothing is being put in its place."""
    script = "n => document.querySelector(`.queue-row[data-number='${n}']`)?.getBoundingClientRect().top || 0"
    page.wait_for_timeout(600)
    return float(page.wait_for_function(script, arg=number).json_value())


def test_a_case_that_comes_in_moves_nothing_and_a_colleague_is_seen(
    served: Served, desk: Desk, screens: Screens
) -> None:
    at = datetime.now(UTC) - timedelta(minutes=2)
    mine = desk.reported(at=at, text="楼道的灯不亮了，老人下楼看不见。")
    desk.reported(at=at, text="楼道又堆了纸箱，过不了人。")
    seat = screens(desk.cast.seat)
    seat.goto(f"/console/seat?tab=reported&order=newest&case={mine.number}")
    row = seat.locator(f".queue-row[data-number='{mine.number}']")
    row.focus()
    seat.keyboard.press("x")
    where = _top(seat, mine.number)
    count = int(seat.locator(".tabs [aria-current=page] em").inner_text())

    # By its order it stands above, and yet what one looks at stays where it was.
    new = desk.reported(text="新来的一件：路口有积水。")
    fresh = seat.locator(f".queue-row[data-number='{new.number}']")
    expect(fresh).to_have_count(1)
    expect(seat.locator(".tabs [aria-current=page] em")).to_have_text(str(count + 1))
    expect(row).to_be_focused()
    expect(seat.locator(f"input[value='{mine.number}']")).to_be_checked()
    assert abs(_top(seat, mine.number) - where) <= 1

    # A colleague opens it: the lock comes within seconds, in the row and in the pane.
    street = screens(desk.cast.supervisor)
    street.goto(f"/console/cases/{mine.number}")
    expect(row).to_contain_text("正在看")
    expect(seat.locator("#seat-case [data-lock]")).to_contain_text("正在看")
    street.close()

    # What becomes of it meanwhile is seen without asking.
    cases.decline(desk.cast.seat, case=mine, seen=None, at=datetime.now(UTC), reason="out_of_scope")
    expect(seat.locator("#seat-case")).to_contain_text("不予立案")
    expect(row).to_have_count(0)


def test_a_call_is_kept_while_it_lasts_and_becomes_a_case(served: Served, desk: Desk, screens: Screens) -> None:
    seat = screens(desk.cast.seat)
    seat.goto("/console/seat")
    seat.keyboard.press("t")
    expect(seat.get_by_label("边听边记")).to_be_focused()
    seat.keyboard.type("同安路口的井盖没了，老人差点掉下去。")
    seat.get_by_label("来电号码").fill("13812341234")
    expect(seat.locator("[data-call-state]")).to_contain_text("已存")

    # A reload, another page: the call is still there.
    seat.goto("/console/entry")
    expect(seat.get_by_label("边听边记")).to_have_value("同安路口的井盖没了，老人差点掉下去。")
    seat.get_by_role("button", name="登记成新案件").click()
    expect(seat.get_by_label("说的是什么事")).to_have_value("同安路口的井盖没了，老人差点掉下去。")
    seat.get_by_role("button", name="登记", exact=True).click()
    expect(seat.get_by_text("请读给对方听").first).to_be_visible()
    note = CallNote.objects.get()
    assert (note.outcome, note.case.text if note.case else "") == ("new", "同安路口的井盖没了，老人差点掉下去。")

    # The number is looked up from the box, for a reason, and stands in no address.
    seen: list[str] = []
    seat.on("request", lambda request: seen.append(request.url))
    seat.keyboard.press("/")
    seat.keyboard.type("13812341234")
    seat.keyboard.press("Enter")
    expect(seat.get_by_role("radio", name="正在接这个号码的来电")).to_be_focused()
    seat.keyboard.press("Space")
    seat.keyboard.press("Enter")
    expect(seat.get_by_role("heading", level=1)).to_have_text("138****1234")
    expect(seat.locator(".queue-row")).to_have_count(1)
    assert not any("13812341234" in url for url in seen)
    assert AuditEntry.objects.get(action="cases.lookup_phone").reason == "正在接这个号码的来电"
