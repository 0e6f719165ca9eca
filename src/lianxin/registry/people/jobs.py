"""What the worker does for people: follow areas that have ended, and let go what has been kept long enough."""

from collections.abc import Callable
from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.foundation.areas.models import Redivision
from lianxin.registry.places.rehoming import ended_areas

from . import rehoming, retention

ROUNDS = 50  # batches a run: no longer than a minute's worth


def _until_done(step: Callable[[], int]) -> None:
    for _round in range(ROUNDS):
        if not step():
            return


@app.periodic(cron="* * * * *", periodic_id="people.rehome")
@app.task(name="people.rehome", lock="people.rehome", queueing_lock="people.rehome")
def rehome(timestamp: int) -> None:
    """Move people and households out of areas that have ended, after the places they live at."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    ended = ended_areas(at=at)
    if not ended:
        return
    for step in rehoming.STEPS:
        _until_done(lambda step=step: step(at=at, ended_area_ids=ended))  # type: ignore[misc]
    rehoming.rehome_asks(ended_area_ids=ended)
    if Redivision.objects.filter(applied_at__isnull=False, rehomed_at=None).exists():
        _until_done(lambda: rehoming.rehome_ended(at=at, ended_area_ids=ended))


# Hours of cron are UTC: 18 is two in the morning in China.
@app.periodic(cron="40 18 * * *", periodic_id="people.retention")
@app.task(name="people.retention", lock="people.retention", queueing_lock="people.retention")
def retain(timestamp: int) -> None:
    """Erase, drop and forget what has been kept as long as the place decided."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    for step in (retention.erase_ended, retention.drop_looks, retention.drop_values):
        _until_done(lambda step=step: step(at=at))  # type: ignore[misc]
