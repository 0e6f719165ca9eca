"""What the worker does for dispatch: it trains the classifier each night, and at once when asked.

All processes read this module to know its tasks, so training, which brings 80 MB of scikit-learn, is
imported only when it runs.
"""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

_ONE = "dispatch.retrain"  # one at a time, and no more than one waiting


# Hours of cron are UTC: 18:40 is 02:40 in China, when nobody waits.
@app.periodic(cron="40 18 * * *", periodic_id="dispatch.retrain_nightly")
@app.task(name="dispatch.retrain_nightly", lock=_ONE, queueing_lock=_ONE)
def retrain_nightly(timestamp: int) -> None:
    """Train from all examples kept so far; nothing changes when they have not."""
    from lianxin.work.dispatch import training

    training.retrain(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.task(name="dispatch.retrain", lock=_ONE, queueing_lock=f"{_ONE}.now")
def retrain_now(*, force: bool = False) -> None:
    """Train at once: after a profile was loaded, or when an administrator asks."""
    from lianxin.work.dispatch import training

    training.retrain(at=datetime.now(UTC), force=force)
