"""Count all every night, and each minute what has changed."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import counting
from .models import CountedDay


# Hours of cron are UTC: 17:40 is twenty to two in the morning in China.
@app.periodic(cron="40 17 * * *", periodic_id="portraits.count_all")
@app.task(name="portraits.count_all", lock="portraits.count", queueing_lock="portraits.count_all")
def count_all(timestamp: int) -> None:
    """Count everything for the day that has begun, and forget days no trend asks for."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    counting.count_all(at=at)
    counting.reckon_past(at=at)
    counting.forget(at=at)


@app.periodic(cron="* * * * *", periodic_id="portraits.count_dirty")
@app.task(name="portraits.count_dirty", lock="portraits.count", queueing_lock="portraits.count_dirty")
def count_dirty(timestamp: int) -> None:
    """Count anew what has changed since the last minute; all of it, and the past, where nothing was counted yet."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    if not CountedDay.objects.exists():
        counting.count_all(at=at)
        counting.reckon_past(at=at)
    for _round in range(20):
        if not counting.count_dirty(at=at):
            return
