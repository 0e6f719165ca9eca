"""What the worker does for cameras: follow areas, end what is over, forget what is old."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.registry.places.rehoming import ended_areas

from . import actions, rehoming


@app.periodic(cron="* * * * *", periodic_id="cameras.rehome")
@app.task(name="cameras.rehome", lock="cameras.rehome", queueing_lock="cameras.rehome")
def rehome(timestamp: int) -> None:
    """Let cameras lie where their points do, once areas have ended."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    ended = ended_areas(at=at)
    while ended and rehoming.rehome(at=at, ended_area_ids=ended):
        pass


@app.periodic(cron="*/5 * * * *", periodic_id="cameras.expire")
@app.task(name="cameras.expire", lock="cameras.expire", queueing_lock="cameras.expire")
def expire(timestamp: int) -> None:
    """End accesses whose time is over and requests nobody decided."""
    while actions.expire(at=datetime.fromtimestamp(timestamp, tz=UTC)):
        pass


# Hours of cron are UTC: 19 is three in the morning in China.
@app.periodic(cron="40 19 * * *", periodic_id="cameras.forget")
@app.task(name="cameras.forget", lock="cameras.forget", queueing_lock="cameras.forget")
def forget(timestamp: int) -> None:
    """Delete accesses and openings kept long enough."""
    while actions.forget(at=datetime.fromtimestamp(timestamp, tz=UTC)):
        pass
