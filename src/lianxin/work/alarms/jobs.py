"""What the worker does for alarms: what runs out, who is silent, reminders, cases that wait, what is too old."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from procrastinate.contrib.django import app

from . import actions, casing, rehoming, ticking
from .models import Alarm, Mute
from .settings import alarm_settings

ROUNDS = 50  # batches a run


# Each quarter of a minute: the sixth field of cron is seconds.
@app.periodic(cron="* * * * * */15", periodic_id="alarms.tick")
@app.task(name="alarms.tick", lock="alarms.tick", queueing_lock="alarms.tick")
def tick(timestamp: int) -> None:
    """Let happen what has run out, find silent devices, remind, make the cases that waited."""
    run(at=datetime.fromtimestamp(timestamp, tz=UTC))


def run(*, at: datetime) -> None:
    """Do all that time brings, until nothing is left to do."""
    for work in (ticking.look, ticking.find_silent, ticking.remind, casing.make_due):
        _until_done(work, at)


def _until_done(work: Callable[..., int], at: datetime) -> None:
    for _round in range(ROUNDS):
        if not work(at=at):
            return


@app.periodic(cron="* * * * *", periodic_id="alarms.align")
@app.task(name="alarms.align", lock="alarms.align", queueing_lock="alarms.align")
def align(timestamp: int) -> None:  # noqa: ARG001 - a periodic task is given its time
    """Let open alarms lie where their devices do."""
    rehoming.align()


# Hours of cron are UTC: 20:35 is twenty-five to five in the morning in China.
@app.periodic(cron="35 20 * * *", periodic_id="alarms.forget")
@app.task(name="alarms.forget", lock="alarms.forget", queueing_lock="alarms.forget")
def forget(timestamp: int) -> None:
    """Drop alarms that were over long enough ago, old trials, mutes of the past."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    before = at - timedelta(days=alarm_settings().keep_days)
    while True:
        old = list(Alarm.objects.filter(opened_at__lt=before, ended_at__lt=before).values_list("pk", flat=True)[:1000])
        if not old:
            break
        Alarm.objects.filter(pk__in=old).delete()
    Mute.objects.filter(ends_at__lt=before).delete()
    actions.forget_trials(at=at)
