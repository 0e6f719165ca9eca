"""What the worker does for the base map: read sheets, cut editions, tidy up."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import actions

LOCK = "basemap.cut"  # one at a time: each takes a core


def _now() -> datetime:
    return datetime.now(UTC)


@app.task(name="basemap.read", priority=5)
def read(sheet_id: int) -> None:
    """Read a file that was brought in."""
    try:
        actions.read(sheet_id, at=_now())
    except Exception:
        actions.fail(sheet_id, at=_now())
        raise


@app.task(name="basemap.cut", lock=LOCK)
def cut(edition_id: int) -> None:
    """Cut an edition and show it."""
    try:
        actions.cut(edition_id, at=_now())
    except Exception:
        actions.give_up(edition_id)
        raise


@app.periodic(cron="20 20 * * *", periodic_id="basemap.tidy")
@app.task(name="basemap.tidy", lock=LOCK, queueing_lock="basemap.tidy")
def tidy(timestamp: int) -> None:
    """Delete editions and sheets that nobody will show again."""
    actions.tidy(at=datetime.fromtimestamp(timestamp, tz=UTC))
