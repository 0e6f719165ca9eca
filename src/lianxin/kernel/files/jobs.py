"""What the worker does here."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from .actions import expire


# Hours of cron are UTC: 19 is three in the morning in China.
@app.periodic(cron="53 19 * * *", periodic_id="files.expire")
@app.task(name="files.expire", queueing_lock="files.expire")
def expire_left(timestamp: int) -> None:
    """Remove what was uploaded and left, each night, in batches."""
    while expire(at=datetime.fromtimestamp(timestamp, tz=UTC)):
        pass
