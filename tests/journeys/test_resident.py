"""A resident's way in Chromium, phone in hand, with script and without: report, follow, rate, ask again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page

import factories
from casework import GRID_111, Desk, make_desk
from cast import make_cast
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel import versions
from lianxin.kernel.files.models import StoredFile
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from serving import Served

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
PHONE = "13812345678"
MOST_BYTES = 60_000  # what a first page may fetch, as sent over the wire

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """Everyone at work in the installation that is served."""
    desk = make_desk(make_cast(factories.make_county()))
    Unit.objects.filter(pk=desk.cast.county.units["community11"].id).update(duty_phone="0556-6201101")
    versions.bump("organizations")
    return desk


def phone_of(browser: Browser, *, script: bool, elder: bool = False, width: int = 390, url: str = "") -> Any:
    """Return a phone that stands in grid 111."""
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": width, "height": 844}, has_touch=True,
        java_script_enabled=script, permissions=["geolocation"],
        geolocation={"longitude": GRID_111.lon, "latitude": GRID_111.lat, "accuracy": 8},
    )  # fmt: skip
    context.set_default_timeout(30_000)
    if url:
        context.add_cookies([{"name": "lx_place", "value": "34088100100101", "url": url}])
    if elder:
        context.add_cookies([{"name": "lx_elder", "value": "1", "url": url}])
    return context


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def phone(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A phone with script, then one without."""
    context = phone_of(browser, script=request.param)
    yield context.new_page()
    context.close()


def photo() -> FilePayload:
    """Return a photo of a hole."""
    out = BytesIO()
    Image.effect_noise((900, 700), 60).convert("RGB").save(out, "JPEG", quality=90)
    return FilePayload(name="井盖.jpg", mimeType="image/jpeg", buffer=out.getvalue())


def carry(desk: Desk, case: Case) -> None:
    """Let staff do it, from filing to closing."""
    cast, lead = desk.cast, desk.unit("cgj")
    for act, actor, more in (
        (cases.file, cast.seat, {"filing": desk.filing()}),
        (cases.dispatch, cast.seat, {"lead": lead}),
        (cases.accept, cast.handler, {}),
        (cases.handle, cast.handler, {"note": "新井盖装好了", "is_public": True}),
        (cases.verify, cast.verifier, {}),
        (cases.close, cast.seat, {}),
    ):
        act(actor, case=case, seen=None, at=datetime.now(UTC), **more)


def has_script(page: Page) -> bool:
    return bool(page.locator(".where").first.is_visible())


def test_report_follow_rate_and_ask_again(phone: Page, served: Served, desk: Desk) -> None:
    faults: list[str] = []
    phone.on("pageerror", lambda error: faults.append(str(error)))
    phone.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)

    number = _report(phone, served)

    case = Case.objects.get(number=number)
    assert StoredFile.objects.filter(subject_kind="case", subject_id=case.pk).count() == 1
    assert case.grid_id == desk.cast.county.grid(111).id
    phone.click("text=看进度")
    assert "您反映了这件事" in phone.inner_text("main")

    carry(desk, case)
    phone.reload()
    assert "新井盖装好了" in phone.inner_text("main")
    phone.click("text=说说办得怎样")
    phone.check("input[name=solved][value=not]", force=True)
    phone.check("input[name=stars][value='2']", force=True)
    phone.click("text=送出评价")
    assert "谢谢您的评价" in phone.inner_text("main")

    phone.click("summary:has-text('要求重新办')")
    phone.fill("#id_reopen_note", "井盖还在晃")
    phone.click("button:has-text('要求重新办')")
    assert "重新办理" in phone.inner_text("main")
    assert Case.objects.get(number=number).stars == 2
    assert faults == []


def _report(phone: Page, served: Served) -> str:
    """Report with a photo, by the position or from the list, and return the number."""
    phone.goto(f"{served.url}/place")
    if phone.locator("text=用手机定位").is_visible():
        phone.click("text=用手机定位")
    else:
        for name in ("龙眠街道", "东苑社区", "第一网格"):
            phone.click(f"text={name}")
    phone.wait_for_selector("text=您在东苑社区 · 第一网格")
    phone.click("text=请您反映")
    phone.set_input_files(".picker >> nth=0 >> input[type=file] >> nth=1", [photo()])
    if has_script(phone):
        phone.wait_for_selector(".photo input[name=files]", state="attached")
    phone.fill("#id_text", f"路口井盖没了{'。' if has_script(phone) else '，晚上很危险'}")
    if has_script(phone):
        phone.click("button:has-text('定位')")
        phone.wait_for_selector("text=已定位，误差 8 米")
    else:
        phone.fill("#id_address", "第一网格路口")
    phone.fill("#id_phone", PHONE)
    phone.click(".resident-act button")
    if phone.locator("h1:has-text('已收到')").count() == 0:
        phone.click(".resident-act button")  # what neighbours told was shown; it is not the same
    return phone.inner_text(".sent-number")


@pytest.fixture(scope="module")
def known(served: Served, desk: Desk) -> tuple[str, str]:
    """Return the numbers of a report in hand and of one that is over, both with PHONE."""
    now = datetime.now(UTC)
    open_one = desk.reported(at=now, text="楼道灯不亮，晚上看不清楼梯", phone=PHONE)
    closed = desk.reported(at=now, text="小区门口垃圾堆成山", phone=PHONE)
    carry(desk, closed)
    return open_one.number, closed.number


PAGES = ("/", "/report", "/follow", "/place", "/place?in=340881001", "/me", "/follow/{0}", "/follow/{1}",
         "/follow/{1}/rate", "/report/{0}/sent", "/nothing/here")  # fmt: skip


def test_every_page_fits_and_axe_finds_nothing_with_script(
    browser: Browser, served: Served, known: tuple[str, str]
) -> None:
    context = phone_of(browser, script=True, elder=True, url=served.url)
    page = context.new_page()
    for number in known:
        page.goto(f"{served.url}/follow/{number}")
        page.fill("#id_phone", PHONE)
        page.click("form.form button")
        page.wait_for_selector(".story")
    wrong: list[str] = []
    for path in PAGES:
        for width in (320, 390, 1440):
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(served.url + path.format(*known))
            spill = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            wrong += [f"{path} is {spill} px too wide at {width}"] if spill > 0 else []
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        wrong += [f"{path} {fault['id']}: {fault['nodes'][0]['html']}" for fault in found]
        page.set_viewport_size({"width": 390, "height": 844})
        wrong += [f"{path}: {low}" for low in page.evaluate(LOW)]
    context.close()

    assert wrong == []


# Things to press that are lower than 60 px in large print; a box counts with the label around it.
PRESSED = "main a, main button, main select, main summary, main label.check, main label.choice, header button"
LOW = f"""[...document.querySelectorAll('{PRESSED}')]
  .filter((e) => e.checkVisibility() && !e.closest('.hear') && e.getBoundingClientRect().height < 60)
  .map((e) => e.textContent.trim().slice(0, 20) + ' is low')"""


@pytest.mark.parametrize("path", ["/", "/report"])
def test_a_first_page_is_light(browser: Browser, served: Served, desk: Desk, path: str) -> None:
    context = phone_of(browser, script=True, url=served.url)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(served.url + path, wait_until="networkidle")
    context.close()

    assert 5_000 < sum(sizes) <= MOST_BYTES, sizes


def test_a_map_is_there_when_asked_for_and_its_middle_is_the_place(
    browser: Browser, served: Served, desk: Desk
) -> None:
    context = phone_of(browser, script=True, url=served.url)
    page = context.new_page()
    fetched: list[str] = []
    page.on("request", lambda asked: fetched.append(asked.url))
    page.goto(f"{served.url}/report", wait_until="networkidle")
    assert not [url for url in fetched if "maplibre" in url]

    page.click("text=在图上点")
    page.wait_for_selector(".map-cross")
    page.click("button:has-text('定位')")
    page.wait_for_selector("text=已定位")
    lon = page.input_value("#id_lon")
    context.close()

    assert float(lon) == pytest.approx(GRID_111.lon, abs=1e-4)


def test_a_neighbour_s_report_shows_up_while_one_still_writes(browser: Browser, served: Served, desk: Desk) -> None:
    other = desk.filed(at=datetime.now(UTC), code="010102", text="学校门口积水很深，孩子过不去")
    context = phone_of(browser, script=True, url=served.url)
    page = context.new_page()
    page.goto(f"{served.url}/report")
    page.fill("#id_text", "学校门口积水很深")
    page.click("button:has-text('定位')")
    page.click(".same .item:has-text('道路积水') button")
    number = page.inner_text(".sent-number")
    context.close()

    assert Case.objects.get(number=number).merged_into_id == other.pk


def test_photos_that_were_refused_words_for_stay(browser: Browser, served: Served, desk: Desk) -> None:
    context = phone_of(browser, script=True, url=served.url)
    page = context.new_page()
    page.goto(f"{served.url}/report")
    page.set_input_files(".picker >> nth=0 >> input[type=file] >> nth=0", [photo()])
    page.wait_for_selector(".photo input[name=files]", state="attached")
    page.fill("#id_phone", "123")
    page.click(".resident-act button")
    page.wait_for_selector(".fault-summary")
    kept = page.locator(".photo input[name=files]").count()
    context.close()

    assert kept == 1
