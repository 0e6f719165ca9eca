"""The law of statistics: whatever people do, cubes are what a full count says; also when a batch is cut short.

LIANXIN_STATISTICS_ACTS asks for more random acts than the suite takes.
"""

import os
from datetime import timedelta
from random import Random
from unittest import mock

import pytest
from django.db import connection, transaction
from django.db.models import F

import full_count
from casework import GRID_222, Desk
from factories import SIDE, square
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.redivision import Successor
from lianxin.insight.statistics import folding
from lianxin.kernel.journal import listening
from lianxin.kernel.journal.relay import relay_batch
from lianxin.work.cases import actions as cases
from lianxin.work.cases import jobs, ticking
from lianxin.work.cases.models import Case
from work.cases import test_laws as laws

ACTS = int(os.environ.get("LIANXIN_STATISTICS_ACTS", "400"))
CONSUMER = listening.consumers[folding.CONSUMER]


class CutShortError(Exception):
    """The process died between the effect and the commit."""


@transaction.atomic
def follow_and_die(life: laws.Life, dice: Random) -> None:
    """Take a batch, and die with all done but the commit."""
    listening.follow(CONSUMER, at=life.now, limit=dice.randint(1, 60))
    raise CutShortError


def follow(life: laws.Life, dice: Random) -> None:
    """Relay, and follow in batches of any size; now and then a batch dies when all but the commit is done."""
    while relay_batch():
        pass
    while True:
        if dice.random() < 0.3:
            with pytest.raises(CutShortError):
                follow_and_die(life, dice)
        if not listening.follow(CONSUMER, at=life.now, limit=dice.randint(1, 60)):
            return


def assert_agree() -> None:
    counted, told = full_count.full_count(), full_count.cubes()
    for name in ("flow", "dwell", "heat", "stock", "standing"):
        wanted, found = dict(getattr(counted, name)), dict(getattr(told, name))
        wrong = {key: (wanted.get(key), found.get(key)) for key in wanted.keys() | found.keys()
                 if wanted.get(key, 0) != found.get(key, 0)}  # fmt: skip
        assert wrong == {}, f"{name}: counted, told"


def test_cubes_equal_a_full_count_whatever_people_do(desk: Desk) -> None:
    class Here(laws.Life):
        pass

    Here.desk, Here.people, Here.begun = desk, laws._people(desk.cast), laws._begin(desk)
    Here.counters = []
    # The nine laws are checked elsewhere; here acts only have to happen.
    with mock.patch.object(laws, "everything", list):
        life = Here()
        try:
            live(life, Random(20261122))
        finally:
            life.teardown()


def redivide(life: laws.Life) -> None:
    """Split the community where most happens; open cases move, what was counted stays where it was reported."""
    old = Area.objects.get(pk=life.desk.cast.county.community(11).id)
    lon, lat = 117.0, 31.0
    west = Successor("340881001001", "东苑社区", square(lon, lat, lon + SIDE, lat + SIDE), 400)
    east = Successor("340881001009", "东岭社区", square(lon + SIDE, lat, lon + 2 * SIDE, lat + SIDE), 400)
    day = life.now + timedelta(minutes=1)
    areas.plan_redivision(
        SYSTEM, kind="split", old=[old], successors=[west, east], effective_at=day, reason="调整", at=life.now
    )
    life.now = day
    areas.apply_due_redivisions(SYSTEM, at=day)
    jobs.rehome.func(timestamp=int(day.timestamp()) + 1)
    life.now += timedelta(minutes=1)


def do_what_is_rare(life: laws.Life, dice: Random) -> None:
    """Merge two and perhaps take it back; close one, reopen it, and put another category on it."""
    desk, seat = life.desk, life.desk.cast.seat
    one, other = desk.filed(at=life.now), desk.filed(at=life.now)
    life.now += timedelta(minutes=5)
    merged = cases.merge(seat, case=other, seen=None, at=life.now, into=one)
    if dice.random() < 0.5:
        cases.unmerge(seat, case=merged, seen=None, at=life.now)
    closed = desk.closed(at=life.now)
    life.now += timedelta(minutes=dice.choice([10, 60 * 30]))
    again = cases.reopen(seat, case=closed, seen=None, at=life.now, note="又坏了")
    filing = desk.filing(dice.choice(["010102", "020301"]))
    cases.amend(seat, case=again, seen=None, at=life.now, filing=filing)
    cases.place(seat, case=again, seen=None, at=life.now, point=GRID_222, address="东门口")
    known = [one, other, closed, *close_by_force(life, dice)]
    for case in known:
        life._know(case.pk)


def close_by_force(life: laws.Life, dice: Random) -> list[Case]:
    """Close two late ones by force: one that its unit still has, one that it has given back."""
    desk = life.desk
    kept, back = desk.handling(at=life.now), desk.handling(at=life.now)
    life.now += timedelta(days=dice.choice([1, 12]), minutes=5)
    ticking.mark_overdue(at=life.now)
    cases.give_back(desk.cast.handler, case=back, seen=None, at=life.now, reason="not_ours", note="不归我们")
    for case in (kept, back):
        cases.force_close(desk.cast.supervisor, case=case, seen=None, at=life.now, reason="decided", note="会上定的")
    return [kept, back]


def live(life: laws.Life, dice: Random) -> None:
    life.settle_the_practice(skipped=(), auto=False)
    for act in range(1, ACTS + 1):
        life.live(seed=dice.randrange(2**32))
        if act == ACTS // 2:
            redivide(life)
        if act % 20 == 0:
            do_what_is_rare(life, dice)
        if act % 100 == 0:
            follow(life, dice)
            assert_agree()
    follow(life, dice)
    assert_agree()
    assert folding.differences() == []
    told = full_count.cubes()
    folding.build(at=life.now)
    assert full_count.cubes() == told, "made anew, all is the same"
    ends = {"closed", "void", "merged"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT stage FROM case_fact")
        assert ends <= {stage for (stage,) in cursor.fetchall()}, "a life without these shows little"
        cursor.execute(
            "SELECT count(*) FILTER (WHERE reopened_at IS NOT NULL), count(DISTINCT community_id) FROM case_fact"
        )
        reopened, communities = cursor.fetchone()
    assert reopened
    assert communities > 1
    moved = Case.objects.exclude(area_id=F("area_now_id")).count()
    assert moved, "nobody moved at the re-division"
