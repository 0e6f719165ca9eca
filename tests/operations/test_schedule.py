"""What the worker does by the clock: each job that no act asks for is on the schedule, daily ones by night in China."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.kernel.worktime.calendars import ZONE

# What an act asks for: the classifier trained at once (the nightly one is on the schedule), a table taken in or out.
BY_HAND = {"dispatch.retrain", "exports.make", "imports.look", "imports.check", "imports.apply", "imports.undo"}


def ours() -> dict[str, str]:
    """Return our tasks: name → the schedule's line, or nothing."""
    lines = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    return {name: lines.get(name, "") for name in app.tasks if not name.startswith(("builtin", "procrastinate"))}


def test_every_job_is_on_the_schedule() -> None:
    assert {name for name, line in ours().items() if not line} == BY_HAND


def test_what_runs_once_a_day_runs_at_night_in_china() -> None:
    daily = {name: line.split() for name, line in ours().items() if line and "*" not in line.split()[1]}

    assert daily
    for name, (minute, hour, *_rest) in daily.items():
        at = datetime(2026, 11, 21, int(hour), int(minute), tzinfo=UTC).astimezone(ZONE)
        assert 1 <= at.hour <= 5, f"{name} runs at {at:%H:%M}"
