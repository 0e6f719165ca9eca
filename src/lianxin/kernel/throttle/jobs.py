"""What the worker does here."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from .counting import forget


@app.periodic(cron="37 3 * * *", periodic_id="throttle.forget")
@app.task(name="throttle.forget", queueing_lock="throttle.forget")
def forget_counters(timestamp: int) -> None:
    """Drop counters that stop nothing any more, each night."""
    forget(at=datetime.fromtimestamp(timestamp, tz=UTC))
