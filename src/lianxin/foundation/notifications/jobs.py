"""What the worker does for messages."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import actions


@app.periodic(cron="*/10 * * * * *", periodic_id="notifications.deliver")
@app.task(name="notifications.deliver", lock="notifications.deliver", queueing_lock="notifications.deliver")
def deliver(timestamp: int) -> None:
    """Send what is due and tell substitutes, six times a minute."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    actions.escalate_unread(at=at)
    while actions.deliver_due(at=at):
        pass


# Hours of cron are UTC: 19 is three in the morning in China.
@app.periodic(cron="41 19 * * *", periodic_id="notifications.forget")
@app.task(name="notifications.forget", queueing_lock="notifications.forget")
def forget(timestamp: int) -> None:
    """Drop what is old, each night."""
    actions.forget_old(at=datetime.fromtimestamp(timestamp, tz=UTC))
