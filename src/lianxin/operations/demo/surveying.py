"""Components of the made-up county: last year's survey brought in as one table, and what was checked since."""

import csv
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from uuid import UUID

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.queries import actors_of, current_posts
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel import versions
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.components import actions as components
from lianxin.registry.components.classes import catalogue
from lianxin.registry.components.models import AMISS, Component, State
from lianxin.registry.imports import straight

from . import facilities, showing
from .county import Geography

COUNTS: Final = {"tongcheng": 24_772}  # as surveyed there; elsewhere fewer
FEWER: Final = 6_480
WORKERS: Final = 60  # who checked
EACH: Final = 4
AGO: Final = timedelta(days=140)  # when the table was brought in


def make(profile: str, county: Geography, *, seed: int, now: datetime) -> int:
    """Bring the survey in and let grid workers check some of it; return how many components there are."""
    count = COUNTS.get(profile, FEWER)
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "部件普查表.csv"
        write(table, county, count=count, seed=seed, now=now)
        run = straight.check(SYSTEM, straight.Plan("components", table), at=now - AGO)
        straight.let_in(SYSTEM, run, at=now - AGO)
    with versions.held():
        _check(_workers(now), Random(f"surveying {profile} {seed}"), now)
    return Component.objects.count()


def write(table: Path, county: Geography, *, count: int, seed: int, now: datetime) -> None:
    """Write the survey's table."""
    units = {unit.code: unit.short_name for unit in organizations.directory().by_id.values() if unit.in_force(now)}
    known = frozenset(catalogue().by_code)
    today = now.astimezone(ZONE).date()
    with table.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(facilities.HEAD)
        writer.writerows(facilities.rows(county, tuple(units), count=count, seed=seed, today=today, known=known))


def _workers(now: datetime) -> list[Actor]:
    """Return who was seen to check: one grid worker of every few, and the one whose account is shown."""
    posts = current_posts(now).filter(area__role="grid", role__permissions__contains=["components.check"])
    ids = sorted(set(posts.values_list("account_id", flat=True)))
    shown = posts.filter(account__username__in=showing.usernames("网格员")).values_list("account_id", flat=True)
    chosen = {*ids[:: max(1, len(ids) // WORKERS)], *shown}
    return [actor for _id, actor in sorted(actors_of(chosen, at=now).items())]


def _check(workers: Sequence[Actor], rng: Random, now: datetime) -> None:
    """Let workers check what stands in their grids, over the last twelve weeks; some was mended meanwhile."""
    for worker in workers:
        mine = Component.objects.visible_to(worker).now().select_related("category").order_by("number")
        first = rng.randint(0, 40)
        some = [*mine.filter(state__in=AMISS)[:1], *mine.filter(state=State.INTACT)[first : first + EACH]]
        for component in some:
            at = now - timedelta(days=rng.randint(1, 84), minutes=rng.randint(0, 400))
            is_mended = component.state != State.INTACT and rng.random() < 0.4
            state = State.INTACT if is_mended else component.state
            note = "已修好" if is_mended else "还没有修" if component.state != State.INTACT else ""
            key = UUID(int=rng.getrandbits(128), version=4)
            components.check(worker, key=key, component=component, state=state, note=note, at=at)
