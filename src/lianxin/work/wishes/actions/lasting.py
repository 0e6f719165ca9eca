"""What time does to letters: late ones are told of, orphans go back to the desk, words are erased."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.queries import actors_of
from lianxin.work.wishes import change, erasing
from lianxin.work.wishes.models import Letter
from lianxin.work.wishes.scoping import answering
from lianxin.work.wishes.settings import wish_settings

State = Letter.State


def tell_late(*, at: datetime, limit: int = 200) -> int:
    """Tell once of letters whose first answer is late; listeners tell people. Returns how many."""
    late = Letter.objects.open().filter(answered_at=None, due_at__lte=at, late_told_at=None)
    return _each(late.order_by("due_at", "pk"), _late, at, limit)


def _late(letter: Letter, at: datetime) -> None:
    letter.late_told_at = at
    change.save(letter, SYSTEM, "late", at=at, columns=["late_told_at"])


def release_orphans(*, at: datetime) -> int:
    """Give back to the desk what somebody took who answers letters no more. Returns how many."""
    taken = Letter.objects.filter(state=State.TAKEN)
    takers = actors_of(filter(None, taken.values_list("taken_by_id", flat=True).distinct()), at=at)
    gone = 0
    for account_id in taken.order_by().values_list("taken_by_id", flat=True).distinct():
        actor = takers.get(account_id or 0)
        theirs = taken.filter(taken_by_id=account_id)
        if actor is not None and answering(actor):
            theirs = theirs.exclude(pk__in=Letter.objects.queued_for(actor).values("pk"))
        gone += _each(theirs.order_by("pk"), _released, at, 1000)
    return gone


def _released(letter: Letter, at: datetime) -> None:
    letter.state, letter.taken_by_id, letter.taken_by_label = State.WAITING, None, ""
    change.save(letter, SYSTEM, "release", at=at, columns=["state", "taken_by_id", "taken_by_label"])


def erase_old(*, at: datetime, limit: int = 200) -> int:
    """Erase the words of letters that were settled long enough ago. Returns how many."""
    before = at - timedelta(days=wish_settings().keep_days)
    old = Letter.objects.filter(ended_at__lt=before, erased_at=None)
    return _each(old.order_by("ended_at", "pk"), _erased, at, limit)


def _erased(letter: Letter, at: datetime) -> None:
    erasing.erase(letter, at=at)
    change.save(letter, SYSTEM, "erase", at=at, columns=["erased_at"])


def _each(found: "QuerySet[Letter]", act: Callable[[Letter, datetime], None], at: datetime, limit: int) -> int:
    """Do it to each, alone in its transaction; several workers may run this."""
    done = 0
    for pk in list(found.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            letter = found.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if letter is not None:
                act(letter, at)
                done += 1
    return done
