"""Make next years' partitions while there is time."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from .partitions import make_ahead


@app.periodic(cron="7 19 * * 0", periodic_id="journal.partitions")  # Monday 03:07 in China
@app.task(name="journal.partitions", queueing_lock="journal.partitions")
def partitions(timestamp: int) -> None:
    """Make the yearly partitions of the years to come; mostly there is nothing to do."""
    make_ahead(at=datetime.fromtimestamp(timestamp, tz=UTC))
