"""What the worker does for care each day."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import actions


# Hours of cron are UTC: 23 is seven in the morning in China.
@app.periodic(cron="10 23 * * *", periodic_id="care.expire")
@app.task(name="care.expire", lock="care.expire", queueing_lock="care.expire")
def expire(timestamp: int) -> None:
    """End what nobody renewed, and tell of what expires within a fortnight."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while actions.expire(at=at):
        pass
    while actions.remind(at=at):
        pass
