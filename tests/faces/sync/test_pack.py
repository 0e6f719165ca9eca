"""The pack: everything to act on without a signal, of one's own ground only, and nobody's name or phone."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from casework import GRID_111, GRID_112, GRID_222, MINUTE, NOW, Desk, show
from fieldwork import Device, act, record, report
from homes import make_building, make_dwelling, make_estate
from lianxin.faces.sync.packs.cases import cases as case_section
from lianxin.faces.sync.packs.categories import categories as category_section
from lianxin.faces.sync.packs.me import me as me_section
from lianxin.faces.sync.packs.places import places as place_section
from lianxin.faces.sync.sections import SECTIONS, make
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import versions
from lianxin.work.cases import actions as cases
from lianxin.work.cases.actions import Report, Target

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def carried(actor: Actor, section: str) -> Any:
    """Return what a device gets of a section, as JSON."""
    made = make(SECTIONS[section], actor, at=LATER, numbers=versions.read())
    return None if made is None else json.loads(made.data)


def tasks(actor: Actor) -> dict[str, str]:
    """Return what each case waits for, by number."""
    return {each["number"]: each["task"] for each in carried(actor, "cases")["items"]}


def test_a_worker_carries_what_waits_for_them_and_nothing_of_the_next_grid(device: Device, desk: Desk) -> None:
    cast = desk.cast
    asked = desk.reported(text="路口有个坑")
    cases.check(cast.seat, case=asked, seen=asked.version, at=NOW, request="看看多深")
    to_verify, to_resolve = desk.handled(), desk.reported(text="楼道有垃圾")
    given = desk.filed()
    own_post = device.actor.holdings[0].post_id
    cases.dispatch(cast.seat, case=given, seen=given.version, at=NOW + 2 * MINUTE, lead=Target(post_id=own_post))
    for point in (GRID_112, GRID_222):
        desk.reported(point=point)
    desk.closed()

    assert tasks(device.actor) == {
        asked.number: "check",
        to_verify.number: "verify",
        to_resolve.number: "resolve",
        given.number: "accept",
    }


def test_a_case_brings_what_each_act_demands(device: Device, desk: Desk) -> None:
    standard = desk.categories["010101"].standards.get()
    standard.evidence = ["before_near", "after_near", "record"]
    standard.save()
    case = desk.filed()
    own_post = device.actor.holdings[0].post_id
    case = cases.dispatch(desk.cast.seat, case=case, seen=None, at=NOW + MINUTE, lead=Target(post_id=own_post))
    show(case, "before_near")
    device.send(act(case.number, "accept", case.version), at=NOW + 2 * MINUTE)

    [told] = carried(device.actor, "cases")["items"]

    acts = {each["name"]: each for each in told["acts"]}
    assert (told["task"], told["stage_label"], told["area"]) == ("handle", "处置中", "第一网格")
    assert [(each["label"], each["is_there"]) for each in acts["handle"]["photos"]] == [
        ("before_near", True),
        ("after_near", False),
    ]
    assert acts["handle"]["needs_note"]
    assert acts["return"]["reasons"]["not_ours"] == "不属于本单位职责"
    assert "verify" not in acts
    assert [(each["label"], each["has_thumb"]) for each in told["photos"]] == [("before_near", True)]
    assert [each["label"] for each in told["trace"]] == ["签收", "派遣", "立案", "上报"]
    assert told["due_at"] > told["warn_at"] > "2026-11-23"


def test_one_never_carries_ones_own_handling_to_verify(device: Device, desk: Desk) -> None:
    spot = record("case.spot", report()["data"] | {"note": "搬开了", "category": "010101"})
    [told] = device.send(spot)

    assert told.subject not in tasks(device.actor)
    assert [each["number"] for each in carried(device.actor, "cases")["mine"]] == [told.subject]


def test_nobody_who_reported_is_named(device: Device, desk: Desk) -> None:
    told = Report(text="路灯不亮", point=GRID_111, name="欧阳秀英", phone="13987654321", has_consent=True)
    cases.report(desk.cast.resident, client_id=uuid4(), report=told, at=NOW)

    whole = "".join(json.dumps(carried(device.actor, name), ensure_ascii=False) for name in SECTIONS)

    assert "路灯不亮" in whole
    for secret in ("欧阳秀英", "秀英", "13987654321", "4321"):
        assert secret not in whole


def test_categories_bring_words_and_the_photos_a_solution_demands(device: Device, desk: Desk) -> None:
    litter = desk.categories["010101"]
    litter.keywords = ["垃圾", "没人清"]
    litter.save()
    versions.bump("categories")
    standard = litter.standards.get()
    standard.evidence = ["before_near", "receipt"]
    standard.save()

    told = {each["code"]: each for each in carried(device.actor, "categories")["items"]}

    assert set(told) == {"010101", "010102", "020301"}  # the ends of the catalogue
    assert told["010101"]["path"] == ["市容", "环卫"]
    assert dict(map(tuple, told["010101"]["words"])) == {"垃圾": 1.0, "没人清": 1.0}
    assert told["010101"]["photos"] == ["before_near"]
    assert told["020301"]["severity"] == "normal"  # the usual row, not the urgent one


def test_places_are_those_of_ones_own_grid_and_nobody_carries_a_street(device: Device, desk: Desk) -> None:
    cast = desk.cast
    estate = make_estate(cast.county.grid(111))
    building = make_building(estate)
    home = make_dwelling(building)
    make_dwelling(make_building(make_estate(cast.county.grid(112), "隔壁小区", code="E2"), code="B4"))

    told = carried(device.actor, "places")

    assert [each["code"] for each in told["estates"]] == [estate.code]
    assert [each["code"] for each in told["buildings"]] == [building.code]
    assert [each["code"] for each in told["buildings"][0]["dwellings"]] == [home.code]
    for far in (cast.street_seat, cast.seat, cast.handler):
        assert carried(far, "places") is None


def test_oneself_with_the_border_of_the_grid(device: Device) -> None:
    told = carried(device.actor, "me")

    [area] = told["areas"]
    assert (told["name"], area["name"], area["boundary"]["type"]) == ("王格", "第一网格", "Polygon")
    assert told["settings"]["pack_days"] == 3
    assert "cases.report" in told["posts"][0]["permissions"]


def test_a_section_stays_the_same_while_nothing_happens(device: Device, desk: Desk) -> None:
    desk.handled()
    numbers = versions.read()
    for each in SECTIONS.values():
        made = [make(each, device.actor, at=at, numbers=numbers) for at in (LATER, LATER + MINUTE)]
        assert made[0] == made[1], each.name


def test_statements(device: Device, desk: Desk, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for _count in range(4):
        desk.handled()
        desk.reported()
    numbers = versions.read()
    sections = ((me_section, 1), (case_section, 8), (category_section, 1), (place_section, 4))
    for section, _most in sections:
        section(device.actor, at=LATER, numbers=numbers)  # what is kept in memory is loaded

    for section, most in sections:
        with django_assert_max_num_queries(most):
            section(device.actor, at=LATER, numbers=numbers)
