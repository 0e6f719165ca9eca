"""Components from the field: checked and registered once, conflicts with both versions, the pack of one's ground."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework import GRID_111, GRID_112, NOW, Desk
from cast import Cast
from fieldwork import Device, Json, act, photo, record, report
from lianxin.faces.sync.packs import components as packs
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.kernel import versions
from lianxin.kernel.files.queries import files_of
from lianxin.kernel.journal.models import Entry
from lianxin.registry.components import actions as components
from lianxin.registry.components.models import Component
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from standing_on import COVER, make_component


def check(component: Component, state: str, was: str = "intact", **more: object) -> Json:
    """Return a check as a device makes it."""
    return record("component.check", {"component": str(component.key), "state": state, "was": was, **more})


def test_a_check_counts_once_however_often_it_is_sent(cast: Cast) -> None:
    cover, device = make_component(GRID_111), Device(cast.grid_worker)
    sent = check(cover, "damaged", note="边上缺角", files=[photo(cast.grid_worker)])
    first = device.send(sent)[0]
    again = device.send(sent, at=NOW + timedelta(hours=2))[0]
    assert (first.state, first.subject, again) == ("done", cover.number, first)
    cover.refresh_from_db()
    assert (cover.state, cover.version, cover.checked_by_id) == ("damaged", 2, cast.grid_worker.account_id)
    assert Entry.objects.filter(subject_kind="component", subject_id=cover.pk, action="check").count() == 1
    assert len(list(files_of("component", cover.pk))) == 1


def test_what_was_turned_meanwhile_is_shown_beside_and_may_be_overruled(cast: Cast) -> None:
    cover, device = make_component(GRID_111), Device(cast.grid_worker)
    components.set_state(SYSTEM, component=cover, state="missing", at=NOW, case_number="340881-20261123-000123")
    told = device.send(check(cover, "damaged"))[0]
    assert told.state == "conflict"
    assert told.theirs is not None
    assert told.theirs["lines"] == [["状态", "破损", "丢失（案件 …000123）"]]
    cover.refresh_from_db()
    assert cover.state == "missing"
    assert device.send(check(cover, "damaged", overrides=told.version))[0].state == "done"
    cover.refresh_from_db()
    assert cover.state == "damaged"


def test_who_finds_what_another_found_has_no_conflict(cast: Cast) -> None:
    cover = make_component(GRID_111)
    components.set_state(SYSTEM, component=cover, state="missing", at=NOW)
    assert Device(cast.grid_worker).send(check(cover, "missing"))[0].state == "done"


def test_next_door_there_is_no_such_component(cast: Cast) -> None:
    cover = make_component(GRID_111)
    told = Device(cast.grid_worker_next_door).send(check(cover, "missing"))[0]
    assert (told.state, told.code) == ("refused", "not_found")


def register(**more: object) -> Json:
    """Return a component met in the survey."""
    place = {"lon": GRID_111.lon, "lat": GRID_111.lat}
    return record("component.register", {"category": COVER, "place": place, "surveyed_on": "2026-11-23", **more})


def test_a_component_met_is_registered_once_and_gets_a_number(cast: Cast) -> None:
    make_component(GRID_112)
    device, sent = Device(cast.grid_worker), register(name="巷口的井盖", files=[photo(cast.grid_worker)])
    first = device.send(sent)[0]
    assert first.state == "done"
    assert device.send(sent, sent)[1] == first
    made = Component.objects.get(number=first.subject)
    assert (made.name, made.grid_id, made.surveyed_how, made.number[:10]) == (
        "巷口的井盖", cast.county.grid(111).id, "field", f"340881{COVER}"
    )  # fmt: skip
    assert Component.objects.count() == 2


def test_what_cannot_be_is_refused_in_words(cast: Cast) -> None:
    make_component(GRID_112)
    device = Device(cast.grid_worker)
    assert device.send(register(category="9999"))[0].code == "invalid"
    outside = device.send(register(place={"lon": 116.0, "lat": 30.0}))[0]
    assert (outside.state, outside.code) == ("refused", "component_outside")
    assert device.send(register(place={"lon": GRID_112.lon, "lat": GRID_112.lat}))[0].state == "refused"
    assert Component.objects.count() == 1


def test_a_report_in_three_taps_and_the_verifier_says_how_it_is(desk: Desk) -> None:
    who = desk.cast
    cover = make_component(GRID_111)
    told = report(text="窨井盖：丢失", component=cover.number, component_state="missing", point=None)
    number = Device(who.grid_worker).send(told)[0].subject
    case = Case.objects.get(number=number)
    assert (case.component_id, case.grid_id) == (cover.pk, cover.grid_id)
    cover.refresh_from_db()
    assert cover.state == "missing"
    handled = desk_handles(desk, case)
    done = Device(who.verifier).send(act(number, "verify", handled.version, component_state="disused"))[0]
    assert done.state == "done", done
    cover.refresh_from_db()
    assert cover.state == "disused"


def desk_handles(desk: Desk, case: Case) -> Case:
    """Carry a reported case to handled."""
    who = desk.cast
    for holder in (who.community_clerk, who.street_seat):
        case = cases.escalate(holder, case=case, seen=None, at=NOW, note="请市里派")
    case = cases.file(who.seat, case=case, seen=None, at=NOW, filing=desk.filing("020301"))
    case = cases.dispatch(who.seat, case=case, seen=None, at=NOW, lead=desk.unit("cgj"))
    case = cases.accept(who.handler, case=case, seen=None, at=NOW)
    return cases.handle(who.handler, case=case, seen=None, at=NOW, note="换了新盖")


def test_an_unknown_number_is_refused_and_nothing_is_reported(cast: Cast) -> None:
    told = Device(cast.grid_worker).send(report(component="3408810102999999"))[0]
    assert told.state == "refused"
    assert told.fields is not None
    assert "component" in told.fields
    assert not Case.objects.exists()


def pack(actor: Actor) -> packs.ComponentsPackOut | None:
    """Return the section."""
    carried = packs.components(actor, at=NOW, numbers=versions.read())
    assert carried is None or isinstance(carried, packs.ComponentsPackOut)
    return carried


def test_the_pack_carries_one_s_own_ground_with_keeper_and_open_cases(desk: Desk) -> None:
    who = desk.cast
    cover = make_component(GRID_111, maintaining_unit_id=who.county.units["paishui"].id)
    make_component(GRID_112)
    number = Device(who.grid_worker).send(report(component=cover.number))[0].subject
    carried = pack(who.grid_worker)
    assert carried is not None
    (only,) = carried.items
    assert (only.number, only.state, only.keeper, only.cases) == (cover.number, "damaged", "排水所", [number])
    assert carried.is_whole
    assert carried.may_check
    assert any(each.code == COVER for each in carried.classes)
    assert pack(who.seat) is None


def test_the_pack_is_bounded_and_cheap(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "MOST", 3)
    for _each in range(5):
        make_component(GRID_111)
    pack(cast.grid_worker)
    with CaptureQueriesContext(connection) as asked:
        carried = pack(cast.grid_worker)
    assert carried is not None
    assert (len(carried.items), carried.is_whole) == (3, False)
    assert len(asked) <= 3


def test_a_reused_id_with_other_content_is_refused(cast: Cast) -> None:
    cover, device, one = make_component(GRID_111), Device(cast.grid_worker), uuid4()
    first = check(cover, "damaged") | {"id": str(one)}
    other = check(cover, "missing", was="damaged") | {"id": str(one)}
    assert device.send(first)[0].state == "done"
    assert device.send(other)[0].code == "client_id_reused"
