"""What the worker does for stations: let them follow areas that have ended."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.registry.places.rehoming import ended_areas

from . import rehoming


@app.periodic(cron="* * * * *", periodic_id="stations.rehome")
@app.task(name="stations.rehome", lock="stations.rehome", queueing_lock="stations.rehome")
def rehome(timestamp: int) -> None:
    """Let stations lie where their points do, once areas have ended."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    ended = ended_areas(at=at)
    while ended and rehoming.rehome(at=at, ended_area_ids=ended):
        pass
