"""Reads: one's own month, counted now or as it was frozen, with rulings; one's own months before; appeals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import NotAllowed, NotFound

from .figures import Figure, Work, in_order, month_of, previous
from .models import Appeal, AppealQuerySet, MonthFigure

BACK = 6  # months shown beside the present one


@dataclass(frozen=True, slots=True)
class Value:
    """A figure of a month: what counts, among what, and what rulings made of it. The things as they were counted."""

    figure: Figure
    counted: tuple[int, ...]
    among: tuple[int, ...] | None
    rulings: tuple[Appeal, ...] = ()
    rule: int = 1

    @property
    def number(self) -> int:
        """How many count, rulings included."""
        return len(self.ruled[0])

    @property
    def total(self) -> int | None:
        """Among how many, rulings included; None for a plain count."""
        return None if self.ruled[1] is None else len(self.ruled[1])

    @property
    def is_ruled(self) -> bool:
        """Whether a ruling changed it."""
        return self.ruled != (self.counted, self.among)

    @property
    def is_by_old_rule(self) -> bool:
        """Whether it was counted in a way that is not today's."""
        return self.rule != self.figure.rule

    @property
    def missed(self) -> tuple[int, ...]:
        """The things it was counted among that do not count."""
        return tuple(pk for pk in self.ruled[1] or () if pk not in set(self.ruled[0]))

    @property
    def ruled(self) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
        """What counts and among what, once rulings are followed."""
        out = {one.thing_id for one in self.rulings if one.ruling == Appeal.Ruling.LEAVE_OUT}
        added = [one.thing_id for one in self.rulings
                 if one.ruling == Appeal.Ruling.COUNT_IN and one.thing_id is not None]  # fmt: skip
        counted = tuple(dict.fromkeys([*(pk for pk in self.counted if pk not in out), *added]))
        if self.among is None:
            return counted, None
        return counted, tuple(dict.fromkeys([*(pk for pk in self.among if pk not in out), *added]))


@dataclass(frozen=True, slots=True)
class Month:
    """One worker's month: its figures, whether it is closed, and since when."""

    month: date
    values: Sequence[Value]
    frozen_at: datetime | None


def own_month(actor: Actor, month: date, *, at: datetime) -> Month:
    """Return the actor's own month. Raises NotFound for one to come, NotAllowed without an account of the staff.

    A closed month is read as it was frozen: two statements. An open one is counted: a few by indexes.
    """
    if actor.account_id is None or actor.kind != "staff":
        raise NotAllowed("own_month", "只有工作人员有月报。")
    if month > month_of(at):
        raise NotFound("这个月还没到。")
    found = _months(actor.account_id, [month], at)
    if not found:
        raise NotFound("这个月没有您的月报。")
    return found[0]


def own_months(actor: Actor, *, at: datetime, back: int = BACK) -> list[Month]:
    """Return the actor's present month and those before it, the latest first, each closed one as it was frozen."""
    if actor.account_id is None:
        return []
    months = [month_of(at)]
    while len(months) <= back:
        months.append(previous(months[-1]))
    return _months(actor.account_id, months, at)


def _months(account_id: int, months: Sequence[date], at: datetime) -> list[Month]:
    """Return these months but for those long over that were never closed: nobody had them then."""
    oldest = previous(month_of(at))
    frozen: dict[date, list[MonthFigure]] = {}
    for row in MonthFigure.objects.filter(account_id=account_id, month__in=list(months)):
        frozen.setdefault(row.month, []).append(row)
    rulings: dict[tuple[date, str], list[Appeal]] = {}
    answered = Appeal.objects.filter(account_id=account_id, month__in=list(months), answered_at__isnull=False)
    for one in answered.order_by("answered_at", "pk"):
        rulings.setdefault((one.month, one.code), []).append(one)
    return [
        _frozen(month, frozen[month], rulings) if month in frozen else _open(account_id, month, rulings)
        for month in months
        if month in frozen or month >= oldest
    ]


Rulings = Mapping[tuple[date, str], Sequence[Appeal]]


def _frozen(month: date, rows: Sequence[MonthFigure], rulings: Rulings) -> Month:
    known = {row.code: row for row in rows}
    values = [
        Value(
            one, tuple(row.counted), None if row.among is None else tuple(row.among),
            tuple(rulings.get((month, one.code), ())), row.rule,
        )
        for one in in_order()
        if (row := known.get(one.code)) is not None
    ]  # fmt: skip
    return Month(month, values, rows[0].frozen_at)


def _open(account_id: int, month: date, rulings: Rulings) -> Month:
    return Month(month, [_with(value, rulings, month) for value in count(account_id, month)], None)


def _with(value: Value, rulings: Rulings, month: date) -> Value:
    ruled = tuple(rulings.get((month, value.figure.code), ()))
    return Value(value.figure, value.counted, value.among, ruled, value.rule)


def count(account_id: int, month: date) -> list[Value]:
    """Count a worker's month from the tables, as of now, without rulings."""
    work = Work(account_id, month)
    found = []
    for one in in_order():
        told = one.count(work)
        among = None if told.among is None else tuple(told.among)
        found.append(Value(one, tuple(told.ids), among, rule=one.rule))
    return found


def own_appeals(actor: Actor, months: Sequence[date] | None = None) -> QuerySet[Appeal]:
    """Return the actor's own appeals, the latest first."""
    mine = Appeal.objects.filter(account_id=actor.account_id or 0).order_by("-pk")
    return mine if months is None else mine.filter(month__in=list(months))


def appeals(actor: Actor) -> AppealQuerySet:
    """Return the appeals the actor answers: of its areas, never its own."""
    found = Appeal.objects.visible_to(actor).exclude(account_id=actor.account_id or 0).select_related("account")
    return found if actor.may("months.answer") else found.none()


def appealed_value(appeal: Appeal, at: datetime) -> Value | None:
    """Return the figure an appeal is about, as it was counted, for who answers: this one figure, no other."""
    found = _months(appeal.account_id, [appeal.month], at)
    return next((value for each in found for value in each.values if value.figure.code == appeal.code), None)
