"""What the worker does for dispatch days."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.registry.places.rehoming import ended_areas

from . import rehoming, reminding


@app.periodic(cron="7 * * * *", periodic_id="dispatchdays.remind")
@app.task(name="dispatchdays.remind", lock="dispatchdays.remind", queueing_lock="dispatchdays.remind")
def remind(timestamp: int) -> None:
    """Remind units of answers and promises."""
    reminding.remind(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="41 19 * * *", periodic_id="dispatchdays.forget")
@app.task(name="dispatchdays.forget", lock="dispatchdays.forget", queueing_lock="dispatchdays.forget")
def forget(timestamp: int) -> None:
    """Drop what has been kept long enough."""
    reminding.forget(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="* * * * *", periodic_id="dispatchdays.rehome")
@app.task(name="dispatchdays.rehome", lock="dispatchdays.rehome", queueing_lock="dispatchdays.rehome")
def rehome(timestamp: int) -> None:
    """Let days and waiting items follow streets that have ended."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    ended = ended_areas(at=at)
    while ended and rehoming.rehome(at=at, ended_area_ids=ended):
        pass
