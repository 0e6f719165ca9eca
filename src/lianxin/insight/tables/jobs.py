"""What the worker does for tables: what falls due, what was left in the middle, what is over."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import actions, lists


@app.periodic(cron="*/5 * * * *", periodic_id="tables.due")
@app.task(name="tables.due", queueing_lock="tables.due")
def due(timestamp: int) -> None:
    """Let what has fallen due be made, and take up again what was left."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    actions.fall_due(at=at)
    actions.resume(at=at)
    lists.resume(at=at)


@app.task(name="tables.make", lock="tables.make")
def make(file_id: int) -> None:
    """Make one file; one at a time, since each may read every case."""
    actions.make(file_id, at=datetime.now(UTC))


@app.task(name="tables.list", lock="tables.list")
def make_list(list_id: int) -> None:
    """Write one list of cases; one at a time."""
    lists.make(list_id, at=datetime.now(UTC))


@app.periodic(cron="13 * * * *", periodic_id="tables.expire")
@app.task(name="tables.expire", queueing_lock="tables.expire")
def expire(timestamp: int) -> None:
    """Throw away files whose days are over."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while actions.expire(at=at) + lists.expire(at=at):
        pass
