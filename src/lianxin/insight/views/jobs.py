"""What the worker does for views: digests whose time has come."""

from datetime import UTC, datetime

from django.db import transaction
from procrastinate.contrib.django import app

from lianxin.insight.views import matching


@app.periodic(cron="* * * * *", periodic_id="views.tell")
@app.task(name="views.tell", lock="views.tell", queueing_lock="views.tell")
def tell(timestamp: int) -> None:
    """Tell subscribers of what came since they were told last."""
    with transaction.atomic():
        matching.tell_waiting(at=datetime.fromtimestamp(timestamp, tz=UTC))
