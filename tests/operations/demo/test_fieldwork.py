"""The grid worker whom the demo shows has one of each kind of thing to do."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

import homes
from casework import GRID_111, NOW, Desk, make_desk
from cast import Cast
from lianxin.faces.sync.packs.cases import CasesPackOut
from lianxin.faces.sync.packs.cases import cases as carried
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.kernel import versions
from lianxin.kernel.geometry.points import Point
from lianxin.operations.demo import fieldwork
from lianxin.work.dispatch.models import Category

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """A department that is busy, words that tell the category, and five houses in the grid."""
    desk = make_desk(cast)
    Category.objects.filter(code="010101").update(keywords=["垃圾", "小广告", "沙发"])
    versions.bump("categories")
    desk.dispatched()
    estate = homes.make_estate(cast.county.grid(111))
    for number in range(1, 6):
        point = Point(GRID_111.lon + number * 0.0003, GRID_111.lat)
        homes.make_building(estate, number, code=f"B{number}", point=point)
    return desk


def _name(actor: Actor) -> str:
    name = Account.objects.get(pk=actor.account_id or 0).username
    assert name is not None
    return name


def _pack(actor: Actor, at: datetime) -> CasesPackOut:
    pack = carried(actor, at=at, numbers=versions.read())
    assert isinstance(pack, CasesPackOut)
    return pack


def test_there_is_something_of_each_kind_to_do(cast):
    now = NOW + timedelta(hours=3)

    made = fieldwork.make(_name(cast.grid_worker), seed=1, now=now)

    pack = _pack(cast.grid_worker, now)
    tasks = Counter(each.task for each in pack.items)
    assert made == 5
    # Of the test's cast the verifier, not the grid worker, looks at what a department has done.
    assert tasks["check"] == tasks["accept"] == tasks["handle"] == 1
    assert tasks["resolve"] >= 1
    assert all(len(each.photos) >= 2 for each in pack.items if each.task != "resolve")
    looks = _pack(cast.verifier, now)
    assert [len(each.photos) for each in looks.items if each.task == "verify"] == [4]


def test_without_houses_or_without_such_a_worker_nothing_is_made(cast):
    assert fieldwork.make("nobody", seed=1, now=NOW) == 0
    assert fieldwork.make(_name(cast.grid_worker_next_door), seed=1, now=NOW) == 0
