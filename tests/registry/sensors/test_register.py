"""Who may see and keep devices; what is refused; who is silent; systems on the books."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from casework import NOW
from cast import Cast
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import following
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.geometry.points import Point
from lianxin.registry.sensors import actions, counting, queries, rehoming, settings, systems, watching
from lianxin.registry.sensors.counting import Refusal
from lianxin.registry.sensors.inputs import DeviceIn, SystemIn
from lianxin.registry.sensors.models import Device, DeviceState, IntakeCount, Stream, System
from lianxin.registry.sensors.queries import Filters
from sensing import HERE, make_device, make_system, say, store

ELSEWHERE = Point(117.065, 31.035)  # grid 222


@pytest.mark.parametrize(
    ("who", "sees", "may"),
    [
        ("grid_worker", True, False),
        ("grid_worker_next_door", False, False),
        ("street_seat", True, False),
        ("handler", True, True),  # its unit maintains it
        ("handler_next_door", False, False),
        ("admin", True, True),
        ("resident", False, False),
        ("auditor", False, False),
    ],
)
def test_who_sees_and_keeps_a_device(cast: Cast, who: str, sees: bool, may: bool) -> None:
    device = make_device("MH-1", at=NOW, maintaining_unit_id=cast.county.units["cgj"].id)
    actor = getattr(cast, who)

    assert queries.seen_by(actor).filter(pk=device.pk).exists() is sees
    with nullcontext() if may else pytest.raises(NotAllowed if sees else NotFound):
        actions.pause(actor, device=device, seen=1, why="修理", at=NOW)
    assert Device.objects.get().state == ("paused" if may else "active")


def test_a_device_is_registered_once_with_its_streams_and_stands_on_its_component(cast: Cast) -> None:
    told = DeviceIn(number=" mh-7 ", kind="manhole", point=HERE)
    key = uuid4()

    made = actions.register(cast.admin, key=key, told=told, at=NOW)
    again = actions.register(cast.admin, key=key, told=told, at=NOW)

    assert (made.pk, made.number, made.grid_id) == (again.pk, "MH-7", cast.county.grid(111).id)
    measures = set(Stream.objects.filter(device=made).values_list("measure", flat=True))
    assert measures == {"tilt", "is_open", "water", "battery", "signal"}
    with pytest.raises(Refused, match="登记过"):
        actions.register(cast.admin, key=uuid4(), told=replace(told, number="MH-7"), at=NOW)
    with pytest.raises(NotAllowed):
        actions.register(cast.grid_worker, key=uuid4(), told=replace(told, number="MH-8"), at=NOW)


def test_all_faults_are_named_at_once(cast: Cast) -> None:
    told = DeviceIn(number="号", kind="toaster", expected_every=10**7, component_id=7, system_id=7, note="13812345678")

    with pytest.raises(Invalid) as refused:
        actions.register(SYSTEM, key=uuid4(), told=told, at=NOW)

    assert set(refused.value.fields) == {
        "number", "kind", "expected_every", "component_id", "system_id", "note", "point",
    }  # fmt: skip


def test_amending_moves_it_and_says_what_changed_meanwhile(cast: Cast) -> None:
    device = make_device("MH-1", at=NOW)

    moved = actions.amend(
        cast.admin, device=device, seen=1, told=replace(DeviceIn.of(device), point=ELSEWHERE, name="桥头井盖"), at=NOW
    )

    assert (moved.grid_id, moved.version) == (cast.county.grid(222).id, 2)
    with pytest.raises(Stale) as stale:
        actions.amend(cast.admin, device=device, seen=1, told=DeviceIn.of(device), at=NOW)
    assert stale.value.changes == ["关礼：修改 名称、位置"]
    assert store(say("MH-1", NOW, tilt=1), at=NOW).fresh[0].device.grid_id == cast.county.grid(222).id


def test_a_retired_device_keeps_its_readings_and_loses_its_key(cast: Cast) -> None:
    device = make_device("MH-1", at=NOW)
    actions.issue_key(SYSTEM, device=device, at=NOW)
    store(say("MH-1", NOW, tilt=1), at=NOW)

    actions.retire(cast.admin, device=device, seen=1, why="井盖换新", at=NOW)

    assert device.keys.count() == 0
    assert Stream.objects.get(device=device, measure="tilt").last_value == 1
    with pytest.raises(Refused):
        actions.resume(cast.admin, device=device, seen=2, at=NOW)


def test_silent_are_those_who_should_have_spoken_twice(cast: Cast) -> None:
    every = settings.practice().kind("manhole").expected_every
    spoke, mute, paused = (make_device(f"MH-{place}", at=NOW) for place in range(3))
    actions.pause(SYSTEM, device=paused, seen=1, why="修理", at=NOW)
    store(say("MH-0", NOW + timedelta(seconds=every), tilt=1), at=NOW + timedelta(seconds=every))

    assert watching.mark_silent(at=NOW + timedelta(seconds=2 * every)) == 0
    later = NOW + timedelta(seconds=2 * every + 1)
    assert watching.mark_silent(at=later) == 1
    assert [one.number for one in queries.devices(cast.admin, Filters(health="silent"), at=later)] == ["MH-1"]
    counts = queries.health(cast.admin, at=later)
    assert (counts.all, counts.silent, counts.never, counts.paused) == (3, 1, 2, 1)

    store(say("MH-1", later, tilt=1), at=later)
    assert queries.health(cast.admin, at=later).silent == 0
    assert DeviceState.objects.get(device=mute).silent_since is None
    assert spoke.pk != mute.pk


def test_refusals_are_added_up_and_shown_to_who_sees_the_device(cast: Cast) -> None:
    device = make_device("MH-1", at=NOW)
    for place in range(25):
        store(say("MH-1", NOW + timedelta(seconds=place), tilt=999), at=NOW)
    counting.note({}, [Refusal(0, "unknown_device", "X", "没有登记")], at=NOW)

    watching.add_up(at=NOW)

    assert IntakeCount.objects.filter(outcome="bad_value").values_list("messages", flat=True).get() == 25
    since = NOW - timedelta(days=1)
    assert [(one.reason, one.messages) for one in queries.refusals(cast.admin, since=since)] == [
        ("bad_value", 25), ("unknown_device", 1),
    ]  # fmt: skip
    assert [one.device for one in queries.refusals(cast.grid_worker, since=since)] == [device]
    assert queries.refusals(cast.grid_worker_next_door, since=since) == []
    assert [one.pk for one in queries.devices(cast.admin, Filters(health="refused"), at=NOW)] == [device.pk]


def test_devices_are_found_by_words_number_kind_area_and_system(cast: Cast) -> None:
    water = make_system("water", at=NOW)
    make_device("MH-1", at=NOW, name="市场门口井盖")
    make_device("WL-1", at=NOW, kind="water_level", point=ELSEWHERE, system_id=water.pk)

    def found(**told: object) -> list[str]:
        rows = queries.devices(cast.admin, Filters(**told), at=NOW)  # type: ignore[arg-type]
        return sorted(one.number for one in rows)

    assert found(words="市场") == found(words="mh-") == found(kind="manhole") == found(system="none") == ["MH-1"]
    assert found(area=cast.county.grid(222)) == found(system="water") == ["WL-1"]
    assert found(area=cast.county.city) == ["MH-1", "WL-1"]
    assert found(words="'\0\\%") == []


def test_the_register_of_systems_tells_how_each_does(cast: Cast) -> None:
    water = make_system("water", at=NOW)
    make_device("WL-1", at=NOW, kind="water_level", system_id=water.pk)
    store(say("WL-1", NOW, level=1), say("WL-1", NOW, level=99), at=NOW)
    watching.add_up(at=NOW)

    (row,) = queries.systems(at=NOW)
    assert (row.taken, row.refused, row.devices, row.silent, row.system.last_seen_at) == (2, 1, 1, 0, NOW)

    with pytest.raises(NotAllowed):
        systems.close(cast.handler, system=water, seen=1, why="停用", at=NOW)
    with pytest.raises(Invalid):
        systems.close(cast.admin, system=water, seen=1, why=" ", at=NOW)
    systems.close(cast.admin, system=water, seen=1, why="并入物联平台", at=NOW)
    assert store(say("WL-1", NOW + timedelta(seconds=1), level=1), at=NOW).refused == []  # by its own key it still may
    told = SystemIn(code="water", name="又一个", joined_on=NOW.date())
    with pytest.raises(Refused, match="登记过"):
        systems.register(cast.admin, key=uuid4(), told=told, at=NOW)
    assert System.objects.get().closed_on == NOW.date()


def test_a_place_may_change_kinds_and_limits_and_wrong_lines_do_no_harm() -> None:
    found = settings.read({
        "limits": {"raw_days": 1, "flood_per_minute": 5},
        "kinds": {
            "bin": None,
            "manhole": {"measures": {"tilt": {"most": 90}, "water": None}},
            "bell": {
                "label": "古钟", "expected_every": 60,
                "measures": {"rung": {"form": "yes_no", "words": ["未响", "响了"]}},
            },
        },
    })  # fmt: skip

    assert (found.limits.raw_days, found.limits.flood_per_minute, found.limits.clock_skew_seconds) == (15, 5, 300)
    assert "bin" not in found.kinds
    assert found.kind("bin").label == "bin"
    assert (found.measure("manhole", "tilt").most, found.kind("manhole").own) == (90, ("tilt", "is_open"))
    assert (found.kind("bell").label, found.measure("bell", "rung").words) == ("古钟", ("未响", "响了"))


def test_devices_follow_a_redivision(cast: Cast) -> None:

    device = make_device("MH-1", at=NOW)
    ended = frozenset({cast.county.grid(112).id})
    # Written in a grid that is no more, though it stands in another.
    Device.objects.update(area_id=cast.county.grid(112).id, grid_id=cast.county.grid(112).id)
    assert following.left(ended)["个物联设备"] == 1

    assert rehoming.rehome(at=NOW, ended_area_ids=ended) == 1
    assert rehoming.rehome(at=NOW, ended_area_ids=ended) == 0

    device.refresh_from_db()
    assert (device.grid_id, device.version) == (cast.county.grid(111).id, 2)
    assert store(say("MH-1", NOW, tilt=1), at=NOW).fresh[0].device.grid_id == cast.county.grid(111).id
