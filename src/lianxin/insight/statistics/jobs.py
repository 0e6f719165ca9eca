"""Each night: close the months that are over. After an upgrade: count anew what is counted otherwise."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import closing, folding


# Hours of cron are UTC: 18:20 is twenty past two in the morning in China.
@app.periodic(cron="20 18 * * *", periodic_id="statistics.close")
@app.task(name="statistics.close", queueing_lock="statistics.close")
def close(timestamp: int) -> None:
    """Close the months that are over."""
    closing.close_what_is_over(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="*/5 * * * *", periodic_id="statistics.renew")
@app.task(name="statistics.renew", queueing_lock="statistics.renew")
def renew(timestamp: int) -> None:
    """Make all anew once an upgrade counts more than there is."""
    if not folding.is_of_this_shape():
        folding.build(at=datetime.fromtimestamp(timestamp, tz=UTC))
