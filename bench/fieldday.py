"""Days of grid workers as their phones send them. Run as a child on a bench's database.

`seed` puts up points to be walked and cases to be checked; `sessions` prints a JSON line for each worker: key of the
session and records in their order; `reports` prints those of one with many reports; `scripts` prints what one record
of each kind writes, for pgbench.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.db import connection, transaction

from bench.told import bodies
from lianxin.faces.identity.cookies import SESSION
from lianxin.faces.sync import wire
from lianxin.faces.sync.engine import Batch
from lianxin.faces.sync.records import State
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import actor_of, current_posts
from lianxin.foundation.areas.models import Area
from lianxin.kernel import versions
from lianxin.kernel.geometry.points import Point as Place
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import FieldTask
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.models import Point

WORKERS = 8
POINTS = 20  # to a round
CASES = 300  # to be checked, for each worker
# A stretch of the day between two pauses: out along some points, a few houses, what was seen, what was asked for.
STRETCH = ("patrol.checkin",) * 10 + ("visit.save",) * 2 + ("case.report",) + ("case.act",)
_ROW = re.compile(r'"(\w+)"\."id" (= |IN \()\d+')
_NEW = re.compile(r'INSERT INTO "(\w+)" \([^)]*"id"')
_HEX = "[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
_UUID = re.compile(rf"'{_HEX}'(::uuid)?")
_UUIDS = re.compile(rf"'{{{_HEX}}}'(::uuid\[\])?")  # of a statement for many, here with one

Json = dict[str, Any]


class Day:
    """What one worker does, record by record; the same for a seed."""

    def __init__(self, account: Account, grid: Area, seed: int) -> None:
        self.account = account
        self._grid = grid
        self._rng = Random(seed)
        self._texts = [json.loads(body)["text"] for body in bodies(2_000, seed)]
        self._points = [str(key) for key in Point.objects.filter(grid_id=grid.pk).values_list("key", flat=True)]
        tasks = FieldTask.objects.filter(grid_id=grid.pk, done_at=None, cancelled_at=None).select_related("case")
        self._cases = [(task.case.number, task.case.version) for task in tasks.order_by("pk")]
        self._left: list[str] = []
        self._round = ""

    def records(self, stretches: int) -> Iterator[Json]:
        """Yield so many stretches of the day; every second one begins a round."""
        for _count in range(stretches):
            for kind in STRETCH:
                if kind == "patrol.checkin" and not self._left:
                    yield self.start()
                yield self._record(kind, getattr(self, f"_{kind.replace('.', '_')}")())

    def start(self) -> Json:
        """Begin a round of one's own accord."""
        begun = self._record("patrol.start", {"name": "日常巡查", "place": self._place()})
        self._round, self._left = begun["id"], list(self._points)
        return begun

    def report(self) -> Json:
        """Report something seen on the way."""
        return self._record("case.report", self._case_report())

    @staticmethod
    def _record(kind: str, data: Json) -> Json:
        return {"id": str(uuid4()), "kind": kind, "made_at": datetime.now(UTC).isoformat(), "data": data}

    def _place(self) -> Json:
        center = self._grid.center or Place(117.0, 31.0)
        return {"lon": center.lon, "lat": center.lat}

    def _patrol_checkin(self) -> Json:
        place = self._place()
        return {"round": self._round, "point": self._left.pop(), "how": "gps", "place": place, "accuracy": 15}

    def _visit_save(self) -> Json:
        words = f"上门聊了聊，{self._rng.choice(self._texts)[:40]}"
        return {"visit": str(uuid4()), "area": self._grid.code, "topics": [], "words": words}

    def _case_report(self) -> Json:
        return {"text": f"{self._rng.choice(self._texts)}{self._rng.random()}", "point": self._place()}

    def _case_act(self) -> Json:
        number, version = self._cases.pop()
        data = {"passed": True, "note": "到现场看了，情况属实。", "point": self._place()}
        return {"number": number, "act": "report_check", "seen": version, "data": data}


def _workers() -> Iterator[tuple[Account, Area]]:
    posts = current_posts(datetime.now(UTC)).filter(role__code="grid_worker", area__role="grid")
    for post in posts.select_related("account", "area").order_by("pk")[:WORKERS]:
        if post.area is not None:
            yield post.account, post.area


def seed() -> None:
    """Put up what the days need."""
    at = datetime.now(UTC)
    for account, grid in _workers():
        center = grid.center or Place(117.0, 31.0)
        for number in range(POINTS):
            # Close together: where exactly a grid ends is no matter here.
            place = Place(center.lon + number * 1e-6, center.lat)
            given = patrols.PointIn(kind="fire", name=f"消火栓 {number}", place=place)
            patrols.add_point(SYSTEM, key=uuid4(), given=given, at=at)
        worker = actor_of(account.pk, at=at)
        if worker is None:
            raise LookupError(account.username)
        for number in range(CASES):
            told = cases.Report(text=f"第 {number} 件，请去看看。", point=center, channel="worker", kind="suggestion")
            case = cases.report(worker, client_id=uuid4(), report=told, at=at)
            cases.check(SYSTEM, case=case, seen=case.version, at=at)


def sessions(stretches: int) -> None:
    """Print a line for each worker."""
    for place, (account, grid) in enumerate(_workers()):
        key = begin_session(account, device="bench", address=None, at=datetime.now(UTC)).key
        records = list(Day(account, grid, place + 1).records(stretches))
        print(json.dumps({"cookie": SESSION, "key": key, "records": records}, ensure_ascii=False))


def reports(count: int) -> None:
    """Print one worker's session and so many reports, each to be given its photos."""
    account, grid = next(_workers())
    day = Day(account, grid, 7)
    key = begin_session(account, device="bench", address=None, at=datetime.now(UTC)).key
    print(json.dumps({"cookie": SESSION, "key": key, "records": [day.report() for _count in range(count)]}))


def scripts() -> None:
    """Print, for each kind, how many there are in a hundred records and what one of them writes."""
    account, grid = next(_workers())
    day = Day(account, grid, 99)
    # Rounds to write to, so that clients of the script do not all wait for the same row.
    _take(account, [day.start() for _count in range(100)])
    records = list(day.records(4))
    told: dict[str, Json] = {}
    for record in records:
        sent, subject = _take(account, [record])
        # The last of each kind is as every later one.
        told[record["kind"]] = {"statements": len(sent), "script": _script(sent, subject)}
    shares = {kind: sum(each["kind"] == kind for each in records) for kind in told}
    print(json.dumps({kind: each | {"share": shares[kind]} for kind, each in told.items()}))


def _take(account: Account, records: Sequence[Json]) -> tuple[list[str], str]:
    """Take records as one batch; return what was sent to the database, and the subject of the last."""
    at = datetime.now(UTC)
    worker = actor_of(account.pk, at=at)
    if worker is None:
        raise LookupError(account.username)
    items = wire.items_of(wire.batch_schema().model_validate({"device_now": at, "records": records}), at=at)
    connection.force_debug_cursor = True
    connection.queries_log.clear()
    outcomes = Batch(worker, at, versions.read()).take(items)
    connection.force_debug_cursor = False
    for outcome in outcomes:
        if outcome.state != State.DONE:
            raise RuntimeError(outcome.detail)
    return [query["sql"] for query in connection.queries], outcomes[-1].subject


def _script(sent: Sequence[str], subject: str) -> str:
    """Return what was written, alone and in one transaction, with ids and numbers that are new each time.

    A row that is new under an id of its own gets another one; a row that is written to stands for any of its table.
    """
    written = [
        _UUID.sub("gen_random_uuid()", _UUIDS.sub("ARRAY[gen_random_uuid()]", each))
        .replace("::int4", "::int8")
        .replace("::int2", "::int8")
        for each in sent
        if _writes(each)
    ]
    new = {str(_last(found[1])) for each in written if (found := _NEW.match(each))}
    ranges = {"digits": "1000000000000, 9999999999999"} | {f"new{pk}": f"{10**9}, {9 * 10**12}" for pk in new}
    lines = ["BEGIN;"]
    for statement in written:
        changed = statement
        if new and subject.count("-") == 2:
            changed = changed.replace(subject, f"{subject[:7]}:digits")
        for pk in new:
            changed = re.sub(rf"(?<![\d.:-]){pk}(?![\d.:-])", f":new{pk}", changed)
        changed = _ROW.sub(lambda found: _any_row(found, ranges), changed)
        # One line: pgbench ends a statement at a semicolon, and texts hold none that would split it.
        lines.append(changed.replace("\n", " ").rstrip("; ") + ";")
    drawn = [f"\\set {name} random({within})" for name, within in ranges.items()]
    return "\n".join([*drawn, *lines, "COMMIT;"]) + "\n"


def _any_row(found: re.Match[str], ranges: dict[str, str]) -> str:
    """Return the condition on a row's id with any id of its table in place of the one that was seen."""
    table, how = found[1], found[2]
    ranges.setdefault(f"row_{table}", f"1, {_last(table)}")
    return f'"{table}"."id" {how}:row_{table}'


def _last(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT max(id) FROM "{table}"')
        return int(cursor.fetchone()[0])


def _writes(statement: str) -> bool:
    first = statement.lstrip().split(" ", 1)[0].upper()
    return first in {"INSERT", "UPDATE", "DELETE"} or (first == "WITH" and "INSERT" in statement)


def main() -> None:
    """Do what the first argument says."""
    command, *rest = sys.argv[1:]
    if command == "seed":
        with transaction.atomic():
            seed()
    elif command == "sessions":
        sessions(int(rest[0]))
    elif command == "reports":
        reports(int(rest[0]))
    else:
        scripts()


if __name__ == "__main__":
    main()
