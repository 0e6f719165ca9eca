"""What the worker does for the desk: words of calls whose time is over."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.work.desk import calls


# Hours of cron are UTC: 19:50 is ten to four in the morning in China.
@app.periodic(cron="50 19 * * *", periodic_id="desk.erase")
@app.task(name="desk.erase", lock="desk.erase", queueing_lock="desk.erase")
def erase(timestamp: int) -> None:
    """Erase words and telephones of calls after 30 days, and the bare rows after 400."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while calls.erase_old(at=at):
        pass
