"""A manhole opens: through a real broker to an alarm, a case with its keeper, the check in the app, intact again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import factories
from alarming import make_rule
from brokering import TestBroker, body, make_intake, running_broker, speaker, turn
from casework import GRID_111, Desk, make_desk
from cast import make_cast
from lianxin.faces.gateways.mqtt.intake import Intake
from lianxin.foundation.areas.queries import node
from lianxin.kernel import versions
from lianxin.registry.components.models import Component
from lianxin.registry.sensors.models import Device
from lianxin.work.alarms.models import Alarm
from lianxin.work.cases import actions as cases
from lianxin.work.cases.keeping import ruling_for
from lianxin.work.cases.models import Case
from screens import Screens
from sensing import make_device
from serving import Served
from standing_on import COVER, make_component
from work_on import handle_on

from .test_worker_cases import METRE, _carried, _photo, _until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """The cast in the served installation."""
    return make_desk(make_cast(factories.make_county()))


@pytest.fixture(scope="module")
def manhole(desk: Desk) -> Device:
    """A smart manhole in grid 111, on a cover that 排水所 maintains."""
    paishui, at = desk.cast.county.units["paishui"].id, datetime.now(UTC) - timedelta(days=1)
    cover = make_component(
        GRID_111, category=COVER, name="东苑路污水井盖", address="东苑路 8 号门前", maintaining_unit_id=paishui
    )  # fmt: skip
    make_rule(at, name="井盖打开", measure="is_open", op="eq", steps=[{"level": 4, "value": 1}], makes_case=True,
              category="020301", remind_minutes=10)  # fmt: skip
    return make_device(
        "MH-1", at=at, point=GRID_111, name="东苑路智能井盖", component_id=cover.pk, owning_unit_id=paishui,
        maintaining_unit_id=paishui,
    )  # fmt: skip


@dataclass(frozen=True)
class Wire:
    """Mosquitto, and the intake that the test turns."""

    broker: TestBroker
    intake: Intake


@pytest.fixture
def wire(desk: Desk, tmp_path: Path) -> Iterator[Wire]:
    """A real broker with an intake on it."""
    with running_broker(tmp_path / "mqtt") as broker:
        wire = Wire(broker, make_intake(broker))
        yield wire
        wire.intake.link.leave()


def _alarm() -> Alarm:
    return Alarm.objects.select_related("case").get()


def _of(manhole: Device) -> Component:
    return Component.objects.get(pk=manhole.component_id or 0)


def test_a_manhole_opens_and_is_closed_again(
    desk: Desk, manhole: Device, wire: Wire, screens: Screens, tmp_path: Path
) -> None:
    board = screens(desk.cast.seat, 1440)
    board.goto("/console/alarms/")
    expect(board.get_by_text("没有设备在告警")).to_be_visible()

    with speaker(wire.broker, manhole, at=datetime.now(UTC)) as cover:
        assert cover.send(body(datetime.now(UTC), is_open=0, tilt=2)) == 0
        assert cover.send(body(datetime.now(UTC), is_open=1, tilt=44)) == 0
        turn(wire.intake, Alarm.objects.exists)

        # The board shows it by itself; the relay makes the case, on the component, with its keeper.
        expect(board.get_by_role("link", name="井盖异动")).to_be_visible(timeout=15_000)
        _until(board, lambda: _alarm().case is not None)
        case = _alarm().case
        assert case is not None
        assert (case.channel, case.severity, case.component_id) == ("sensor", "urgent", manhole.component_id)
        assert _keeper(case) == "paishui"
        assert _of(manhole).state == "damaged"
        board.get_by_role("link", name="井盖异动").click()
        board.get_by_label("打算怎么办").fill("已请排水所去")
        board.get_by_role("button", name="我来管，确认").click()
        expect(board.get_by_text("已请排水所去").first).to_be_visible()

        case = _handled(desk, case)
        assert cover.send(body(datetime.now(UTC), is_open=0, tilt=1)) == 0
        turn(wire.intake, lambda: _alarm().cleared_at is not None)
    assert _alarm().ended_at is None  # the case goes on until somebody has looked

    _verify(desk, case, screens, tmp_path)
    assert _of(manhole).state == "intact"
    cases.close(desk.cast.seat, case=case, seen=None, at=datetime.now(UTC))
    _until(board, lambda: _alarm().ended_at is not None)
    assert _alarm().ended_how == "case"
    board.goto("/console/alarms/?show=past")
    expect(board.get_by_text("案件办结")).to_be_visible()
    board.goto(f"/console/components/{_of(manhole).key}/")
    expect(board.locator(".page-head")).to_contain_text("完好")


def _keeper(case: Case) -> str:
    """Return the unit that the seat is proposed to send: the one that keeps the cover."""
    at = datetime.now(UTC)
    area = node(case.area_now_id) if case.area_now_id is not None else None
    ruling = ruling_for(case, "020301", area, level=case.holder_level, at=at, numbers=versions.read())
    return ruling.lead_unit.code if ruling is not None else ""


def _handled(desk: Desk, case: Case) -> Case:
    """Let the case come to who dispatches, and its unit do the work."""
    at, cast = datetime.now(UTC), desk.cast
    case = Case.objects.get(pk=case.pk)
    for level, holder in (
        ("grid", cast.grid_worker),
        ("community", cast.community_clerk),
        ("street", cast.street_seat),
    ):
        if case.holder_level == level:
            case = cases.escalate(holder, case=case, seen=None, at=at, note="请市里派")
    return handle_on(desk, case, at=at)


def _verify(desk: Desk, case: Case, screens: Screens, tmp_path: Path) -> None:
    """Check it in the app, beside the cover."""
    page: Page = screens(
        desk.cast.verifier, 390, permissions=["geolocation"], has_touch=True, service_workers="allow",
        geolocation={"longitude": GRID_111.lon, "latitude": GRID_111.lat + 6 * METRE, "accuracy": 8},
    )  # fmt: skip
    page.goto("/worker/")
    expect(page.get_by_role("heading", name="今天")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    _carried(page)
    page.goto(f"/worker/check/{case.number}")
    expect(page.get_by_text("已在现场")).to_be_visible()
    page.locator(".compare input[type=file]").set_input_files(_photo(page, tmp_path))
    page.get_by_role("button", name="办好了").click()
    _until(page, lambda: Case.objects.get(pk=case.pk).stage == "verified")
