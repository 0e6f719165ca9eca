"""What the worker does for warnings: end what has run out, follow areas, forget."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.registry.places.rehoming import ended_areas

from . import deciding, rehoming


@app.periodic(cron="* * * * *", periodic_id="warnings.tick")
@app.task(name="warnings.tick", lock="warnings.tick", queueing_lock="warnings.tick")
def tick(timestamp: int) -> None:
    """End what has run out."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while deciding.end_due(at=at):
        pass


@app.periodic(cron="* * * * *", periodic_id="warnings.rehome")
@app.task(name="warnings.rehome", lock="warnings.rehome", queueing_lock="warnings.rehome")
def rehome(timestamp: int) -> None:
    """Let warnings fall on the areas that followed those that have ended."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    ended = ended_areas(at=at)
    while ended and rehoming.rehome(at=at, ended_area_ids=ended):
        pass


# Hours of cron are UTC: 20 is four in the morning in China.
@app.periodic(cron="35 20 * * *", periodic_id="warnings.forget")
@app.task(name="warnings.forget", lock="warnings.forget", queueing_lock="warnings.forget")
def forget(timestamp: int) -> None:
    """Delete what is long over."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while deciding.forget(at=at):
        pass
