"""A walk with the app in Chromium: a sticker from a photo, a problem that becomes a hazard, a reason at the end."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import factories
import patrolling as ground
from cast import Cast, make_cast
from lianxin.kernel.files.queries import files_of
from lianxin.kernel.ids import uuid7
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols import stickers
from lianxin.work.patrols.actions import PlanIn
from lianxin.work.patrols.models import CheckIn, Hazard, Round, Track
from lianxin.work.patrols.words import Rhythm
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser
STOPS = {"serious", "critical"}
SMALL = """() => [...document.querySelectorAll("main a, main button, main label, footer button, footer a")]
  .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 44).map((each) => each.textContent)"""


@pytest.fixture(scope="module")
def cast(served: Served) -> Cast:
    """The cast in the served installation."""
    return make_cast(factories.make_county())


@pytest.fixture(scope="module")
def walk(cast: Cast) -> Round:
    """A round of three points that may be walked all day."""
    clerk, at = cast.community_clerk, datetime.now(UTC)
    points = ground.make_points(clerk, cast.county, 3)
    given = PlanIn(Rhythm.EVERY, time(0), time(0), at.astimezone(ZONE).date(), every_days=1, role="grid_worker")
    plan = patrols.add_plan(clerk, key=uuid7(), route=ground.make_route(clerk, points), given=given, at=at)
    return Round.objects.filter(plan=plan).order_by("day")[0]


def sticker(text: str, folder: Path) -> Path:
    """Photograph a sticker."""
    image = io.BytesIO()
    segno.make(f"https://lianxin.example/patrol/{text}", error="m").save(image, kind="png", scale=8, border=6)
    path = folder / "sticker.png"
    path.write_bytes(image.getvalue())
    return path


def test_a_round_from_the_first_sticker_to_the_reason_for_the_last(
    cast: Cast, walk: Round, screens: Screens, tmp_path: Path
) -> None:
    points = [stop.point for stop in walk.stops.select_related("point").order_by("position")]
    page = screens(
        cast.grid_worker, 390, permissions=["geolocation"], has_touch=True, service_workers="allow",
        geolocation={"longitude": points[1].place.lon, "latitude": points[1].place.lat, "accuracy": 9},
    )  # fmt: skip
    page.goto("/worker/patrols")
    page.get_by_role("link", name=walk.name).click()
    expect(page.get_by_text("到过 0 个，共 3 个点")).to_be_visible()
    _clean(page)

    # The sticker of the first point, from a photo: no camera here, and the phone stands elsewhere.
    page.get_by_role("button", name="扫码打卡").click()
    page.locator(".scan-photo input").set_input_files(sticker(stickers.text_of(points[0]), tmp_path))
    expect(page.get_by_text("扫到了这个点的贴纸")).to_be_visible()
    _clean(page)
    page.get_by_role("button", name="都正常，打卡").click()
    expect(page.get_by_text("到过 1 个，共 3 个点")).to_be_visible()

    # The second by its place; something is wrong there and goes into the ledger with its photo.
    page.locator(".patrol-next").click()
    expect(page.get_by_text("在范围内")).to_be_visible()
    page.get_by_role("group", name="消防通道、楼道没有堵占").get_by_role("button", name="有问题").click()
    page.get_by_role("button", name="打卡，1 处有问题").click()
    expect(page.get_by_role("alert")).to_contain_text("拍一张照片")
    page.locator(".photo-add input").set_input_files(sticker("D0009-ABCDEFGHJK", tmp_path))
    page.get_by_role("button", name="打卡，1 处有问题").click()
    expect(page.get_by_text("到过 2 个，共 3 个点")).to_be_visible()
    _until(page, lambda: Hazard.objects.exists() and CheckIn.objects.count() == 2)
    assert set(CheckIn.objects.values_list("point_id", "how", "problems")) == {
        (points[0].pk, "qr", 0), (points[1].pk, "gps", 1),
    }  # fmt: skip
    hazard = Hazard.objects.get()
    assert (hazard.kind, hazard.point_id, len(files_of("hazard", hazard.pk))) == ("fire", points[1].pk, 1)
    assert Track.objects.count() == 0  # nobody asked for one

    page.get_by_role("button", name="结束").click()
    page.get_by_role("group", name=points[2].name).get_by_role("button", name="进不去").click()
    page.get_by_role("button", name="结束这一轮").click()
    expect(page).to_have_url("/worker/patrols")
    _until(page, lambda: Round.objects.get(pk=walk.pk).state == "finished")
    assert walk.stops.get(point=points[2]).excuse == "blocked"

    page.goto("/worker/hazards")
    page.get_by_role("link", name="不符合").click()
    expect(page.get_by_role("heading", name=hazard.number)).to_be_visible()
    _clean(page)


def _clean(page: Page) -> None:
    found = [each["id"] for each in Axe().run(page).response["violations"] if each["impact"] in STOPS]
    assert found == []
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def _until(page: Page, true: Callable[[], bool]) -> None:
    for _try in range(60):
        if true():
            return
        page.wait_for_timeout(500)
    assert true()
