"""A day of a sign: given, or missed and passed on from neighbour to grid worker to community; never twice a day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.journal.writing import append
from lianxin.work.visits.settings import visit_settings

from . import messages, rules
from .keeping import locked
from .models import Sign, SignDay
from .rules import State

SUBJECT = "sign_day"
SAID = ("fine", "nobody", "helped")
BATCH = 200


@transaction.atomic
def give(actor: Actor, *, sign: Sign, how: str, at: datetime) -> SignDay:
    """Give today's sign. Who already looked is thanked by its end: nobody is asked any more; twice is as once.

    Raises NotFound, NotAllowed, Invalid, Refused when the sign was stopped.
    """
    if how not in SignDay.How.values:
        raise Invalid({"how": _("没有这种办法。")})
    sign = locked(actor, sign)
    today = rules.day_of(at)
    day = SignDay.objects.select_for_update(of=("self",)).filter(sign=sign, day=today).first()
    if day is None:
        day = SignDay(sign=sign, day=today, due_at=rules.due_at(sign, today))
    elif not rules.is_open(day.state):
        return day
    return _end(actor, day, State.GIVEN, how=how, at=at)


def _end(actor: Actor, day: SignDay, state: State, *, how: str, at: datetime) -> SignDay:
    was = day.state
    day.state, day.how, day.answered_at, day.answered_by_id = state, how, at, actor.account_id
    day.save()
    _log(actor, day, "give" if state == State.GIVEN else "answer", at, state=state.value, was=was)
    messages.take_back(day, at=at)
    return day


@transaction.atomic
def neighbour_says(*, day: SignDay, said: str, at: datetime) -> SignDay:
    """Take what the neighbour says through the link: fine, or nobody answered; too late it changes nothing."""
    if said not in {"fine", "nobody"}:
        raise Invalid({"said": _("请选人好好的，还是没人应。")})
    day = _locked_day(day)
    if day.state != State.NEIGHBOUR:
        return day
    day.neighbour_said = said
    if said == "fine":
        return _end(SYSTEM, day, State.FINE, how=SignDay.How.VISIT, at=at)
    _pass_on(day, State.WORKER, at)
    return day


@transaction.atomic
def answer(
    actor: Actor, *, sign: Sign, day: date, said: str, how: str, at: datetime, key: UUID | None = None
) -> SignDay:  # fmt: skip
    """Say what staff found: all is well, helped, or nobody answers, which calls the community at once.

    Once the matter is over the answer changes nothing; neither does the same `key` again. Raises NotFound, NotAllowed,
    Invalid, Refused where the day was not missed, or the community was asked already.
    """
    if said not in SAID or how not in {SignDay.How.CALL, SignDay.How.VISIT}:
        raise Invalid({"said": _("请选看到了什么。")})
    if not Sign.objects.visible_to(actor).filter(pk=sign.pk).exists():
        raise NotFound(_("没有这个平安信号，或不在您的辖区。"))
    found = SignDay.objects.filter(sign=sign, day=day).first()
    if key is not None and found is not None:
        sent = fingerprint(sign.pk, day, said)
        if not claim(key, kind=SUBJECT, action="answer", sent=sent, at=at, subject_id=sign.pk).fresh:
            return found
    if found is None:
        if said == "nobody" or day != rules.day_of(at):
            raise Refused("sign_not_missed", _("这一天还没有到时间，或没有记录。"))
        return give(actor, sign=sign, how=how, at=at)
    found = _locked_day(found)
    if not rules.is_open(found.state):
        return found
    if said == "nobody":
        if found.state == State.CLERK:
            raise Refused("sign_at_clerk", _("已经请社区看了。联系到人以后，再选人好好的或帮上了忙。"))
        found.worker_said = said
        _pass_on(found, State.CLERK, at)
        return found
    return _end(actor, found, State.FINE if said == "fine" else State.HELPED, how=how, at=at)


def _locked_day(day: SignDay) -> SignDay:
    return SignDay.objects.select_for_update(of=("self",)).select_related("sign__person__home").get(pk=day.pk)


def _pass_on(day: SignDay, state: State, at: datetime) -> None:
    """Ask the next one; who was asked before need not look any more."""
    day.state = state
    setattr(day, f"{state.value}_at", at)
    day.save()
    _log(SYSTEM, day, f"ask_{state.value}", at, state=state.value)
    messages.ask(day, at=at)


def tick(*, at: datetime) -> int:
    """Open the days that were missed, pass on what nobody answered; returns how many. Several workers may run this."""
    return _open_missed(at) + _pass_on_late(at)


def _open_missed(at: datetime) -> int:
    today = rules.day_of(at)
    return sum(_open_day(sign, day, at) for day in (today - timedelta(days=1), today) for sign in _missed(day, at))


def _missed(day: date, at: datetime) -> Sequence[Sign]:
    """Return signs that were due by now on a day, are not paused then, and have no row for it."""
    waiting = Sign.objects.running().exclude(days__day=day)
    waiting = waiting.exclude(pauses__from_date__lte=day, pauses__until_date__gte=day)
    return [sign for sign in waiting.order_by("pk").distinct() if rules.is_missed(sign, day, at)]


@transaction.atomic
def _open_day(sign: Sign, day: date, at: datetime) -> bool:
    """Open a missed day, once: the row of the day is unique, and its writer holds the sign."""
    found = Sign.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=sign.pk, ended_at=None).first()
    if found is None or SignDay.objects.filter(sign=found, day=day).exists():
        return False
    if not rules.is_missed(found, day, at) or rules.is_paused(found.pauses.all(), day):
        return False
    made = SignDay(sign=found, day=day, due_at=rules.due_at(found, day))
    _pass_on(made, rules.first_step(found), at)
    return True


def _pass_on_late(at: datetime) -> int:
    limits = visit_settings()
    late = (
        (State.NEIGHBOUR, "neighbour_at", limits.neighbour_minutes), (State.WORKER, "worker_at", limits.worker_minutes),
    )  # fmt: skip
    passed = 0
    for state, column, minutes in late:
        waiting = SignDay.objects.filter(state=state, **{f"{column}__lte": at - timedelta(minutes=minutes)})
        for pk in waiting.order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH]:
            passed += _pass_one(pk, waiting, state, at)
    return passed


@transaction.atomic
def _pass_one(pk: int, waiting: "QuerySet[SignDay]", state: State, at: datetime) -> bool:
    rows = waiting.select_for_update(of=("self",), skip_locked=True).select_related("sign__person__home")
    found = rows.filter(pk=pk).first()
    if found is None or found.sign.ended_at is not None:
        return False
    _pass_on(found, rules.next_step(state), at)
    return True


def remind(*, at: datetime) -> int:
    """Send the link to who gives the sign by text message, some time before it is due; once a day. Returns how many."""
    today, ahead = rules.day_of(at), timedelta(minutes=visit_settings().remind_minutes)
    waiting = Sign.objects.running().filter(ways__contains=[Sign.Way.LINK]).exclude(reminded_on=today)
    waiting = waiting.exclude(days__day=today).exclude(pauses__from_date__lte=today, pauses__until_date__gte=today)
    sent = 0
    for sign in waiting.select_related("person").distinct():
        due = rules.due_at(sign, today)
        if due - ahead <= at < due and Sign.objects.filter(pk=sign.pk).exclude(reminded_on=today).update(
            reminded_on=today
        ):
            messages.remind(sign, at=at)
            sent += 1
    return sent


def _log(actor: Actor, day: SignDay, act: str, at: datetime, **told: str) -> None:
    append([draft(actor, SUBJECT, day.pk, act, at=at, after={"sign": day.sign_id, **told})])
