"""What the worker process does for months: close the last one, forget the oldest."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import actions
from .figures import month_of, previous


# Devices may be without a signal for days, so a month is closed from the fifth on. Hours of cron are UTC: 19 is three
# in the morning of the next day in China.
@app.periodic(cron="40 19 4-28 * *", periodic_id="months.close")
@app.task(name="months.close", lock="months.close", queueing_lock="months.close")
def close(timestamp: int) -> None:
    """Close last month for everybody who works in the field; who is closed already stays as they are."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    actions.freeze(previous(month_of(at)), actions.workers(at), at=at)
    actions.forget(at=at)
