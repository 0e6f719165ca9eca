"""What the worker does for accounts, and for the areas below, which know no actors."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from lianxin.foundation.areas import actions as areas

from .actions.codes import forget_codes
from .actions.signing import forget_sessions, forget_unknown_names
from .actor import SYSTEM


@app.periodic(cron="* * * * *", periodic_id="areas.redivide")
@app.task(name="areas.redivide", lock="areas.redivide", queueing_lock="areas.redivide")
def redivide(timestamp: int) -> None:
    """Put new borders in force whose day has come."""
    areas.apply_due_redivisions(SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="* * * * *", periodic_id="areas.settle")
@app.task(name="areas.settle", lock="areas.settle", queueing_lock="areas.settle")
def settle(timestamp: int) -> None:
    """Mark re-divisions of whose old areas no room has anything left."""
    areas.mark_all_rehomed(SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))


# Hours of cron are UTC: 19 is three in the morning in China.
@app.periodic(cron="29 19 * * *", periodic_id="accounts.forget")
@app.task(name="accounts.forget", queueing_lock="accounts.forget")
def forget(timestamp: int) -> None:
    """Drop codes, counts and sign-ins that mean nothing any more, each night."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    forget_codes(at=at)
    forget_unknown_names(at=at)
    forget_sessions(at=at)
