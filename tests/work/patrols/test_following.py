"""A grid is split: all that is in use lies in what followed it. What was kept long enough goes."""

from datetime import timedelta

import pytest
from django.utils.translation import gettext

import patrolling as ground
from cast import Cast
from factories import SIDE, square
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas import following
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.redivision import Successor
from lianxin.kernel.files.models import StoredFile
from lianxin.kernel.geometry.points import Point as Place
from lianxin.kernel.ids import uuid7
from lianxin.registry.places.rehoming import ended_areas
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols import rehoming
from lianxin.work.patrols.actions import HazardIn
from lianxin.work.patrols.models import CheckIn, Hazard, Plan, Point, Round, Route, Team
from patrolling import clock

pytestmark = pytest.mark.django_db
LATER = clock(30)


def test_everything_in_use_follows(cast: Cast) -> None:
    clerk, old = cast.community_clerk, Area.objects.get(pk=cast.county.grid(111).id)
    west = ground.make_point(clerk, Place(117.0 + SIDE * 0.25, 31.01), name="西边的点")
    east = ground.make_point(clerk, Place(117.0 + SIDE * 0.75, 31.01), name="东边的点")
    plan = ground.make_plan(clerk, ground.make_route(clerk, [west]))
    both = ground.make_plan(clerk, ground.make_route(clerk, [west, east], "两边"))
    given = HazardIn("井盖松动", "road", point=east.key)
    hazard = patrols.note(cast.grid_worker, key=uuid7(), given=given, at=clock(9))
    patrols.add_team(clerk, key=uuid7(), name="红袖章", area_id=old.pk, at=clock(9))
    halves = [
        Successor(old.code, "第一网格", square(117.0, 31.0, 117.0 + SIDE / 2, 31.0 + SIDE), 400),
        Successor("34088100100109", "第九网格", square(117.0 + SIDE / 2, 31.0, 117.0 + SIDE, 31.0 + SIDE), 400),
    ]
    areas.plan_redivision(
        SYSTEM, kind="split", old=[old], successors=halves, effective_at=clock(10), reason="户数太多", at=clock(9)
    )
    areas.apply_due_redivisions(SYSTEM, at=clock(10))
    ended = ended_areas(at=LATER)
    assert following.left(ended)[gettext("处巡查点、路线、计划和隐患")] > 0

    while rehoming.rehome(at=LATER, ended_area_ids=ended):
        pass

    assert gettext("处巡查点、路线、计划和隐患") not in following.left(ended)
    now = {area.code: area.pk for area in Area.objects.filter(valid_to=None, role="grid")}
    assert Point.objects.get(pk=west.pk).grid_id == now[old.code] != old.pk
    assert Hazard.objects.get(pk=hazard.pk).grid_id == Point.objects.get(pk=east.pk).grid_id == now["34088100100109"]
    assert Route.objects.get(pk=plan.route_id).grid_id == Plan.objects.get(pk=plan.pk).grid_id == now[old.code]
    # What leads through both halves is the community's now.
    assert (Plan.objects.get(pk=both.pk).grid_id, Plan.objects.get(pk=both.pk).community_id) == (None, old.community_id)
    assert set(Round.objects.filter(judged_at=None).values_list("grid_id", flat=True)) == {None, now[old.code]}
    assert Team.objects.get().area_id not in ended


def test_what_was_kept_long_enough_goes_with_its_photos(cast: Cast) -> None:
    clerk = cast.community_clerk
    points = ground.make_points(clerk, cast.county, 1)
    row = ground.round_of(ground.make_plan(clerk, ground.make_route(clerk, points)))
    patrols.check_in(cast.grid_worker, visit=ground.scan(row, points[0], clock(8.2)), at=clock(8.3))
    given = HazardIn("井盖松动", "road", point=points[0].key)
    gone = patrols.note(clerk, key=uuid7(), given=given, at=clock(9))
    stays = patrols.note(clerk, key=uuid7(), given=given, at=clock(9))
    patrols.settle(clerk, key=gone.key, words="换好了", at=clock(10))
    StoredFile.objects.create(
        kind="photo", size=1, status="ready", subject_kind="hazard", subject_id=gone.pk, position=1,
        created_at=clock(9), touched_at=clock(9),
    )  # fmt: skip

    assert not any(patrols.forget(at=clock(24 * 300)).values())
    told = patrols.forget(at=clock(0) + timedelta(days=1827))
    assert (told["rounds"], told["hazards"]) == (2, 1)
    assert (CheckIn.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert list(Hazard.objects.values_list("pk", flat=True)) == [stays.pk]
