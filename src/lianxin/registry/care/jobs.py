"""What the worker does for care: follow people whose areas have ended, and each morning what time does to tags."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.registry.places.rehoming import ended_areas

from . import actions, rehoming


@app.periodic(cron="* * * * *", periodic_id="care.rehome")
@app.task(name="care.rehome", lock="care.rehome", queueing_lock="care.rehome")
def rehome(timestamp: int) -> None:
    """Let tags lie where their people do, once those have moved out of areas that have ended."""
    ended = ended_areas(at=datetime.fromtimestamp(timestamp, tz=UTC))
    if ended:
        rehoming.rehome(ended_area_ids=ended)


# Hours of cron are UTC: 21 is five in the morning in China.
@app.periodic(cron="10 21 * * *", periodic_id="care.expire")
@app.task(name="care.expire", lock="care.expire", queueing_lock="care.expire")
def expire(timestamp: int) -> None:
    """End what nobody renewed, tell of what expires within a fortnight, and look where everybody lives now."""
    rehoming.align()
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while actions.expire(at=at):
        pass
    while actions.remind(at=at):
        pass
