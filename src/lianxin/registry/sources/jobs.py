"""What the worker does for requests: they end by themselves."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import requests


# Hours of cron are UTC: 17:05 is five past one in China. What is past its day does not run meanwhile.
@app.periodic(cron="5 17 * * *", periodic_id="sources.end_requests")
@app.task(name="sources.end_requests", lock="sources.end_requests", queueing_lock="sources.end_requests")
def end_requests(timestamp: int) -> None:
    """End requests whose last day is over."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while requests.end_due(at=at):
        pass
