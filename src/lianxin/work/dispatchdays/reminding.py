"""What time does: written answers that are missing, promises that come due, and days that are long over."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from lianxin.kernel.worktime.calendars import ZONE

from . import messages, queries
from .models import DispatchDay, Invitation, Item, Promise
from .rules import Outcome

AHEAD = timedelta(hours=24)
KEPT = timedelta(days=10 * 366)  # a day's record, as long as papers of an office are kept
WAITED = timedelta(days=366)  # an item for which no day came


def remind(*, at: datetime) -> int:
    """Remind units, once each, a day before their answers are wanted or their promise is due. Returns how many."""
    return _answers(at) + _promises(at)


def _answers(at: datetime) -> int:
    soon = DispatchDay.objects.filter(
        state=DispatchDay.State.PREPARED, answers_until__gt=at, answers_until__lte=at + AHEAD
    )
    told = 0
    for pk in list(soon.values_list("pk", flat=True)):
        with transaction.atomic():
            day = soon.select_for_update(skip_locked=True).filter(pk=pk).first()
            if day is None:
                continue
            silent = {unit for listed in queries.agenda(day, at=at) for unit in listed.silent}
            asked = day.invitations.filter(unit_id__in=silent, invited_at__isnull=False, reminded_at=None)
            units = list(asked.values_list("unit_id", flat=True))
            Invitation.objects.filter(day=day, unit_id__in=units).update(reminded_at=at)
            if units:
                messages.remind_answers(day, units, at=at)
            told += len(units)
    return told


def _promises(at: datetime) -> int:
    tomorrow = (at + AHEAD).astimezone(ZONE).date()
    due = Promise.objects.filter(reminded_at=None, due_on__lte=tomorrow, due_on__gte=at.astimezone(ZONE).date())
    told = 0
    for pk in list(due.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            found = due.select_for_update(of=("self",), skip_locked=True).select_related("item__case", "item__day")
            promise = found.filter(pk=pk).first()
            if promise is None or promise.item.day is None:
                continue
            Promise.objects.filter(pk=pk).update(reminded_at=at)
            if queries.outcome_of(promise, at=at) == Outcome.OPEN and promise.is_kept is None:
                messages.remind_promise(promise, promise.item.day, at=at)
                told += 1
    return told


def forget(*, at: datetime) -> int:
    """Drop days that ended ten years ago, and items for which no day came within a year. Returns how many rows."""
    over = DispatchDay.objects.filter(Q(ended_at__lt=at - KEPT))
    left = Item.objects.filter(day=None, added_at__lt=at - WAITED)
    return over.delete()[0] + left.delete()[0]
