"""Prove the chain whole every night."""

import logging

from procrastinate.contrib.django import app

from .queries import verify_chain

log = logging.getLogger(__name__)


# Hours of cron are UTC: 19 is three in the morning in China.
@app.periodic(cron="17 19 * * *", periodic_id="audit.verify")
@app.task(name="audit.verify", queueing_lock="audit.verify")
def verify(timestamp: int) -> None:
    """Go through the chain; a broken link is an error in the log, which the doctor shows."""
    report = verify_chain()
    if not report.whole:
        log.error("The audit chain breaks at entry %s: %s (run of %s).", report.broken_at, report.why, timestamp)
