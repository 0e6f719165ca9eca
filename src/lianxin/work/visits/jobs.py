"""What the worker does for visits: each minute for signs of life, each night for what has been kept long enough."""

from collections.abc import Callable
from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.registry.places.rehoming import ended_areas

from . import rehoming, retention
from .signs import days

ROUNDS = 50


def _until_done(step: Callable[[], int]) -> None:
    for _round in range(ROUNDS):
        if not step():
            return


@app.periodic(cron="* * * * *", periodic_id="visits.signs")
@app.task(name="visits.signs", lock="visits.signs", queueing_lock="visits.signs")
def signs(timestamp: int) -> None:
    """Remind who gives a sign by link, ask somebody to look where none came, pass on what nobody answered."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    days.remind(at=at)
    days.tick(at=at)


@app.periodic(cron="* * * * *", periodic_id="visits.rehome")
@app.task(name="visits.rehome", lock="visits.rehome", queueing_lock="visits.rehome")
def rehome(timestamp: int) -> None:
    """Let signs and visits lie where their people do, once those have moved out of areas that have ended."""
    ended = ended_areas(at=datetime.fromtimestamp(timestamp, tz=UTC))
    if ended:
        rehoming.rehome(ended_area_ids=ended)


# Hours of cron are UTC: 19 is three in the morning in China.
@app.periodic(cron="5 19 * * *", periodic_id="visits.retention")
@app.task(name="visits.retention", lock="visits.retention", queueing_lock="visits.retention")
def retain(timestamp: int) -> None:
    """Take words and names out of old visits, forget old days of signs, and recordings of who was erased."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    _until_done(lambda: retention.erase_words(at=at))
    _until_done(lambda: retention.drop_days(at=at))
    retention.drop_recordings()
