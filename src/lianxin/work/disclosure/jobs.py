"""What the worker does for notices: send out at the hour, tell of late answers, follow areas, forget."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.registry.places.rehoming import ended_areas

from . import actions, keeping, rehoming


@app.periodic(cron="* * * * *", periodic_id="disclosure.tick")
@app.task(name="disclosure.tick", lock="disclosure.tick", queueing_lock="disclosure.tick")
def tick(timestamp: int) -> None:
    """Send out what was set for this minute; tell once of questions whose time is over."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while actions.publish_due(at=at):
        pass
    keeping.tell_late(at=at)


@app.periodic(cron="* * * * *", periodic_id="disclosure.rehome")
@app.task(name="disclosure.rehome", lock="disclosure.rehome", queueing_lock="disclosure.rehome")
def rehome(timestamp: int) -> None:
    """Let notices speak to the areas that followed those that have ended."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    ended = ended_areas(at=at)
    while ended and rehoming.rehome(at=at, ended_area_ids=ended):
        pass


# Hours of cron are UTC: 20 is four in the morning in China.
@app.periodic(cron="25 20 * * *", periodic_id="disclosure.forget")
@app.task(name="disclosure.forget", lock="disclosure.forget", queueing_lock="disclosure.forget")
def forget(timestamp: int) -> None:
    """Drop receipts and questions of notices long over."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while keeping.forget(at=at):
        pass
