"""What time does: a word the day before a visit, and bonds that ended long ago."""

from datetime import datetime, timedelta

from django.db import transaction

from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render
from lianxin.kernel.worktime.calendars import ZONE

from .models import Tie, Visit

VISIT = Kind("liaison.visit", "走访提醒", "明天走访{place}", "{purpose}")
register(VISIT)
KEPT = timedelta(days=5 * 366)  # after a bond ended, with its visits, tasks and questions


def remind(*, at: datetime) -> int:
    """Tell leaders, once, of the visits they planned for tomorrow. Returns how many."""
    tomorrow = (at.astimezone(ZONE) + timedelta(days=1)).date()
    due = Visit.objects.filter(state=Visit.State.PLANNED, on=tomorrow, reminded_at=None)
    told = 0
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            if not due.filter(pk=pk).update(reminded_at=at):
                continue  # another worker's
            visit = Visit.objects.select_related("tie").get(pk=pk)
            values = {"place": visit.tie.name, "purpose": visit.purpose}
            title, body = render(VISIT.code, values)
            notifications.notify(
                [visit.tie.account_id], kind=VISIT.code, title=title, body=body,
                link=f"/console/liaison/{visit.tie.key}/", at=at,
            )  # fmt: skip
            told += 1
    return told


def forget(*, at: datetime) -> int:
    """Drop bonds that ended five years ago. Returns how many rows went."""
    return Tie.objects.filter(ended_on__lt=(at - KEPT).date()).delete()[0]
