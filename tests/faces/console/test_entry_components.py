"""Choosing a component at the entry desk and putting it right on a case: found by number, words, or near the point."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

import factories
from casework import GRID_111, GRID_222, Desk, make_desk
from cast import Cast
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.registry.components.models import Component
from lianxin.work.cases.models import Case
from standing_on import make_component
from work_on import handle_on, report_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """The cast at work."""
    return make_desk(cast)


@pytest.fixture
def cover(desk: Desk) -> Component:
    """A cover in grid 111 that 排水所 maintains."""
    unit = desk.cast.county.units["paishui"].id
    return make_component(GRID_111, name="东苑路污水井盖", address="东苑路", maintaining_unit_id=unit)


def browser(actor: Actor) -> Client:
    """Return a browser in which somebody is signed in."""
    entered = begin_session(factories.account_of(actor), device="x", address=None, at=datetime.now(UTC))
    client = Client()
    client.cookies[SESSION] = entered.key
    return client


def text(answer: Any) -> str:
    """Return a page as text."""
    return str(answer.content.decode())


def test_it_is_found_by_words_by_its_last_digits_and_near_the_point(desk: Desk, cover: Component) -> None:
    make_component(GRID_222, name="文昌路路灯", category="0301")
    client = browser(desk.cast.seat)
    near = {"lon": str(GRID_111.lon + 0.0002), "lat": str(GRID_111.lat)}
    for told in ({"component_words": "东苑路"}, {"component_words": cover.number[-6:]}, near):
        found = text(client.post("/console/entry/components", told))
        assert cover.number in found
        assert "排水所" in found
        assert ("文昌路路灯" in found) is (told.get("component_words") == cover.number[-6:])
    assert "19 米" in text(client.post("/console/entry/components", near))
    assert "没有找到" in text(client.post("/console/entry/components", {"component_words": "没有这种"}))


def test_what_it_is_decides_who_will_lead_and_finds_who_reported_it_before(desk: Desk, cover: Component) -> None:
    first = report_on(desk, cover, "井盖响")
    found = text(browser(desk.cast.seat).post("/console/entry/proposal", {"component": cover.number, "text": ""}))
    assert "排水所" in found
    assert "部件养护单位" in found
    assert "同一部件，还在办" in found
    assert first.title in found


@pytest.mark.parametrize("field", ["component", "component_words"])
def test_the_case_stands_on_what_was_picked_or_typed_whole(desk: Desk, cover: Component, field: str) -> None:
    told = {
        "client_id": str(uuid4()), "text": "市民来电：井盖没有了", "channel": "call", field: cover.number,
        "component_state": "missing",
    }  # fmt: skip
    answer = browser(desk.cast.seat).post("/console/entry", told)
    assert answer.status_code == 302, text(answer)
    case = Case.objects.get()
    assert (case.component_id, case.grid_id, case.component_state) == (cover.pk, cover.grid_id, "missing")


def test_an_unknown_number_is_said_at_its_field(desk: Desk) -> None:
    told = {"client_id": str(uuid4()), "text": "井盖没有了", "channel": "call", "component_words": "3408810102999999"}
    answer = browser(desk.cast.seat).post("/console/entry", told)
    assert answer.status_code == 422
    assert "没有这个部件" in text(answer)
    assert not Case.objects.exists()


def test_the_page_of_a_case_names_it_with_its_state_and_keeper(desk: Desk, cover: Component) -> None:
    case = report_on(desk, cover)
    page = text(browser(desk.cast.seat).get(f"/console/cases/{case.number}"))
    for told in (f"/console/components/{cover.key}/", "破损", "排水所", cover.number):
        assert told in page


def test_it_is_attached_changed_and_let_go_by_the_form(desk: Desk, cover: Component) -> None:
    case, client = desk.reported(), browser(desk.cast.seat)
    path = f"/console/cases/{case.number}/do/amend"
    assert "不再关联部件" not in text(client.get(path))
    assert cover.number in text(client.get(path)), "what stands near is offered"
    sent = {
        "client_id": str(uuid4()),
        "seen": str(case.version),
        "component": cover.number,
        "component_state": "occupied",
    }
    assert client.post(path, sent).status_code == 302
    assert Component.objects.get(pk=cover.pk).state == "occupied"
    form = text(client.get(path))
    assert "不再关联部件" in form
    seen = re.search(r'name="seen" value="(\d+)"', form)
    assert seen is not None
    again = {"client_id": str(uuid4()), "seen": seen[1], "component": cover.number, "detach": "on"}
    assert client.post(path, again).status_code == 302
    case.refresh_from_db()
    assert (case.component_id, Component.objects.get(pk=cover.pk).state) == (None, "intact")


def test_the_state_is_asked_only_where_there_is_a_component(desk: Desk, cover: Component) -> None:
    with_one, without = handle_on(desk, report_on(desk, cover)), desk.handled()
    client = browser(desk.cast.verifier)
    assert "部件状态" in text(client.get(f"/console/cases/{with_one.number}/do/verify"))
    assert "部件状态" not in text(client.get(f"/console/cases/{without.number}/do/verify"))


def test_force_closing_a_case_on_a_component_says_how_it_is(desk: Desk, cover: Component) -> None:
    case, client = report_on(desk, cover), browser(desk.cast.supervisor)
    path, told = f"/console/cases/{case.number}/do/force_close", {"reason": "impossible", "note": "要拆迁"}
    sent = {"client_id": str(uuid4()), "seen": str(case.version), **told}
    answer = client.post(path, sent)
    assert answer.status_code == 422
    assert "请选部件现在的状态" in text(answer)
    assert client.post(path, {**sent, "client_id": str(uuid4()), "component_state": "disused"}).status_code == 302
    assert Component.objects.get(pk=cover.pk).state == "disused"
