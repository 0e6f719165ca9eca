"""What the worker does for devices: days of readings, counts by hour and day, who fell silent, areas that ended."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.registry.places.rehoming import ended_areas

from . import partitions, rehoming, sampling, watching
from .settings import practice

ROUNDS = 50  # batches a run: no longer than a minute's worth


@app.periodic(cron="* * * * *", periodic_id="sensors.watch")
@app.task(name="sensors.watch", lock="sensors.watch", queueing_lock="sensors.watch")
def watch(timestamp: int) -> None:
    """Mark who fell silent, add up the counts of the intake, move devices out of areas that have ended."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    watching.mark_silent(at=at)
    watching.add_up(at=at)
    ended = ended_areas(at=at)
    for _round in range(ROUNDS if ended else 0):
        if not rehoming.rehome(at=at, ended_area_ids=ended):
            break


@app.periodic(cron="6 * * * *", periodic_id="sensors.hourly")
@app.task(name="sensors.hourly", lock="sensors.hourly", queueing_lock="sensors.hourly")
def hourly(timestamp: int) -> None:
    """Make the days to come, count the hours that are over, then drop days that are counted and old."""
    tend(at=datetime.fromtimestamp(timestamp, tz=UTC))


def tend(*, at: datetime) -> None:
    """Do an hour's work; may be run at any time and again."""
    limits = practice().limits
    partitions.keep(at=at, back=partitions.BACK)
    sampling.count(at=at)
    partitions.drop(at=at, keep_days=limits.raw_days, counted_until=sampling.counted_until("day"))
    sampling.forget(at=at, hour_years=limits.hour_years)
    watching.forget_counts(at=at)
