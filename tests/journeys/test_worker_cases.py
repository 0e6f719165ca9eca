"""What a grid worker does with cases in Chromium: report without a signal, verify at the place, be refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import factories
from casework import GRID_111, Desk, make_desk, show
from cast import make_cast
from lianxin.kernel import versions
from lianxin.kernel.files.queries import files_of
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case, FieldTask, FilingStandard
from lianxin.work.dispatch.models import Category
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser

WIDTHS = (360, 390, 414)
STOPS = {"serious", "critical"}
METRE = 1 / 111_195  # degrees of latitude
CLOSING = "垃圾清净，地面没有残留污渍"


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """The cast in the served installation; litter is told by its words, and its solution by a photo."""
    desk = make_desk(make_cast(factories.make_county()))
    Category.objects.filter(code="010101").update(keywords=["垃圾", "发臭"])
    FilingStandard.objects.filter(category=desk.categories["010101"]).update(
        evidence=["before_near", "after_near"], closing_condition=CLOSING
    )
    versions.bump("categories")
    return desk


@pytest.fixture
def phone(screens: Screens, desk: Desk) -> Screens:
    """Open the app on a phone of one of the cast, so many metres from the case, its pack there and its shell kept."""

    def open_for(name: str, *, metres: float = 10, width: int = 390) -> Page:
        page = screens(
            getattr(desk.cast, name), width, permissions=["geolocation"], has_touch=True, service_workers="allow",
            geolocation={"longitude": GRID_111.lon, "latitude": GRID_111.lat + metres * METRE, "accuracy": 12},
        )  # fmt: skip
        page.goto("/worker/")
        expect(page.get_by_role("heading", name="今天")).to_be_visible()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        _carried(page)
        return page

    return open_for


def _carried(page: Page) -> None:
    """Wait until the pack is in the phone."""
    expect(page.get_by_text("还没取到今天的事")).to_have_count(0)
    _until(page, lambda: page.evaluate("caches.match('/worker/').then(found => Boolean(found))"))


def _photo(page: Page, folder: Path) -> Path:
    path = folder / "photo.png"
    page.screenshot(path=path)
    return path


def test_a_report_in_three_taps_without_a_signal_arrives_whole(desk: Desk, phone: Screens, tmp_path: Path) -> None:
    page = phone("grid_worker")
    photo = _photo(page, tmp_path)
    page.context.set_offline(True)
    page.reload()

    # Take: the button is the camera. Say: the kind is proposed from the words. Send.
    page.locator(".today-camera input").set_input_files(photo)
    expect(page.get_by_role("heading", name="上报")).to_be_visible()
    page.get_by_role("textbox", name="发生了什么").fill("桶边的垃圾堆了三天，发臭。")
    expect(page.get_by_role("button", name="暴露垃圾")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("依据“发臭”、“垃圾”").or_(page.get_by_text("依据“垃圾”、“发臭”"))).to_be_visible()
    expect(page.get_by_text("误差 12 米")).to_be_visible()
    page.get_by_role("button", name="送出").click()

    expect(page.get_by_role("heading", name="今天")).to_be_visible()
    expect(page.locator(".row", has_text="上报 · 桶边的垃圾堆了三天")).to_contain_text("等信号")
    assert not Case.objects.filter(text__startswith="桶边的垃圾").exists()
    page.context.set_offline(False)
    expect(page.locator(".row", has_text="等信号")).to_have_count(0, timeout=30_000)

    case = Case.objects.get(text__startswith="桶边的垃圾")
    assert case.category is not None
    assert (case.category.code, case.channel, case.accuracy_metres) == ("010101", "worker", 12)
    assert case.reporter_id == desk.cast.grid_worker.account_id
    assert [file.label for file in files_of("case", case.pk)] == ["before_near"]


def test_what_was_put_right_on_the_spot_is_one_case_that_others_verify(
    desk: Desk, phone: Screens, tmp_path: Path
) -> None:
    page = phone("grid_worker")
    photo = _photo(page, tmp_path)
    page.locator(".today-camera input").set_input_files(photo)
    page.get_by_role("textbox", name="发生了什么").fill("路边一袋垃圾。")
    page.get_by_role("button", name="我当场解决").click()
    page.get_by_role("button", name="已清走").click()
    page.get_by_role("button", name="解决了，送出").click()
    expect(page.get_by_role("alert")).to_contain_text("还缺办好后近景")

    page.get_by_role("region", name="现在的样子").get_by_label("办好后近景").set_input_files(photo)
    page.get_by_role("button", name="解决了，送出").click()
    expect(page.get_by_role("heading", name="今天")).to_be_visible()
    _until(page, lambda: Case.objects.filter(text="路边一袋垃圾。", stage="handled").exists())

    case = Case.objects.get(text="路边一袋垃圾。")
    assert case.stage == "handled"
    assert {file.label for file in files_of("case", case.pk)} == {"before_near", "after_near"}
    assert desk.cast.grid_worker.account_id in case.handler_ids


def test_a_draft_begun_in_the_field_is_there_after_the_app_was_closed(phone: Screens, tmp_path: Path) -> None:
    page = phone("grid_worker")
    page.locator(".today-camera input").set_input_files(_photo(page, tmp_path))
    page.get_by_role("textbox", name="发生了什么").fill("半截话")
    page.wait_for_timeout(1_500)

    page.goto("/worker/")
    page.get_by_role("link", name="半截话").click()

    expect(page.get_by_role("textbox", name="发生了什么")).to_have_value("半截话")
    expect(page.get_by_role("img", name="第 1 张照片").or_(page.locator(".photo img"))).to_be_visible()


def _handled(desk: Desk) -> Case:
    at = datetime.now(UTC) - timedelta(hours=1)
    case = desk.handling(at=at, text="花坛边有一堆垃圾。")
    show(case, "before_near", "after_near", at=at)
    return cases.handle(desk.cast.handler, case=case, seen=None, at=at + timedelta(minutes=20), note="已清走。")


def test_verifying_wants_one_at_the_place_and_each_point_looked_at(desk: Desk, phone: Screens, tmp_path: Path) -> None:
    case = _handled(desk)
    page = phone("verifier", metres=300)
    page.goto(f"/worker/check/{case.number}")
    expect(page.get_by_text("到了现场才能核")).to_be_visible()
    page.get_by_role("button", name="办好了").click(force=True)
    expect(page.get_by_role("alert")).to_contain_text("还没到现场")

    page.context.set_geolocation({"longitude": GRID_111.lon, "latitude": GRID_111.lat + 8 * METRE, "accuracy": 10})
    expect(page.get_by_text("已在现场，距案发点")).to_be_visible()
    page.locator(".compare input[type=file]").set_input_files(_photo(page, tmp_path))
    page.get_by_role("button", name="办好了").click()
    expect(page.get_by_role("alert")).to_contain_text("没打勾")
    for point in CLOSING.split("，"):
        page.get_by_role("checkbox", name=point).click()
    page.get_by_role("button", name="办好了").click()
    expect(page.get_by_role("heading", name="今天")).to_be_visible()

    _until(page, lambda: Case.objects.get(pk=case.pk).stage == "verified")
    task = FieldTask.objects.get(case=case, kind="post_handling_check")
    assert task.passed is True
    assert task.distance_metres == 8
    assert len(list(files_of("case", case.pk))) == 3


def test_an_act_on_a_case_that_was_closed_meanwhile_ends_in_sight_with_what_to_do(
    desk: Desk, phone: Screens, tmp_path: Path
) -> None:
    case = _handled(desk)
    page = phone("verifier")
    page.goto(f"/worker/check/{case.number}")
    expect(page.get_by_text("已在现场")).to_be_visible()
    page.context.set_offline(True)
    page.locator(".compare input[type=file]").set_input_files(_photo(page, tmp_path))
    page.get_by_label("补一句").fill("垃圾还在原地。")
    page.get_by_role("button", name="没办好").click()
    expect(page.get_by_role("heading", name="今天")).to_be_visible()
    cases.force_close(
        desk.cast.supervisor, case=case, seen=None, at=datetime.now(UTC), reason="decided", note="已在会上定了。"
    )

    page.context.set_offline(False)
    page.get_by_role("link", name="同步").click()
    expect(page.get_by_role("heading", name="没有送成")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("现场若还有问题，请当一件新的上报")).to_be_visible()
    assert Case.objects.get(pk=case.pk).stage == "closed"


def _until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait until something holds, the page living on meanwhile."""
    for _turn in range(120):
        if holds():
            return
        page.wait_for_timeout(250)
    pytest.fail("it never came")


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_of_cases_stops_anybody_or_scrolls_sideways(desk: Desk, phone: Screens, width: int) -> None:
    case = _handled(desk)
    page = phone("verifier", width=width)
    for path in ("/worker/", f"/worker/case/{case.number}", f"/worker/check/{case.number}", "/worker/map"):
        page.goto(path)
        page.wait_for_timeout(300)
        assert _stopping(page, width) == [], path


def test_what_is_empty_or_open_stops_nobody_either(phone: Screens, tmp_path: Path) -> None:
    page = phone("grid_worker_next_door", width=360)
    photo = _photo(page, tmp_path)
    expect(page.get_by_text("手上没有要办的事")).to_be_visible()
    assert _stopping(page, 360) == []
    page.goto("/worker/map")
    expect(page.get_by_text("图上没有要去的地方")).to_be_visible()
    assert _stopping(page, 360) == []

    page.goto("/worker/report")
    page.get_by_role("button", name="选一类…").click()
    page.get_by_label("找分类").fill("垃圾")
    assert _stopping(page, 360) == []
    page.get_by_role("button", name="暴露垃圾").click()
    page.get_by_role("button", name="拖动改").click()
    assert _stopping(page, 360) == []
    page.get_by_role("button", name="就是这里").click()
    page.locator(".photo-add input").first.set_input_files(photo)
    assert _stopping(page, 360) == []
    page.get_by_role("button", name="我当场解决").click()
    expect(page.get_by_role("heading", name="我当场解决")).to_be_visible()
    assert _stopping(page, 360) == []


def _stopping(page: Page, width: int) -> list[tuple[str, str]]:
    """Return what stops a person: what axe calls so, what a thumb misses, and scrolling sideways."""
    faults = Axe().run(page).response["violations"]
    found = [(each["id"], each["nodes"][0]["html"][:160]) for each in faults if each["impact"] in STOPS]
    found += [("target", small) for small in page.evaluate(_SMALL)]
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [*found, ("wide", str(wide))] if wide > width else found


# Everything a thumb is to hit is at least 44 px high and wide, but for links within running text.
_SMALL = """() => [...document.querySelectorAll('button, a[href], summary, label.button, label.photo-add')]
  .filter(each => each.checkVisibility() && !(each.tagName === 'A' && getComputedStyle(each).display === 'inline'))
  .map(each => [each.outerHTML.slice(0, 120), each.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < 44 || box.width < 44))
  .map(([html, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`)"""
