"""What the worker does for the mailbox: late letters, letters nobody answers for any more, words whose time is over."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.registry.places.rehoming import ended_areas

from . import actions, rehoming


@app.periodic(cron="*/5 * * * *", periodic_id="wishes.tick")
@app.task(name="wishes.tick", lock="wishes.tick", queueing_lock="wishes.tick")
def tick(timestamp: int) -> None:
    """Tell of late letters, give orphans back to the desk, let letters follow their areas."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while actions.tell_late(at=at):
        pass
    actions.release_orphans(at=at)
    if ended := ended_areas(at=at):
        while rehoming.rehome(at=at, ended_area_ids=ended):
            pass


# Hours of cron are UTC: 19:40 is twenty to four in the morning in China.
@app.periodic(cron="40 19 * * *", periodic_id="wishes.erase")
@app.task(name="wishes.erase", lock="wishes.erase", queueing_lock="wishes.erase")
def erase(timestamp: int) -> None:
    """Erase the words of letters that were settled long enough ago."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while actions.erase_old(at=at):
        pass
