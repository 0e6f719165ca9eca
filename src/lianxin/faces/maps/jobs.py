"""What the worker does for maps: let shared views go."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import actions


@app.periodic(cron="50 3 * * *", periodic_id="maps.forget")
@app.task(name="maps.forget", lock="maps.forget", queueing_lock="maps.forget")
def forget(timestamp: int) -> None:
    """Delete shared views whose time is over."""
    actions.forget(at=datetime.fromtimestamp(timestamp, tz=UTC))
