"""What the worker does for maps: let shared views and drawn shapes go."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import actions, drawn


@app.periodic(cron="50 19 * * *", periodic_id="maps.forget")
@app.task(name="maps.forget", lock="maps.forget", queueing_lock="maps.forget")
def forget(timestamp: int) -> None:
    """Delete shared views and drawn shapes whose time is over."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    actions.forget(at=at)
    drawn.forget(at=at)
