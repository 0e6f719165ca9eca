"""In Chromium: two records of one woman are found, made one and parted again; a number is looked at for a reason."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import factories
from cast import make_cast
from lianxin.registry.people.models import Look, Person
from neighbours import WANG, WANG_ID, Street
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser

AGO = datetime.now(UTC) - timedelta(hours=2)


@pytest.fixture(scope="module")
def street(served: Served) -> Street:
    """The cast in the served installation, with 王秀英 twice on the books."""
    street = Street(make_cast(factories.make_county()))
    street.lives({"name": "王秀英", "id_number": WANG_ID}, at=AGO)
    street.lives({"name": "王秀英", "birth_date": "1949-12-31", "phone": WANG["phone"]}, number="102", at=AGO)
    return street


@pytest.fixture
def clerk(screens: Screens, street: Street) -> Page:
    """A screen at which the community clerk is signed in."""
    return screens(street.cast.community_clerk)


def test_one_woman_twice_on_the_books_becomes_one_and_two_again(clerk: Page, tmp_path: Path) -> None:
    clerk.goto("/console/base/people/pairs")
    expect(clerk.get_by_text("同姓名、同出生日期")).to_be_visible()
    clerk.screenshot(path=tmp_path / "pairs.png")
    clerk.get_by_role("link", name="并排看").click()
    clerk.get_by_label("凭什么认定是同一人").fill("核对过身份证")
    clerk.screenshot(path=tmp_path / "sides.png")
    clerk.get_by_role("button", name="是同一人，合并").click()

    expect(clerk.get_by_text("已合并")).to_be_visible()
    kept = Person.objects.now().get()
    assert (kept.id_number, kept.phone) == (WANG_ID, WANG["phone"])
    expect(clerk.get_by_text("138****1234")).to_be_visible()
    assert WANG_ID not in clerk.content()

    clerk.get_by_role("link", name="拆开…").click()
    clerk.get_by_label("为什么不是同一人").fill("是孪生姐妹")
    clerk.get_by_role("button", name="拆开").click()
    expect(clerk.get_by_text("已拆开")).to_be_visible()
    assert sorted(Person.objects.now().values_list("home__number", flat=True)) == ["101", "102"]
    assert Person.objects.get(home__number="101").phone is None


def test_a_number_is_shown_for_a_reason_and_on_record(clerk: Page, street: Street, tmp_path: Path) -> None:
    person = Person.objects.get(home__number="101")
    clerk.goto(f"/console/base/people/{person.key}/")
    assert WANG_ID not in clerk.content()

    clerk.get_by_role("link", name="查看…").click()
    clerk.get_by_role("checkbox", name="证件号码").check(force=True)
    clerk.get_by_role("radio", name="上门走访、核实信息").check(force=True)
    clerk.get_by_role("button", name="显示").click()

    expect(clerk.get_by_text(WANG_ID)).to_be_visible()
    clerk.screenshot(path=tmp_path / "look.png")
    look = Look.objects.get()
    assert (look.person_id, look.fields, look.reason) == (person.pk, ["id_number"], "visit")
