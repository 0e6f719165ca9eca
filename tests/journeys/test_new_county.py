"""A county from its own sheets in an empty installation: set up by pages, and its first case goes to its close."""

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from openpyxl import Workbook
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lianxin.operations.founding import key
from lianxin.work.cases.models import Case, FilingStandard
from serving import Served

pytestmark = pytest.mark.browser

OWN = "清水河流过 2026"
AREAS = [
    ["清水县行政区划和网格"],
    ["编码", "名称", "上级编码", "层级", "户数"],
    ["990101001", "河东街道", "990101", "街道", ""],
    ["990101001001", "东关社区", "990101001", "社区", ""],
    ["99010100100101", "东关第一网格", "990101001001", "网格", "380"],
    ["99010100100102", "东关第二网格", "990101001001", "网格", "410"],
]
UNITS = [
    ["单位编码", "单位名称", "简称", "种类", "层级", "上级", "所在区域"],
    ["zx", "清水县网格化服务管理中心", "县网格中心", "centre", "县级", "", "清水"],
    ["cgj", "清水县城市管理局", "县城管局", "department", "县级", "", "清水"],
    ["hd", "河东街道办事处", "河东街道", "street", "街道", "", "河东街道"],
    ["dg", "东关社区居民委员会", "东关社区", "community", "社区", "河东街道", "东关社区"],
]
STANDARDS = [
    ["清水县城市管理事件立案、处置和结案标准"],
    ["大类", "小类", "立案条件", "级别", "处置时限", "结案条件", "责任单位", "采集要求"],
    ["市容环境", "暴露垃圾", "未进容器的生活垃圾", "一般", "4小时工", "清理干净", "县城管局", ""],
    ["", "", "成堆垃圾占道", "较急", "2 小时", "", "", ""],
    ["", "道路破损", "坑深 5 厘米以上", "", "5个工作日", "填平压实", "县住建局", ""],
]
DUTIES = [["分类", "牵头单位", "依据"], ["其他", "县网格中心", "兜底"]]
STAFF = [
    ["姓名", "岗位", "辖区", "单位"],
    ["左小夕", "中心坐席", "清水", "县网格中心"],
    ["程大管", "部门处置人", "", "县城管局"],
    ["何小查", "核查员", "清水", ""],
    ["王小格", "网格员", "东关第一网格", ""],
]


def _book(folder: Path, name: str, rows: Sequence[Sequence[str]], merged: Sequence[str] = ()) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append([cell or None for cell in row])
    for cells in merged:
        book.active.merge_cells(cells)
    place = folder / f"{name}.xlsx"
    book.save(place)
    return place


class Desk:
    """One person's browser."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self.context: BrowserContext = browser.new_context(
            base_url=served.url, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900},
            reduced_motion="reduce",
        )  # fmt: skip
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)

    def sign_in(self, username: str, password: str) -> "Desk":
        """Sign in with a first password, and change it as one must."""
        page = self.page
        page.goto("/console/sign-in")
        page.get_by_label("账号").fill(username)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        page.get_by_label("现在的密码").fill(password)
        page.get_by_label("新密码").fill(OWN)
        page.get_by_role("button").filter(has_text=re.compile("换|改|密码")).first.click()
        page.wait_for_url(re.compile("/console/work|/worker"))
        return self

    def bring(self, code: str, sheet: Path) -> None:
        """Take a sheet to the end of the check."""
        page = self.page
        page.goto(f"/console/imports/new/{code}")
        page.get_by_label("表格文件").set_input_files(sheet)
        page.get_by_role("button", name="读这张表").click()
        page.get_by_role("button", name="检查每一行").click()
        expect(page.locator(".tile-ok")).to_contain_text("行可以导入", timeout=30_000)

    def let_in(self) -> None:
        """Bring in what is right."""
        self.page.goto(re.sub(r"/check.*", "/preview", self.page.url))
        self.page.locator(".import-foot").get_by_role("button", name="导入").click()
        expect(self.page.get_by_role("heading", name="导入好了")).to_be_visible(timeout=30_000)

    def press(self, label: str) -> None:
        """Press a remedy."""
        row = self.page.locator("tbody.import-wrong, tbody.import-ask").first
        number = row.get_attribute("id")
        row.get_by_role("button", name=label).first.click()
        expect(self.page.locator(f"#{number}.import-wrong")).to_have_count(0)


def _looks_well(page: Page, name: str) -> None:
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        if folder := os.environ.get("LIANXIN_PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    faults = Axe().run(page, options=rules).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:160]) for each in faults] == [], name


def _founded(browser: Browser, served: Served) -> Desk:
    desk = Desk(browser, served)
    page = desk.page
    assert page.goto("/console/first?key=guessed").status == 404  # type: ignore[union-attr]
    page.goto(key.path((Path(settings.DATA) / key.NAME).read_text()))
    _looks_well(page, "first")
    for label, text in (
        ("地方简称", "清水"), ("区划代码", "990101"), ("您的姓名", "何管理"), ("用户名", "heguanli"),
    ):  # fmt: skip
        page.get_by_label(label).fill(text)
    page.get_by_label("密码").fill("短")
    page.get_by_role("button", name="开始").click()
    expect(page.get_by_role("alert").first).to_contain_text("10 位")
    page.get_by_label("密码").fill(OWN)
    page.get_by_role("button", name="开始").click()
    expect(page.get_by_role("heading", name="开始设置")).to_be_visible()
    return desk


def test_a_county_in_an_afternoon(browser: Browser, served: Served, tmp_path: Path) -> None:
    admin = _founded(browser, served)
    page = admin.page
    _looks_well(page, "setup-empty")
    for code, rows, merged in (
        ("areas", AREAS, ["A1:E1"]), ("units", UNITS, []),
    ):  # fmt: skip
        admin.bring(code, _book(tmp_path, code, rows, merged))
        admin.let_in()

    # The standard brings the tree of categories and who leads; what cannot be read is mended by one press.
    admin.bring("standards", _book(tmp_path, "standards", STANDARDS, ["A1:H1", "A3:A5"]))
    admin.press("改成 4 工作时")
    admin.press("新建单位")
    admin.let_in()
    assert FilingStandard.objects.filter(valid_to=None).count() == 3
    admin.bring("duties", _book(tmp_path, "duties", DUTIES))
    admin.let_in()
    admin.bring("staff", _book(tmp_path, "staff", STAFF))
    admin.press("算“市级坐席”")
    admin.press("算“处置人”")
    admin.let_in()

    page.goto("/console/staff/passwords")
    page.get_by_role("button", name="发密码").click()
    slips = {row.locator("td").nth(1).inner_text(): row.locator("td").nth(2).inner_text()
             for row in page.locator("tbody tr").all()}  # fmt: skip
    assert len(slips) == 4
    page.goto("/console/profile/setup")
    _looks_well(page, "setup")
    page.goto("/console/duties/matrix")
    _looks_well(page, "matrix")
    page.goto("/console/profile/setup/rehearse")
    page.get_by_label("群众怎么说").fill("东关小区门口有暴露垃圾，没人清")
    page.get_by_label("在哪里").fill("东关第一网格")
    page.get_by_role("button", name="走一遍").click()
    expect(page.get_by_text("走得通")).to_be_visible()
    _looks_well(page, "rehearse")

    _first_case(browser, served, slips)
    page.goto("/console/profile/setup")
    expect(page.locator(".setup-done").filter(has_text="试一遍")).to_be_visible()


def _first_case(browser: Browser, served: Served, slips: dict[str, str]) -> None:
    seat, handler, verifier = (
        Desk(browser, served).sign_in(name, slips[name]) for name in ("zuoxiaoxi", "chengdaguan", "hexiaocha")
    )
    page = seat.page
    page.goto("/console/entry")
    page.get_by_label("说的是什么事").fill("东关小区门口有暴露垃圾，没人清")
    page.get_by_label("地点").first.fill("东关小区门口")
    here = page.locator("select[name=area] option[value]").filter(has_text="东关社区").first.get_attribute("value")
    page.locator("select[name=area]").select_option(here)
    page.locator("main form button.button-primary").last.click()
    page.wait_for_url(re.compile("/console/entry/99"))
    case = Case.objects.latest("pk")
    page.goto(f"/console/seat?case={case.number}")
    page.get_by_role("button", name=re.compile("立案并派遣")).first.click()
    _reaches(case, "dispatched")
    for desk, button, words, stage in (
        (handler, "签收", "", "handling"),
        (handler, "办好了", "已清运干净", "handled"),
        (verifier, "核查通过", "", "verified"),
        (seat, "结案", "", "closed"),
    ):
        _do(desk.page, case.number, button, words)
        _reaches(case, stage)


def _do(page: Page, number: str, button: str, words: str) -> None:
    """Press what the case page offers; fill in what it asks for."""
    page.goto(f"/console/cases/{number}")
    foot = page.locator(".case-foot, #next")
    offered = foot.get_by_role("button", name=button).or_(foot.get_by_role("link", name=button)).first
    is_asked = offered.evaluate("each => each.tagName === 'A'")
    offered.click()
    if is_asked:
        dialog = page.get_by_role("dialog")
        if words:
            dialog.get_by_label("说明").fill(words)
            dialog.locator("input[type=file]").first.set_input_files(
                {"name": "after.png", "mimeType": "image/png", "buffer": page.screenshot()}
            )
        dialog.get_by_role("button", name=button).click()


def _reaches(case: Case, stage: str) -> None:
    for _look in range(100):
        case.refresh_from_db()
        if case.stage == stage:
            return
        time.sleep(0.1)
    assert case.stage == stage
