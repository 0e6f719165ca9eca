"""Two phones at one point at the same moment: one check-in, the other is told."""

from collections.abc import Callable

import pytest

import factories
import patrolling as ground
from cast import make_cast
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.ids import uuid7
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.actions import Look
from lianxin.work.patrols.models import CheckIn, FollowUp, Hazard
from patrolling import clock
from racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_at_one_point_and_the_same_record_twice() -> None:
    cast = make_cast(factories.make_county())
    clerk = cast.community_clerk
    points = ground.make_points(clerk, cast.county, 2)
    row = ground.round_of(ground.make_plan(clerk, ground.make_route(clerk, points)))
    same = ground.scan(row, points[1], clock(8.2))

    def walks(actor: Actor, visit: patrols.Visit) -> Callable[[], patrols.Taken]:
        return lambda: patrols.check_in(actor, visit=visit, at=clock(9))

    told = at_once(
        walks(clerk, ground.scan(row, points[0], clock(8.2))),
        walks(cast.grid_worker, ground.scan(row, points[0], clock(8.3))),
        walks(cast.grid_worker, same),
        walks(cast.grid_worker, same),
    )

    assert not [each for each in told if isinstance(each, LianxinError)]
    assert sorted(each.is_first for each in told[:2]) == [False, True]
    assert CheckIn.objects.count() == 2


def test_of_two_who_strike_off_one_is_told_that_it_is_gone() -> None:
    cast = make_cast(factories.make_county())
    point = ground.make_points(cast.community_clerk, cast.county, 1)[0]
    given = patrols.HazardIn("井盖松动", "road", point=point.key)
    row = patrols.note(cast.grid_worker, key=uuid7(), given=given, at=clock(9))
    key = uuid7()

    told = at_once(
        lambda: patrols.settle(cast.community_clerk, key=row.key, words="换好了", at=clock(10)),
        lambda: patrols.settle(cast.street_seat, key=row.key, words="换好了", at=clock(10)),
        *[lambda: patrols.follow(cast.grid_worker, key=key, hazard_key=row.key, look=Look("gone"), at=clock(10))] * 2,
    )

    assert sum(isinstance(each, Hazard) and each.state == "settled" for each in told[:2]) == 1
    assert Hazard.objects.get().state == "settled"
    assert FollowUp.objects.count() <= 1
