"""Whole lives of cases in one process, as fast as they go: report, dispatch, accept, handle, verify, close.

Run as a child on a demo county: `python -m bench.lives SECONDS SEED` prints how many lives it ended and in
how many seconds. Photos are uploaded before the watch starts; attaching them is part of a life.
"""

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from uuid import UUID, uuid4

import django

django.setup()

from django.db import connection  # noqa: E402 - after setup

from lianxin.foundation.accounts.actor import ANONYMOUS, SYSTEM, Actor  # noqa: E402 - after setup
from lianxin.foundation.accounts.models import Post  # noqa: E402
from lianxin.foundation.accounts.queries import actor_of, current_posts  # noqa: E402
from lianxin.foundation.areas.models import Area  # noqa: E402
from lianxin.kernel.files.actions import attach  # noqa: E402
from lianxin.kernel.files.models import StoredFile  # noqa: E402
from lianxin.work.cases import actions as cases  # noqa: E402
from lianxin.work.cases.models import Case  # noqa: E402
from lianxin.work.dispatch.models import Example  # noqa: E402

LABELS = ("before_near", "before_far", "after_near", "record")


@dataclass
class Staff:
    """Who moves a case."""

    seat: Actor
    verifier: Actor
    handlers: dict[int, Actor]


def _holder(permission: str, posts: list[Post], at: datetime, *, without: str = "") -> Actor:
    found = next(
        post for post in posts
        if permission in post.role.permissions and (not without or without not in post.role.permissions)
    )  # fmt: skip
    actor = actor_of(found.account_id, at=at)
    if actor is None:
        raise LookupError(permission)
    return actor


def staff() -> Staff:
    """Find the county's seat, a verifier, and a handler for each unit."""
    at = datetime.now(UTC)
    city = list(current_posts(at).filter(area__role="city").select_related("role").order_by("id"))
    units = current_posts(at).filter(role__permissions__contains=["cases.handle"]).exclude(unit=None)
    handlers: dict[int, Actor] = {}
    for post in units.order_by("id"):
        if post.unit_id is not None and post.unit_id not in handlers and (actor := actor_of(post.account_id, at=at)):
            handlers[post.unit_id] = actor
    return Staff(_holder("cases.file", city, at), _holder("cases.verify", city, at), handlers)


def photos(count: int) -> dict[str, list[UUID]]:
    """Lay in so many stored photos of each label, as uploads leave them."""
    at = datetime.now(UTC)
    keys = {label: [uuid4() for _ in range(count)] for label in LABELS}
    StoredFile.objects.bulk_create(
        StoredFile(
            key=key, kind="photo", status="ready", mime="image/jpeg", size=100_000, label=label,
            sha256=key.hex * 2, created_at=at, touched_at=at, received=100_000,
        )
        for label, own in keys.items() for key in own
    )  # fmt: skip
    return keys


class Player:
    """Plays one life after another."""

    def __init__(self, seed: int) -> None:
        self.rng, self.staff = Random(seed), staff()
        self.texts = list(Example.objects.filter(source="profile").order_by("id").values_list("text", flat=True))
        self.grids = [area.center for area in Area.objects.filter(role="grid", valid_to=None) if area.center]
        self.photos = photos(2_000)

    def live(self) -> bool:
        """Take one case from report to its end; tell whether it got there."""
        at, staff_ = datetime.now(UTC), self.staff
        report = cases.Report(text=self.rng.choice(self.texts), point=self.rng.choice(self.grids), kind="problem")
        case = cases.report(ANONYMOUS, client_id=uuid4(), report=report, at=at)
        if case.stage == "reported":
            best = (case.proposal or {})["choices"][0]
            case = cases.file(
                staff_.seat, case=case, seen=case.version, at=at, filing=cases.Filing(best["category_id"])
            )
        if case.stage == "filed":
            case = self._dispatch(case, at)
        parties = sorted(case.party_unit_ids, key=lambda unit: unit != case.lead_unit_id)
        handlers = [staff_.handlers[unit] for unit in parties if unit in staff_.handlers]
        if len(handlers) < max(1, len(parties)):
            return False
        demanded = case.standard.evidence if case.standard else []
        if demanded:
            attach([self.photos[label].pop() for label in demanded], kind="case", subject_id=case.pk, at=at)
        for handler in handlers:
            case = cases.accept(handler, case=case, seen=case.version, at=at)
            case = cases.handle(handler, case=case, seen=case.version, at=at, note="已经处理好，现场恢复正常")
        case = cases.verify(staff_.verifier, case=case, seen=case.version, at=at)
        if case.is_open:
            case = cases.close(SYSTEM, case=case, seen=case.version, at=at)
        return True

    def _dispatch(self, case: Case, at: datetime) -> Case:
        unit = (case.proposal or {})["choices"][0]["unit"]
        lead = unit["lead_id"] if unit else next(iter(self.staff.handlers))
        return cases.dispatch(self.staff.seat, case=case, seen=case.version, at=at, lead=cases.Target(unit_id=lead))


def main(seconds: float, seed: int) -> None:
    """Play, and print lives, seconds, and the processor seconds of both sides."""
    player = Player(seed)
    for _ in range(5):
        player.live()
    lived, started, used, served = 0, perf_counter(), process_time(), _server_seconds()
    while (took := perf_counter() - started) < seconds and all(player.photos.values()):
        lived += player.live()
    print(lived, took, process_time() - used, _server_seconds() - served)


def _server_seconds() -> float:
    """Return the processor time of this connection's server process; nothing where that is on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        path = Path("/proc", str(cursor.fetchone()[0]), "stat")
    if not path.exists():
        return 0.0
    fields = path.read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
