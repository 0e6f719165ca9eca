"""Forms that were saved are forgotten after some years; what they counted for requests stays with those."""

from datetime import UTC, datetime, timedelta

from procrastinate.contrib.django import app

from .models import Collected

KEEP_DAYS = 730


def forget(*, at: datetime, limit: int = 5000) -> int:
    """Drop a batch of forms saved long ago, of requests that are over; returns how many."""
    old = Collected.objects.filter(at__lt=at - timedelta(days=KEEP_DAYS)).exclude(shares__request__state="approved")
    return Collected.objects.filter(pk__in=list(old.order_by("pk").values_list("pk", flat=True)[:limit])).delete()[0]


# Hours of cron are UTC: 19 is three in the morning in China.
@app.periodic(cron="35 19 * * *", periodic_id="collecting.forget")
@app.task(name="collecting.forget", lock="collecting.forget", queueing_lock="collecting.forget")
def forget_old(timestamp: int) -> None:
    """Forget forms saved long ago."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    for _round in range(50):
        if not forget(at=at):
            return
