"""What the worker does by the clock: each job that no act asks for is on the schedule, daily ones by night in China."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from procrastinate.contrib.django import app

import lianxin
from lianxin.kernel.worktime.calendars import ZONE

# What an act asks for: the classifier trained at once (the nightly one is on the schedule), a table taken in or out,
# a base map that was brought in.
BY_HAND = {
    "dispatch.retrain", "exports.make", "imports.look", "imports.check", "imports.apply", "imports.undo",
    "tables.make", "tables.list", "basemap.read", "basemap.cut",
}  # fmt: skip
# What speaks to people at once does so while they work: a leader hears in the afternoon of tomorrow's visits.
BY_DAY = {"liaison.remind"}


def _named_in_sources() -> set[str]:
    """Return the names of all tasks that stand in a room's jobs.py."""
    files = Path(lianxin.__file__).parent.rglob("jobs.py")
    return {name for file in files for name in re.findall(r'app\.task\(name="([^"]+)"', file.read_text("utf-8"))}


def ours() -> dict[str, str]:
    """Return our tasks: name → the schedule's line, or nothing."""
    lines = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    return {name: lines.get(name, "") for name in app.tasks if not name.startswith(("builtin", "procrastinate"))}


def test_the_worker_knows_every_job_as_it_starts() -> None:
    # Without a page having been imported: the worker has none.
    told = "import django; django.setup(); from procrastinate.contrib.django import app; print(*app.tasks)"
    known = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.split()

    assert _named_in_sources() <= set(known)


def test_every_job_is_on_the_schedule() -> None:
    assert {name for name, line in ours().items() if not line} == BY_HAND


def test_what_runs_once_a_day_runs_at_night_in_china() -> None:
    daily = {name: line.split() for name, line in ours().items() if line and "*" not in line.split()[1]}

    assert daily
    for name, (minute, hour, *_rest) in daily.items():
        at = datetime(2026, 11, 21, int(hour), int(minute), tzinfo=UTC).astimezone(ZONE)
        first, last = (8, 18) if name in BY_DAY else (1, 5)
        assert first <= at.hour <= last, f"{name} runs at {at:%H:%M}"
