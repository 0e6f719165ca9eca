"""What the worker does for big screens: forget walls that were never connected or are no more."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import walls


@app.periodic(cron="20 19 * * *", periodic_id="screen.forget")
@app.task(name="screen.forget", lock="screen.forget", queueing_lock="screen.forget")
def forget(timestamp: int) -> None:
    """Delete walls whose time is over."""
    walls.forget(at=datetime.fromtimestamp(timestamp, tz=UTC))
