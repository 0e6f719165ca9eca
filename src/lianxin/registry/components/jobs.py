"""What the worker does for components every minute: follow areas that have ended."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.registry.places.rehoming import ended_areas

from . import rehoming

ROUNDS = 50  # batches a run: no longer than a minute's worth


@app.periodic(cron="* * * * *", periodic_id="components.rehome")
@app.task(name="components.rehome", lock="components.rehome", queueing_lock="components.rehome")
def rehome(timestamp: int) -> None:
    """Move components out of areas that a redivision has ended; finds none on most days."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    ended = ended_areas(at=at)
    for _round in range(ROUNDS if ended else 0):
        if not rehoming.rehome(at=at, ended_area_ids=ended):
            break
