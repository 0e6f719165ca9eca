"""What the worker does for cases every few minutes; each job loads by time and calls one function."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from lianxin.foundation.areas import following
from lianxin.foundation.areas.models import Area

from . import ticking
from .models import Case


def _until_done(step: Callable[[], int]) -> None:
    """Repeat a batch until it finds nothing more, but no longer than a minute's worth of them."""
    for _round in range(50):
        if not step():
            return


@app.periodic(cron="* * * * *", periodic_id="cases.tick")
@app.task(name="cases.tick", lock="cases.tick", queueing_lock="cases.tick")
def tick(timestamp: int) -> None:
    """Warn, let fall overdue, and take up what was postponed until now."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    _until_done(lambda: ticking.warn(at=at))
    _until_done(lambda: ticking.mark_overdue(at=at))
    _until_done(lambda: ticking.resume_due(at=at))


@app.periodic(cron="* * * * *", periodic_id="cases.rehome")
@app.task(name="cases.rehome", lock="cases.rehome", queueing_lock="cases.rehome")
def rehome(timestamp: int) -> None:
    """Follow areas that have ended: open cases move to where they now lie."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    held = Case.objects.filter(ended_at=None).values("area_now_id")
    ended = frozenset(Area.objects.filter(valid_to__lte=at, pk__in=held).values_list("pk", flat=True))
    if ended:
        _until_done(lambda: ticking.rehome(at=at, ended_area_ids=ended))


@following.waits("cases", _("件在办案件"))
def _waiting(ended: frozenset[int]) -> int:
    """Count open cases that still lie in areas that are no more."""
    return Case.objects.filter(ended_at=None, area_now_id__in=ended).count()


@app.periodic(cron="*/10 * * * *", periodic_id="cases.replan")
@app.task(name="cases.replan", lock="cases.replan", queueing_lock="cases.replan")
def replan(timestamp: int) -> None:
    """Reckon running clocks anew after a calendar changed; finds none while it has not."""
    following: int | None = 0
    while following is not None:
        following = ticking.replan_open_clocks(at=datetime.fromtimestamp(timestamp, tz=UTC), after=following)
