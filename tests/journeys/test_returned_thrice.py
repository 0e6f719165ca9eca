"""Departments return a case three times; the supervisor rules whose it is, and that unit cannot return it."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

import factories
from casework import Desk, make_desk
from cast import make_cast
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Refused
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from screens import Screens
from serving import Served

pytestmark = pytest.mark.browser

WHY = "这段路的管线归别家，产权资料附后。"


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """The cast in the served installation."""
    return make_desk(make_cast(factories.make_county()))


def test_after_three_returns_a_ruling_ends_the_passing_on(served: Served, desk: Desk, screens: Screens) -> None:
    cast, begun = desk.cast, datetime.now(UTC) - timedelta(hours=3)
    case = desk.filed(at=begun, text="路口井盖塌了一角，两家都说不归自己管。")
    rounds: list[tuple[str, Actor]] = [("cgj", cast.handler), ("jiaojing", cast.handler_next_door)]
    for number, (code, actor) in enumerate(rounds, 1):
        at = begun + timedelta(minutes=10 * number)
        cases.dispatch(cast.seat, case=case, seen=None, at=at, lead=desk.unit(code))
        cases.give_back(actor, case=case, seen=None, at=at, reason="not_ours", note=WHY)
    cases.dispatch(cast.seat, case=case, seen=None, at=begun + timedelta(minutes=40), lead=desk.unit("cgj"))

    # The department returns it for the third time, from its list.
    clerk = screens(cast.handler)
    clerk.goto("/console/command/workspace/?list=waits")
    clerk.get_by_role("link", name="路口井盖塌了一角").click()
    clerk.locator("#next").get_by_role("link", name="回退").click()
    dialog = clerk.get_by_role("dialog")
    dialog.locator("input[name=reason]").first.check()
    dialog.get_by_label("说明").fill(WHY)
    dialog.get_by_role("button", name="回退").click()
    clerk.wait_for_load_state("networkidle")
    assert Case.objects.get(pk=case.pk).returns == 3
    clerk.goto("/console/command/workspace/?list=returned")
    expect(clerk.get_by_text("我们退出去的")).to_be_visible()
    expect(clerk.locator("main")).to_contain_text(case.number[-6:])

    # The seat can dispatch it no more; it learns whom it waits for.
    seat = screens(cast.seat)
    seat.goto(f"/console/cases/{case.number}")
    expect(seat.locator("main")).to_contain_text("须由督查裁定主办单位")
    expect(seat.locator("#next").get_by_role("link", name="派遣")).to_have_count(0)

    # The supervisor finds it at home and names the unit.
    ruler = screens(cast.supervisor)
    ruler.goto("/console/cases?todo=rule")
    ruler.get_by_role("link", name="路口井盖塌了一角").click()
    ruler.locator("#next").get_by_role("link", name="裁定").click()
    dialog = ruler.get_by_role("dialog")
    dialog.get_by_label("主办").select_option("unit:cgj")
    dialog.get_by_label("说明").fill("看了竣工图，归城管。")
    dialog.get_by_role("button", name="裁定").click()
    expect(ruler.locator(".toast")).to_contain_text("裁定")

    # No further return; it is done.
    clerk.goto(f"/console/cases/{case.number}")
    clerk.get_by_role("button", name="签收").first.click()
    expect(clerk.locator(".toast")).to_contain_text("签收")
    expect(clerk.locator("#next").get_by_role("link", name="回退")).to_have_count(0)
    with pytest.raises(Refused, match="不能再回退"):
        cases.give_back(cast.handler, case=case, seen=None, at=datetime.now(UTC), reason="not_ours", note=WHY)
    clerk.locator("#next").get_by_role("link", name="办好了").click()
    dialog = clerk.get_by_role("dialog")
    dialog.get_by_label("说明").fill("井盖换好，四周压实。")
    dialog.get_by_role("button", name="办好了").click()
    expect(clerk.locator(".page-head")).to_contain_text("已处置")
