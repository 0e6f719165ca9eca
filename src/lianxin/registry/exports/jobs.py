"""What the worker does for exports: it makes the files, and throws them away."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import actions, making


@app.task(name="exports.make", lock="exports.make")
def make(export_id: int) -> None:
    """Make one file; one at a time, since each reads a great deal."""
    making.make(export_id, at=datetime.now(UTC))


@app.periodic(cron="*/10 * * * *", periodic_id="exports.expire")
@app.task(name="exports.expire", queueing_lock="exports.expire")
def expire(timestamp: int) -> None:
    """Throw away files whose day is over."""
    while actions.expire(at=datetime.fromtimestamp(timestamp, tz=UTC)):
        pass
