"""Patrols as a device brings them: exactly once, in groups, with what it cannot know told back."""

from uuid import UUID, uuid4

import pytest

import patrolling as ground
from cast import Cast
from fieldwork import Device, photo, record
from lianxin.faces.sync.packs.patrols import PatrolPackOut, patrols_pack
from lianxin.faces.sync.records import State
from lianxin.kernel import versions
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols import stickers
from lianxin.work.patrols.models import CheckIn, Hazard, Point, Round, Track
from patrolling import clock

pytestmark = pytest.mark.django_db
AT = clock(9)


@pytest.fixture
def points(cast: Cast) -> list[Point]:
    return ground.make_points(cast.community_clerk, cast.county, 5)


@pytest.fixture
def walk(cast: Cast, points: list[Point]) -> Round:
    return ground.round_of(ground.make_plan(cast.community_clerk, ground.make_route(cast.community_clerk, points)))


def scanned(walk: Round | UUID, point: Point, **more: object) -> dict[str, object]:
    key = walk if isinstance(walk, UUID) else walk.key
    told = {"round": str(key), "how": "qr", "sticker": f"https://lianxin.example/patrol/{stickers.text_of(point)}"}
    return record("patrol.checkin", told | more, made_at=clock(8.5))


def test_a_group_sent_twice_counts_once(cast: Cast, walk: Round, points: list[Point]) -> None:
    device = Device(cast.grid_worker)
    shot = photo(cast.grid_worker, at=AT)
    records = [scanned(walk, point) for point in points[:4]]
    records.append(scanned(walk, points[4], answers={"fire": "problem"}, files=[shot]))

    first = device.send(*records, at=AT)
    again = device.send(*records, at=clock(9.5))

    assert [outcome.state for outcome in first] == [State.DONE] * 5
    assert [outcome.subject for outcome in again] == [outcome.subject for outcome in first]
    assert CheckIn.objects.filter(round=walk).count() == 5
    assert CheckIn.objects.get(point=points[4]).problems == 1


def test_one_bad_one_spoils_no_other(cast: Cast, walk: Round, points: list[Point]) -> None:
    bad = record("patrol.checkin", {"round": str(walk.key), "how": "hand", "point": str(points[1].key)}, made_at=AT)
    outcomes = Device(cast.grid_worker).send(
        scanned(walk, points[0]), bad, scanned(uuid4(), points[2]), scanned(walk, points[2]), scanned(walk, points[0]),
        at=AT,
    )  # fmt: skip

    assert [outcome.state for outcome in outcomes] == [
        State.DONE, State.REFUSED, State.REFUSED, State.DONE, State.DONE,
    ]  # fmt: skip
    assert outcomes[1].fields == {"reason": "手工打卡请写一句原因，例如“贴纸掉了”。"}
    assert outcomes[4].code == "point_done"
    assert CheckIn.objects.count() == 2


def test_a_photo_on_its_way_keeps_only_its_own_checkin_waiting(cast: Cast, walk: Round, points: list[Point]) -> None:
    later = {"key": str(uuid4()), "label": "problem"}
    outcomes = Device(cast.grid_worker).send(
        scanned(walk, points[0]), scanned(walk, points[1], files=[later]), at=AT
    )  # fmt: skip
    assert [outcome.state for outcome in outcomes] == [State.DONE, State.WAITING]


def test_a_round_of_ones_own_with_hazard_and_track(cast: Cast, points: list[Point]) -> None:
    device = Device(cast.grid_worker)
    start = record("patrol.start", {"name": "雨后看水沟"}, made_at=clock(8))
    own = UUID(str(start["id"]))
    fixes = [{"lon": 117.01, "lat": 31.01, "accuracy": 8, "at": clock(8 + n / 100).isoformat()} for n in range(1, 4)]
    hazard = record(
        "hazard.note",
        {"what": "井盖松动", "kind": "road", "point": str(points[0].key), "round": str(own),
         "files": [photo(cast.grid_worker, at=AT)]},
        made_at=clock(8.4),
    )  # fmt: skip
    batch = [
        start, scanned(own, points[0]) | {"after": start["id"]}, hazard,
        record("track.points", {"round": str(own), "fixes": fixes}, made_at=clock(8.03)),
        record("patrol.finish", {"round": str(own)}, made_at=clock(8.9)),
    ]  # fmt: skip

    for _time in range(2):
        outcomes = device.send(*batch, at=AT)
        assert [outcome.state for outcome in outcomes] == [State.DONE] * 5, outcomes

    row = Round.objects.get(key=own)
    assert (row.state, row.started_at, row.finished_at, row.grid_id) == (
        "finished", clock(8), clock(8.9), cast.county.grid(111).id,
    )  # fmt: skip
    found = Hazard.objects.get()
    assert (found.state, found.source, found.found_at, found.point_id) == ("open", "patrol", clock(8.4), points[0].pk)
    assert Track.objects.get().count == 3

    follow = record("hazard.follow", {"hazard": str(found.key), "found": "gone", "settles": True}, made_at=AT)
    assert device.send(follow, at=AT)[0].code == "photo"
    follow["data"]["files"] = [photo(cast.grid_worker, at=AT)]
    assert device.send(follow, at=AT)[0].state == State.DONE
    found.refresh_from_db()
    assert found.state == "settled"


def test_the_pocket_holds_the_week_and_no_code_of_a_sticker(cast: Cast, walk: Round, points: list[Point]) -> None:
    pack = patrols_pack(cast.grid_worker, at=AT, numbers=versions.read())
    assert isinstance(pack, PatrolPackOut)
    assert [(each.key, str(each.day)) for each in pack.rounds][:1] == [(str(walk.key), "2026-11-23")]
    assert len(pack.rounds) == 8  # today and the week ahead, most of it told by the plan alone
    assert {point.print for point in pack.points} == {stickers.print_of(point) for point in points}
    assert stickers.typed_of(points[0]) not in pack.model_dump_json()

    # A round told by the plan alone has the key it will be made with.
    patrols.make_rounds(at=clock(24 * 3))
    ahead = {each.key for each in pack.rounds}
    assert {str(key) for key in Round.objects.values_list("key", flat=True)} <= ahead

    assert patrols_pack(cast.leader, at=AT, numbers=versions.read()) is None
    next_door = patrols_pack(cast.grid_worker_next_door, at=AT, numbers=versions.read())
    assert isinstance(next_door, PatrolPackOut)
    assert (next_door.rounds, next_door.points) == ([], [])


def test_the_pocket_takes_few_statements(cast: Cast, walk: Round, django_assert_max_num_queries) -> None:
    numbers = versions.read()
    patrols_pack(cast.grid_worker, at=AT, numbers=numbers)
    with django_assert_max_num_queries(12):
        patrols_pack(cast.grid_worker, at=AT, numbers=numbers)
