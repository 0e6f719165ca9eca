"""What the worker does for liaison: remind of visits, follow areas that have ended, forget."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.registry.places.rehoming import ended_areas

from . import lasting, rehoming


@app.periodic(cron="11 8 * * *", periodic_id="liaison.remind")
@app.task(name="liaison.remind", lock="liaison.remind", queueing_lock="liaison.remind")
def remind(timestamp: int) -> None:
    """Remind leaders of the visits they planned for tomorrow."""
    lasting.remind(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="47 19 * * *", periodic_id="liaison.forget")
@app.task(name="liaison.forget", lock="liaison.forget", queueing_lock="liaison.forget")
def forget(timestamp: int) -> None:
    """Drop bonds that ended long ago with what was noted there."""
    lasting.forget(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="* * * * *", periodic_id="liaison.rehome")
@app.task(name="liaison.rehome", lock="liaison.rehome", queueing_lock="liaison.rehome")
def rehome(timestamp: int) -> None:
    """Let bonds follow areas that have ended."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    ended = ended_areas(at=at)
    while ended and rehoming.rehome(at=at, ended_area_ids=ended):
        pass
