"""What the worker does for contractors' links."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import actions


# Hours of cron are UTC: 19:50 is ten to four in the morning in China.
@app.periodic(cron="50 19 * * *", periodic_id="contractors.forget")
@app.task(name="contractors.forget", lock="contractors.forget", queueing_lock="contractors.forget")
def forget(timestamp: int) -> None:
    """Erase names and phones of links that have been over long enough."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while actions.forget(at=at):
        pass
