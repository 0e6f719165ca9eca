"""Registering cameras: who may, where, what is wrong; platforms; following a re-division; what one sees."""

from datetime import timedelta
from uuid import uuid4

import pytest

import filming
from cast import Cast
from filming import NOW, OTHER_PLACE, PLACE
from lianxin.foundation.accounts.actor import ANONYMOUS, SYSTEM, Actor
from lianxin.foundation.audit.models import AuditEntry
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.journal.models import Entry
from lianxin.registry.cameras import actions, queries, rehoming
from lianxin.registry.cameras.actions.registering import told_of
from lianxin.registry.cameras.coverage import ahead
from lianxin.registry.cameras.models import Access, Camera, Platform
from lianxin.registry.sources.models import Revision

pytestmark = pytest.mark.django_db


def test_a_camera_lies_where_its_point_does_and_leaves_a_revision(cast: Cast) -> None:
    camera = filming.camera(cast)

    grid = cast.county.grid(111)
    assert (camera.area_id, camera.grid_id, camera.street_id) == (grid.id, grid.id, grid.street_id)
    assert Revision.objects.filter(subject="camera", subject_id=camera.pk, act="create").exists()
    assert Entry.objects.filter(subject_kind="camera", subject_id=camera.pk, action="create").exists()


def test_all_faults_are_told_at_once(cast: Cast) -> None:
    told = filming.told(
        cast, number="123", name="", point=None, owner_unit_id=None, system="nowhere", angle=400, reach_m=9_999
    )
    with pytest.raises(Invalid) as caught:
        actions.register(SYSTEM, key=uuid4(), told=told, at=NOW)

    assert set(caught.value.fields) == {"number", "name", "point", "owner_unit", "system", "angle", "reach_m"}


def test_the_same_key_is_the_same_camera_and_a_number_stands_once(cast: Cast) -> None:
    filming.platform(cast)
    key = uuid4()
    first = actions.register(SYSTEM, key=key, told=filming.told(cast), at=NOW)
    assert actions.register(SYSTEM, key=key, told=filming.told(cast), at=NOW).pk == first.pk

    with pytest.raises(Refused, match="已经登记过"):
        actions.register(SYSTEM, key=uuid4(), told=filming.told(cast), at=NOW)
    actions.end(SYSTEM, camera=first, reason="道路改造", at=NOW)
    again = actions.register(SYSTEM, key=uuid4(), told=filming.told(cast), at=NOW)
    assert again.pk != first.pk, "a number may be given again once the camera is gone"


def test_the_owner_keeps_its_own_cameras_wherever_they_stand_and_no_other(cast: Cast) -> None:
    camera = filming.camera(cast)
    police, others = cast.handler_next_door, cast.handler

    actions.set_state(police, camera=camera, state="repair", at=NOW)
    with pytest.raises(NotFound):
        actions.set_state(others, camera=camera, state="on", at=NOW)
    with pytest.raises(NotAllowed):
        actions.set_state(cast.seat, camera=camera, state="on", at=NOW)
    with pytest.raises(NotAllowed):
        actions.register(others, key=uuid4(), told=filming.told(cast, 2), at=NOW)
    assert actions.register(police, key=uuid4(), told=filming.told(cast, 3, point=OTHER_PLACE), at=NOW).pk


def test_amending_moves_and_a_stale_hand_is_told(cast: Cast) -> None:
    camera = filming.camera(cast)
    moved = actions.amend(
        cast.admin, camera=camera, told=told_of(camera, point=OTHER_PLACE, bearing=360), at=NOW, seen=camera.version
    )

    assert moved.grid_id == cast.county.grid(211).id
    assert moved.bearing == 0
    with pytest.raises(Stale):
        actions.amend(cast.admin, camera=camera, told=told_of(camera, name="别的名字"), at=NOW, seen=camera.version)


@pytest.mark.parametrize(
    ("who", "sees"),
    [("seat", True), ("community_clerk", True), ("street_seat", True), ("leader", True), ("handler_next_door", True),
     ("handler", False), ("grid_worker", False), ("verifier", False), ("resident", False), ("data_officer", True)],
)  # fmt: skip
def test_who_sees_a_camera(cast: Cast, who: str, sees: bool) -> None:
    camera = filming.camera(cast)
    actor: Actor = getattr(cast, who)

    assert Camera.objects.visible_to(actor).exists() is sees
    assert not Camera.objects.visible_to(ANONYMOUS).exists()
    if not sees:
        with pytest.raises(NotFound):
            queries.camera_or_404(actor, camera.key)


def test_areas_hide_what_stands_elsewhere(cast: Cast) -> None:
    camera = filming.camera(cast, point=OTHER_PLACE)

    assert not Camera.objects.visible_to(cast.community_clerk).exists()
    with pytest.raises(NotFound):
        actions.ask(cast.community_clerk, key=uuid4(), camera=camera, purpose="看路口积水", hours=1, at=NOW)


def test_covering_gives_the_nearest_whose_wedge_holds_the_place(cast: Cast) -> None:
    place = ahead(PLACE, 90, 50)
    near = filming.camera(cast, 1)
    far = filming.camera(cast, 2, point=ahead(PLACE, 270, 20))
    filming.camera(cast, 3, bearing=270)  # looks away
    filming.camera(cast, 4, reach_m=40)  # does not reach
    filming.camera(cast, 5, bearing=None)  # nobody said which way
    ended = filming.camera(cast, 6)
    actions.end(SYSTEM, camera=ended, reason="已拆除", at=NOW)

    found = queries.covering(cast.seat, place, at=NOW)
    assert [(one.camera.pk, one.metres, one.direction) for one in found] == [
        (near.pk, 50, "正西"), (far.pk, 70, "正西"),
    ]  # fmt: skip
    assert queries.covering(cast.handler, place, at=NOW) == []


def test_a_camera_that_turns_covers_all_around(cast: Cast) -> None:
    camera = filming.camera(cast, kind="ball", bearing=None, angle=None)

    assert camera.wedge is not None
    assert camera.wedge.is_circle


def test_lists_are_narrowed_by_words_number_owner_and_state(cast: Cast) -> None:
    one = filming.camera(cast, 11, name="同安路与文昌大道路口", state="on")
    two = filming.camera(cast, 12, name="龙眠广场", state="off")

    def found(**wanted: object) -> list[int]:
        return [row.pk for row in queries.cameras(cast.seat, queries.Wanted(**wanted))]  # type: ignore[arg-type]

    assert found(words="文昌大道") == [one.pk]
    assert found(words="000012") == [two.pk]
    assert found(words=filming.number(11)) == [one.pk]
    assert found(state="off") == [two.pk]
    assert sorted(found(owner_unit_id=cast.county.units["jiaojing"].id)) == [one.pk, two.pk]
    assert found(area=cast.county.grid(211)) == []


def test_ending_a_camera_ends_what_waits_and_runs(cast: Cast) -> None:
    camera = filming.camera(cast)
    running = filming.granted(cast, camera)
    actions.end(cast.admin, camera=camera, reason="道路改造，已拆除", at=NOW + timedelta(hours=1))

    running.refresh_from_db()
    assert running.state == Access.State.REVOKED
    with pytest.raises(LianxinError):
        actions.open_camera(cast.seat, access=running, at=NOW + timedelta(hours=1))


def test_only_who_keeps_the_configuration_sets_an_address(cast: Cast) -> None:
    platform = filming.platform(cast)
    rest = {"code": "jiaojing", "name": "交警视频平台", "unit_id": platform.unit_id, "reason": "换地址", "at": NOW}
    for actor in (cast.seat, cast.leader, cast.handler_next_door, cast.data_officer):
        with pytest.raises(NotAllowed):
            actions.put_platform(actor, template=filming.TEMPLATE, **rest)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="名单"):
        actions.put_platform(cast.admin, template="https://evil.example/{number}", **rest)  # type: ignore[arg-type]

    assert Platform.objects.get().template == filming.TEMPLATE
    assert AuditEntry.objects.filter(action="cameras.platform").count() == 1


def test_cameras_follow_a_redivision(cast: Cast) -> None:
    camera = filming.camera(cast)
    ended = cast.county.grid(112)
    Camera.objects.filter(pk=camera.pk).update(
        area_id=ended.id, grid_id=ended.id, community_id=ended.community_id, street_id=ended.street_id
    )

    assert rehoming.waiting(frozenset({ended.id})) == 1
    assert rehoming.rehome(at=NOW, ended_area_ids=frozenset({ended.id})) == 1
    camera.refresh_from_db()
    assert camera.grid_id == cast.county.grid(111).id
    assert rehoming.waiting(frozenset({ended.id})) == 0


def test_a_place_outside_is_refused(cast: Cast) -> None:
    filming.platform(cast)
    with pytest.raises(Refused, match="不在本地"):
        actions.register(SYSTEM, key=uuid4(), told=filming.told(cast, point=Point(100.0, 30.0)), at=NOW)
