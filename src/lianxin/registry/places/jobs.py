"""What the worker does for places every minute: follow areas that have ended."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import rehoming

ROUNDS = 50  # batches a run: no longer than a minute's worth


@app.periodic(cron="* * * * *", periodic_id="places.rehome")
@app.task(name="places.rehome", lock="places.rehome", queueing_lock="places.rehome")
def rehome(timestamp: int) -> None:
    """Move places out of areas that a redivision has ended; finds none on most days."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    ended = rehoming.ended_areas(at=at)
    if not ended:
        return
    for step in rehoming.STEPS:
        for _round in range(ROUNDS):
            if not step(at=at, ended_area_ids=ended):
                break
