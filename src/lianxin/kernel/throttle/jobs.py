"""What the worker does here."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from .counting import forget


# Hours of cron are UTC: 19 is three in the morning in China.
@app.periodic(cron="37 19 * * *", periodic_id="throttle.forget")
@app.task(name="throttle.forget", queueing_lock="throttle.forget")
def forget_counters(timestamp: int) -> None:
    """Drop counters that stop nothing any more, each night."""
    forget(at=datetime.fromtimestamp(timestamp, tz=UTC))
