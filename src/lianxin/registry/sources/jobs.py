"""What the worker does for sources: requests end by themselves, conflicts follow their records."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import rehoming, requests


# Hours of cron are UTC: 17:05 is five past one in China. What is past its day does not run meanwhile.
@app.periodic(cron="5 17 * * *", periodic_id="sources.end_requests")
@app.task(name="sources.end_requests", lock="sources.end_requests", queueing_lock="sources.end_requests")
def end_requests(timestamp: int) -> None:
    """End requests whose last day is over."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while requests.end_due(at=at):
        pass


@app.periodic(cron="*/5 * * * *", periodic_id="sources.follow")
@app.task(name="sources.follow", lock="sources.follow", queueing_lock="sources.follow")
def follow(timestamp: int) -> None:
    """Let conflicts follow their records after a re-division."""
    rehoming.follow(at=datetime.fromtimestamp(timestamp, tz=UTC))
