"""What the worker does for the roof: tidy away archives of a profile that nobody loaded."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.operations.profiles import brought


@app.periodic(cron="25 19 * * *", periodic_id="profiles.tidy")
@app.task(name="profiles.tidy", lock="profiles.tidy", queueing_lock="profiles.tidy")
def tidy(timestamp: int) -> None:
    """Delete brought archives whose days are over."""
    brought.tidy(at=datetime.fromtimestamp(timestamp, tz=UTC))
