"""The law of statistics: whatever people do, cubes are what a full count says; also when the consumer is killed.

Everything is committed, and a process of its own follows the feed: killed (-9) with a batch done but not committed,
or at any other moment. LIANXIN_STATISTICS_ACTS asks for more random acts than the suite takes.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F
from pytest_django import DjangoDbBlocker

import factories
import full_count
from casework import GRID_222, Desk, make_desk
from cast import make_cast
from database import Databases
from factories import SIDE, square
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.redivision import Successor
from lianxin.insight.statistics import folding
from lianxin.kernel.journal.partitions import make_ahead
from lianxin.kernel.journal.relay import relay_batch
from lianxin.work.cases import actions as cases
from lianxin.work.cases import jobs, ticking
from lianxin.work.cases.models import Case
from work.cases import test_laws as laws

ACTS = int(os.environ.get("LIANXIN_STATISTICS_ACTS", "400"))
EVERY = max(100, ACTS // 20)  # acts between two full counts
BATCH = 60  # entries at most in a batch here, so that there are many to be cut short


class Consumer:
    """The process that follows the feed, and what has been done to it."""

    def __init__(self, env: dict[str, str]) -> None:
        argv = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("consumer.py"))]
        self.process = subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.held = self.killed = 0

    def _tell(self, order: str, limit: int) -> int:
        """Give an order; returns the pid of the one who carries it out."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{order} {limit}\n")
        self.process.stdin.flush()
        return int(self._hear("pid"))

    def _hear(self, begin: str) -> str:
        assert self.process.stdout is not None
        said = self.process.stdout.readline().split()
        assert said[:1] == [begin], said
        return said[-1]

    def die_with_a_batch(self, dice: Random) -> None:
        """Kill it when a batch is done but for the commit."""
        pid = self._tell("hold", dice.randint(1, BATCH))
        self.held += int(self._hear("held")) > 0
        os.kill(pid, signal.SIGKILL)
        self._hear("gone")

    def die_somewhere(self, dice: Random) -> None:
        """Kill it while it takes batch after batch."""
        pid = self._tell("run", dice.randint(1, BATCH))
        time.sleep(dice.uniform(0.01, 0.15))
        os.kill(pid, signal.SIGKILL)
        self._hear("gone")
        self.killed += 1

    def follow(self, dice: Random) -> None:
        """Let it take all there is."""
        self._tell("end", dice.randint(5, BATCH))
        self._hear("end")
        self._hear("gone")

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def place(databases: Databases, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Desk, Consumer]]:
    """A desk in a database of its own, where all is committed, and the consumer of its feed."""
    with databases.clone("law") as url, databases.pointed_at(url), django_db_blocker.unblock():
        env = os.environ | {
            "DATABASE_URL": url, "DATABASE_DIRECT_URL": url, "DJANGO_SETTINGS_MODULE": "lianxin.operations.settings",
            "LIANXIN_DATA": str(settings.DATA), "LIANXIN_SECRET_KEY": settings.SECRET_KEY,
            "LIANXIN_KEYS_FILE": str(settings.KEYS_FILE),
        }  # fmt: skip
        consumer = Consumer(env)
        try:
            yield make_desk(make_cast(factories.make_county())), consumer
        finally:
            consumer.stop()


def assert_agree() -> None:
    counted, told = full_count.full_count(), full_count.cubes()
    for name in ("flow", "dwell", "heat", "stock", "standing"):
        wanted, found = dict(getattr(counted, name)), dict(getattr(told, name))
        wrong = {key: (wanted.get(key), found.get(key)) for key in wanted.keys() | found.keys()
                 if wanted.get(key, 0) != found.get(key, 0)}  # fmt: skip
        assert wrong == {}, f"{name}: counted, told"


def test_cubes_equal_a_full_count_whatever_people_do(place: tuple[Desk, Consumer]) -> None:
    desk, consumer = place

    class Here(laws.Life):
        pass

    Here.desk, Here.people, Here.begun = desk, laws._people(desk.cast), laws._begin(desk)
    Here.counters = []
    # The nine laws are checked elsewhere; here acts only have to happen.
    with mock.patch.object(laws, "everything", list):
        life = Here()
        life.example.__exit__(None, None, None)  # another process must see what is done
        live(life, consumer, Random(20261122))


def follow(consumer: Consumer, dice: Random) -> None:
    """Relay, let the consumer die on the way in both manners, and follow to the end."""
    while relay_batch():
        pass
    consumer.die_with_a_batch(dice)
    consumer.die_somewhere(dice)
    consumer.die_with_a_batch(dice)
    consumer.follow(dice)


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


def live(life: laws.Life, consumer: Consumer, dice: Random) -> None:
    life.settle_the_practice(skipped=(), auto=False)
    began = time.monotonic()
    for act in range(1, ACTS + 1):
        life.live(seed=dice.randrange(2**32))
        if act == ACTS // 2:
            redivide(life)
        if act % 20 == 0:
            make_ahead(at=life.now)  # a long life reaches years that the schema does not know
            do_what_is_rare(life, dice)
        if act % EVERY == 0:
            follow(consumer, dice)
            assert_agree()
            _tell(act, consumer, time.monotonic() - began)
    assert folding.differences() == []
    told = full_count.cubes()
    folding.build(at=life.now)
    assert full_count.cubes() == told, "made anew, all is the same"
    assert folding.is_of_this_shape()
    assert consumer.held > ACTS // EVERY, "hardly a batch was cut short"
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


def _tell(act: int, consumer: Consumer, seconds: float) -> None:
    """Say how far a long run has come."""
    counted: Any = full_count.cubes()
    cells = sum(len(each) for each in (counted.flow, counted.dwell, counted.heat, counted.stock, counted.standing))
    print(f"{act} acts, {Case.objects.count()} cases, {cells} numbers agree; killed with a batch in hand", end=" ")
    print(f"{consumer.held} times, anywhere {consumer.killed} times; {seconds:.0f} s", flush=True)
