"""What the worker does for patrols: rounds from plans, marks for what was missed, the morning's round of time."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.registry.places.rehoming import ended_areas

from . import actions, rehoming


def _at(timestamp: int) -> datetime:
    return datetime.fromtimestamp(timestamp, tz=UTC)


@app.periodic(cron="5 * * * *", periodic_id="patrols.rounds")
@app.task(name="patrols.rounds", lock="patrols.rounds", queueing_lock="patrols.rounds")
def rounds(timestamp: int) -> None:
    """Make the rounds of today and tomorrow that are not there yet."""
    actions.make_rounds(at=_at(timestamp))


@app.periodic(cron="*/5 * * * *", periodic_id="patrols.judge")
@app.task(name="patrols.judge", lock="patrols.judge", queueing_lock="patrols.judge")
def judge(timestamp: int) -> None:
    """Mark what was not reached in rounds whose window is over."""
    while actions.judge(at=_at(timestamp)):
        pass


@app.periodic(cron="* * * * *", periodic_id="patrols.rehome")
@app.task(name="patrols.rehome", lock="patrols.rehome", queueing_lock="patrols.rehome")
def rehome(timestamp: int) -> None:
    """Let points, routes, plans, rounds, hazards and teams follow areas that have ended."""
    at = _at(timestamp)
    ended = ended_areas(at=at)
    while ended and rehoming.rehome(at=at, ended_area_ids=ended):
        pass


# Hours of cron are UTC: 20 is four in the morning in China; messages wait for the end of quiet hours.
@app.periodic(cron="50 20 * * *", periodic_id="patrols.remind")
@app.task(name="patrols.remind", lock="patrols.remind", queueing_lock="patrols.remind")
def remind(timestamp: int) -> None:
    """Tell of hazards that should be gone by tomorrow."""
    while actions.remind(at=_at(timestamp)):
        pass


@app.periodic(cron="40 18 * * *", periodic_id="patrols.forget")
@app.task(name="patrols.forget", lock="patrols.forget", queueing_lock="patrols.forget")
def forget(timestamp: int) -> None:
    """Delete tracks, and what is older than the place keeps it."""
    while any(actions.forget(at=_at(timestamp)).values()):
        pass
