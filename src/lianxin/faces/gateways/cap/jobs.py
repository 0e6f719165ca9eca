"""What the worker does for the gateway: ask the feeds."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import pulling


@app.periodic(cron="*/2 * * * *", periodic_id="cap.pull")
@app.task(name="cap.pull", lock="cap.pull", queueing_lock="cap.pull")
def pull(timestamp: int) -> None:
    """Ask every feed an administrator has named."""
    pulling.pull_all(at=datetime.fromtimestamp(timestamp, tz=UTC))
