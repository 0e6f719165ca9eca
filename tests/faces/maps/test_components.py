"""Components on the map: whom they are shown to, chosen by class and state, described few at a time."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework import GRID_111, GRID_112, GRID_222, NOW, Desk
from cast import Cast
from lianxin.faces.maps.finding import find
from lianxin.faces.maps.layers import Look, layer_or_404, layers
from lianxin.faces.maps.shown.components import components
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.kernel import versions
from lianxin.kernel.geometry.points import Box
from lianxin.registry.components import actions
from lianxin.registry.components.models import Component
from standing_on import make_component
from work_on import report_on

ALL = Box(116.0, 30.0, 118.0, 32.0)


def look(actor: Actor, **filters: str) -> Look:
    return Look(actor, NOW, versions.read(), filters=filters)


@pytest.fixture
def things(cast: Cast) -> list[Component]:
    del cast
    made = [
        make_component(GRID_111),
        make_component(GRID_112, category="0301"),
        make_component(GRID_222, state="missing"),
    ]
    gone = make_component(GRID_111)
    actions.end(SYSTEM, component=gone, seen=1, reason="拆除", at=NOW)
    return made


@pytest.mark.parametrize("who", ["seat", "grid_worker", "community_clerk", "handler", "resident", "leader"])
def test_the_map_shows_what_the_list_shows(cast: Cast, things: list[Component], who: str) -> None:
    actor: Actor = getattr(cast, who)
    seen = set(Component.objects.visible_to(actor).now().values_list("pk", flat=True))
    assert set(components(look(actor), ALL).ids.tolist()) == seen
    assert bool(things)


def test_places_are_those_of_the_rows(cast: Cast, things: list[Component]) -> None:
    found = components(look(cast.seat), ALL)
    drawn = {int(pk): (lon, lat) for pk, lon, lat in zip(found.ids, found.lons, found.lats, strict=True)}
    assert drawn == {thing.pk: tuple(thing.point) for thing in things}


@pytest.mark.parametrize(
    ("chosen", "which"),
    [
        ({"component_class": "01"}, [0, 2]), ({"component_class": "03"}, [1]), ({"component_class": "99"}, []),
        ({"component_state": "missing"}, [2]), ({"component_state": "amiss"}, [2]),
        ({"component_state": "what"}, [0, 1, 2]),
        ({"component_class": "03", "component_state": "amiss"}, []),
    ],
)  # fmt: skip
def test_they_are_chosen_by_major_class_and_state(
    cast: Cast, things: list[Component], chosen: dict[str, str], which: list[int]
) -> None:
    asked = look(cast.seat, **chosen)
    assert set(components(asked, ALL).ids.tolist()) == {things[place].pk for place in which}
    assert layer_or_404(cast.seat, "components").count(asked) == len(which)


def test_what_is_amiss_has_its_own_shape_and_says_what_is_open(desk: Desk, things: list[Component]) -> None:
    case = report_on(desk, things[0], "井盖裂了")
    asking = look(desk.cast.seat)
    with CaptureQueriesContext(connection) as asked:
        found = components(asking, ALL)
        marks = {mark.key: mark for mark in found.describe(range(len(found)))}
    assert len(asked) <= 3
    told = marks[str(things[0].key)]
    assert (told.tone, told.line) == ("warn", "破损 · 在办 1 件")
    assert marks[str(things[1].key)].tone == ""
    assert case.component_id == things[0].pk


def test_a_number_is_found_by_its_end(cast: Cast, things: list[Component]) -> None:
    for words in (things[0].number, things[0].number[-6:], things[0].number[:12]):
        spotted: list[Any] = [one for one in find(look(cast.seat), words) if one.kind == "component"]
        assert str(things[0].key) in {one.key for one in spotted}
    assert not [one for one in find(look(cast.resident), things[0].number) if one.kind == "component"]


def test_residents_have_no_such_layer(cast: Cast) -> None:
    assert "components" not in {each.code for each in layers(cast.resident)}
