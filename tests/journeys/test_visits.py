"""A visitor in Chromium: a missed sign answered, a visit off line with what it leads to, a form on the way."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

import factories
from casework import GRID_111, Desk, make_desk
from cast import make_cast
from handheld import Phones
from homes import make_building, make_care, make_dwelling, make_estate, make_person
from lianxin.registry.collecting.models import Collected
from lianxin.registry.people.models import Person
from lianxin.work.cases.models import Case
from lianxin.work.visits.models import Visit
from lianxin.work.visits.signs import days, doors, keeping
from lianxin.work.visits.signs.keeping import Wish
from lianxin.work.visits.signs.models import SignDay
from lianxin.work.visits.signs.rules import EARLIEST, LATEST
from register import load_register
from serving import Served

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Give every expectation the time that a phone and a server need."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """The cast in the served installation, with the register of fields."""
    assert served
    made = make_desk(make_cast(factories.make_county()))
    load_register()
    return made


@pytest.fixture(scope="module")
def wang(desk: Desk) -> Person:
    """Mrs Wang, alone, whom nobody has visited for a month."""
    home = make_dwelling(make_building(make_estate(desk.cast.county.grid(111))))
    person = make_person("王秀英", home=home, phone="13800001234", account_id=desk.cast.resident.account_id)
    make_care(person, visit_every_days=7)
    return person


def test_a_visit_without_a_signal_brings_a_case_and_a_form_along(desk: Desk, wang: Person, phones: Phones) -> None:
    phone = phones("visitor", GRID_111)
    phone.sign_in(desk.cast.grid_worker)
    page = phone.start()
    page.goto("/worker/diary")
    expect(page.get_by_text("王**").first).to_be_visible()
    phone.kill()

    page = phone.start(online=False)
    page.goto("/worker/diary")
    page.get_by_role("link", name="王**").first.click()
    page.get_by_role("button", name="房子和小区").click()
    page.get_by_role("textbox", name="日记").fill("楼道灯坏了半个月。")
    page.get_by_role("button", name="要上报解决的事").click()
    page.get_by_role("textbox", name="上报什么").fill("楼道灯坏了，晚上看不清。")
    page.get_by_text("已经知道的").click()
    page.get_by_role("button", name="都还是这样").click()
    page.get_by_role("button", name="存好").click()
    expect(page.get_by_text("等信号").first).to_be_visible()
    assert not Visit.objects.exists()

    phone.kill()
    page = phone.start()
    page.goto("/worker/sync")
    expect(page.get_by_text("都送到了").first).to_be_visible(timeout=60_000)

    visit = Visit.objects.get()
    assert (visit.person_id, visit.words) == (wang.pk, "楼道灯坏了半个月。")
    assert visit.case is not None
    assert "101" not in visit.case.address  # the building, not the door
    assert Case.objects.filter(channel="worker").count() == 1
    assert Collected.objects.get().confirmed_count >= 2
    wang.care_tags.get().refresh_from_db()
    assert wang.care_tags.get().last_visited_at == visit.visited_at


def test_a_missed_sign_reaches_the_worker_who_answers_it(desk: Desk, wang: Person, phones: Phones) -> None:
    now = datetime.now(UTC)
    sign = keeping.start(
        desk.cast.community_clerk, key=uuid4(), person=wang, wish=Wish(EARLIEST), consent_by="paper",
        at=now - timedelta(days=2),
    )  # fmt: skip
    row = SignDay(sign=sign, day=now.date(), due_at=now - timedelta(minutes=3))
    days._pass_on(row, SignDay.State.WORKER, now - timedelta(minutes=2))
    phone = phones("sign", GRID_111)
    phone.sign_in(desk.cast.grid_worker)
    page = phone.start()
    page.goto("/worker/")

    page.get_by_text("平安信号没来").first.click()
    expect(page.get_by_text("王秀英").first).to_be_visible()
    expect(page.get_by_role("link", name="打给本人")).to_have_attribute("href", "tel:13800001234")
    page.get_by_role("button", name="上门看了").click()
    page.get_by_role("button", name="人好好的").click()
    expect(page.get_by_text("记下了").first).to_be_visible()
    page.goto("/worker/sync")
    expect(page.get_by_text("都送到了").first).to_be_visible(timeout=60_000)

    assert SignDay.objects.get(pk=row.pk).state == SignDay.State.FINE
    page.goto("/worker/")
    expect(page.get_by_text("平安信号没来")).to_have_count(0)
    keeping.stop(desk.cast.community_clerk, sign=sign, at=datetime.now(UTC))


def test_the_neighbours_link_works_without_script(desk: Desk, wang: Person, browser: Browser, served: Served) -> None:
    now = datetime.now(UTC)
    wish = Wish(LATEST, ("curtain",), "赵秀珍", "13700001111", neighbour_agrees=True)
    sign = keeping.start(
        desk.cast.community_clerk, key=uuid4(), person=wang, wish=wish, consent_by="paper", at=now - timedelta(days=2)
    )
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}, base_url=served.url
    )
    page = context.new_page()
    page.goto(f"/signs/neighbour/{doors.neighbour_token(sign)}")

    page.get_by_role("button", name="看到了，拉开了").click()

    expect(page.get_by_text("谢谢您去看").first).to_be_visible()
    assert SignDay.objects.filter(sign=sign).latest("day").how == "curtain"
    context.close()
