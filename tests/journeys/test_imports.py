"""A department's dirty sheet becomes clean data in a browser: remedies pressed, brought in, the same again, undone."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import dirtysheet
import factories
from cast import Cast, make_cast
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.registry.imports.models import ImportRun
from lianxin.registry.people.models import Household, Person
from lianxin.registry.places import actions as places
from lianxin.registry.places.inputs import EstateIn
from lianxin.registry.places.models import Dwelling
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser

WAIT = 60_000


@pytest.fixture(scope="module")
def cast(served: Served) -> Cast:
    """The cast in the served installation, with an estate in community 11."""
    made = make_cast(factories.make_county())
    at = datetime.now(UTC) - timedelta(days=1)
    places.register_estate(SYSTEM, told=EstateIn(name="和平小区", area_id=made.county.grid(111).id), at=at)
    return made


@pytest.fixture
def clerk(screens: Screens, cast: Cast) -> Page:
    """The community clerk's screen."""
    page = screens(cast.community_clerk)
    page.set_default_timeout(20_000)
    return page


def _shot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for them."""
    folder = os.environ.get("LIANXIN_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def _fits(page: Page) -> None:
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
        _shot(page, f"{re.sub(r'[^a-z]+', '-', page.url.rsplit('/', 1)[-1].split('?')[0])}-{width}")
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    faults = Axe().run(page, options=rules).response["violations"]
    found = [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in faults
             if each["impact"] in {"serious", "critical"}]  # fmt: skip
    assert found == [], page.url


def _bring(page: Page, sheet: Path) -> None:
    page.goto("/console/imports/new/people")
    _fits(page)
    page.get_by_label("表格文件").set_input_files(sheet)
    page.get_by_role("button", name="读这张表").click()
    expect(page.get_by_role("button", name="检查每一行")).to_be_visible(timeout=WAIT)


def _press_all(page: Page) -> None:
    """Press "the same for all" for as long as it is offered."""
    for _round in range(12):
        every = page.locator("button[name=every]")
        if not every.count():
            return
        before = page.locator(".tile-late b").inner_text()
        every.first.click()
        expect(page.locator(".tile-late b")).not_to_have_text(before, timeout=WAIT)


def test_a_dirty_sheet_becomes_clean_data(cast: Cast, clerk: Page, tmp_path: Path) -> None:
    sheet = tmp_path / "东苑社区人口.xlsx"
    dirt = dirtysheet.write(sheet)
    _bring(clerk, sheet)

    # Title and head of two rows were seen; every column but 备注 has its place.
    expect(clerk.locator(".import-sheet")).to_contain_text("1 行标题已跳过")
    expect(clerk.get_by_label("证件号码")).to_have_value("5")
    expect(clerk.locator("main")).to_contain_text("用不着，不会导入：备注")
    _fits(clerk)
    clerk.get_by_role("button", name="检查每一行").click()
    expect(clerk.locator(".tile-ok")).to_contain_text("行可以导入", timeout=WAIT)
    run = ImportRun.objects.latest("pk")
    assert run.total == dirtysheet.ROWS
    assert run.counts["left_out"] == 2
    assert run.counts["wrong"] >= dirt["number"] + dirt["spoilt"] + dirt["relation"] + dirt["sex"] + dirt["double"]
    assert Person.objects.count() == 0
    _fits(clerk)

    # Remedies: one press for all rows alike, a cell written by hand, and the rest left for later.
    _press_all(clerk)
    clerk.goto(f"/console/imports/{run.key}/check?show=wrong&mark=id_number%7Cspoilt%7C")
    row = clerk.locator("tbody.import-wrong").first
    place = int(row.get_attribute("id").removeprefix("r"))  # type: ignore[union-attr]
    good = dirtysheet.number(9_000, datetime(1980, 1, 1, tzinfo=UTC).date(), is_male=True)
    field = row.get_by_label("证件号码")
    field.fill(good)
    field.blur()
    expect(clerk.locator(f"#r{place}.import-wrong input[name=cell-id_number]")).to_have_count(0, timeout=WAIT)
    with clerk.expect_download() as download:
        clerk.get_by_role("link", name="下载有错的行").click()
    assert download.value.suggested_filename.endswith(".xlsx")

    # What would change, then in.
    clerk.get_by_role("link", name="只导入无误的").click()
    expect(clerk.get_by_role("heading", name="会变这些")).to_be_visible()
    _fits(clerk)
    clerk.get_by_role("button", name="导入").click()
    expect(clerk.get_by_role("heading", name="导入好了")).to_be_visible(timeout=WAIT)
    _fits(clerk)
    run.refresh_from_db()
    came = run.counts["new"]
    assert Person.objects.count() == came
    assert came >= dirtysheet.ROWS - dirt["number"] - dirt["spoilt"] - dirt["double"] - 20
    assert Household.objects.count() > 100
    assert Dwelling.objects.count() > 100
    one = Person.objects.select_related("home").exclude(home=None).latest("pk")
    assert one.home is not None
    assert one.home.address.startswith("龙眠街道东苑社区和平小区")

    # The same sheet again changes nothing but what was wrong.
    _bring(clerk, sheet)
    clerk.get_by_role("button", name="检查每一行").click()
    expect(clerk.locator(".tile-same")).to_contain_text("与现有相同，不动", timeout=WAIT)
    again = ImportRun.objects.latest("pk")
    assert not again.counts.get("new")
    assert again.counts["same"] >= came - dirt["relation"] - dirt["sex"] - 30

    # Undone as a whole.
    clerk.goto(f"/console/imports/{run.key}/done")
    clerk.get_by_role("link", name="整批撤回").click()
    clerk.get_by_role("dialog").get_by_role("button", name="撤回").click()
    expect(clerk.get_by_role("heading", name="已整批撤回")).to_be_visible(timeout=WAIT)
    assert Person.objects.count() == 0
    assert Dwelling.objects.count() == 0
    clerk.goto("/console/imports/")
    _fits(clerk)
