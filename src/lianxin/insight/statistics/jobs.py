"""Each night: close the months that are over."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from . import closing


# Hours of cron are UTC: 18:20 is twenty past two in the morning in China.
@app.periodic(cron="20 18 * * *", periodic_id="statistics.close")
@app.task(name="statistics.close", queueing_lock="statistics.close")
def close(timestamp: int) -> None:
    """Close the months that are over."""
    closing.close_what_is_over(at=datetime.fromtimestamp(timestamp, tz=UTC))
