"""What time does to questions and receipts: a late answer is told of once, and after two years nobody is named."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.journal.writing import append

from . import rules
from .models import Question, Receipt, State


def tell_late(*, at: datetime, limit: int = 200) -> int:
    """Note in the journal, once, that a question's time is over; listeners tell people. Returns how many."""
    late = Question.objects.open().filter(due_at__lte=at, late_at=None).exclude(notice__state=State.WITHDRAWN)
    told = 0
    for pk in list(late.order_by("due_at", "pk").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            # Only the worker whose update hits the row writes the entry.
            if Question.objects.filter(pk=pk, late_at=None).update(late_at=at):
                append([draft(SYSTEM, "notice_question", pk, "late", at=at, version=1)])
                told += 1
    return told


def forget(*, at: datetime, limit: int = 5_000) -> int:
    """Delete receipts and private questions of notices over for two years; public answers stay, asked by nobody.

    Returns how many rows were touched.
    """
    since = at - rules.KEPT
    over = Q(notice__valid_until__lt=since) | Q(
        notice__valid_until=None, notice__published_at__lt=since - rules.LONGEST
    )
    over |= Q(notice__withdrawn_at__lt=since)
    gone = Receipt.objects.filter(pk__in=Receipt.objects.filter(over).values("pk")[:limit]).delete()[0]
    old = Question.objects.filter(over)
    gone += Question.objects.filter(pk__in=old.filter(is_public=False).values("pk")[:limit]).delete()[0]
    named = old.filter(is_public=True).exclude(asked_by=None, words="")
    return gone + Question.objects.filter(pk__in=named.values("pk")[:limit]).update(asked_by=None, words="", post="")
