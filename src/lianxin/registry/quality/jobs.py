"""The checks run each night over everything, and each quarter of an hour where somebody is mending."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import checking
from .models import Task


# Hours of cron are UTC: 17:40 is twenty to two in the morning in China.
@app.periodic(cron="40 17 * * *", periodic_id="quality.run")
@app.task(name="quality.run", lock="quality.run", queueing_lock="quality.run")
def run(timestamp: int) -> None:
    """Check everything and note the day's counts."""
    checking.run(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="*/15 * * * *", periodic_id="quality.recheck")
@app.task(name="quality.recheck", lock="quality.recheck", queueing_lock="quality.recheck")
def recheck(timestamp: int) -> None:
    """Check again where tasks run, so that what was mended leaves the list the same day."""
    open_tasks = Task.objects.filter(done_at=None, withdrawn_at=None, community_id__isnull=False)
    mending = list(open_tasks.values_list("community_id", flat=True).distinct())
    if mending:
        checking.run(at=datetime.fromtimestamp(timestamp, tz=UTC), communities=mending)
