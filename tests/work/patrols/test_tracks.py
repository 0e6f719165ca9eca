"""Tracks: on duty only, for the walker's own eyes, gone after some days."""

from datetime import timedelta

import pytest
from django.db import connection

import patrolling as ground
from cast import Cast
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.errors import NotFound
from lianxin.kernel.ids import uuid7
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.actions import Fix
from lianxin.work.patrols.models import Round, Track
from lianxin.work.patrols.queries.tracks import own_track
from patrolling import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(cast: Cast) -> Round:
    clerk = cast.community_clerk
    plan = ground.make_plan(clerk, ground.make_route(clerk, ground.make_points(clerk, cast.county, 2)))
    row = ground.round_of(plan)
    patrols.start(cast.grid_worker, key=uuid7(), round_key=row.key, began_at=clock(8.1), at=clock(8.2))
    return row


def fixes(*hours: float) -> list[Fix]:
    return [Fix(117.01 + number / 1e4, 31.01, 8, clock(hour)) for number, hour in enumerate(hours)]


def test_only_the_walker_reads_it(cast: Cast, walk: Round) -> None:
    assert (
        patrols.keep_track(cast.grid_worker, key=uuid7(), round_key=walk.key, fixes=fixes(8.2, 8.3), at=clock(9)) == 2
    )

    assert len(own_track(cast.grid_worker, walk.key, at=clock(9))) == 2
    everybody = [
        getattr(cast, name) for name in type(cast).__dataclass_fields__ if name not in {"county", "grid_worker"}
    ]
    for actor in [*everybody, SYSTEM]:
        assert own_track(actor, walk.key, at=clock(9)) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT line FROM patrol_track")
        assert b"117.01" not in bytes(cursor.fetchone()[0])


def test_nobody_is_on_duty_before_and_after(cast: Cast, walk: Round) -> None:
    patrols.finish(cast.grid_worker, key=uuid7(), round_key=walk.key, ended_at=clock(9), at=clock(9.1))
    key = uuid7()
    for _time in range(2):
        kept = patrols.keep_track(
            cast.grid_worker, key=key, round_key=walk.key, fixes=fixes(7, 8.2, 8.5, 9.5), at=clock(10)
        )
        assert kept == 2
    assert [fix[2] for fix in own_track(cast.grid_worker, walk.key, at=clock(10))] == [clock(8.2), clock(8.5)]
    with pytest.raises(NotFound):
        patrols.keep_track(cast.grid_worker_next_door, key=uuid7(), round_key=walk.key, fixes=fixes(8.2), at=clock(10))


def test_it_goes_after_its_days_or_at_once(cast: Cast, walk: Round) -> None:
    for _batch in range(2):
        patrols.keep_track(cast.grid_worker, key=uuid7(), round_key=walk.key, fixes=fixes(8.2, 8.3), at=clock(9))
    assert patrols.drop_track(cast.community_clerk, round_key=walk.key) == 0
    later = clock(9) + timedelta(days=6, hours=23)
    assert patrols.forget(at=later)["tracks"] == 0
    assert patrols.forget(at=later + timedelta(hours=2))["tracks"] == 2
    assert Track.objects.count() == 0

    patrols.keep_track(cast.grid_worker, key=uuid7(), round_key=walk.key, fixes=fixes(8.2, 8.3), at=clock(9))
    assert patrols.drop_track(cast.grid_worker, round_key=walk.key) == 1
