"""A weather office posts a warning; the street lets it out; who lives there sees it, others do not; it ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

import factories
from cast import Cast, make_cast
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.work.warnings import cap, sources
from screens import Screens, screens
from serving import Served
from weathering import after, alert, coded, make_source

__all__ = ["screens"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def cast(served: Served) -> Cast:
    """Everyone in the installation that is served."""
    return make_cast(factories.make_county())


def home_of(browser: Browser, served: Served, area: str, **more: Any) -> Page:
    """Return the first page of somebody who lives in an area."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}, base_url=served.url, **more)
    context.add_cookies([{"name": "lx_place", "value": area, "url": served.url}])
    page = context.new_page()
    page.goto("/")
    return page


def test_from_the_office_to_the_phone_and_back(cast: Cast, served: Served, browser: Browser, screens: Screens) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    source, key = sources.renew_key(SYSTEM, source=make_source(cast, is_trusted=False), at=now)
    here, there = cast.county.community(11).code, cast.county.community(21).code
    rain = alert(
        coded(cast.county.street(1).code), sent=now, onset=now, expires=now + timedelta(hours=5), severity="Severe",
        headline="桐城市气象台发布暴雨橙色预警信号",
    )  # fmt: skip

    def post(message: cap.Alert) -> httpx.Response:
        return httpx.post(
            f"{served.url}/gateways/cap/{source.code}", content=cap.write(message),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/cap+xml"}, timeout=60,
        )  # fmt: skip

    assert post(rain).json()["state"] == "waiting"
    inside, outside = home_of(browser, served, here), home_of(browser, served, there)
    expect(inside.get_by_text("暴雨橙色预警")).to_have_count(0)

    desk = screens(cast.street_seat)
    desk.goto("/console/warnings/?state=waiting")
    desk.get_by_role("link", name="桐城市气象台发布暴雨橙色预警信号").click()
    desk.get_by_role("link", name="发布…", exact=True).click()
    expect(desk.get_by_text("名工作人员收到，同时发短信")).to_be_visible()
    desk.get_by_role("button", name="看过了，发布").click()
    expect(desk.get_by_text("已发布，居民和岗位都会收到")).to_be_visible()
    expect(desk.get_by_text("/4 人已知晓")).to_be_visible()
    expect(desk.get_by_role("region", name="正在生效的预警")).to_be_visible()

    inside.reload()
    outside.reload()
    expect(outside.get_by_text("暴雨橙色预警")).to_have_count(0)
    inside.get_by_role("link", name="暴雨橙色预警").click()
    expect(inside.get_by_role("heading", name="桐城市气象台发布暴雨橙色预警信号")).to_be_visible()
    expect(inside.get_by_role("listitem").first).to_have_text("低洼地段的住户把东西搬高。")

    assert post(after(rain, msg_type="Cancel", minutes=0, note="雨已减弱")).status_code == 201
    inside.reload()
    expect(inside.get_by_text("已解除").first).to_be_visible()
    inside.goto("/")
    expect(inside.get_by_text("暴雨橙色预警")).to_have_count(0)
    desk.goto("/console/warnings/")
    expect(desk.get_by_text("现在没有生效的预警")).to_be_visible()
    expect(desk.get_by_role("region", name="正在生效的预警")).to_have_count(0)
    for page in (inside, outside):
        page.context.close()
