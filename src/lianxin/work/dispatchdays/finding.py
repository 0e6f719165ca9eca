"""Which open cases the rules may speak for: each rule's own few, found by an index, put together by weight.

One look over all open cases costs more with every case. So each rule brings the first of its own, those due longest,
and a case weighs as much as the rules that speak for it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Case as When
from django.db.models import F, IntegerField, Q, Value
from django.db.models import When as Then

from lianxin.work.cases.models import Case, Clock, Supervision
from lianxin.work.cases.models.case import CaseQuerySet

from .rules import DAY, Thresholds

_EACH = 160  # what one rule brings at most
_MANY = 1_000
# What comes first, as the indexes of `Case` have it; else what is due longest.
_FIRST = {
    "returned": ["-returns", "due_at"], "urged": ["-urges", "due_at"], "cross": ["-party_unit_ids__len", "due_at"],
    "paused": ["paused_at"],
}  # fmt: skip


def heaviest(
    among: CaseQuerySet, *, limits: Thresholds, at: datetime, limit: int, code: str = "",
    without: Collection[int] = (),
) -> list[int]:  # fmt: skip
    """Return the open cases most rules speak for, of equals what is due longest. Four statements.

    `code` asks for the cases of one rule. As wide as the rules; `rules.why` tells exactly.
    """
    conditions = _conditions(limits, at)
    brought = _brought(among.open(), conditions)
    wanted = Case.objects.filter(pk__in=brought.difference(without))
    if code in conditions:
        wanted = wanted.filter(conditions[code])
    weight = sum(
        (
            When(Then(each, then=Value(1)), default=Value(0), output_field=IntegerField())
            for each in conditions.values()
        ),
        Value(0),
    )
    ordered = wanted.annotate(weight=weight).order_by("-weight", F("due_at").asc(nulls_last=True), "id")
    return list(ordered.values_list("pk", flat=True)[:limit])


def _brought(among: CaseQuerySet, conditions: Mapping[str, Q]) -> set[int]:
    """Return the first of what each rule would bring."""
    firsts = [
        among.filter(each).order_by(*_FIRST.get(rule, ["due_at"]), "id").values("pk")[:_EACH]
        for rule, each in conditions.items()
    ]
    return {row["pk"] for row in firsts[0].union(*firsts[1:], all=True)}


def _conditions(limits: Thresholds, at: datetime) -> dict[str, Q]:
    """Return what each rule asks of a row: for each an index of open cases stands ready."""
    calls = Clock.objects.filter(subject="call", stopped_at=None, due_at__lte=at).exclude(subject_id=None)
    called = list(calls.order_by("due_at").values_list("case_id", flat=True)[:_MANY])
    waiting = Supervision.objects.filter(answered_at=None, asked_at__lte=at - limits.supervised_days * DAY)
    pressed = list(waiting.order_by("asked_at").values_list("case_id", flat=True)[:_MANY])
    return {
        "overdue": Q(due_at__lte=at - limits.overdue_days * DAY, paused_at=None),
        "returned": Q(returns__gte=limits.returns),
        "whistle": Q(whistles__gt=0, pk__in=called),
        "supervised": Q(supervisions_open__gt=0, pk__in=pressed),
        "urged": Q(urges__gte=limits.urges),
        "again": Q(reopens__gt=0) | Q(stars__lte=2),
        "cross": Q(party_unit_ids__len__gt=limits.assists),
        "paused": Q(paused_at__lte=at - limits.paused_days * DAY),
    }
