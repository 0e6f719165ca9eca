"""Devices on the map: whom they are shown to, and what stands out: a call, silence, being out of use."""

from datetime import timedelta

import pytest

import alarming
import sensing
from casework import NOW
from cast import Cast
from lianxin.faces.maps.finding import find
from lianxin.faces.maps.layers import Look, Mark, layer_or_404, layers
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.kernel import versions
from lianxin.kernel.geometry.points import Box, Point
from lianxin.registry.sensors import actions, watching

pytestmark = pytest.mark.django_db
ALL = Box(116.0, 30.0, 118.0, 32.0)
ELSEWHERE = Point(117.065, 31.035)


def look(actor: Actor) -> Look:
    return Look(actor, NOW, versions.read())


def marks(actor: Actor) -> dict[str, Mark]:
    found = layer_or_404(actor, "sensors").finds(look(actor), ALL)
    return {mark.label: mark for mark in found.describe(range(len(found)))}


def test_what_calls_is_silent_or_out_of_use_stands_out(cast: Cast) -> None:
    begin = NOW - timedelta(days=2)
    names = ("calls", "silent", "paused", "well")
    made = {name: sensing.make_device(f"MH-{name}".upper(), at=begin, name=name) for name in names}
    alarming.make_rule(begin)
    sensing.store(sensing.say("MH-WELL", NOW, tilt=1), at=NOW)
    alarming.hear(sensing.say("MH-CALLS", NOW, tilt=44), at=NOW)
    actions.pause(SYSTEM, device=made["paused"], seen=1, why="修理", at=NOW)
    watching.mark_silent(at=NOW)

    found = marks(cast.admin)

    tones = {name: mark.tone for name, mark in found.items()}
    assert tones == {"calls": "late", "silent": "warn", "paused": "paused", "well": "ok"}
    assert found["calls"].line == "智能井盖 · 告警"


def test_the_map_shows_to_each_what_the_list_shows(cast: Cast) -> None:
    sensing.make_device("MH-1", at=NOW, name="市场门口井盖")
    sensing.make_device("MH-2", at=NOW, name="河边井盖", point=ELSEWHERE)

    assert set(marks(cast.admin)) == {"市场门口井盖", "河边井盖"}
    assert set(marks(cast.grid_worker)) == {"市场门口井盖"}
    assert layer_or_404(cast.grid_worker, "sensors").count(look(cast.grid_worker)) == 1
    assert [one.label for one in find(look(cast.grid_worker), "井盖") if one.kind == "sensor"] == ["市场门口井盖"]
    for who in (cast.resident, cast.auditor):
        assert "sensors" not in {layer.code for layer in layers(who)}
